"""Addresses that refuse mail for good: stopped until a coordinator says that they work again."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member, StoppedAddress
from bra.rows import locked


@transaction.atomic
def stop_address(
    *, council: Council, address: str, by: Member | None, on: date, code: int | None = None
) -> StoppedAddress:
    """Send nothing more to the address; `by` is None when a mail server refused it with `code`."""
    council = locked(council)
    known = StoppedAddress.objects.filter(council=council, address__iexact=address).first()
    if known is not None:
        return known
    stopped = StoppedAddress.objects.create(council=council, address=address, on=on, code=code)
    history.created(stopped, council=council, by=by, on=on, verb="address.stopped", fields=("address", "code"))
    return stopped


@transaction.atomic
def lift_address(*, address: StoppedAddress, by: Member, on: date) -> None:
    """Send to the address again."""
    council = locked(address.council)
    row = StoppedAddress.objects.filter(pk=address.pk).first()
    if row is None:
        raise RuleBroken(_("Mail goes to that address again already."))
    history.record(
        council=council, by=by, on=on, verb="address.lifted", target=row, changes={"address": (row.address, None)}
    )
    row.delete()
