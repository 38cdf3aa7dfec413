"""The secret address of an owner's deadlines, which a calendar reads without log-in: made, renewed, stopped.

It is a link of the member's (bra.links) that no mail carries, so it ends like those: with the mandate, and when the
member's address is changed.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history, links
from bra.errors import RuleBroken
from bra.models import MailLink, Member
from bra.rows import locked

CALENDAR = "calendar"


def has_calendar(member: Member) -> bool:
    """Whether the member's deadlines have an address."""
    return MailLink.objects.filter(member=member, purpose=CALENDAR, address=member.address).exists()


@transaction.atomic
def make_calendar(*, member: Member, by: Member, on: date) -> str:
    """Give the member's deadlines a new address and return its secret, which can't be read back later.

    An address from before stops working. Only one's own calendar has an address made.
    """
    links.refuse_others(member, by)
    member = locked(member)
    if not member.is_active(on):
        raise RuleBroken(_("Your mandate doesn't cover today, so there is no calendar to read."))
    gone = _forget(member)
    secret = links.make_links([(member, None)], CALENDAR)[member.pk, None]
    # History tells that it was done, and nothing of the secret.
    _record(member, by, on, "member.calendar_renewed" if gone else "member.calendar_made")
    return secret


@transaction.atomic
def stop_calendar(*, member: Member, by: Member, on: date) -> None:
    """Stop the address of the member's deadlines; where there is none, nothing happens."""
    links.refuse_others(member, by)
    member = locked(member)
    if _forget(member):
        _record(member, by, on, "member.calendar_stopped")


def _forget(member: Member) -> bool:
    gone, _by_model = MailLink.objects.filter(member=member, purpose=CALENDAR).delete()
    return gone > 0


def _record(member: Member, by: Member, on: date, verb: str) -> None:
    history.record(council=member.council, by=by, on=on, verb=verb, target=member, changes={})
