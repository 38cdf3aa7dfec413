"""The verbs of one's own data: correcting it, and asking that it be removed."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history, lifecycle, post
from bra.errors import RuleBroken
from bra.models import EntryKind, HistoryEntry, Member, Role
from bra.permissions import may_coordinate
from bra.rows import locked

OWN_DATA = "own_data"
CORRECTED, ASKED = "member.edited", "member.removal_asked"


@transaction.atomic
def correct(*, member: Member, name: str, email: str, by: Member, on: date) -> Member:
    """Correct one's own name and the address that mail goes to; the coordinators are told.

    The address that one logs in with stays: it is changed where the log-in is.
    """
    _refuse_others(member, by)
    before = (member.name, member.email)
    member = lifecycle.edit_member(member=member, by=by, on=on, name=name, email=email)
    if (member.name, member.email) != before:
        _tell(member, CORRECTED, on)
    return member


@transaction.atomic
def ask_for_removal(*, member: Member, by: Member, on: date) -> None:
    """Ask that one's personal data be removed; the coordinators are told, once until one asks on another day."""
    _refuse_others(member, by)
    locked(member.council)
    if asked_on(member) == on:
        raise RuleBroken(_("You have asked today already. The coordinator has been told."))
    history.record(
        council=member.council,
        by=by,
        on=on,
        verb=ASKED,
        target=member,
        changes={},
        kind=EntryKind.ACCESS,
    )
    _tell(member, ASKED, on)


@transaction.atomic
def hand_out(*, member: Member, by: Member, on: date) -> None:
    """Note that the coordinator takes out what is held about a member, who may not log in, to hand it to them."""
    if by.council_id != member.council_id or not may_coordinate(by):
        raise RuleBroken(_("Only the coordinator takes out what is held about others."))
    if member.cleared and not by.cleared:
        raise RuleBroken(_("The member may see restricted items and you may not, so you can't take their data out."))
    history.record(
        council=member.council,
        by=by,
        on=on,
        verb="member.data_given",
        target=member,
        changes={},
        kind=EntryKind.ACCESS,
    )


def asked_on(member: Member) -> date | None:
    """The day on which the member last asked for removal; None when there was no such day."""
    asked = HistoryEntry.objects.filter(target_type="member", target_id=member.pk, verb=ASKED)
    return asked.order_by("-pk").values_list("on", flat=True).first()


def _tell(member: Member, verb: str, on: date) -> None:
    """Post a mail to the coordinators, one for each kind of news, member and day."""
    who = Member.objects.filter(council=member.council, role=Role.COORDINATOR).active(on).select_related("user")
    post.post(
        council=member.council,
        kind=OWN_DATA,
        recipients=[one for one in who if one.pk != member.pk],
        cause=f"{verb} {member.pk} {on}",
        on=on,
        about=member.pk,
    )


def _refuse_others(member: Member, by: Member) -> None:
    if member.pk != by.pk:
        raise RuleBroken(_("Only one's own data is corrected here."))
