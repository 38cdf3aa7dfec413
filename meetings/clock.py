"""How long an item has been spoken of, against its plan. What the pages show; nothing here changes anything."""

from dataclasses import dataclass
from datetime import datetime

from meetings.models import AgendaItem, Meeting


@dataclass(frozen=True)
class Clock:
    """The clock of an item: whether it runs, the seconds spent on it until now, and the minutes planned."""

    runs: bool
    seconds: int
    planned: int | None

    @property
    def minutes(self) -> int:
        """Whole minutes spent."""
        return self.seconds // 60

    @property
    def over(self) -> int:
        """Whole minutes beyond the plan; 0 when there is no plan or time is left."""
        return max(0, self.minutes - self.planned) if self.planned else 0


def clock_of(item: AgendaItem, meeting: Meeting, now: datetime) -> Clock:
    """Return the item's clock at the council's local time `now`."""
    runs = meeting.current_item_id == item.pk
    seconds = item.seconds_spent
    if runs and meeting.current_since is not None:
        seconds += max(0, int((now - meeting.current_since).total_seconds()))
    return Clock(runs, seconds, item.minutes_planned)
