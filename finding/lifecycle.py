"""The verbs of finding: making, renewing and stopping the address of a calendar."""

import secrets
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.links import SECRET_BYTES, digest, refuse_others
from bra.models import Member
from bra.rows import locked
from finding.models import CalendarAddress


@transaction.atomic
def make_address(*, member: Member, by: Member, on: date) -> str:
    """Give the member's calendar a new address and return its secret, which can't be read back later.

    An address from before stops working. Only one's own calendar has an address made.
    """
    refuse_others(member, by)
    member = locked(member)
    if not member.is_active(on) or member.user is None:
        raise RuleBroken(_("Only members who can log in have a calendar."))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    address = CalendarAddress.objects.filter(member=member).first()
    if address is None:
        kept = digest(secret)
        address = CalendarAddress.objects.create(member=member, user=member.user, digest=kept, made_on=on)
        verb = "calendar.made"
    else:
        verb = "calendar.made" if address.digest is None else "calendar.renewed"
        address.user, address.digest, address.made_on = member.user, digest(secret), on
        address.save(update_fields=["user", "digest", "made_on"])
    # History tells that it was done, and nothing of the secret.
    history.record(council=member.council, by=by, on=on, verb=verb, target=address, changes={})
    return secret


@transaction.atomic
def stop_address(*, member: Member, by: Member, on: date) -> None:
    """Stop the address of the member's calendar; where none works, nothing happens."""
    refuse_others(member, by)
    address = CalendarAddress.objects.filter(member=locked(member)).exclude(digest=None).first()
    if address is None:
        return
    address.digest = None
    address.save(update_fields=["digest"])
    history.record(council=member.council, by=by, on=on, verb="calendar.stopped", target=address, changes={})
