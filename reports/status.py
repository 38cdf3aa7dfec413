"""The figures of a status report: rows in, figures out.

Nothing here reads the clock or the database, so every figure can be tested against the rows it was made of.
docs/report.md says in words what is counted.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from actions.indicators import NO_TARGET, Measured
from actions.models import LIVE, Status
from actions.status import Progress, activity_progress
from meetings.models import CaseState

# Days past the deadline, from and to (None: no upper bound).
DELAYS: tuple[tuple[int, int | None], ...] = ((1, 7), (8, 30), (31, 90), (91, None))

Changes = Mapping[str, Sequence[Any]]


class ActionRow(NamedTuple):
    """One action as it was on the report's day. A tuple, since there may be a million of them."""

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
    # Empty where only the role is to be shown.
    owner_name: str = ""
    # Reported done, and the council is still to agree.
    awaits: bool = False
    # How many times it had been changed by the end of the day.
    version: int = 0

    @property
    def is_live(self) -> bool:
        """Whether it was still to be done."""
        return self.status in LIVE

    @property
    def owner(self) -> str:
        """Name and role, or the role alone: "Eva Ek, kommunpolis"."""
        return f"{self.owner_name}, {self.owner_role}" if self.owner_name else self.owner_role

    def days_overdue(self, day: date) -> int:
        """Days past the deadline on `day`; 0 when it was done, ended or still in time."""
        return (day - self.deadline).days if self.deadline < day and self.is_live else 0


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
class Month:
    """What happened in a month of the period, and how it stood on its last day, `day`."""

    day: date
    agreed: int
    closed: int
    open: int

    @property
    def label(self) -> str:
        """Year and month: "2017-03"."""
        return f"{self.day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Figures:
    """The totals of a report. `goals` ends with None, for actions that serve no activity, when there are any.

    `activities` counts by the activity's key, those with an action only. `standing` counts all actions of an activity
    on the day, those too that the period or the kind leaves out: how it goes doesn't depend on what is asked.
    """

    total: Counts
    goals: tuple[tuple[GoalRow | None, Counts], ...]
    organisations: tuple[tuple[str, Counts], ...]
    activities: Mapping[int | None, Counts]
    delays: tuple[tuple[int, int | None, int], ...]
    months: tuple[Month, ...] = ()
    standing: Mapping[int | None, Counts] = dataclass_field(default_factory=dict)


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


class Before(NamedTuple):
    """How an action stood on an earlier day."""

    status: str
    deadline: date


class Change(StrEnum):
    """What may have become of an action between two days."""

    NEW = "new"
    CLOSED = "closed"
    SLIPPED = "slipped"
    REOPENED = "reopened"


class ChangeRow(NamedTuple):
    """One change of an action since an earlier day; `before` is None for a new one."""

    kind: Change
    action: ActionRow
    before: Before | None

    @classmethod
    def unpacked(cls, values: Sequence[Any]) -> "ChangeRow":
        """The row whose `packed` form is given."""
        kind, action, before = values
        return cls(Change(kind), ActionRow._make(action), before and Before._make(before))

    def packed(self) -> tuple[str, tuple[Any, ...], tuple[Any, ...] | None]:
        """The row as plain values, which are quick to store."""
        return self.kind.value, tuple(self.action), self.before and tuple(self.before)


def changes_of(row: ActionRow, before: Before | None) -> list[Change]:
    """What has become of the action since it stood as in `before`; None when it hadn't been agreed yet.

    One that was agreed and closed since is both new and closed. A new one can't have slipped.
    """
    was_live = before is None or before.status in LIVE
    found = [] if before else [Change.NEW]
    if was_live and not row.is_live:
        found.append(Change.CLOSED)
    if before and row.deadline > before.deadline:
        found.append(Change.SLIPPED)
    if row.is_live and not was_live:
        found.append(Change.REOPENED)
    return found


def in_period(row: ActionRow, first: date, last: date) -> bool:
    """Whether an action belongs to a report of the days `first` to `last`.

    Those agreed in the period do, and of earlier ones those that were still to be done when it began.
    """
    if row.agreed_on > last:
        return False
    return row.agreed_on >= first or row.closed_on is None or row.closed_on >= first


def count_cases(rows: Iterable[CaseRow]) -> tuple[int, int]:
    """How many cases are followed, and how many are closed."""
    closed = Counter(row.state == CaseState.CLOSED for row in rows)
    return closed[False], closed[True]


def count(rows: Iterable[ActionRow], day: date) -> Counts:
    """Count the rows by state, and those overdue on `day`."""
    tally = Tally(day)
    tally.add_all(list(rows))
    return tally.total()


def by_delay(rows: Iterable[ActionRow], day: date) -> tuple[tuple[int, int | None, int], ...]:
    """Count the overdue rows by age of delay: (from, to, number) for each of DELAYS."""
    tally = Tally(day)
    tally.add_all(list(rows))
    return tally.delays()


class Tally:
    """All counts of a report on `day`, from its actions one by one, so that they needn't be held."""

    def __init__(self, day: date) -> None:
        self.day = day
        # How many by (activity or organisation, state, place in DELAYS or _NOT_LATE).
        self._by_activity: Counter[tuple[int | None, str, int]] = Counter()
        self._by_organisation: Counter[tuple[str, str, int]] = Counter()
        # How many more by (activity, state), which the report leaves out.
        self._beyond: Counter[tuple[int | None, str]] = Counter()
        self._delays = _Delays(day)
        self._agreed: Counter[date] = Counter()
        self._closed: Counter[date] = Counter()

    def add_all(self, rows: Sequence[ActionRow]) -> None:
        """Count some actions."""
        states = [row.status for row in rows]
        late = [self._delays[row.deadline] if row.status in LIVE else _NOT_LATE for row in rows]
        self._by_activity.update(zip([row.activity for row in rows], states, late, strict=True))
        self._by_organisation.update(zip([row.organisation for row in rows], states, late, strict=True))
        self._agreed.update([row.agreed_on for row in rows])
        self._closed.update([row.closed_on for row in rows if row.closed_on is not None and row.status not in LIVE])

    def pass_by(self, row: ActionRow) -> None:
        """Note an action that isn't the report's, but tells how its activity goes."""
        self._beyond[row.activity, row.status] += 1

    def total(self) -> Counts:
        """All actions."""
        return _counts((state, late, n) for (_activity, state, late), n in self._by_activity.items())

    def _of(self, activities: Collection[int | None]) -> Counts:
        return _counts((state, late, n) for (one, state, late), n in self._by_activity.items() if one in activities)

    def delays(self) -> tuple[tuple[int, int | None, int], ...]:
        """The overdue ones by age of delay: (from, to, number) for each of DELAYS."""
        late: Counter[int] = Counter()
        for (_activity, _state, place), number in self._by_activity.items():
            late[place] += number
        return tuple((low, high, late[place]) for place, (low, high) in enumerate(DELAYS))

    def months(self, first: date, last: date) -> tuple[Month, ...]:
        """Each month of the days `first` to `last`. What was closed and taken up again counts as open all the time."""
        found = []
        begin = first
        still = _within(self._agreed, date.min, begin) - _within(self._closed, date.min, begin)
        while begin <= last:
            end = min(last, begin.replace(day=monthrange(begin.year, begin.month)[1]))
            after = end + timedelta(days=1)
            agreed, closed = _within(self._agreed, begin, after), _within(self._closed, begin, after)
            still += agreed - closed
            found.append(Month(end, agreed, closed, still))
            begin = after
        return tuple(found)

    def figures(
        self,
        goals: Sequence[GoalRow],
        activities: Sequence[ActivityRow],
        organisations: Sequence[str],
        months: tuple[date, date] | None = None,
    ) -> Figures:
        """Return all totals.

        `organisations` gives the order; only those with an action are counted. Every goal of the plan is there, with
        zeros where nothing has been agreed. `months`: the first and the last day to show month by month.
        """
        goal_of: dict[int | None, int] = {activity.pk: activity.goal for activity in activities}
        served = {activity for activity, _state, _late in self._by_activity}
        counted: list[tuple[GoalRow | None, Counts]] = [
            (goal, self._of([one for one in served if goal_of.get(one) == goal.number])) for goal in goals
        ]
        if outside := [one for one in served if one not in goal_of]:
            counted.append((None, self._of(outside)))
        of_organisation: dict[str, list[tuple[str, int, int]]] = {}
        for (name, state, late), number in self._by_organisation.items():
            of_organisation.setdefault(name, []).append((state, late, number))
        return Figures(
            total=self.total(),
            goals=tuple(counted),
            organisations=tuple(
                (name, _counts(of_organisation[name])) for name in organisations if name in of_organisation
            ),
            activities={one: self._of([one]) for one in served},
            delays=self.delays(),
            months=self.months(*months) if months else (),
            standing={one: self._standing(one) for one in goal_of},
        )

    def _standing(self, activity: int | None) -> Counts:
        beyond = [(state, -1, number) for (one, state), number in self._beyond.items() if one == activity]
        inside = [(state, late, n) for (one, state, late), n in self._by_activity.items() if one == activity]
        return _counts(inside + beyond)


_NOT_LATE = -1


class _Delays(dict[date, int]):
    """{deadline: the place in DELAYS of what is open on the day, or _NOT_LATE}."""

    def __init__(self, day: date) -> None:
        super().__init__()
        self.day = day

    def __missing__(self, deadline: date) -> int:
        days = (self.day - deadline).days
        places = (place for place, (_low, high) in enumerate(DELAYS) if high is None or days <= high)
        self[deadline] = place = next(places) if days > 0 else _NOT_LATE
        return place


def _within(by_day: Mapping[date, int], first: date, before: date) -> int:
    return sum(number for day, number in by_day.items() if first <= day < before)


def _counts(parts: Iterable[tuple[str, int, int]]) -> Counts:
    """Add up (state, place in DELAYS or -1, number)."""
    by_status = dict.fromkeys(Status.values, 0)
    late_by_status = dict.fromkeys(Status.values, 0)
    for state, late, number in parts:
        by_status[state] += number
        late_by_status[state] += number if late >= 0 else 0
    return Counts(by_status, late_by_status)


def figures(
    rows: Iterable[ActionRow],
    goals: Sequence[GoalRow],
    activities: Sequence[ActivityRow],
    organisations: Sequence[str],
    day: date,
) -> Figures:
    """Return all totals of the rows on `day`, as Tally.figures says."""
    tally = Tally(day)
    tally.add_all(list(rows))
    return tally.figures(goals, activities, organisations)


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
