"""The rows of a status report, read set-based: the number of queries doesn't depend on the number of rows."""

import gc
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import translation

from actions.models import WorkPlan
from actions.status import Progress
from bra.models import Council, Member, Organisation, Role
from meetings.models import AgendaItem, Attendance, AttendanceStatus, Case, Decision, ItemState, Meeting
from meetings.models.topics import has_extremism_topic
from reports import action_rows, decision_rows, status
from reports.action_rows import OTHER_PLAN
from reports.decision_rows import DecisionRow, MeetingDay
from reports.models import Language, ReportKind, Variant
from reports.plan_selection import own_activities, plan_rows
from reports.spool import Spool
from reports.status import ActionRow, ActivityRow, Before, CaseRow, ChangeRow, Figures, GoalRow, ItemRow, MeetingRow
from reports.variants import Shown


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
                self.changes.extend([ChangeRow(kind, row, before) for kind in status.changes_of(row, before)])


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
                inside = _belongs(question, row, related.opened, status.in_period(row, first, last))
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
    decisions = dict(
        Decision.objects.live()
        .filter(council=question.council, item__meeting__date__lte=question.as_of)
        .values_list("item")
        .annotate(n=Count("pk"))
        .order_by()
    )
    listed = marked if question.kind in (ReportKind.STATUS, ReportKind.EXTREMISM) else ()
    rows: Spool[ItemRow] = Spool()
    treated: dict[int, date] = {}
    left_out = 0
    found = (
        AgendaItem.objects.filter(
            meeting__in=Meeting.objects.held().filter(council=question.council, date__lte=question.as_of)
        )
        .order_by("meeting__date", "meeting__pk", "position", "pk")
        .values_list(
            "pk",
            "title",
            "state",
            "restricted",
            "case",
            "position",
            "meeting__date",
            "meeting__year",
            "meeting__sequence",
        )
    )
    for pk, title, state, is_restricted, case, position, day, year, sequence in found.iterator():
        if case and state == ItemState.TREATED and not is_restricted:
            treated[case] = day
        if pk not in listed or not question.period_from <= day <= question.last_day:
            continue
        if is_restricted:
            left_out += 1
            continue
        row = ItemRow(
            pk=pk,
            meeting_number=f"{year}-{sequence}",
            day=day,
            position=position,
            title=title,
            state=state,
            decisions=decisions.get(pk, 0),
            actions=of_item[pk],
        )
        rows.append(shown.item(row))
    return rows, treated, left_out


def _cases(
    question: Question, open_actions: Counter[int], treated: dict[int, date], marked: set[int], shown: Shown
) -> tuple[Collection[CaseRow], int]:
    """The cases that had been opened by the report's day, and how many restricted ones are left out."""
    if question.kind == ReportKind.FOLLOW_UP:
        return (), 0
    later = action_rows.later_changes(question.council, "case", question.as_of)
    organisations = dict(Organisation.objects.filter(council=question.council).values_list("pk", "name"))
    opened = Case.objects.filter(council=question.council, opened_on__lte=question.as_of)
    rows: Spool[CaseRow] = Spool()
    left_out = 0
    for now in (
        opened.order_by("opened_on", "pk")
        .values("pk", "registry_number", "title", "state", "organisation", "opened_on", "restricted")
        .iterator()
    ):
        if question.kind == ReportKind.EXTREMISM and now["pk"] not in marked:
            continue
        if now["restricted"]:
            left_out += 1
            continue
        changes = [entry for _day, entry in later.get(now["pk"], ())]
        then = status.rewound({field: now[field] for field in ("state", "organisation")}, changes)
        row = CaseRow(
            pk=now["pk"],
            registry_number=now["registry_number"],
            title=now["title"],
            state=then["state"],
            organisation=organisations[then["organisation"]],
            opened_on=now["opened_on"],
            last_treated=treated.get(now["pk"]),
            open_actions=open_actions[now["pk"]],
            extremism=now["pk"] in marked,
        )
        rows.append(shown.case(row))
    return rows, left_out


def _meetings(question: Question, agreed: Counter[int], shown: Shown) -> Collection[MeetingRow]:
    held = Meeting.objects.held().filter(
        council=question.council, date__gte=question.period_from, date__lte=question.last_day
    )
    present = dict(
        Attendance.objects.filter(meeting__in=held, status=AttendanceStatus.PRESENT)
        .values_list("meeting")
        .annotate(n=Count("pk"))
        .order_by()
    )
    decisions = dict(
        Decision.objects.live()
        .filter(item__meeting__in=held, item__restricted=False)
        .values_list("item__meeting")
        .annotate(n=Count("pk"))
        .order_by()
    )
    rows: Spool[MeetingRow] = Spool()
    for meeting in held.order_by("date", "starts_at", "pk").iterator():
        row = MeetingRow(
            pk=meeting.pk,
            number=meeting.number,
            title=meeting.title,
            day=meeting.date,
            place=meeting.place,
            present=present.get(meeting.pk, 0),
            decisions=decisions.get(meeting.pk, 0),
            actions=agreed[meeting.pk],
        )
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
