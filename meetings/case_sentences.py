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
    return lines(reversed(entries), lambda entry: _sentences(entry, names))


def _sentences(entry: HistoryEntry, organisations: dict[str, str]) -> Iterable[str]:
    if entry.verb == "case.opened":
        return [_("The case was opened.")]
    return _changes(entry.changes, organisations)


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
            case "restricted":
                yield _("The case was made restricted.") if new else _("The case is no longer restricted.")
