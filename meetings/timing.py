"""How long an agenda takes as planned, against the hours of its meeting."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from meetings.models import AgendaItem, Meeting

_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Timing:
    """`minutes` planned in all, `without` items that have none; when it `ends`, and the minutes `over` the end."""

    minutes: int
    without: int
    ends: time | None
    over: int


def timing(meeting: Meeting, items: Iterable[AgendaItem]) -> Timing:
    """Add up the items that the reader sees. `ends` is None when nothing is planned, or when it passes midnight."""
    planned = [item.minutes_planned for item in items]
    minutes = sum(length or 0 for length in planned)
    starts = datetime.combine(_ANY_DAY, meeting.starts_at)
    ends = starts + timedelta(minutes=minutes)
    over = 0
    if meeting.ends_at is not None:
        over = max(0, int((ends - datetime.combine(_ANY_DAY, meeting.ends_at)).total_seconds() // 60))
    same_day = minutes > 0 and ends.date() == _ANY_DAY
    return Timing(minutes, sum(not length for length in planned), ends.time() if same_day else None, over)
