"""What a status report is asked about, and the questions that are asked again and again."""

from dataclasses import dataclass
from datetime import date, timedelta

from actions.models import WorkPlan
from bra.models import Council
from reports.models import Language, ReportKind, Variant


@dataclass(frozen=True, slots=True)
class Question:
    """What a report is asked about: a plan, the days of a period, and the day as of which it answers.

    `previous` is the as-of day of the report that this one is compared with, None when there is none. The rest says
    what the report is for, whom, and in which language.
    """

    plan: WorkPlan
    period_from: date
    period_to: date
    as_of: date
    previous: date | None = None
    kind: str = ReportKind.STATUS
    variant: str = Variant.WORKING
    language: str = Language.SWEDISH
    # Where the audit log ended when the report was asked for: sequence and seal.
    log_end: tuple[int, str] = (0, "")
    # Whether the file says how many restricted rows it leaves out; else it only says that they are no part of it.
    counts_left_out: bool = False

    @property
    def council(self) -> Council:
        """Whose plan it is."""
        return self.plan.council

    @property
    def since(self) -> date:
        """The day whose evening the changes are counted from."""
        return self.previous or self.period_from - timedelta(days=1)

    @property
    def last_day(self) -> date:
        """The last day of the period that had come by the report's day."""
        return min(self.period_to, self.as_of)


def plan_so_far(plan: WorkPlan, today: date) -> Question:
    """The question that the report page opens with: the plan from its first day to today, as of today."""
    return Question(plan, plan.starts, max(plan.starts, min(today, plan.ends)), today)


def presets(plan: WorkPlan, today: date) -> list[tuple[str, date, date]]:
    """The periods that are asked for again and again: (name, first day, last day), all within the plan and begun."""
    half = date(today.year, 1, 1) if today.month <= 6 else date(today.year, 7, 1)
    before = half - timedelta(days=1)
    before_from = date(before.year, 1, 1) if before.month <= 6 else date(before.year, 7, 1)
    half_to = date(today.year, 6, 30) if today.month <= 6 else date(today.year, 12, 31)
    found = []
    for name, first, last in (
        ("plan", plan.starts, min(today, plan.ends)),
        ("half", half, half_to),
        ("before", before_from, before),
    ):
        start, end = max(first, plan.starts), min(last, plan.ends)
        if start <= end and start <= today:
            found.append((name, start, end))
    return found
