"""Writing what is to go out."""

from collections.abc import Iterable
from datetime import date

from bra.models import Council, Letter, Member


def post(
    *, council: Council, kind: str, recipients: Iterable[Member], cause: str, on: date, about: int | None = None
) -> int:
    """Write a waiting letter for each recipient with an address; return how many are new.

    Call it in the transaction of the cause. What was posted for the same cause already isn't posted again.
    """
    addressed = [member for member in recipients if member.address]
    known = set(
        Letter.objects.filter(recipient__in=addressed, kind=kind, cause=cause).values_list("recipient_id", flat=True)
    )
    letters = [
        Letter(council=council, kind=kind, recipient=member, cause=cause, about=about, on=on)
        for member in addressed
        if member.pk not in known
    ]
    Letter.objects.bulk_create(letters, batch_size=500, ignore_conflicts=True)
    return len(letters)
