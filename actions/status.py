"""How work stands: the rules that the plan's pages and the status report share. No database, no clock."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from actions.indicators import MISSED, REACHED
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


@dataclass(frozen=True, slots=True)
class Progress:
    """How an activity or a goal goes: `state` is "none", "todo", "ongoing" or "done"; `late` is said beside it."""

    state: str
    late: bool

    @property
    def shape(self) -> str:
        """The state that the badge is drawn as."""
        return OVERDUE if self.late else self.state


def activity_progress(
    *, quarter_ends: Iterable[date], done: int, still_open: int, begun: bool, targets: Collection[str], day: date
) -> Progress:
    """Judge an activity on `day` by its actions and its indicators.

    `done` and `still_open` count its actions, `begun` says whether any of those, or any outcome, shows a beginning;
    `targets` are the states (actions.indicators) of its indicators that have a target.

    Late: behind its plan, or a target was missed. Done: not late, no action open, every target reached, and something
    that shows it: an action done or a target; one due in several quarters takes an action done for each. None: no
    action is open, and it isn't done.
    """
    ends = list(quarter_ends)
    late = is_behind(ends, done, day) or MISSED in targets
    if not still_open:
        shown = (done > 0 or bool(targets)) and len(ends) <= max(done, 1)
        return Progress("done" if shown and not late and set(targets) <= {REACHED} else "none", late)
    return Progress("ongoing" if begun else "todo", late)


def goal_progress(activities: Iterable[Progress]) -> Progress:
    """Judge a goal by its activities: done when all are, late when one is, and begun when one is begun or done."""
    found = list(activities)
    states = {one.state for one in found}
    late = any(one.late for one in found)
    if states in ({"done"}, {"none"}):
        return Progress(states.pop(), late)
    if not states:
        return Progress("none", late)
    return Progress("ongoing" if states & {"ongoing", "done"} else "todo", late)


def progress_words(progress: Progress) -> str:
    """Say how an activity or a goal goes: "In progress, late"."""
    words = {
        "none": _("No open action"),
        "todo": _("Not started"),
        "ongoing": _("In progress"),
        "done": _("Done"),
    }[progress.state]
    return _("%(state)s, late") % {"state": words} if progress.late else words
