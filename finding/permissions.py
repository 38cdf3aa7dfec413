"""Who finds what. Each row's own queryset says who may see it; here stands who may ask."""

from bra.models import Member
from bra.permissions import may_read_council


def may_search(member: Member) -> bool:
    """Whether the member searches what the council has said: those who sit on it."""
    return may_read_council(member)
