"""Who may what with a report."""

from bra.models import Member, Role
from bra.permissions import may_coordinate

REPORT_READERS = (Role.COORDINATOR, Role.CHAIR)


def may_ask(member: Member) -> bool:
    """Whether the member asks for status reports: the coordinator."""
    return may_coordinate(member)


def may_read_reports(member: Member) -> bool:
    """Whether the member reads the reports that have been made: coordinator and chair."""
    return member.role in REPORT_READERS


def may_take_in(member: Member) -> bool:
    """Whether the member takes in working copies that colleagues have filled in: the coordinator."""
    return may_coordinate(member)
