"""Rows for the stacked bars (includes/_stacked_bars.html) from a report's figures. No picture is drawn elsewhere."""

from typing import Any

from django.utils.translation import gettext as _

from actions.models import LIVE, Status
from reports.status import Counts, Figures

# As on the plan's page: every action stands in one part of the bar, and an overdue one in that of the overdue.
_OVERDUE = "overdue"
_ORDER = (Status.DONE, Status.IN_PROGRESS, Status.NOT_STARTED, _OVERDUE, Status.POSTPONED, Status.CANCELLED)


def parts(counts: Counts) -> list[tuple[str, int, str]]:
    """Return (state, number, word) for each part of a bar, in the order of drawing."""
    found = []
    for state in _ORDER:
        if isinstance(state, Status):
            late = counts.late_by_status[state] if state in LIVE else 0
            found.append((str(state.value), counts.by_status[state] - late, str(state.label)))
        else:
            found.append((state, counts.overdue, _("Overdue")))
    return found


def goal_bars(figures: Figures) -> list[dict[str, Any]]:
    """Return one bar per goal, and one for what serves none."""
    return [
        {
            "label": _("Outside the plan") if goal is None else goal.label,
            "url": "",
            "counts": parts(counts),
            "done": counts.done,
            "total": counts.not_cancelled,
        }
        for goal, counts in figures.goals
    ]
