"""The figures of a plan as of a day: what its list, its board and its timeline all show."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Prefetch

from actions.indicators import NO_TARGET, REACHED, Measured, measure
from actions.models import (
    Action,
    Activity,
    ActivityQuerySet,
    DueQuarter,
    Goal,
    Indicator,
    IndicatorOutcome,
    Status,
    WorkPlan,
)
from actions.status import (
    OVERDUE,
    PARTS,
    Progress,
    activity_progress,
    bar,
    goal_progress,
    is_behind,
    progress_words,
)
from bra.models import Member

_BEGUN = (Status.DONE, Status.IN_PROGRESS, Status.POSTPONED)
MOST_AFTER = 20

Quarter = tuple[int, int]
# All that lies before the quarters of a plan, and after them.
BEFORE, AFTER = (0, 0), (9999, 0)


@dataclass
class Counts:
    """Actions by how they stand. One still to be done with a passed deadline counts as overdue and nothing else."""

    by_state: dict[str, int] = field(default_factory=lambda: dict.fromkeys(map(str, PARTS), 0))

    def add(self, state: str, number: int) -> None:
        """Count `number` more."""
        self.by_state[state] += number

    @property
    def all(self) -> int:
        """All of them."""
        return sum(self.by_state.values())

    @property
    def total(self) -> int:
        """Those that count: the cancelled ones don't."""
        return self.all - self.by_state[Status.CANCELLED]

    @property
    def done(self) -> int:
        """Those done."""
        return self.by_state[Status.DONE]

    @property
    def late(self) -> int:
        """Those overdue."""
        return self.by_state[OVERDUE]

    @property
    def open(self) -> int:
        """Those still to be done, overdue or not."""
        return self.total - self.done

    def bars(self) -> list[tuple[str, int, str]]:
        """(state, number, word) in the order of drawing."""
        return bar(self.by_state)


@dataclass
class ActivityRow:
    """An activity, its due quarters, its actions and its indicators."""

    activity: Activity
    quarters: list[DueQuarter]
    counts: Counts
    missed: DueQuarter | None
    measured: list[Measured]
    progress: Progress

    @property
    def progress_words(self) -> str:
        """How it goes."""
        return progress_words(self.progress)

    @property
    def with_target(self) -> int:
        """How many indicators have a target."""
        return sum(one.state != NO_TARGET for one in self.measured)

    @property
    def reached(self) -> int:
        """How many of those have reached it."""
        return sum(one.state == REACHED for one in self.measured)


@dataclass
class GoalRow:
    """A goal with its activities."""

    goal: Goal
    activities: list[ActivityRow]
    counts: Counts

    @property
    def label(self) -> str:
        """The number and the title."""
        return str(self.goal)

    @property
    def url(self) -> str:
        """The goal's own part of the page."""
        return f"#goal-{self.goal.number}"

    @property
    def progress(self) -> Progress:
        """How it goes, by its activities."""
        return goal_progress(row.progress for row in self.activities)

    @property
    def progress_words(self) -> str:
        """How it goes."""
        return progress_words(self.progress)

    @property
    def done(self) -> int:
        """How many of its activities are done."""
        return sum(row.progress.state == "done" for row in self.activities)


def goals_of(plan: WorkPlan, member: Member, today: date) -> list[GoalRow]:
    """Return the plan's goals with their figures, as far as the member may see the actions; six queries."""
    counted = Action.objects.visible_to(member).agreed().filter(activity__goal__plan=plan).by_activity_and_state(today)
    of_activity: dict[int, Counts] = {}
    begun: set[int] = set()
    for activity_id, status, is_late, number in counted:
        of_activity.setdefault(activity_id, Counts()).add(OVERDUE if is_late else status, number)
        if status in _BEGUN:
            begun.add(activity_id)
    rows = []
    for goal in plan.goals.live().prefetch_related(Prefetch("activities", with_what_shows(Activity.objects.live()))):
        row = GoalRow(goal, [], Counts())
        for activity in goal.activities.all():
            activity.goal = goal
            counts = of_activity.get(activity.pk, Counts())
            row.activities.append(_row(activity, counts, activity.pk in begun, today))
            for state, number in counts.by_state.items():
                row.counts.add(state, number)
        rows.append(row)
    return rows


def row_of(activity: Activity, member: Member, today: date) -> ActivityRow:
    """Return one activity with its figures; it may have come from with_what_shows."""
    counts, begun = Counts(), False
    mine = Action.objects.visible_to(member).agreed().filter(activity=activity)
    for _activity, status, is_late, number in mine.by_activity_and_state(today):
        counts.add(OVERDUE if is_late else status, number)
        begun = begun or status in _BEGUN
    return _row(activity, counts, begun, today)


def with_what_shows(activities: ActivityQuerySet) -> ActivityQuerySet:
    """Add to activities, in their order, what shows how they go: due quarters, indicators, outcomes; three queries."""
    indicators = Prefetch("indicators", Indicator.objects.filter(removed=False))
    outcomes = Prefetch("indicators__outcomes", IndicatorOutcome.objects.filter(removed=False))
    return activities.order_by("number").prefetch_related("due_quarters", indicators, outcomes)


def _row(activity: Activity, counts: Counts, begun: bool, today: date) -> ActivityRow:
    quarters = list(activity.due_quarters.all())
    measured = [measure(one, one.outcomes.all(), today) for one in activity.indicators.all()]
    progress = activity_progress(
        quarter_ends=[quarter.last_day for quarter in quarters],
        done=counts.done,
        still_open=counts.open,
        begun=begun or any(one.latest for one in measured),
        targets=[one.state for one in measured if one.state != NO_TARGET],
        day=today,
    )
    return ActivityRow(activity, quarters, counts, missed(quarters, counts, today), measured, progress)


def missed(quarters: Iterable[DueQuarter], counts: Counts, today: date) -> DueQuarter | None:
    """Return the last due quarter that has passed of an activity that is behind; None when it isn't."""
    passed = [quarter for quarter in quarters if quarter.last_day < today]
    return passed[-1] if is_behind((quarter.last_day for quarter in passed), counts.done, today) else None


def by_state(goals: Sequence[GoalRow]) -> list[tuple[str, list[ActivityRow]]]:
    """Return the activities by how they go, each once: late first, then as the work goes on. Empty groups too."""
    rows = [row for goal in goals for row in goal.activities]
    groups = [("late", [row for row in rows if row.progress.late])]
    return groups + [
        (state, [row for row in rows if row.progress == Progress(state, late=False)])
        for state in ("none", "todo", "ongoing", "done")
    ]


@dataclass(frozen=True, slots=True)
class Column:
    """A quarter of the timeline, or BEFORE or AFTER."""

    year: int
    quarter: int
    now: bool = False

    @property
    def label(self) -> str:
        """As the plan writes it; empty for what lies outside."""
        return f"{self.year}-K{self.quarter}" if self.quarter else ""

    @property
    def is_before(self) -> bool:
        """Whether it is all that lies before the plan's quarters."""
        return (self.year, self.quarter) == BEFORE


@dataclass(slots=True)
class Cell:
    """An activity in a quarter: what is due ("", "met", "missed" or "ahead") and how many deadlines fall in it.

    A due quarter that has passed is met when as many actions are done as there are due quarters up to it, one that
    hasn't when the whole activity is done.
    """

    column: Column
    due: str = ""
    deadlines: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """The quarters, and for each goal its activities with their cells."""

    columns: list[Column]
    goals: list[tuple[GoalRow, list[tuple[ActivityRow, list[Cell]]]]]


def timeline(plan: WorkPlan, goals: Sequence[GoalRow], member: Member, today: date) -> Timeline:
    """Lay the goals out over the plan's quarters. Deadlines are those of all actions but the cancelled; one query."""
    first, last = quarter_of(plan.starts), quarter_of(plan.ends)
    fallen: dict[int, dict[Quarter, int]] = {}
    counted = (
        Action.objects.visible_to(member)
        .agreed()
        .exclude(status=Status.CANCELLED)
        .filter(activity__goal__plan=plan)
        .values_list("activity_id", "deadline")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for activity_id, deadline, number in counted:
        quarters = fallen.setdefault(activity_id, {})
        place = _within(quarter_of(deadline), first, last)
        quarters[place] = quarters.get(place, 0) + number
    due = {row.activity.pk: _due(row, first, last, today) for goal in goals for row in goal.activities}
    used = {quarter for pk, quarters in due.items() for quarter in (*quarters, *fallen.get(pk, ()))}
    columns = [Column(*quarter, now=quarter == quarter_of(today)) for quarter in quarters_between(first, last)]
    columns = [Column(*BEFORE)] * (BEFORE in used) + columns + [Column(*AFTER)] * (AFTER in used)

    def cells(row: ActivityRow) -> list[Cell]:
        pk = row.activity.pk
        return [
            Cell(one, due[pk].get((one.year, one.quarter), ""), fallen.get(pk, {}).get((one.year, one.quarter), 0))
            for one in columns
        ]

    return Timeline(columns, [(goal, [(row, cells(row)) for row in goal.activities]) for goal in goals])


def _due(row: ActivityRow, first: Quarter, last: Quarter, today: date) -> dict[Quarter, str]:
    """What is due of one activity, by quarter."""
    due = {}
    for index, quarter in enumerate(row.quarters):
        passed = quarter.last_day < today
        met = index < row.counts.done and (passed or row.progress.state == "done")
        state = "met" if met else "missed" if passed else "ahead"
        due[_within((quarter.year, quarter.quarter), first, last)] = state
    return due


def quarter_of(day: date) -> Quarter:
    """The quarter that a day lies in."""
    return day.year, (day.month + 2) // 3


def quarters_between(first: Quarter, last: Quarter) -> Iterator[Quarter]:
    """The quarters from `first` to `last`, both included."""
    year, quarter = first
    while (year, quarter) <= last:
        yield year, quarter
        year, quarter = (year + 1, 1) if quarter == 4 else (year, quarter + 1)


def _within(quarter: Quarter, first: Quarter, last: Quarter) -> Quarter:
    if quarter < first:
        return BEFORE
    return AFTER if quarter > last else quarter


def due_after(plan: WorkPlan, member: Member) -> list[Action]:
    """The actions of the plan that are still to be done and due after it ends, at most MOST_AFTER; one query."""
    late = Action.objects.visible_to(member).live().filter(deadline__gt=plan.ends, activity__removed=False)
    return list(late.filter(activity__goal__plan=plan, activity__goal__removed=False)[:MOST_AFTER])
