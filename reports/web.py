"""The figures of a report as a web page: tables whose numbers lead to the actions that they count.

Nothing is counted here but what `reports.status` counts: a `Pick` says which of the report's actions a number stands
for, and either the list of actions or the page of the report's own rows shows just those.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from actions.filters import ALL, NO_GOAL
from actions.models import LIVE, Goal, Status
from actions.status import OVERDUE, PARTS, Progress, goal_progress, progress_words
from bra.models import Organisation
from reports import charts, status
from reports.kinds import change_words, delay_words
from reports.models import ReportKind
from reports.questions import Question
from reports.rows import ActionRow, ActivityRow, Change, ChangeRow
from reports.selection import StatusData
from reports.status import DELAYS, Counts, Month

OPEN = "open"
# What a month counts.
AGREED, CLOSED, STILL_OPEN = "agreed", "closed", "open"


@dataclass(frozen=True, slots=True)
class Pick:
    """Some of a report's actions, each empty field: whatever it is.

    `goal` is a number of the plan or NO_GOAL, `organisation` and `activity` keys, `part` one of PARTS or OPEN, `late`
    the first day of one of DELAYS, `month` its label with `did` as what of it, `change` a rows.Change.
    """

    goal: str = ""
    organisation: str = ""
    activity: str = ""
    part: str = ""
    late: str = ""
    month: str = ""
    did: str = ""
    change: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The fields that say something, for an address."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the address of the actions that it counts; none for a zero."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its word, its numbers, its bar, and done of those not cancelled."""

    label: str
    cells: list[Cell]
    counts: Counts
    progress: Progress | None = None

    @property
    def bar(self) -> list[tuple[str, int, str]]:
        """What the bar is drawn of."""
        return charts.parts(self.counts)

    @property
    def percent(self) -> int | None:
        """Share done in whole per cent; None when there is nothing to do."""
        share = self.counts.share_done
        return None if share is None else round(share * 100)

    @property
    def progress_words(self) -> str:
        """How it goes."""
        return progress_words(self.progress) if self.progress else ""


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An activity, how it goes, and its numbers: all, done, open, overdue."""

    activity: ActivityRow
    progress: Progress
    cells: list[Cell]

    @property
    def progress_words(self) -> str:
        """How it goes."""
        return progress_words(self.progress)


class Reader:
    """The report's rows as its page reads them: what a pick holds, what it is called and where it is shown."""

    def __init__(
        self, data: StatusData, today: date, *, list_url: str, rows_url: str, asked: Mapping[str, Any]
    ) -> None:
        self.data, self.question, self.today = data, data.question, today
        self.list_url, self.rows_url, self.asked = list_url, rows_url, asked
        council = self.question.council
        self.organisations = {
            name: str(pk) for pk, name in Organisation.objects.filter(council=council).values_list("pk", "name")
        }
        goals = Goal.objects.live().filter(plan=self.question.plan).values_list("number", "pk")
        self.goals = {str(number): str(pk) for number, pk in goals}
        self.goal_of = {one.pk: str(one.goal) for one in data.activities}
        self.months = {one.label: one for one in data.figures.months}

    # Where a number leads

    def url(self, pick: Pick) -> str:
        """The address of the actions of a pick: the list, where it shows the same ones, or else the report's rows."""
        query = self.as_filters(pick) if shows_today(self.question, self.today) else None
        if query is not None:
            return f"{self.list_url}?{urlencode(query)}"
        return f"{self.rows_url}?{urlencode({**self.asked, **pick.query})}"

    def as_filters(self, pick: Pick) -> dict[str, str] | None:
        """What the list of actions calls the pick; None for what it can't filter by."""
        if pick.month or pick.change:
            return None
        query = {"plan": str(self.question.plan.pk)}
        if pick.part == OVERDUE or pick.late:
            query["overdue"] = "1"
        elif pick.part != OPEN:
            query["status"] = pick.part or ALL
            query |= {"in_time": "1"} if pick.part in LIVE else {}
        if pick.late:
            low, high = _delay(pick.late)
            query["late_from"] = str(low)
            query |= {"late_to": str(high)} if high else {}
        if pick.goal:
            query["goal"] = NO_GOAL if pick.goal == NO_GOAL else self.goals[pick.goal]
        return query | {name: pick.query[name] for name in ("organisation", "activity") if name in pick.query}

    def cell(self, number: int, pick: Pick) -> Cell:
        """A number with its address."""
        return Cell(number, self.url(pick) if number else "")

    # The tables

    def by_state(self, label: str, counts: Counts, progress: Progress | None = None, **pick: str) -> Row:
        """A row with a number for each state, and all."""
        cells = [self.cell(number, Pick(**pick, part=part)) for part, number, _word in charts.parts(counts)]
        return Row(label, [*cells, self.cell(counts.total, Pick(**pick))], counts, progress)

    def goals_table(self) -> list[Row]:
        """A row for each goal, and for what serves none."""
        lines = self.activities
        rows = []
        for goal, counts in self.data.figures.goals:
            if goal is None:
                rows.append(self.by_state(_("Outside the plan"), counts, goal=NO_GOAL))
                continue
            progress = goal_progress(line.progress for line in lines if line.activity.goal == goal.number)
            rows.append(self.by_state(goal.label, counts, progress, goal=str(goal.number)))
        return rows

    def organisations_table(self) -> list[Row]:
        """A row for each organisation that has an action."""
        return [
            self.by_state(name, counts, organisation=self.organisations[name])
            for name, counts in self.data.figures.organisations
        ]

    @cached_property
    def activities(self) -> list[ActivityLine]:
        """A line for each activity, in the plan's order."""
        none = status.count((), self.question.as_of)
        return [self._line(one, self.data.figures.activities.get(one.pk, none)) for one in self.data.activities]

    def _line(self, activity: ActivityRow, counts: Counts) -> ActivityLine:
        numbers = (("", counts.total), (Status.DONE, counts.done), (OPEN, counts.open), (OVERDUE, counts.overdue))
        cells = [self.cell(number, Pick(activity=str(activity.pk), part=str(part))) for part, number in numbers]
        return ActivityLine(activity, self.data.progress(activity), cells)

    def by_goal(self) -> list[tuple[str, list[ActivityLine]]]:
        """The lines of the activities under their goals, those without one too."""
        lines = self.activities
        return [(goal.label, [one for one in lines if one.activity.goal == goal.number]) for goal in self.data.goals]

    def delays_table(self) -> list[tuple[str, Cell, str]]:
        """(words, number, length of the bar) for each age of delay."""
        return [
            (delay_words(low, high), self.cell(number, Pick(late=str(low))), length)
            for low, high, number, length in charts.delay_bars(self.data.figures)
        ]

    def months_table(self) -> list[tuple[Month, list[Cell]]]:
        """Each month with what was agreed and closed in it and open at its end."""
        return [
            (
                one,
                [self.cell(getattr(one, did), Pick(month=one.label, did=did)) for did in (AGREED, CLOSED, STILL_OPEN)],
            )
            for one in self.data.figures.months
        ]

    def changes_table(self) -> list[tuple[str, Cell]]:
        """(words, number) for each kind of change."""
        numbers = dict.fromkeys(Change, 0)
        for change in self.data.changes:
            numbers[change.kind] += 1
        words = {
            Change.NEW: pgettext("actions", "New"),
            Change.CLOSED: pgettext("actions", "Closed"),
            Change.SLIPPED: pgettext("actions", "Put off"),
            Change.REOPENED: pgettext("actions", "Taken up again"),
        }
        return [(words[kind], self.cell(number, Pick(change=kind))) for kind, number in numbers.items()]

    # The rows of a pick

    def rows(self, pick: Pick) -> Iterator[tuple[ActionRow, ChangeRow | None]]:
        """The report's actions that a pick holds, in its order, each with its change where one is asked for."""
        if pick.change:
            found = [(change.action, change) for change in self.data.changes if change.kind == pick.change]
        else:
            found = ((row, None) for row in self.data.actions)  # type: ignore[assignment]  # read once, never held
        return ((row, change) for row, change in found if self.holds(pick, row))

    def holds(self, pick: Pick, row: ActionRow) -> bool:
        """Whether the action is one of the pick."""
        late = row.days_overdue(self.question.as_of)
        goal = NO_GOAL if row.activity is None else self.goal_of.get(row.activity, NO_GOAL)
        return (
            pick.goal in ("", goal)
            and pick.organisation in ("", self.organisations.get(row.organisation))
            and pick.activity in ("", str(row.activity))
            and (pick.part in ("", OVERDUE if late else row.status) or (pick.part == OPEN and row.is_live))
            and (not pick.late or _within(late, *_delay(pick.late)))
            and (not pick.month or self._in_month(pick, row))
        )

    def _in_month(self, pick: Pick, row: ActionRow) -> bool:
        last = self.months[pick.month].day
        first = max(last.replace(day=1), self.question.period_from)
        # As status.Tally.months counts: what was closed and taken up again is open all the time.
        closed_on = None if row.is_live else row.closed_on
        if pick.did == AGREED:
            return first <= row.agreed_on <= last
        if pick.did == CLOSED:
            return closed_on is not None and first <= closed_on <= last
        return row.agreed_on <= last and (closed_on is None or closed_on > last)

    def pick_of(self, data: QueryDict) -> Pick | None:
        """What an address picks; None when it makes no sense."""
        pick = Pick(**{name: str(data[name]) for name in Pick.__dataclass_fields__ if name in data})
        known: Sequence[tuple[str, object]] = (
            (pick.goal, {NO_GOAL, *self.goals}),
            (pick.organisation, self.organisations.values()),
            (pick.activity, {str(key) for key in self.goal_of}),
            (pick.part, {OPEN, *map(str, PARTS)}),
            (pick.late, {str(low) for low, _high in DELAYS}),
            (pick.month, self.months),
            (pick.did, {AGREED, CLOSED, STILL_OPEN} if pick.month else ()),
            (pick.change, set(map(str, Change))),
        )
        return pick if all(not value or value in choices for value, choices in known) else None  # type: ignore[operator]

    def words(self, pick: Pick) -> list[str]:
        """What a pick is called, part by part; empty for all actions."""
        parts = {part: word for part, _number, word in charts.parts(self.data.figures.total)} | {OPEN: _("Open")}
        goals = {str(goal.number): goal.label for goal in self.data.goals} | {NO_GOAL: _("Outside the plan")}
        names = {key: name for name, key in self.organisations.items()}
        activities = {str(one.pk): f"{one.code} {one.title}" for one in self.data.activities}
        did = {AGREED: _("Agreed in %(month)s"), CLOSED: _("Closed in %(month)s")}
        still = _("Open at the end of %(month)s")
        found = [
            goals.get(pick.goal),
            names.get(pick.organisation),
            activities.get(pick.activity),
            parts.get(pick.part),
            delay_words(*_delay(pick.late)) if pick.late else None,
            did.get(pick.did, still) % {"month": pick.month} if pick.month else None,
            change_words()[Change(pick.change)] if pick.change else None,
        ]
        return [word for word in found if word]


def shows_today(question: Question, today: date) -> bool:
    """Whether the list of actions, which knows today only, shows the same actions: the whole plan, as of today."""
    plan = question.plan
    whole = question.period_from == plan.starts and question.last_day == min(plan.ends, today)
    return whole and question.as_of == today and question.kind == ReportKind.STATUS


def _delay(low: str) -> tuple[int, int | None]:
    return next(pair for pair in DELAYS if str(pair[0]) == low)


def _within(number: int, low: int, high: int | None) -> bool:
    return number >= low and (high is None or number <= high)
