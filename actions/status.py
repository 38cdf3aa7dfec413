"""How work stands: the rules that the plan's page and the status report share. No database, no clock."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from actions.models import Status

OVERDUE = "overdue"
# How a bar is drawn, and how its table reads. Every action stands in exactly one of these: one still to be done with
# a passed deadline in that of the overdue and nowhere else.
PARTS = (Status.DONE, Status.IN_PROGRESS, Status.NOT_STARTED, OVERDUE, Status.POSTPONED, Status.CANCELLED)


def bar(numbers: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """Return (part, number, word) in the order of drawing, from {part: number}."""
    words = {str(status.value): str(status.label) for status in Status} | {OVERDUE: _("Overdue")}
    return [(str(part), numbers[part], words[part]) for part in PARTS]


def is_behind(quarter_ends: Iterable[date], done: int, day: date) -> bool:
    """Whether an activity is behind its plan on `day`: more of its quarters have passed than its actions are done.

    The plan says no more than that something is due in a quarter, so this asks for no more than one action done for
    each. A quarter has passed when its last day has.
    """
    return sum(end < day for end in quarter_ends) > done
