"""Rows for the stacked bars (includes/_stacked_bars.html) from a report's figures. No picture is drawn elsewhere."""

from typing import Any

from django.utils.translation import gettext as _

from actions.status import OVERDUE, bar
from reports.status import Counts, Figures


def parts(counts: Counts) -> list[tuple[str, int, str]]:
    """Return (state, number, word) for each part of a bar, in the order of drawing."""
    in_time = {state: number - counts.late_by_status[state] for state, number in counts.by_status.items()}
    return bar(in_time | {OVERDUE: counts.overdue})


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
