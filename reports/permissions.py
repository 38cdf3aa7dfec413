"""Who may what with a report."""

from bra.models import Member, Role
from bra.permissions import may_coordinate
from reports.models import Report, Variant

REPORT_READERS = (Role.COORDINATOR, Role.CHAIR)


def may_ask(member: Member) -> bool:
    """Whether the member asks for status reports: the coordinator."""
    return may_coordinate(member)


def may_read_reports(member: Member) -> bool:
    """Whether the member reads the reports that have been made: coordinator and chair."""
    return member.role in REPORT_READERS


def may_count_left_out(report: Report) -> bool:
    """Whether the report's file says how many restricted rows it leaves out; even their number is restricted.

    Only a working copy that somebody cleared asks for, while everybody who may fetch it is cleared too.
    """
    if report.variant != Variant.WORKING or report.asked_by is None or not report.asked_by.cleared:
        return False
    readers = Member.objects.filter(council=report.council_id, role__in=REPORT_READERS)
    return not readers.active(report.council.today(report.asked_at)).filter(cleared=False).exists()


def may_take_in(member: Member) -> bool:
    """Whether the member takes in working copies that colleagues have filled in: the coordinator."""
    return may_coordinate(member)
