"""The mail that tells of a report that was made by itself. It says the day and carries a link, never the file."""

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bra import post
from bra.models import Letter, Member
from bra.post import Desk, Written
from reports.models import REPORT_MAIL, Report, ReportState
from reports.permissions import may_read_reports


def write_reports(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the mails of a batch; what is gone, or not for the recipient any longer, isn't told."""
    reports = Report.objects.filter(council=desk.council, state=ReportState.READY).in_bulk(
        [letter.about for letter in letters if letter.about is not None]
    )
    return [_written(desk, letter, reports.get(letter.about or 0)) for letter in letters]


def _written(desk: Desk, letter: Letter, report: Report | None) -> Written:
    if report is None or not may_read_reports(letter.recipient):
        return Written(letter, None, "closed")
    context = {"report": report, "path": reverse("reports:list", args=[desk.council.slug]) + "#reports"}
    return desk.write(letter, "report", context)


def _visible(member: Member) -> Q:
    return Q() if may_read_reports(member) else Q(pk__in=[])


post.register(post.Kind(REPORT_MAIL, _("Report ready"), write_reports, _visible))
