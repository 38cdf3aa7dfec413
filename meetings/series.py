"""The days of recurring meetings, and which of them are Swedish holidays. Nothing here reads a clock or a row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from bra.workdays import holiday_name, next_working_day

LAST = -1
# A year ahead, with some room: a series from January may end with the January that follows.
LONGEST = timedelta(days=400)


class Weekday(IntEnum):
    """The days one meets on, as date.weekday() counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4


@dataclass(frozen=True)
class Occasion:
    """A day that the rule gives. On a holiday, `holiday` is its name and `instead` the working day after it."""

    day: date
    holiday: str = ""
    instead: date | None = None


def monthly(start: date, end: date, *, weekday: int, nth: int, months: Iterable[int]) -> list[date]:
    """Return the `nth` (1 to 4, or LAST) such weekday of each of the `months` (1 to 12) from `start` to `end`."""
    chosen = set(months)
    days = []
    first = start.replace(day=1)
    while first <= end:
        following = (first + timedelta(days=31)).replace(day=1)
        if first.month in chosen:
            day = _nth(first, following, weekday, nth)
            if start <= day <= end:
                days.append(day)
        first = following
    return days


def _nth(first: date, following: date, weekday: int, nth: int) -> date:
    if nth == LAST:
        last = following - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def weekly(start: date, end: date, *, weekday: int, every: int) -> list[date]:
    """Return such a weekday every `every` weeks, the first on or after `start`, up to `end`."""
    day = start + timedelta(days=(weekday - start.weekday()) % 7)
    days = []
    while day <= end:
        days.append(day)
        day += timedelta(weeks=every)
    return days


def occasions(days: Iterable[date]) -> Iterator[Occasion]:
    """Say of each day whether it is a holiday, and which working day comes after it."""
    for day in days:
        name = holiday_name(day)
        yield Occasion(day, name, next_working_day(day) if name else None)
