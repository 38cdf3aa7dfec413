"""The history of a case in sentences."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from bra import history
from bra.models import HistoryEntry, Member, Organisation
from bra.sentences import Line, lines
from meetings.models import Case, CaseState


def lines_of(case: Case, member: Member) -> list[Line]:
    """Return the changes of the case that the member may read, the latest first.

    What was written while the case was restricted stays with the cleared also after the lock was taken off.
    """
    entries = list(history.entries_of(case))
    if not member.cleared:
        unlocked = [place for place, entry in enumerate(entries) if entry.changes.get("restricted") == [True, False]]
        entries = entries[unlocked[-1] + 1 :] if unlocked else entries
    names = {str(row.pk): row.name for row in Organisation.objects.filter(council_id=case.council_id)}
    others = {row.pk: str(row) for row in Case.objects.visible_to(member).filter(pk__in=_others(entries))}
    return lines(reversed(entries), lambda entry: _sentences(entry, names, others))


# The fields of history that name another case.
_OTHERS = ("merged_into", "merged", "split_from", "split_off", "linked")


def _others(entries: Iterable[HistoryEntry]) -> set[int]:
    """The keys of the other cases that the entries name."""
    named = (entry.changes.get(field, []) for entry in entries for field in _OTHERS)
    return {key for change in named for key in change if key}


def _sentences(entry: HistoryEntry, organisations: dict[str, str], others: dict[int, str]) -> Iterable[str]:
    if entry.verb in ("case.watched", "case.unwatched"):
        return []  # what somebody wants to be told of is their own matter
    if entry.verb == "case.edited":
        return _changes(entry.changes, organisations)
    if entry.verb == "case.reopened":
        return [_("The case was opened again: %(reason)s") % {"reason": entry.changes["reason"][1]}]
    plain = {
        "case.opened": _("The case was opened."),
        "case.closed": _("The case was closed."),
        "case.unmerged": _("The merge was undone."),
    }
    if entry.verb in plain:
        return [plain[entry.verb]]
    told = {
        "case.merged": _("The case was merged into %(case)s."),
        "case.took_in": _("%(case)s was merged into this one."),
        "case.gave_back": _("The merge of %(case)s was undone."),
        "case.split_off": _("The case was split off from %(case)s."),
        "case.split": _("%(case)s was split off from the case."),
        "case.linked": _("The case was linked with %(case)s."),
        "case.unlinked": _("The link with %(case)s was taken away."),
    }
    # Of a case that doesn't exist for the member nothing is told, not even that there is one.
    return [told[entry.verb] % {"case": others[key]} for key in _others([entry]) if key in others]


def _changes(changes: dict[str, list[Any]], organisations: dict[str, str]) -> Iterator[str]:
    states = dict(CaseState.choices)
    for field, (old, new) in changes.items():
        match field:
            case "state":
                values = {"old": states.get(old, old), "new": states.get(new, new)}
                yield _("The state was changed from %(old)s to %(new)s.") % values
            case "title":
                yield _("The title was changed from “%(old)s”.") % {"old": old}
            case "registry_number":
                yield _("The registry number was changed from %(old)s to %(new)s.") % {"old": old, "new": new}
            case "organisation":
                values = {"old": organisations.get(str(old), ""), "new": organisations.get(str(new), "")}
                yield _("The responsible organisation was changed from %(old)s to %(new)s.") % values
            case "situation":
                yield _("The situation was rewritten.")
            case "topics":
                yield _("The topics were changed to: %(topics)s.") % {"topics": ", ".join(new) or _("none")}
            case "legal_ground" if "restricted" not in changes:
                yield _("The legal ground was changed.")
            case "restricted":
                yield _("The case was made restricted.") if new else _("The case is no longer restricted.")
