"""The demonstration's automatic reports: planned by the coordinator, and made where the day is over."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from actions.models import WorkPlan
from bra.models import STOCKHOLM, Council, Member
from reports import lifecycle, schedule, scheduling
from reports.models import Report

PLANNED_ON = date(2016, 9, 8)
# The night after the day, when the sweep finds it.
NIGHT = time(0, 15)


def events(council: Council, coordinator: Member) -> Iterator[tuple[date, Callable[[], None]]]:
    """Each day with what happens on it: the usual days are planned, and those over by the pinned day are made."""
    days = schedule.usual_days(WorkPlan.objects.get(council=council))
    yield PLANNED_ON, partial(_plan, council, coordinator, days)
    for day in days:
        if council.pinned_today and day < council.pinned_today:
            yield day + timedelta(days=1), partial(_make, council, day + timedelta(days=1))


def _plan(council: Council, coordinator: Member, days: list[date]) -> None:
    readers = schedule.readers(council, PLANNED_ON)
    for day in days:
        scheduling.plan_report(council=council, day=day, recipients=readers, by=coordinator, on=PLANNED_ON)


def _make(council: Council, day: date) -> None:
    night = datetime.combine(day, NIGHT, STOCKHOLM)
    # It is that night in the story: so say the report, its history and its mail.
    Council.objects.filter(pk=council.pk).update(pinned_today=day)
    for report in scheduling.make_due(council=council, today=day):
        Report.objects.filter(pk=report.pk).update(asked_at=night)
        lifecycle.build(report.pk, lambda: night)
    Council.objects.filter(pk=council.pk).update(pinned_today=council.pinned_today)
