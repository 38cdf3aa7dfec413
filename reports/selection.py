"""The rows of a status report, read set-based: the number of queries doesn't depend on the number of rows."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Count

from actions.models import WorkPlan
from bra.models import Council, Member, Organisation, Role
from meetings.models import AgendaItem, Attendance, AttendanceStatus, Case, Decision, ItemState, Meeting
from reports import action_rows, status
from reports.action_rows import OTHER_PLAN
from reports.models import Language, ReportKind, Variant
from reports.plan_selection import own_activities, plan_rows
from reports.spool import Spool
from reports.status import ActionRow, ActivityRow, CaseRow, ChangeRow, Figures, GoalRow, ItemRow, MeetingRow


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

    @property
    def total(self) -> int:
        """All of them."""
        return self.actions + self.cases + self.items


@dataclass(frozen=True, slots=True)
class StatusData:
    """Everything a status report shows, restricted matter left out and counted.

    What may be long is read as often as wanted and never held whole. `marked` are the actions of `actions` that are
    related to extremism, `changes` those that changed since the day `question.since`.
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

    @property
    def rows(self) -> int:
        """How many rows the tables have in all."""
        tables = (self.activities, self.actions, self.cases, self.items, self.meetings, self.marked, self.changes)
        return sum(len(rows) for rows in tables)


class _Gathered:
    """What the one pass over the actions leaves behind."""

    def __init__(self, day: date) -> None:
        self.tally = status.Tally(day)
        self.actions = Spool(ActionRow._make)
        self.marked = Spool(ActionRow._make)
        self.changes = Spool(ChangeRow.unpacked, ChangeRow.packed)
        self.restricted = 0
        # How many have been agreed there by the day, whether or not they are in the report.
        self.of_item: Counter[int] = Counter()
        self.of_meeting: Counter[int] = Counter()
        self.open_of_case: Counter[int] = Counter()


def load(question: Question) -> StatusData:
    """Read the rows that answer the question. What is restricted today is left out, whatever it was on the day."""
    with _one_moment():
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
    goals, activities = plan_rows(question.plan, question.as_of)
    marked = set(_extremism_items(question))
    gathered = _gather(question, own_activities(question.plan, activities), marked)
    items, treated, restricted_items = _items(question, gathered.of_item, marked)
    cases, restricted_cases = _cases(question, gathered.open_of_case, treated)
    organisations = Organisation.objects.filter(council=question.council).values_list("name", flat=True)
    months = question.period_from, question.last_day
    return StatusData(
        question=question,
        goals=goals,
        activities=activities,
        actions=gathered.actions,
        cases=cases,
        items=items,
        meetings=_meetings(question, gathered.of_meeting),
        figures=gathered.tally.figures(goals, activities, list(organisations), months),
        left_out=LeftOut(gathered.restricted, restricted_cases, restricted_items),
        contact=_contact(question),
        marked=gathered.marked,
        changes=gathered.changes,
    )


def _gather(question: Question, own: dict[int, int | None], marked: set[int]) -> _Gathered:
    found = _Gathered(question.as_of)
    first, last = question.period_from, question.last_day
    for row, before, restricted in action_rows.read(question.council, question.as_of, question.since, own, marked):
        inside = row.activity != OTHER_PLAN and status.in_period(row, first, last)
        if restricted:
            found.restricted += inside
            continue
        found.of_meeting[row.meeting] += 1
        if row.extremism:
            found.of_item[row.item] += 1
        if row.case is not None and row.is_live:
            found.open_of_case[row.case] += 1
        if inside:
            found.tally.add(row)
            found.actions.append(row)
            if row.extremism:
                found.marked.append(row)
            for kind in status.changes_of(row, before):
                found.changes.append(ChangeRow(kind, row, before))
    return found


def _extremism_items(question: Question) -> Iterable[int]:
    return (
        AgendaItem.objects.filter(meeting__council=question.council, meeting__date__lte=question.as_of)
        .extremism_related()
        .values_list("pk", flat=True)
    )


def _items(
    question: Question, of_item: Counter[int], marked: set[int]
) -> tuple[Collection[ItemRow], dict[int, date], int]:
    """The extremism-related items of the period, when each case was last treated, how many items are restricted."""
    decisions = dict(
        Decision.objects.live()
        .filter(council=question.council, item__meeting__date__lte=question.as_of)
        .values_list("item")
        .annotate(n=Count("pk"))
        .order_by()
    )
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
        if pk not in marked or not question.period_from <= day <= question.last_day:
            continue
        if is_restricted:
            left_out += 1
            continue
        rows.append(
            ItemRow(
                pk=pk,
                meeting_number=f"{year}-{sequence}",
                day=day,
                position=position,
                title=title,
                state=state,
                decisions=decisions.get(pk, 0),
                actions=of_item[pk],
            )
        )
    return rows, treated, left_out


def _cases(question: Question, open_actions: Counter[int], treated: dict[int, date]) -> tuple[Collection[CaseRow], int]:
    """The cases that had been opened by the report's day, and how many restricted ones are left out."""
    later = action_rows.later_changes(question.council, "case", question.as_of)
    organisations = dict(Organisation.objects.filter(council=question.council).values_list("pk", "name"))
    opened = Case.objects.filter(council=question.council, opened_on__lte=question.as_of)
    marked = set(opened.extremism_related().values_list("pk", flat=True))
    rows: Spool[CaseRow] = Spool()
    left_out = 0
    for now in (
        opened.order_by("opened_on", "pk")
        .values("pk", "registry_number", "title", "state", "organisation", "opened_on", "restricted")
        .iterator()
    ):
        if now["restricted"]:
            left_out += 1
            continue
        changes = [entry for _day, entry in later.get(now["pk"], ())]
        then = status.rewound({field: now[field] for field in ("state", "organisation")}, changes)
        rows.append(
            CaseRow(
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
        )
    return rows, left_out


def _meetings(question: Question, agreed: Counter[int]) -> Collection[MeetingRow]:
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
        rows.append(
            MeetingRow(
                pk=meeting.pk,
                number=meeting.number,
                title=meeting.title,
                day=meeting.date,
                place=meeting.place,
                present=present.get(meeting.pk, 0),
                decisions=decisions.get(meeting.pk, 0),
                actions=agreed[meeting.pk],
            )
        )
    return rows


def _contact(question: Question) -> str:
    """The coordinator to ask, by role: title, organisation and address; empty when the seat was empty that day."""
    coordinator = (
        Member.objects.active(question.as_of)
        .filter(council=question.council, role=Role.COORDINATOR)
        .select_related("organisation")
        .order_by("pk")
        .first()
    )
    if coordinator is None:
        return ""
    return ", ".join(filter(None, [coordinator.title, coordinator.organisation.name, coordinator.email]))


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
