"""Who may what with records."""

from bra.models import Member
from bra.permissions import may_coordinate, may_log
from records.models import PurgeOrder


def may_purge(member: Member) -> bool:
    """Whether the member decides how long records are kept, and purges them: the coordinator."""
    return may_coordinate(member)


def may_use_bin(member: Member) -> bool:
    """Whether the member sees what was removed, and brings it back: those who log."""
    return may_log(member)


def may_open_order(member: Member, order: PurgeOrder) -> bool:
    """Whether the member may see what an order lists: what a cleared one was shown is for the cleared."""
    return may_purge(member) and order.council_id == member.council_id and (member.cleared or not order.cleared)
