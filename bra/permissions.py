"""Who may what, as far as the council itself goes; each app adds its own predicates on top."""

from bra.models import LOGGERS, SEATED, WRITING, Member, Role


def may_read_council(member: Member) -> bool:
    """Whether the member sits on the council and reads its meetings, cases, actions and reports."""
    return member.role in SEATED


def may_take_part(member: Member) -> bool:
    """Whether the member has anything to do with actions: those who sit on the council and owners from outside."""
    return member.role in WRITING


def may_log(member: Member) -> bool:
    """Whether the member logs what meetings come to: secretary and coordinator."""
    return member.role in LOGGERS


def may_coordinate(member: Member) -> bool:
    """Whether the member coordinates: reports, reminders and everything a secretary does."""
    return member.role == Role.COORDINATOR


def may_clear(member: Member) -> bool:
    """Whether the member decides who may see restricted items: a coordinator who may do so already."""
    return may_coordinate(member) and member.cleared


def may_audit(member: Member) -> bool:
    """Whether the member reads who did, read and released what: the auditor, and a coordinator who is cleared.

    That something restricted was read, or purged, tells that it exists.
    """
    return member.role == Role.AUDITOR or may_clear(member)
