"""The history of a request for records as sentences."""

from typing import Any

from django.utils.translation import gettext as _

from bra import history
from bra.models import HistoryEntry, Member
from bra.sentences import Line, lines
from records.models import Release, ReleaseState

# Who fetched the files stands among the rest: the register is also the list of what was let out.
FETCHED = ("release.fetched", "release.letter_fetched")


def lines_of(release: Release, member: Member) -> list[Line]:
    """Return what has been done with the request, the latest first, as far as the member may see. One query."""
    entries = history.entries_of(release, fetched=FETCHED).reverse()
    # Where the texts have been purged nothing tells whether it was a copy with restricted matter.
    told = [entry for entry in entries if member.cleared or not (entry.is_blanked or _of(entry, "whole"))]
    return lines(told, lambda entry: [_sentence(entry)])


def _of(entry: HistoryEntry, name: str) -> Any:
    _old, new = entry.changes.get(name, (None, None))
    return new


def _sentence(entry: HistoryEntry) -> str:
    words = {"number": _of(entry, "number"), "reason": _of(entry, "reason") or ""}
    if entry.verb == "release.registered":
        return _("entered the request")
    if entry.verb == "release.changed":
        labels = {field.name: str(getattr(field, "verbose_name", "")) for field in Release._meta.get_fields()}
        return _("changed: %(fields)s") % {"fields": ", ".join(labels.get(name, name) for name in entry.changes)}
    if entry.verb == "release.ended":
        state = dict(ReleaseState.choices).get(_of(entry, "state"), "")
        return _("ended the request: %(state)s") % {"state": str(state).lower()}
    if entry.verb == "release.reopened":
        return _("opened the request again: %(reason)s") % words
    if entry.verb == "release.copied":
        return _("made copy %(number)s") % words
    if entry.verb == "release.copy_dropped":
        return _("threw copy %(number)s away") % words
    if entry.verb == "release.fetched":
        return _("fetched copy %(number)s") % words
    if entry.verb == "release.letter_fetched":
        return _("fetched the letter of the decision")
    return entry.verb
