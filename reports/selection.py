"""The rows of a status report, read set-based: the number of queries doesn't depend on the number of rows."""

import gc
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import translation

from actions.status import Progress
from bra.models import Member, Organisation, Role
from meetings.models import AgendaItem, Case, ItemState
from meetings.models.topics import has_extremism_topic
from reports import action_rows, decision_rows, meeting_rows, status
from reports.action_rows import OTHER_PLAN
from reports.decision_rows import DecisionRow, MeetingDay
from reports.models import ReportKind, Variant
from reports.plan_selection import own_activities, plan_rows
from reports.questions import Question
from reports.rows import (
    ActionRow,
    ActivityRow,
    Before,
    CaseRow,
    ChangeRow,
    GoalRow,
    ItemRow,
    MeetingRow,
    changes_of,
    in_period,
)
from reports.spool import Spool
from reports.status import Figures
from reports.variants import Shown


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many restricted rows a report leaves out."""

    actions: int
    cases: int
    items: int
    decisions: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.actions + self.cases + self.items + self.decisions


@dataclass(frozen=True, slots=True)
class StatusData:
    """Everything a status report shows, restricted matter left out and counted.

    What may be long is read as often as wanted and never held whole. `marked` are the actions of `actions` that are
    related to extremism, `changes` those that changed since the day `question.since`. The rows read as the variant
    shows them; `shown` says how often it kept something back. What the kind doesn't show is empty: `decisions` and the
    meetings before and after the day belong to the follow-up, the decisions also to the report of cases.
    """

    question: Question
    goals: tuple[GoalRow, ...]
    activities: tuple[ActivityRow, ...]
    actions: Collection[ActionRow]
    cases: Collection[CaseRow]
    items: Collection[ItemRow]
    meetings: Collection[MeetingRow]
    figures: Figures
    left_out: LeftOut
    contact: str
    marked: Collection[ActionRow] = ()
    changes: Collection[ChangeRow] = ()
    decisions: Collection[DecisionRow] = ()
    last_meeting: MeetingDay | None = None
    next_meeting: MeetingDay | None = None
    shown: Shown = field(default_factory=lambda: Shown(ReportKind.STATUS, Variant.WORKING))

    @property
    def rows(self) -> int:
        """How many rows the tables have in all."""
        tables: dict[str, tuple[Collection[Any], ...]] = {
            ReportKind.FOLLOW_UP: (self.actions, self.decisions),
            ReportKind.EXTREMISM: (self.items, self.marked, self.cases),
            ReportKind.CASES: (self.cases, self.actions, self.decisions),
        }
        status_tables = self.activities, self.actions, self.cases, self.items, self.meetings, self.marked, self.changes
        return sum(len(rows) for rows in tables.get(self.question.kind, status_tables))

    def progress(self, activity: ActivityRow) -> Progress:
        """How an activity goes on the report's day, by all its actions and its indicators."""
        return status.progress(activity, self.figures.standing[activity.pk], self.question.as_of)


class _Gathered:
    """What the one pass over the actions leaves behind."""

    def __init__(self, day: date) -> None:
        self.tally = status.Tally(day)
        # As ActionRow._make does, without a call of Python's for each row.
        make = partial(tuple.__new__, ActionRow)
        self.actions = Spool(make)
        self.marked = Spool(make)
        self.changes = Spool(ChangeRow.unpacked, ChangeRow.packed)
        self.restricted = 0
        # How many have been agreed there by the day, whether or not they are in the report.
        self.of_item: Counter[int] = Counter()
        self.of_meeting: Counter[int] = Counter()
        self.open_of_case: Counter[int] = Counter()

    def count(self, rows: Sequence[ActionRow]) -> None:
        """Count where some actions have been agreed."""
        self.of_meeting.update([row.meeting for row in rows])
        self.of_item.update([row.item for row in rows if row.extremism])
        self.open_of_case.update([row.case for row in rows if row.case is not None and row.is_live])

    def keep(self, rows: Sequence[ActionRow], earlier: Mapping[int, Before], since: date) -> None:
        """Take some actions into the report; `earlier` says how those stood on the day `since` that were changed."""
        self.tally.add_all(rows)
        self.actions.extend(rows)
        self.marked.extend([row for row in rows if row.extremism])
        for row in rows:
            is_new = row.agreed_on > since
            if is_new or row.pk in earlier:
                before = None if is_new else earlier[row.pk]
                self.changes.extend([ChangeRow(kind, row, before) for kind in changes_of(row, before)])


def load(question: Question) -> StatusData:
    """Read the rows that answer the question, as its kind and variant show them.

    What is restricted today is left out, whatever it was on the day. What stands under a neutral title has it in the
    language of the question.
    """
    with _one_moment(), translation.override(question.language):
        return _load(question)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Let every query see the same moment, where the database can do so without stopping those who write."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _load(question: Question) -> StatusData:
    kind, shown = question.kind, Shown(question.kind, question.variant)
    goals, activities = plan_rows(question.plan, question.as_of)
    own = own_activities(question.plan, activities)
    goals, activities = tuple(map(shown.goal, goals)), tuple(map(shown.activity, activities))
    related = _related(question)
    gathered = _gather(question, own, related, shown)
    items, treated, left_items = _items(question, gathered.of_item, related.items, shown)
    cases, left_cases = _cases(question, gathered.open_of_case, treated, related.cases, shown)
    around = decision_rows.around(question.council, question.as_of) if kind == ReportKind.FOLLOW_UP else (None, None)
    decisions, left_decisions = _decisions(question, around[0], related, shown)
    organisations = Organisation.objects.filter(council=question.council).values_list("name", flat=True)
    months = question.period_from, question.last_day
    return StatusData(
        question=question,
        goals=goals,
        activities=activities,
        actions=gathered.actions,
        cases=cases,
        items=items,
        meetings=_meetings(question, gathered.of_meeting, shown) if kind == ReportKind.STATUS else (),
        figures=gathered.tally.figures(goals, activities, list(dict.fromkeys(map(shown.text, organisations))), months),
        left_out=LeftOut(gathered.restricted, left_cases, left_items, left_decisions),
        contact=_contact(question, shown),
        marked=gathered.marked,
        changes=gathered.changes,
        decisions=decisions,
        last_meeting=around[0],
        next_meeting=around[1],
        shown=shown,
    )


_STATUS = ReportKind.STATUS.value


@dataclass(frozen=True, slots=True)
class _Related:
    """Keys: of the items and the cases that are related to extremism, of all cases of the day, of restricted ones."""

    items: set[int]
    cases: set[int]
    opened: set[int]
    hidden: set[int]


def _related(question: Question) -> _Related:
    # Of all meetings: an action that was brought in may be older than the meeting that it was logged at.
    items = AgendaItem.objects.filter(meeting__council=question.council)
    found = Case.objects.filter(council=question.council).annotate(related=has_extremism_topic(Case))
    cases = list(found.values_list("pk", "related", "opened_on", "restricted"))
    return _Related(
        items=set(items.extremism_related().values_list("pk", flat=True)),
        cases={pk for pk, related, _day, _restricted in cases if related},
        opened={pk for pk, _related, day, _restricted in cases if day <= question.as_of},
        hidden={pk for pk, _related, _day, is_restricted in cases if is_restricted},
    )


def _belongs(question: Question, row: ActionRow, cases: Collection[int], in_period: bool) -> bool:
    """Whether an action belongs to a report of the question's kind; docs/report.md says it in words."""
    kind = question.kind
    if kind == _STATUS:
        return in_period and row.activity != OTHER_PLAN
    if kind == ReportKind.FOLLOW_UP:
        # Whenever it was done: what waits for the council isn't forgotten because a period begins.
        return row.agreed_on <= question.last_day and (row.is_live or row.awaits)
    if not in_period:
        return False
    if kind == ReportKind.CASES:
        return row.case in cases
    return row.activity != OTHER_PLAN and row.extremism


@contextmanager
def _no_looking_for_cycles() -> Iterator[None]:
    """Rows refer to no row, so there is nothing to find among them; the looking would take a fifth of the reading.

    Two threads that do this at a time leave it as it was.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _gather(question: Question, own: dict[int, int | None], related: _Related, shown: Shown) -> _Gathered:
    found = _Gathered(question.as_of)
    # Looked up once: there may be a hundred thousand rows.
    by_case, is_neutral = question.kind == ReportKind.CASES, shown.is_neutral
    first, last = question.period_from, question.last_day
    with _no_looking_for_cycles():
        for some in action_rows.read(question.council, question.as_of, question.since, own, related.items):
            free, belonging = [], []
            for row in some.rows:
                inside = _belongs(question, row, related.opened, in_period(row, first, last))
                if row.pk in some.restricted or (by_case and row.case in related.hidden):
                    found.restricted += inside
                    continue
                free.append(row)
                if not inside:
                    found.tally.pass_by(row)
                    continue
                if is_neutral:
                    row = shown.action(row, related=row.extremism or row.case in related.cases)
                belonging.append(row)
            found.count(free)
            found.keep(belonging, some.earlier, question.since)
    return found


def _decisions(
    question: Question, last: MeetingDay | None, related: _Related, shown: Shown
) -> tuple[Collection[DecisionRow], int]:
    """The decisions of the kinds that list them, and how many restricted ones are left out."""
    by_case = question.kind == ReportKind.CASES
    if by_case:
        found = decision_rows.of_cases(question.council, question.period_from, question.last_day)
    elif question.kind == ReportKind.FOLLOW_UP and last is not None:
        found = decision_rows.of_meeting(last)
    else:
        return (), 0
    rows: Spool[DecisionRow] = Spool()
    left_out = 0
    for row, is_restricted in found:
        if by_case and row.case not in related.opened:
            continue
        if is_restricted:
            left_out += 1
        else:
            rows.append(shown.decision(row, related=row.item in related.items or row.case in related.cases))
    return rows, left_out


def _items(
    question: Question, of_item: Counter[int], marked: set[int], shown: Shown
) -> tuple[Collection[ItemRow], dict[int, date], int]:
    """The extremism-related items of the period, when each case was last treated, how many items are restricted."""
    listed = marked if question.kind in (ReportKind.STATUS, ReportKind.EXTREMISM) else ()
    rows: Spool[ItemRow] = Spool()
    treated: dict[int, date] = {}
    left_out = 0
    for row, case, is_restricted in meeting_rows.items(question.council, question.as_of, of_item):
        if case and row.state == ItemState.TREATED and not is_restricted:
            treated[case] = row.day
        if row.pk not in listed or not question.period_from <= row.day <= question.last_day:
            continue
        if is_restricted:
            left_out += 1
        else:
            rows.append(shown.item(row))
    return rows, treated, left_out


def _cases(
    question: Question, open_actions: Counter[int], treated: dict[int, date], marked: set[int], shown: Shown
) -> tuple[Collection[CaseRow], int]:
    """The cases that had been opened by the report's day, and how many restricted ones are left out."""
    if question.kind == ReportKind.FOLLOW_UP:
        return (), 0
    rows: Spool[CaseRow] = Spool()
    left_out = 0
    for row, is_restricted in meeting_rows.cases(question.council, question.as_of, treated, open_actions, marked):
        if question.kind == ReportKind.EXTREMISM and row.pk not in marked:
            continue
        if is_restricted:
            left_out += 1
        else:
            rows.append(shown.case(row))
    return rows, left_out


def _meetings(question: Question, agreed: Counter[int], shown: Shown) -> Collection[MeetingRow]:
    rows: Spool[MeetingRow] = Spool()
    for row in meeting_rows.meetings(question.council, question.period_from, question.last_day, agreed):
        rows.append(shown.meeting(row))
    return rows


def _contact(question: Question, shown: Shown) -> str:
    """The coordinator to ask, by role: title, organisation and, among colleagues, the address, which may hold a name.

    Empty when the seat was empty that day.
    """
    coordinator = (
        Member.objects.active(question.as_of)
        .filter(council=question.council, role=Role.COORDINATOR)
        .select_related("organisation")
        .order_by("pk")
        .first()
    )
    if coordinator is None:
        return ""
    address = "" if shown.masks else coordinator.email
    return ", ".join(filter(None, [shown.text(coordinator.title), shown.text(coordinator.organisation.name), address]))
