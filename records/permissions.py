"""Who may what with records."""

from bra.models import Member, Role
from bra.permissions import may_coordinate, may_log
from records.models import PurgeOrder, Release

_READERS = (Role.COORDINATOR, Role.SECRETARY, Role.CHAIR)


def may_read_releases(member: Member) -> bool:
    """Whether the member reads the register of requests: those who keep it, and the chair."""
    return member.role in _READERS


def may_handle_releases(member: Member) -> bool:
    """Whether the member keeps the register and makes copies: coordinator and secretary."""
    return may_log(member)


def may_release_whole(member: Member) -> bool:
    """Whether the member may make a copy with restricted matter in it: who handles requests and is cleared."""
    return may_handle_releases(member) and member.cleared


def may_set_release_rules(member: Member) -> bool:
    """Whether the member decides how to appeal and when the register warns: the coordinator."""
    return may_coordinate(member)


def may_work_on(member: Member, release: Release) -> bool:
    """Whether the member may change the request now: one that has ended is opened again first."""
    return may_handle_releases(member) and release.council_id == member.council_id and release.is_open


def may_purge(member: Member) -> bool:
    """Whether the member decides how long records are kept, and purges them: the coordinator."""
    return may_coordinate(member)


def may_use_bin(member: Member) -> bool:
    """Whether the member sees what was removed, and brings it back: those who log."""
    return may_log(member)


def may_open_order(member: Member, order: PurgeOrder) -> bool:
    """Whether the member may see what an order lists: what a cleared one was shown is for the cleared."""
    return may_purge(member) and order.council_id == member.council_id and (member.cleared or not order.cleared)
