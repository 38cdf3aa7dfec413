"""The history of a meeting as sentences."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, TextChoices
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bra.history import NOT_COPIED
from bra.models import HistoryEntry, Member
from bra.sentences import Line, lines
from meetings.models import (
    AgendaItem,
    Answer,
    AttendanceStatus,
    Decision,
    DecisionKind,
    ItemKind,
    ItemState,
    Meeting,
)
from meetings.signing_sentences import comment_words, signing_words

# The form's labels of the fields that history names.
_FIELDS = {
    "title": AgendaItem._meta.get_field("title").verbose_name,
    "kind": AgendaItem._meta.get_field("kind").verbose_name,
    "minutes_planned": AgendaItem._meta.get_field("minutes_planned").verbose_name,
    "presenter": AgendaItem._meta.get_field("presenter").verbose_name,
    "case": AgendaItem._meta.get_field("case").verbose_name,
    "topics": AgendaItem._meta.get_field("topics").verbose_name,
    "date": Meeting._meta.get_field("date").verbose_name,
    "starts_at": Meeting._meta.get_field("starts_at").verbose_name,
    "ends_at": Meeting._meta.get_field("ends_at").verbose_name,
    "place": Meeting._meta.get_field("place").verbose_name,
}


def history_of(meeting: Meeting, member: Member) -> list[Line]:
    """Return the meeting's history, newest first, as far as the member may see. Four queries.

    What was written at an item while it was restricted stays with the cleared also after the lock was taken off.
    """
    items = {item.pk: item for item in AgendaItem.with_removed.visible_to(member).filter(meeting=meeting)}
    decisions = {row.pk: row for row in Decision.objects.visible_to(member).filter(item__meeting=meeting)}
    members = {row.pk: row for row in Member.objects.filter(council_id=meeting.council_id)}
    entries = _entries(Q(target_type="meeting", target_id=meeting.pk), items, decisions, member)
    return lines(entries, lambda entry: [_sentence(entry, items, decisions, members)])


def history_of_item(item: AgendaItem, member: Member) -> list[Line]:
    """Return the history of one item and its decisions, newest first, as `history_of` tells it. Two queries."""
    decisions = {row.pk: row for row in Decision.objects.visible_to(member).filter(item=item)}
    entries = _entries(Q(), {item.pk: item}, decisions, member)
    return lines(entries, lambda entry: [_sentence(entry, {item.pk: item}, decisions, {})])


def _entries(
    own: Q, items: dict[int, AgendaItem], decisions: dict[int, Decision], member: Member
) -> Iterable[HistoryEntry]:
    """The entries of the items and decisions, and those of `own`, newest first, as far as the member may see."""
    about = Q(target_type="agendaitem", target_id__in=list(items)) | Q(
        target_type="decision", target_id__in=list(decisions)
    )
    told = HistoryEntry.objects.changes().filter(own | about if own else about, council_id=member.council_id)
    entries: Iterable[HistoryEntry] = told.select_related("actor").order_by("-pk")
    return entries if member.cleared else _since_unlocked(entries, decisions)


def _since_unlocked(entries: Iterable[HistoryEntry], decisions: dict[int, Decision]) -> Iterator[HistoryEntry]:
    """Leave out what is older, of `entries` newest first, than the last time its item was made unrestricted."""
    sealed = set()
    for entry in entries:
        item = decisions[entry.target_id].item_id if entry.target_type == "decision" else entry.target_id
        if entry.target_type == "meeting" or item not in sealed:
            if entry.verb == "item.unrestricted":
                sealed.add(item)
            yield entry


def _sentence(
    entry: HistoryEntry, items: dict[int, AgendaItem], decisions: dict[int, Decision], members: dict[int, Member]
) -> str:
    """Say what an entry of a meeting, an item or a decision tells. An unknown verb is said as it is written."""
    if entry.target_type == "agendaitem":
        return _of_item(entry, items[entry.target_id])
    if entry.target_type == "decision":
        return _of_decision(entry, decisions[entry.target_id], items)
    return _of_meeting(entry, members)


def _of_meeting(entry: HistoryEntry, members: dict[int, Member]) -> str:
    if entry.verb == "meeting.attendance":
        said = [
            _("noted attendance: %(member)s, %(status)s")
            % {"member": _member_named(field, members), "status": _attended(old, new)}
            for field, (old, new) in entry.changes.items()
        ]
        return "; ".join(said)
    if entry.verb == "meeting.answered":
        return "; ".join(_answered(_member_named(field, members), new) for field, (_old, new) in entry.changes.items())
    if entry.verb == "meeting.stay":
        return "; ".join(
            _stay(_member_named(field, members), new, members) for field, (_old, new) in entry.changes.items()
        )
    if entry.verb == "meeting.replanned":
        return _("changed the plan of the meeting: %(fields)s") % {"fields": _changed_fields(entry)}
    if entry.verb == "meeting.minutes_mailed":
        return _mailed(entry)
    plain = {
        "meeting.planned": _("planned the meeting"),
        "meeting.opened": _("opened the meeting"),
        "meeting.unopened": _("took back the opening of the meeting"),
        "meeting.adjourned": _("adjourned the meeting"),
        "meeting.reopened": _("took the meeting back into session"),
        "meeting.guest_added": _("noted a co-opted guest"),
        "meeting.guest_edited": _("changed what is noted of a co-opted guest"),
        "meeting.guest_removed": _("took a co-opted guest off the attendance"),
        "meeting.guest_restored": _("brought a co-opted guest back"),
        "meeting.summoned": _("sent the summons"),
        "meeting.summoned_again": _("sent the changed summons"),
        "meeting.summoned_more": _("sent the summons to those who hadn't got it"),
        "meeting.cancelled": _("cancelled the meeting"),
        "meeting.uncancelled": _("held the meeting after all"),
        "meeting.registered": _("noted the registry number of the minutes"),
        **signing_words(),
    }
    return plain.get(entry.verb, entry.verb)


def _mailed(entry: HistoryEntry) -> str:
    """Say how many got which minutes."""
    number, edition = entry.changes["mails"][1], entry.changes["edition"][1]
    if edition is None:
        words = ngettext(
            "mailed the minutes, not signed off, to %(n)d person",
            "mailed the minutes, not signed off, to %(n)d people",
            number,
        )
        return words % {"n": number}
    words = ngettext(
        "mailed edition %(edition)d of the minutes to %(n)d person",
        "mailed edition %(edition)d of the minutes to %(n)d people",
        number,
    )
    return words % {"n": number, "edition": edition}


def _answered(who: str, answer: str | None) -> str:
    if answer is None:
        return _("the answer of %(member)s to the summons was taken back") % {"member": who}
    said = {Answer.YES: _("is coming"), Answer.NO: _("can't come"), Answer.SUBSTITUTE: _("sends a substitute")}
    return _("answer to the summons: %(member)s %(answer)s") % {"member": who, "answer": said[Answer(answer)]}


def _stay(who: str, noted: dict[str, int | None], members: dict[int, Member]) -> str:
    """Say how somebody was noted as present: for whom, from and until which item."""
    parts = [_("noted attendance: %(member)s, %(status)s") % {"member": who, "status": _("present")}]
    if noted["for"]:
        parts.append(_("stands in for %(member)s") % {"member": _member_named(f"member {noted['for']}", members)})
    if noted["from"]:
        parts.append(_("from item %(position)s") % {"position": noted["from"]})
    if noted["to"]:
        parts.append(_("up to and including item %(position)s") % {"position": noted["to"]})
    return ", ".join(parts)


def _attended(old: str | None, new: str | None) -> str:
    """How somebody attends, and how it was noted before where that was otherwise."""
    status = _label(AttendanceStatus, new, _("not noted"))
    return f"{_label(AttendanceStatus, old, '')} → {status}" if old else status


def _of_item(entry: HistoryEntry, item: AgendaItem) -> str:
    # What was taken off is no longer quoted: it may have been a name. It had this place.
    named = _("%(position)s (since taken off)") % {"position": item.position} if item.removed else str(item)
    words = {"item": named}
    if entry.verb == "item.edited":
        changed = _named_fields(entry) if item.removed else _changed_fields(entry)
        return _("changed item %(item)s: %(fields)s") % (words | {"fields": changed})
    if entry.verb == "item.moved":
        old, new = entry.changes["position"]
        return _("moved item %(item)s from place %(old)s to %(new)s") % (words | {"old": old, "new": new})
    if entry.verb == "item.state":
        state = _label(ItemState, entry.changes["state"][1], "")
        return _("marked item %(item)s: %(state)s") % (words | {"state": state})
    if entry.verb == "item.removed" and item.removed:
        return _("took item %(position)s off the agenda") % {"position": item.position}
    sentences = {
        "item.added": _("added item %(item)s"),
        "item.carried": _("brought item %(item)s along from the last meeting"),
        "item.joined": _("went on with item %(item)s of the last meeting"),
        "item.unjoined": _("no longer went on with item %(item)s: the last meeting had treated it"),
        "item.let_go": _("let item %(item)s go to the next meeting, as this one was cancelled"),
        "item.moved_on": _("moved item %(item)s here from a cancelled meeting"),
        "item.moved_back": _("moved item %(item)s back to the meeting that is held after all"),
        "item.minutes_named": _("named the minutes to be approved: %(item)s"),
        "item.restricted": _("restricted item %(item)s"),
        "item.ground_changed": _("changed the legal ground of item %(item)s"),
        "item.unrestricted": _("made item %(item)s unrestricted"),
        "item.noted": _("wrote notes at item %(item)s"),
        "item.taken_up": _("took up item %(item)s"),
        "item.removed": _("took item %(item)s off the agenda"),
        "item.restored": _("put item %(item)s back on the agenda"),
        **comment_words(),
    }
    return sentences[entry.verb] % words if entry.verb in sentences else entry.verb


def _of_decision(entry: HistoryEntry, decision: Decision, items: dict[int, AgendaItem]) -> str:
    # What was removed is no longer quoted: it may have been a name.
    said = entry.changes.get("text", [None, NOT_COPIED])[1]
    now = Truncator(decision.text if said == NOT_COPIED else said).chars(80)
    words = {"text": str(items[decision.item_id]) if decision.removed else now}
    if entry.verb == "decision.amended" and not decision.removed:
        return _amended(entry, words)
    sentences = {
        "decision.recorded": _("recorded a decision: %(text)s"),
        "decision.amended": _("changed a decision: %(text)s"),
        "decision.removed": _("removed a decision: %(text)s"),
        "decision.restored": _("brought a decision back: %(text)s"),
    }
    return sentences[entry.verb] % words if entry.verb in sentences else entry.verb


def _amended(entry: HistoryEntry, words: dict[str, str]) -> str:
    """Say how a decision was changed: its wording before and after where history keeps both, and its kind."""
    old, new = entry.changes.get("text", (None, None))
    parts = []
    if old is not None and NOT_COPIED not in (old, new):
        parts.append(_("changed a decision from “%(old)s” to “%(new)s”") % {"old": old, "new": new})
    else:
        parts.append(_("changed a decision: %(text)s") % words)
    if "kind" in entry.changes:
        was, became = (_label(DecisionKind, kind, "") for kind in entry.changes["kind"])
        parts.append(_("its kind: %(old)s → %(new)s") % {"old": was, "new": became})
    return "; ".join(parts)


def _member_named(field: str, members: dict[int, Member]) -> str:
    serial = field.removeprefix("member ")
    member = members.get(int(serial)) if serial.isdigit() else None
    return member.display_name if member else serial


def _label(choices: type[TextChoices], value: str | None, none: str) -> str:
    return str(choices(value).label).lower() if value else none


def _changed_fields(entry: HistoryEntry) -> str:
    """The changed fields by their labels, with the old value and the new one where both are short."""
    told = []
    for name, (old, new) in entry.changes.items():
        if name not in _FIELDS:
            continue
        # A case is a key here, and may be one that not everybody sees.
        quoted = name != "case" and NOT_COPIED not in (old, new)
        told.append(f"{_FIELDS[name]} ({_value(name, old)} → {_value(name, new)})" if quoted else str(_FIELDS[name]))
    return ", ".join(told)


def _value(name: str, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if name == "kind":
        return _label(ItemKind, value, "")
    if name in ("starts_at", "ends_at"):
        return str(value)[:5]
    return ", ".join(value) if isinstance(value, list) else str(value)


def _named_fields(entry: HistoryEntry) -> str:
    """The changed fields by their labels."""
    return ", ".join(str(_FIELDS[name]) for name in entry.changes if name in _FIELDS)
