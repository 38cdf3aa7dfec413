"""The rows of a status report, read set-based: the number of queries doesn't depend on the number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count

from actions.models import Action, Status, WorkPlan
from bra.models import Council, HistoryEntry, Member, Organisation, Role
from meetings.models import AgendaItem, Attendance, AttendanceStatus, Case, Decision, ItemState, Meeting
from reports import status
from reports.plan_selection import own_activities, plan_rows
from reports.status import (
    ActionRow,
    ActivityRow,
    CaseRow,
    Changes,
    Figures,
    GoalRow,
    ItemRow,
    MeetingRow,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a report is asked about: a plan, the days of a period, and the day as of which it answers."""

    plan: WorkPlan
    period_from: date
    period_to: date
    as_of: date

    @property
    def council(self) -> Council:
        """Whose plan it is."""
        return self.plan.council

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
    """Everything a status report shows, restricted matter left out and counted."""

    question: Question
    goals: tuple[GoalRow, ...]
    activities: tuple[ActivityRow, ...]
    actions: tuple[ActionRow, ...]
    cases: tuple[CaseRow, ...]
    items: tuple[ItemRow, ...]
    meetings: tuple[MeetingRow, ...]
    figures: Figures
    left_out: LeftOut
    contact: str

    @property
    def rows(self) -> int:
        """How many rows the tables have in all."""
        extremism = sum(action.extremism for action in self.actions)
        tables = (self.activities, self.actions, self.cases, self.items, self.meetings)
        return sum(len(rows) for rows in tables) + extremism


def load(question: Question) -> StatusData:
    """Read the rows that answer the question. What is restricted today is left out, whatever it was on the day."""
    goals, activities = plan_rows(question.plan, question.as_of)
    marked = set(_extremism_items(question))
    everything, restricted = _actions(question, own_activities(question.plan, activities), marked)
    mine = tuple(row for row in everything if _in_report(row, question))
    items, treated, restricted_items = _items(question, everything, marked)
    cases, restricted_cases = _cases(question, everything, treated)
    organisations = Organisation.objects.filter(council=question.council).values_list("name", flat=True)
    return StatusData(
        question=question,
        goals=goals,
        activities=activities,
        actions=mine,
        cases=cases,
        items=items,
        meetings=_meetings(question, everything),
        figures=status.figures(mine, goals, activities, list(organisations), question.as_of),
        left_out=LeftOut(sum(_in_report(row, question) for row in restricted), restricted_cases, restricted_items),
        contact=_contact(question),
    )


def _in_report(row: ActionRow, question: Question) -> bool:
    return row.activity != _OTHER_PLAN and status.in_period(row, question.period_from, question.last_day)


# The activity of an action that serves another plan; such an action is in no report of this one.
_OTHER_PLAN = 0
# What somebody wrote isn't rewound: a text that was mended or removed must not come back in a report of an earlier day.
_REWOUND = ("status", "deadline", "closed_on", "owner", "activity")
# The first entry of a row says what it began as, not what was there before.
_BEGINNINGS = ("action.agreed", "action.imported", "case.opened")


def _later_changes(question: Question, target_type: str) -> dict[int, list[Changes]]:
    """What history says happened after the report's day: {row's key: changes, oldest first}."""
    later: dict[int, list[Changes]] = {}
    entries = (
        HistoryEntry.objects.filter(council=question.council, target_type=target_type, on__gt=question.as_of)
        .exclude(verb__in=_BEGINNINGS)
        .order_by("on", "pk")
        .values_list("target_id", "changes")
    )
    for target, changes in entries.iterator():
        later.setdefault(target, []).append(changes)
    return later


def _as_date(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _actions(
    question: Question, own: dict[int, int | None], marked: set[int]
) -> tuple[list[ActionRow], list[ActionRow]]:
    """All actions that existed on the report's day, as they were then: (open to all, restricted)."""
    later = _later_changes(question, "action")
    members = {
        pk: (title, organisation)
        for pk, title, organisation in Member.objects.filter(council=question.council).values_list(
            "pk", "title", "organisation__name"
        )
    }
    rows: list[ActionRow] = []
    restricted: list[ActionRow] = []
    found = (
        Action.objects.agreed()
        .filter(council=question.council, agreed_on__lte=question.as_of)
        .order_by("agreed_on", "pk")
        .values(
            "pk",
            "title",
            "effect",
            "agreed_on",
            *_REWOUND,
            "agenda_item",
            "agenda_item__title",
            "agenda_item__restricted",
            "agenda_item__case",
            "agenda_item__meeting",
            "agenda_item__meeting__year",
            "agenda_item__meeting__sequence",
            "decision__number",
        )
    )
    for now in found.iterator():
        then = status.rewound({field: now[field] for field in _REWOUND}, later.get(now["pk"], ()))
        role, organisation = members[then["owner"]]
        activity = then["activity"]
        (restricted if now["agenda_item__restricted"] else rows).append(
            ActionRow(
                pk=now["pk"],
                title=now["title"],
                status=then["status"],
                agreed_on=now["agreed_on"],
                deadline=_as_date(then["deadline"]),
                closed_on=_as_date(then["closed_on"]),
                effect=now["effect"] if then["status"] == Status.DONE else "",
                owner_role=role,
                organisation=organisation,
                activity=None if activity is None else own.get(activity, _OTHER_PLAN),
                meeting=now["agenda_item__meeting"],
                meeting_number=f"{now['agenda_item__meeting__year']}-{now['agenda_item__meeting__sequence']}",
                item=now["agenda_item"],
                item_title=now["agenda_item__title"],
                case=now["agenda_item__case"],
                decision=now["decision__number"],
                extremism=now["agenda_item"] in marked,
            )
        )
    return rows, restricted


def _extremism_items(question: Question) -> Iterable[int]:
    return (
        AgendaItem.objects.filter(meeting__council=question.council, meeting__date__lte=question.as_of)
        .extremism_related()
        .values_list("pk", flat=True)
    )


def _items(
    question: Question, actions: list[ActionRow], marked: set[int]
) -> tuple[tuple[ItemRow, ...], dict[int, date], int]:
    """The extremism-related items of the period, when each case was last treated, how many items are restricted."""
    decisions = dict(
        Decision.objects.live()
        .filter(council=question.council, item__meeting__date__lte=question.as_of)
        .values_list("item")
        .annotate(n=Count("pk"))
        .order_by()
    )
    of_item = status.grouped(actions, lambda row: row.item)
    rows: list[ItemRow] = []
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
    for pk, title, state, is_restricted, case, position, day, year, sequence in found:
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
                actions=len(of_item.get(pk, ())),
            )
        )
    return tuple(rows), treated, left_out


def _cases(question: Question, actions: list[ActionRow], treated: dict[int, date]) -> tuple[tuple[CaseRow, ...], int]:
    """The cases that had been opened by the report's day, and how many restricted ones are left out."""
    later = _later_changes(question, "case")
    organisations = dict(Organisation.objects.filter(council=question.council).values_list("pk", "name"))
    opened = Case.objects.filter(council=question.council, opened_on__lte=question.as_of)
    marked = set(opened.extremism_related().values_list("pk", flat=True))
    still_open = status.grouped((row for row in actions if row.is_live), lambda row: row.case)
    rows = []
    left_out = 0
    for now in opened.order_by("opened_on", "pk").values(
        "pk", "registry_number", "title", "state", "organisation", "opened_on", "restricted"
    ):
        if now["restricted"]:
            left_out += 1
            continue
        then = status.rewound({field: now[field] for field in ("state", "organisation")}, later.get(now["pk"], ()))
        rows.append(
            CaseRow(
                pk=now["pk"],
                registry_number=now["registry_number"],
                title=now["title"],
                state=then["state"],
                organisation=organisations[then["organisation"]],
                opened_on=now["opened_on"],
                last_treated=treated.get(now["pk"]),
                open_actions=len(still_open.get(now["pk"], ())),
                extremism=now["pk"] in marked,
            )
        )
    return tuple(rows), left_out


def _meetings(question: Question, actions: list[ActionRow]) -> tuple[MeetingRow, ...]:
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
    agreed = status.grouped(actions, lambda row: row.meeting)
    return tuple(
        MeetingRow(
            pk=meeting.pk,
            number=meeting.number,
            title=meeting.title,
            day=meeting.date,
            place=meeting.place,
            present=present.get(meeting.pk, 0),
            decisions=decisions.get(meeting.pk, 0),
            actions=len(agreed.get(meeting.pk, ())),
        )
        for meeting in held.order_by("date", "starts_at", "pk")
    )


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
