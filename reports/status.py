"""The figures of a status report: rows in, figures out.

Nothing here reads the clock or the database, so every figure can be tested against the rows it was made of.
docs/report.md says in words what is counted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from actions.indicators import NO_TARGET, Measured
from actions.models import LIVE, Status
from actions.status import Progress, activity_progress

# Days past the deadline, from and to (None: no upper bound).
DELAYS: tuple[tuple[int, int | None], ...] = ((1, 7), (8, 30), (31, 90), (91, None))

Changes = Mapping[str, Sequence[Any]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action as it was on the report's day."""

    pk: int
    title: str
    status: str
    agreed_on: date
    deadline: date
    closed_on: date | None
    effect: str
    owner_role: str
    organisation: str
    activity: int | None
    meeting: int
    meeting_number: str
    item: int
    item_title: str
    case: int | None
    decision: int | None
    extremism: bool

    @property
    def is_live(self) -> bool:
        """Whether it was still to be done."""
        return self.status in LIVE

    def days_overdue(self, day: date) -> int:
        """Days past the deadline on `day`; 0 when it was done, ended or still in time."""
        return max(0, (day - self.deadline).days) if self.is_live else 0


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One goal of the plan."""

    number: int
    title: str

    @property
    def label(self) -> str:
        """Number and title: "3 Knowledge"."""
        return f"{self.number} {self.title}"


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One activity of the plan; `quarters` as the plan writes them, `ends` the last day of each, in order."""

    pk: int
    goal: int
    code: str
    title: str
    responsible_role: str
    indicator: str
    quarters: tuple[str, ...]
    ends: tuple[date, ...]
    indicators: tuple[Measured, ...] = ()

    @property
    def due(self) -> date | None:
        """The last day of the last quarter; None when the plan names none."""
        return self.ends[-1] if self.ends else None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as it was on the report's day."""

    pk: int
    registry_number: str
    title: str
    state: str
    organisation: str
    opened_on: date
    last_treated: date | None
    open_actions: int
    extremism: bool


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One extremism-related agenda item of a meeting in the period."""

    pk: int
    meeting_number: str
    day: date
    position: int
    title: str
    state: str
    decisions: int
    actions: int


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting of the period, with how many came and what it came to."""

    pk: int
    number: str
    title: str
    day: date
    place: str
    present: int
    decisions: int
    actions: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many actions there are in each state, and how many of those of each state are overdue."""

    by_status: Mapping[str, int]
    late_by_status: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_status.values())

    @property
    def open(self) -> int:
        """Those still to be done."""
        return sum(self.by_status[status] for status in LIVE)

    @property
    def done(self) -> int:
        """Those done."""
        return self.by_status[Status.DONE]

    @property
    def overdue(self) -> int:
        """Those still to be done although the deadline has passed."""
        return sum(self.late_by_status.values())

    @property
    def not_cancelled(self) -> int:
        """All but those given up: what the share done is a share of."""
        return self.total - self.by_status[Status.CANCELLED]

    @property
    def share_done(self) -> float | None:
        """Done of those not cancelled, 0 to 1; None when there are none."""
        return self.done / self.not_cancelled if self.not_cancelled else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The totals of a report. `goals` ends with None, for actions that serve no activity, when there are any."""

    total: Counts
    goals: tuple[tuple[GoalRow | None, Counts], ...]
    organisations: tuple[tuple[str, Counts], ...]
    delays: tuple[tuple[int, int | None, int], ...]


def rewound(now: Mapping[str, Any], later: Sequence[Changes]) -> dict[str, Any]:
    """Return the fields of a row as they were before the changes in `later`.

    `later` holds the row's history after the day, oldest first, each {field: [old, new]} as bra.history writes it.
    Fields that `now` doesn't have are passed over.
    """
    then = dict(now)
    for changes in reversed(later):
        for field, (old, _new) in changes.items():
            if field in then:
                then[field] = old
    return then


def in_period(row: ActionRow, first: date, last: date) -> bool:
    """Whether an action belongs to a report of the days `first` to `last`.

    Those agreed in the period do, and of earlier ones those that were still to be done when it began.
    """
    if row.agreed_on > last:
        return False
    return row.agreed_on >= first or row.closed_on is None or row.closed_on >= first


def count(rows: Iterable[ActionRow], day: date) -> Counts:
    """Count the rows by state, and those overdue on `day`."""
    by_status = dict.fromkeys(Status.values, 0)
    late_by_status = dict.fromkeys(Status.values, 0)
    for row in rows:
        by_status[row.status] += 1
        late_by_status[row.status] += row.days_overdue(day) > 0
    return Counts(by_status, late_by_status)


def grouped(rows: Iterable[ActionRow], key: Callable[[ActionRow], T]) -> dict[T, list[ActionRow]]:
    """Put the rows into groups by `key`."""
    groups: dict[T, list[ActionRow]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def by_delay(rows: Iterable[ActionRow], day: date) -> tuple[tuple[int, int | None, int], ...]:
    """Count the overdue rows by age of delay: (from, to, number) for each of DELAYS."""
    days = [late for row in rows if (late := row.days_overdue(day))]
    return tuple(
        (low, high, sum(low <= late and (high is None or late <= high) for late in days)) for low, high in DELAYS
    )


def figures(
    rows: Sequence[ActionRow],
    goals: Sequence[GoalRow],
    activities: Sequence[ActivityRow],
    organisations: Sequence[str],
    day: date,
) -> Figures:
    """Return all totals of the rows on `day`.

    `organisations` gives the order; only those with an action are counted. Every goal of the plan is there, with
    zeros where nothing has been agreed.
    """
    goal_of = {activity.pk: activity.goal for activity in activities}
    of_goal = grouped(rows, lambda row: goal_of.get(row.activity) if row.activity is not None else None)
    of_organisation = grouped(rows, lambda row: row.organisation)
    counted: list[tuple[GoalRow | None, Counts]] = [(goal, count(of_goal.get(goal.number, ()), day)) for goal in goals]
    if None in of_goal:
        counted.append((None, count(of_goal[None], day)))
    return Figures(
        total=count(rows, day),
        goals=tuple(counted),
        organisations=tuple(
            (name, count(of_organisation[name], day)) for name in organisations if name in of_organisation
        ),
        delays=by_delay(rows, day),
    )


def progress(activity: ActivityRow, counts: Counts, day: date) -> Progress:
    """Judge an activity by its actions and indicators on `day`, as the plan's pages do."""
    actions_begun = counts.done or counts.by_status[Status.IN_PROGRESS] or counts.by_status[Status.POSTPONED]
    return activity_progress(
        quarter_ends=activity.ends,
        done=counts.done,
        still_open=counts.open,
        begun=bool(actions_begun) or any(one.latest for one in activity.indicators),
        targets=[one.state for one in activity.indicators if one.state != NO_TARGET],
        day=day,
    )
