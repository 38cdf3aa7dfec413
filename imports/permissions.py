"""Who may bring in a list."""

from bra.models import Member
from bra.permissions import may_log


def may_import(member: Member) -> bool:
    """Whether the member may bring in lists of actions, and take them back: those who log."""
    return may_log(member)
