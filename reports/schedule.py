"""Which reports are made by themselves, and who is told."""

from datetime import date

from actions.models import WorkPlan
from bra import post
from bra.models import Council, Member
from reports.models import REPORT_MAIL, Report, ReportSchedule
from reports.permissions import may_read_reports


def usual_days(plan: WorkPlan) -> list[date]:
    """The ends of the half-years within the plan, but not of its first one: 2016-12-31, 2017-06-30, 2017-12-31."""
    years = range(plan.starts.year, plan.ends.year + 1)
    halves = [day for year in years for day in (date(year, 6, 30), date(year, 12, 31))]
    return [day for day in halves if plan.starts < day <= plan.ends][1:]


def due(council: Council, today: date) -> list[ReportSchedule]:
    """Those whose day is over and that haven't been made, oldest first."""
    return list(ReportSchedule.objects.filter(council=council, on__lt=today, made=False).order_by("on", "pk"))


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
