"""History as sentences: what the pages of all floors share. What an entry says is told on the floor of its row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from bra.models import HistoryEntry


@dataclass
class Line:
    """One line: on the council's day `on`, `who` ("" for the system) did `what`, `times` times in a row.

    `at` is the clock of the last time; None where the council's day is pinned, since the clock is of another day.
    """

    on: date
    at: datetime | None
    who: str
    what: str
    times: int = 1


def lines(entries: Iterable[HistoryEntry], say: Callable[[HistoryEntry], Iterable[str]]) -> list[Line]:
    """Return what the entries tell, in their order; `say` gives the sentences of one.

    What somebody did over and over, as saving notes while typing, is one line.
    """
    told: list[Line] = []
    for entry in entries:
        at = timezone.localtime(entry.at)
        who = entry.actor.label if entry.actor else ""
        for what in _shared(entry) or say(entry):
            last = told[-1] if told else None
            if last is not None and (last.on, last.who, last.what) == (entry.on, who, what):
                last.times += 1
            else:
                told.append(Line(entry.on, at if at.date() == entry.on else None, who, what))
    return told


def _shared(entry: HistoryEntry) -> list[str]:
    """What is told alike on all floors; nothing for the rest."""
    if entry.is_blanked:
        return [_("What was changed here has been purged.")]
    return [_overridden(entry)] if entry.verb == "guard.overridden" else []


def _overridden(entry: HistoryEntry) -> str:
    reason = entry.changes["reason"][1]
    return _("What looked like a personal identity number was let through: %(reason)s") % {"reason": reason}
