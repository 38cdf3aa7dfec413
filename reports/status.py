"""The figures of a status report: rows in, figures out.

Nothing here reads the clock or the database, so every figure can be tested against the rows it was made of.
docs/report.md says in words what is counted.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from actions.indicators import NO_TARGET
from actions.models import LIVE, Status
from actions.status import Progress, activity_progress
from meetings.models import CaseState
from reports.rows import ActionRow, ActivityRow, CaseRow, GoalRow

# Days past the deadline, from and to (None: no upper bound).
DELAYS: tuple[tuple[int, int | None], ...] = ((1, 7), (8, 30), (31, 90), (91, None))


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
    standing: Mapping[int | None, Counts] = field(default_factory=dict)


def count_cases(rows: Iterable[CaseRow]) -> tuple[int, int]:
    """How many cases are followed, and how many are closed."""
    closed = Counter(row.state == CaseState.CLOSED for row in rows)
    return closed[False], closed[True]


def count(rows: Iterable[ActionRow], day: date) -> Counts:
    """Count the rows by state, and those overdue on `day`."""
    tally = Tally(day)
    tally.add_all(list(rows))
    return tally.total()


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
