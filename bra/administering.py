"""The verbs of those who look after the installation: councils, log-ins and who else administers.

None of them opens a council's door: an administrator gets to know no word of what a council says. They take `by`, the
administrator, and `on`, the installation's day; each is written into the installation's own audit log, and into the
log of each council that it concerns.
"""

from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from bra import history, lifecycle
from bra.errors import RuleBroken
from bra.models import Council, EntryKind, Member, Role, User
from bra.rows import locked


@transaction.atomic
def open_council(
    *, name: str, slug: str, organisation: str, coordinator: str, title: str, email: str, by: User, on: date
) -> tuple[Council, Member]:
    """Make a council with its first organisation and its coordinator, who is cleared and can log in."""
    council, member = lifecycle.create_council(
        name=name, slug=slug, organisation=organisation, coordinator=coordinator, title=title, email=email, on=on
    )
    _record(by, on, "council.created", council, {"slug": (None, slug)})
    return council, member


@transaction.atomic
def appoint_coordinator(
    *, council: Council, organisation: str, name: str, title: str, email: str, by: User, on: date, day: date
) -> Member:
    """Give a council that has lost its coordinators a new one, cleared so that they can do all the work.

    `day` is the council's own day. Refused while somebody who can log in coordinates: then that is the one to ask.
    """
    council = locked(council)
    if coordinated(council, day):
        raise RuleBroken(_("The council has a coordinator who can log in. Ask them to seat the new one."))
    home = lifecycle.organisation_named(council=council, name=organisation, by=None, on=day)
    member = lifecycle.seat_member(
        council=council,
        organisation=home,
        name=name,
        title=title,
        email=email,
        role=Role.COORDINATOR,
        cleared=True,
        mandate_from=day,
        mandate_to=None,
        by=None,
        on=day,
    )
    lifecycle.give_login(member=member, by=None, on=day)
    _record(by, on, "council.coordinator_appointed", council, {"member": (None, member.pk)})
    _record(by, day, "council.coordinator_appointed", member, {}, council=council)
    return locked(member)


def coordinated(council: Council, day: date) -> bool:
    """Whether somebody who can log in coordinates the council on its `day`."""
    able = council.members.active(day).filter(role=Role.COORDINATOR, user__is_active=True)
    return able.exists()


@transaction.atomic
def lock_out(*, user: User, by: User, on: date) -> User:
    """Let the user log in no more, anywhere, until let in again; whoever is logged in is out at the next page."""
    user = locked(user)
    if user.pk == by.pk:
        raise RuleBroken(_("You can't lock yourself out."))
    if not user.is_active:
        return user
    user.is_active = False
    user.save(update_fields=["is_active"])
    _everywhere(user, by, on, "user.locked_out", {"is_active": (True, False)})
    return user


@transaction.atomic
def let_in(*, user: User, by: User, on: date) -> User:
    """Let a user who was locked out log in again, with the password they had."""
    user = locked(user)
    if user.is_active:
        return user
    user.is_active = True
    user.save(update_fields=["is_active"])
    _everywhere(user, by, on, "user.let_in", {"is_active": (False, True)})
    return user


@transaction.atomic
def make_administrator(*, user: User, by: User, on: date) -> User:
    """Let the user look after the installation too."""
    user = locked(user)
    if not user.is_active:
        raise RuleBroken(_("Let the user in again first."))
    if not user.is_administrator:
        user.is_administrator = True
        user.save(update_fields=["is_administrator"])
        _record(by, on, "user.administrator_made", user, {"is_administrator": (False, True)})
    return user


@transaction.atomic
def unmake_administrator(*, user: User, by: User, on: date) -> User:
    """Let the user look after the installation no more; somebody always does."""
    others = list(User.objects.select_for_update().filter(is_administrator=True, is_active=True).exclude(pk=user.pk))
    user = locked(user)
    if not others:
        raise RuleBroken(_("Nobody would look after the installation. Make somebody else administrator first."))
    if user.is_administrator:
        user.is_administrator = False
        user.save(update_fields=["is_administrator"])
        _record(by, on, "user.administrator_unmade", user, {"is_administrator": (True, False)})
    return user


def _everywhere(user: User, by: User, on: date, verb: str, changes: dict[str, Any]) -> None:
    """Write it into the installation's log, and into that of each council where the user is a member."""
    _record(by, on, verb, user, changes)
    for member in Member.objects.filter(user=user).select_related("council").order_by("council_id"):
        _record(by, member.council.pinned_today or on, verb, member, changes, council=member.council)


def _record(
    by: User, on: date, verb: str, target: models.Model, changes: dict[str, Any], council: Council | None = None
) -> None:
    history.record(
        council=council,
        by=None,
        user=by,
        on=on,
        verb=verb,
        target=target,
        changes=changes,
        kind=EntryKind.ACCESS,
    )
