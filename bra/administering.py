"""The verbs of those who look after the installation: councils, log-ins and who else administers.

None of them opens a council's door: an administrator gets to know no word of what a council says. They take `by`, the
administrator, and `on`, the installation's day; each is written into the installation's own audit log, and into the
log of each council that it concerns.
"""

from datetime import date, datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import models, transaction
from django.utils.translation import gettext as _

from bra import history, lifecycle, second_step
from bra.errors import RuleBroken
from bra.models import Council, EntryKind, Member, Role, User
from bra.rows import locked


@transaction.atomic
def open_council(
    *, name: str, slug: str, organisation: str, coordinator: str, title: str, email: str, by: User, on: date
) -> tuple[Council, Member]:
    """Make a council with its first organisation and its coordinator, who is cleared and can log in."""
    _administrators(by)
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
    _administrators(by)
    if User.objects.filter(email__iexact=email.strip(), is_administrator=True).exists():
        raise RuleBroken(
            _("That is somebody who looks after the installation. Appoint somebody else: no council opens from here."),
            field="email",
        )
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
    """Let the user log in no more, anywhere, until let in again; whoever is logged in is out, then too."""
    _administrators(by)
    user = locked(user)
    if user.pk == by.pk:
        raise RuleBroken(_("You can't lock yourself out."))
    if not user.is_active:
        return user
    user.is_active = False
    user.save(update_fields=["is_active"])
    # A browser that somebody has stolen must not come to life when the user is let in again.
    for session in UserSession.objects.filter(user=user):
        session.end()
    _everywhere(user, by, on, lifecycle.LOCKED_OUT, {"is_active": (True, False)})
    return user


@transaction.atomic
def let_in(*, user: User, by: User, on: date) -> User:
    """Let a user who was locked out log in again, with the password they had."""
    _administrators(by)
    user = locked(user)
    if user.is_active:
        return user
    user.is_active = True
    user.save(update_fields=["is_active"])
    _everywhere(user, by, on, lifecycle.LET_IN, {"is_active": (False, True)})
    return user


@transaction.atomic
def make_administrator(*, user: User, by: User, on: date) -> User:
    """Let the user look after the installation too."""
    _administrators(by)
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
    able = _administrators(by)
    user = locked(user)
    if not able - {user.pk}:
        raise RuleBroken(_("Nobody would look after the installation. Make somebody else administrator first."))
    if user.is_administrator:
        user.is_administrator = False
        user.save(update_fields=["is_administrator"])
        _record(by, on, "user.administrator_unmade", user, {"is_administrator": (True, False)})
    return user


@transaction.atomic
def reset_second_step(*, user: User, by: User, on: date, at: datetime) -> User:
    """Take the second step of who has lost the telephone away, at the instant `at`, and end their sessions."""
    _administrators(by)
    if user.pk == by.pk:
        raise RuleBroken(_("You can't reset your own second step. Ask another administrator."))
    second_step.reset_second_step(user=user, at=at, administrator=by)
    _in_councils(user, by, on, "member.second_step_reset", {})
    return locked(user)


def _administrators(by: User) -> set[int]:
    """Lock all who look after the installation, in one order; return the keys of those who can log in.

    Of two who act at the same time the second sees what the first has done. Refuses `by` who is none any more.
    """
    rows = User.objects.select_for_update(no_key=True).filter(is_administrator=True).order_by("pk")
    able = {user.pk for user in rows if user.is_active}
    if by.pk not in able:
        raise RuleBroken(_("You don't look after the installation any more."))
    return able


def _everywhere(user: User, by: User, on: date, verb: str, changes: dict[str, Any]) -> None:
    """Write it into the installation's log, and into that of each council where the user is a member."""
    _record(by, on, verb, user, changes)
    _in_councils(user, by, on, verb, changes)


def _in_councils(user: User, by: User, on: date, verb: str, changes: dict[str, Any]) -> None:
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
