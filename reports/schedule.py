"""Which reports are made by themselves, and who is told."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from actions.models import WorkPlan
from bra import post
from bra.models import Council, Member, MemberQuerySet
from reports.models import REPORT_MAIL, Report, ReportKind, ReportSchedule, ReportState, Variant
from reports.permissions import REPORT_READERS, may_read_reports


def usual_days(plan: WorkPlan) -> list[date]:
    """The ends of the half-years within the plan, but not of its first one: 2016-12-31, 2017-06-30, 2017-12-31."""
    years = range(plan.starts.year, plan.ends.year + 1)
    halves = [day for year in years for day in (date(year, 6, 30), date(year, 12, 31))]
    return [day for day in halves if plan.starts < day <= plan.ends][1:]


def due(council: Council, today: date) -> list[ReportSchedule]:
    """Those whose day is over and that haven't been made, oldest first."""
    return list(ReportSchedule.objects.filter(council=council, on__lt=today, made=False).order_by("on", "pk"))


def unplanned_usual_days(council: Council, today: date) -> list[date]:
    """The usual days of the plan of `today` that haven't passed and have no status report planned."""
    plan = WorkPlan.objects.filter(council=council).current(today)
    if plan is None:
        return []
    usual = ReportSchedule.objects.filter(council=council, kind=ReportKind.STATUS, variant=Variant.WORKING)
    planned = set(usual.values_list("on", flat=True))
    return [day for day in usual_days(plan) if day >= today and day not in planned]


def unmade(council: Council, today: date) -> list[ReportSchedule]:
    """Those that should have been made by now and weren't: the report failed, or no plan had begun by the day."""
    failed = Q(report__state=ReportState.FAILED)
    begun = WorkPlan.objects.filter(council=council, starts__lte=OuterRef("on"))
    planless = Q(made=False, on__lt=today) & ~Exists(begun)
    return list(
        ReportSchedule.objects.filter(council=council).filter(failed | planless).select_related("report").order_by("on")
    )


def readers(council: Council, today: date) -> MemberQuerySet:
    """Those who may be told of a report: they read the reports, and have a seat today."""
    return Member.objects.filter(council=council, role__in=REPORT_READERS).active(today)


def tell(report: Report, *, on: date) -> int:
    """Write the mails to those who are to know that a report made by itself is ready; return how many."""
    told: dict[int, Member] = {}
    for one in ReportSchedule.objects.filter(report=report).prefetch_related("recipients"):
        told |= {member.pk: member for member in one.recipients.all() if may_read_reports(member)}
    return post.post(
        council=report.council,
        kind=REPORT_MAIL,
        recipients=told.values(),
        cause=f"report {report.pk}",
        on=on,
        about=report.pk,
    )
