"""The verbs of the reports that are made by themselves at chosen dates."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import WorkPlan
from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from reports import schedule
from reports.lifecycle import request_report
from reports.models import Report, ReportKind, ReportSchedule, Variant
from reports.permissions import may_read_reports
from reports.questions import Question


@transaction.atomic
def plan_report(
    *,
    council: Council,
    day: date,
    recipients: Iterable[Member],
    by: Member,
    on: date,
    kind: str = ReportKind.STATUS,
    variant: str = Variant.WORKING,
) -> ReportSchedule:
    """Let the report of a day be made by itself the morning after, and these members be told."""
    told = _readers(council, recipients)
    if day < on:
        raise RuleBroken(_("That day is over: ask for its report now instead."), field="day")
    locked(council)
    if ReportSchedule.objects.filter(council=council, on=day, kind=kind, variant=variant).exists():
        raise RuleBroken(_("The report of that day is made by itself already."), field="day")
    planned = ReportSchedule.objects.create(council=council, on=day, kind=kind, variant=variant)
    planned.recipients.set(told)
    history.created(planned, council=council, by=by, on=on, verb="report.planned", fields=("on", "kind", "variant"))
    return planned


@transaction.atomic
def plan_usual_reports(*, council: Council, recipients: Iterable[Member], by: Member, on: date) -> list[ReportSchedule]:
    """Plan the status reports of the plan's usual days that are still to come and aren't planned yet."""
    told = list(recipients)
    locked(council)
    days = schedule.unplanned_usual_days(council, on)
    return [plan_report(council=council, day=day, recipients=told, by=by, on=on) for day in days]


@transaction.atomic
def change_recipients(*, planned: ReportSchedule, recipients: Iterable[Member], by: Member, on: date) -> None:
    """Choose anew who is told; those who were told already have their mail."""
    council = locked(planned.council)
    planned = locked(planned)
    told = _readers(council, recipients)
    old, new = (sorted(member.pk for member in members) for members in (planned.recipients.all(), told))
    if old == new:
        return
    planned.recipients.set(told)
    history.record(
        council=council,
        by=by,
        on=on,
        verb="report.recipients_changed",
        target=planned,
        changes={"on": (planned.on, planned.on), "recipients": (old, new)},
    )


@transaction.atomic
def unplan_report(*, planned: ReportSchedule, by: Member, on: date) -> None:
    """Let the report of a day not be made by itself after all."""
    planned = locked(planned)
    if planned.made:
        raise RuleBroken(_("The report has been made already."))
    history.record(
        council=planned.council,
        by=by,
        on=on,
        verb="report.unplanned",
        target=planned,
        changes={"on": (planned.on, None)},
    )
    planned.delete()


def _readers(council: Council, recipients: Iterable[Member]) -> list[Member]:
    told = list(recipients)
    if any(member.council_id != council.pk or not may_read_reports(member) for member in told):
        raise RuleBroken(_("Choose members who read the reports."), field="recipients")
    return told


def make_due(*, council: Council, today: date) -> list[Report]:
    """Ask for the reports whose day is over and that haven't been made; return them. Twice does no harm."""
    return [
        report for one in schedule.due(council, today) if (report := _make(one, council=council, on=today)) is not None
    ]


@transaction.atomic
def _make(planned: ReportSchedule, *, council: Council, on: date) -> Report | None:
    locked(council)
    planned = locked(planned)
    plan = WorkPlan.objects.filter(council=council, starts__lte=planned.on).current(planned.on)
    if planned.made or plan is None:
        return None
    question = Question(
        plan, plan.starts, min(planned.on, plan.ends), planned.on, kind=planned.kind, variant=planned.variant
    )
    report = request_report(council=council, question=question, by=None, on=on)
    planned.report, planned.made = report, True
    planned.save(update_fields=["report", "made"])
    schedule.tell_if_ready(report, on=on)
    return report
