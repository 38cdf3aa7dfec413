"""The history of the standing agenda and of proposals, in sentences."""

from django.utils.translation import gettext as _

from bra.models import Council, HistoryEntry, Member
from bra.sentences import Line, lines
from meetings.models import ItemProposal, StandingItem

MOST_LINES = 100

_FIELDS = {
    "title": StandingItem._meta.get_field("title").verbose_name,
    "kind": StandingItem._meta.get_field("kind").verbose_name,
    "presenter": StandingItem._meta.get_field("presenter").verbose_name,
    "minutes_planned": StandingItem._meta.get_field("minutes_planned").verbose_name,
    "topics": StandingItem._meta.get_field("topics").verbose_name,
}


def history_of_standing(council: Council) -> list[Line]:
    """Return what was changed of the standing agenda, the latest first, at most MOST_LINES entries. Two queries."""
    names = {item.pk: item.title for item in StandingItem.objects.filter(council=council)}
    entries = HistoryEntry.objects.filter(council=council, target_type="standingitem").select_related("actor")
    return lines(entries.order_by("-pk")[:MOST_LINES], lambda entry: [_of_standing(entry, names)])


def _of_standing(entry: HistoryEntry, names: dict[int, str]) -> str:
    words = {"item": names.get(entry.target_id, "")}
    if entry.verb == "standing.moved":
        old, new = entry.changes["position"]
        return _("moved %(item)s from place %(old)s to %(new)s") % (words | {"old": old, "new": new})
    if entry.verb == "standing.edited":
        fields = ", ".join(str(_FIELDS[name]) for name in entry.changes if name in _FIELDS)
        return _("changed %(item)s: %(fields)s") % (words | {"fields": fields})
    sentences = {
        "standing.added": _("added %(item)s"),
        "standing.removed": _("removed %(item)s"),
        "standing.restored": _("brought %(item)s back"),
    }
    return sentences[entry.verb] % words if entry.verb in sentences else entry.verb


def history_of_proposals(member: Member) -> list[Line]:
    """Return what became of the proposals that the member may see, the latest first. Two queries."""
    names = dict(ItemProposal.objects.visible_to(member).values_list("pk", "title"))
    entries = HistoryEntry.objects.filter(
        council_id=member.council_id, target_type="itemproposal", target_id__in=list(names)
    ).select_related("actor")
    return lines(entries.order_by("-pk")[:MOST_LINES], lambda entry: [_of_proposal(entry, names)])


def _of_proposal(entry: HistoryEntry, names: dict[int, str]) -> str:
    sentences = {
        "proposal.sent": _("proposed “%(title)s”"),
        "proposal.taken": _("took “%(title)s” onto the agenda"),
        "proposal.declined": _("declined “%(title)s”"),
        "proposal.withdrawn": _("withdrew “%(title)s”"),
        "proposal.freed": _("let “%(title)s” wait for an answer again, as the meeting was cancelled"),
        "proposal.put_back": _("let “%(title)s” wait for an answer again"),
    }
    words = {"title": names.get(entry.target_id, "")}
    return sentences[entry.verb] % words if entry.verb in sentences else entry.verb
