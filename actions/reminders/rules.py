"""What councils have chosen about reminders, and on which days they go out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from actions.models import ReminderRules
from bra import workdays
from bra.models import Council


@dataclass(frozen=True)
class Rules:
    """What one or more councils have chosen, as ReminderRules says it."""

    first_days: int
    second_days: int
    weeks_between: int
    squeeze_days: bool
    digest_days: int
    escalate_weeks: int
    grace_days: int

    @classmethod
    def of(cls, row: ReminderRules) -> "Rules":
        """What the row says."""
        return cls(
            first_days=row.first_days,
            second_days=row.second_days,
            weeks_between=row.weeks_between,
            squeeze_days=row.squeeze_days,
            digest_days=row.digest_days,
            escalate_weeks=row.escalate_weeks,
            grace_days=row.grace_days,
        )

    def is_working_day(self, day: date) -> bool:
        """Whether mail goes out on the day."""
        return workdays.is_working_day(day, squeeze_off=self.squeeze_days)

    def next_working_day(self, day: date) -> date:
        """Return `day`, or the first day after it on which mail goes out."""
        return workdays.next_working_day(day, squeeze_off=self.squeeze_days)

    def previous_working_day(self, day: date) -> date:
        """Return the last day before `day` on which mail goes out."""
        return workdays.previous_working_day(day, squeeze_off=self.squeeze_days)

    def gathering_day(self, day: date) -> date:
        """Return the day in the week of `day` on which those who want one mail a week get it."""
        return workdays.gathering_day(day, squeeze_off=self.squeeze_days)


def rules_of(council: Council) -> Rules:
    """What the council has chosen, or the defaults."""
    return Rules.of(ReminderRules.of(council))


def by_rules(councils: Iterable[Council]) -> dict[Rules, list[Council]]:
    """Group the councils by what they have chosen: those of a group are planned together. One query."""
    among = list(councils)
    chosen = {row.council_id: row for row in ReminderRules.objects.filter(council__in=among)}
    groups: dict[Rules, list[Council]] = defaultdict(list)
    for council in among:
        groups[Rules.of(chosen.get(council.pk) or ReminderRules(council=council))].append(council)
    return dict(groups)
