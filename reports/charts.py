"""The drawings of a report's figures: numbers in, places in the picture out. Templates write the SVG.

Across, places are shares of the width, so that words keep their size however narrow the page is; down, they are px.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from actions.status import OVERDUE, bar
from reports.status import Counts, Figures, Month

# The drawing of the months, in px: its height, the bottom of what is drawn, and how far that reaches up.
HEIGHT, FLOOR, REACH = 220, 190, 170
# Shares of the width, in %: where the months begin, and how many of them get a word.
LEFT, MOST_WORDS = 8.0, 5


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


@dataclass(frozen=True, slots=True)
class MonthDrawn:
    """A month: its two bars as (left, top, height), the point of the line, and its word or nothing."""

    agreed: tuple[str, str, str]
    closed: tuple[str, str, str]
    middle: str
    open: str
    word: str


@dataclass(frozen=True, slots=True)
class MonthsDrawn:
    """The drawing of the months: the lines across as (height, number), the bars' width, the line as (from, to)."""

    scale: list[tuple[str, int]]
    width: str
    months: list[MonthDrawn]
    line: list[tuple[MonthDrawn, MonthDrawn]]


def months_drawn(months: Sequence[Month]) -> MonthsDrawn:
    """Place each month's bars for what was agreed and closed, and the line of what was open at its end."""
    top = _ceiling(max((number for one in months for number in (one.agreed, one.closed, one.open)), default=0))
    slot = (100 - LEFT) / max(1, len(months))
    every = -(-len(months) // MOST_WORDS)

    def standing(left: float, number: int) -> tuple[str, str, str]:
        height = REACH * number / top
        return _share(left), f"{FLOOR - height:.1f}", f"{height:.1f}"

    drawn = []
    for index, one in enumerate(months):
        left = LEFT + index * slot
        drawn.append(
            MonthDrawn(
                agreed=standing(left + slot * 0.14, one.agreed),
                closed=standing(left + slot * 0.52, one.closed),
                middle=_share(left + slot / 2),
                open=f"{FLOOR - REACH * one.open / top:.1f}",
                word="" if index % every else one.label,
            )
        )
    scale = [(f"{FLOOR - REACH * number / top:.1f}", number) for number in (0, top // 2, top)]
    return MonthsDrawn(scale, _share(slot * 0.34), drawn, list(pairwise(drawn)))


def delay_bars(figures: Figures) -> list[tuple[int, int | None, int, str]]:
    """Return (from, to, number, length) for each age of delay; the longest bar is the whole width."""
    longest = max((number for _low, _high, number in figures.delays), default=0) or 1
    return [(low, high, number, _share(100 * number / longest)) for low, high, number in figures.delays]


def _ceiling(most: int) -> int:
    """The even number at the top of the scale: 2, 4, 10, 20, 40, 100 ..."""
    top = 1
    while True:
        for first in (2, 4, 10):
            if first * top >= most:
                return first * top
        top *= 10


def _share(number: float) -> str:
    return f"{number:.2f}%"
