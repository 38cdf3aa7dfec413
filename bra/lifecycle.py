"""The verbs of the council: organisations, members, mandates and log-ins.

Each checks, changes and writes history in one transaction. They take `by`, the acting member (None for the system),
and `on`, the council's day, and raise RuleBroken with a sentence for the user when a rule says no.
"""

import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.grounds import give_grounds
from bra.models import Council, EntryKind, HistoryEntry, Member, Organisation, Role, User
from bra.permissions import may_clear, may_coordinate
from bra.rows import locked
from bra.signals import ending_clearance, ending_mandate
from bra.text import sort_key

_MEMBER_FIELDS = ("name", "title", "organisation", "email", "role", "cleared", "mandate_from", "mandate_to")
# What an administrator does with a log-in, as the installation's log calls it.
LOCKED_OUT, LET_IN = "user.locked_out", "user.let_in"
# What decides how long somebody coordinates, and where a refusal of it belongs.
_COORDINATING = ("role", "cleared", "mandate_from", "mandate_to")


@transaction.atomic
def create_council(
    *, name: str, slug: str, organisation: str, coordinator: str, title: str, email: str, on: date
) -> tuple[Council, Member]:
    """Make a council with its first organisation and its coordinator, who is cleared and can log in."""
    if Council.objects.filter(slug=slug).exists():
        raise RuleBroken(_("There is already a council with the address %(slug)s.") % {"slug": slug}, field="slug")
    council = Council.objects.create(name=name, slug=slug)
    history.created(council, council=council, by=None, on=on, verb="council.created", fields=("name", "slug"))
    give_grounds(council=council, by=None, on=on)
    home = organisation_named(council=council, name=organisation, by=None, on=on)
    member = seat_member(
        council=council,
        organisation=home,
        name=coordinator,
        title=title,
        email=email,
        role=Role.COORDINATOR,
        cleared=True,
        mandate_from=on,
        mandate_to=None,
        by=None,
        on=on,
    )
    give_login(member=member, by=None, on=on)
    return council, locked(member)


@transaction.atomic
def set_quorum(*, council: Council, quorum: int | None, by: Member, on: date) -> Council:
    """Say how many members must be present for the council to decide; None when it has no such rule."""
    council = locked(council)
    if quorum == 0:
        raise RuleBroken(_("A quorum is at least one member. Leave it empty to have none."), field="quorum")
    history.change(council, council=council, by=by, on=on, verb="council.quorum", quorum=quorum)
    return council


@transaction.atomic
def set_concern(*, council: Council, contact: str, link: str, by: Member, on: date) -> Council:
    """Say where a concern about an individual is reported in the municipality; empty: the usual words."""
    if not may_coordinate(by):
        raise RuleBroken(_("Only the coordinator decides this."))
    council = locked(council)
    history.change(
        council,
        council=council,
        by=by,
        on=on,
        verb="council.concern",
        concern_contact=contact.strip(),
        concern_link=link,
    )
    return council


@transaction.atomic
def organisation_named(*, council: Council, name: str, by: Member | None, on: date) -> Organisation:
    """Return the council's organisation of that name, however it is capitalised; made if there is none."""
    locked(council)
    name = " ".join(name.split())
    known = Organisation.objects.filter(council=council, sort_key=sort_key(name)).first()
    if known is not None:
        return known
    made = Organisation.objects.create(council=council, name=name)
    history.created(made, council=council, by=by, on=on, verb="organisation.added", fields=("name",))
    return made


@transaction.atomic
def seat_member(
    *,
    council: Council,
    organisation: Organisation,
    name: str,
    title: str,
    email: str,
    role: Role,
    cleared: bool,
    mandate_from: date,
    mandate_to: date | None,
    by: Member | None,
    on: date,
) -> Member:
    """Give a person, or a role that nobody holds yet, a mandate on the council."""
    locked(council)
    if cleared:
        _refuse_to_clear(by)
    _refuse_mandate_in_reverse(mandate_from, mandate_to)
    member = Member.objects.create(
        council=council,
        organisation=organisation,
        name=name,
        title=title,
        email=email,
        role=role,
        cleared=cleared,
        mandate_from=mandate_from,
        mandate_to=mandate_to,
    )
    history.created(
        member,
        council=council,
        by=by,
        on=on,
        verb="member.seated",
        fields=_MEMBER_FIELDS,
        kind=EntryKind.ACCESS,
    )
    return member


@transaction.atomic
def edit_member(*, member: Member, by: Member | None, on: date, **fields: object) -> Member:
    """Change a member: `fields` may hold name, title, organisation, email, role, cleared, mandate_from and mandate_to.

    The address that the member logs in with doesn't follow the e-mail: that would let one council change another's
    log-in. Take the log-in away and give it again instead.
    """
    unknown = set(fields) - set(_MEMBER_FIELDS)
    if unknown:
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    council = locked(member.council)
    before = _coordinated(council, on)
    member = locked(member)
    old = {name: getattr(member, name) for name in _MEMBER_FIELDS}
    was_active = member.is_active(on)
    new_from, new_to = (fields.get(name, old[name]) for name in ("mandate_from", "mandate_to"))
    _refuse_mandate_in_reverse(new_from, new_to)
    # Who may what is decided by the same fields as who coordinates.
    permits = any(name in fields and fields[name] != old[name] for name in _COORDINATING)
    change = history.change_access if permits else history.change
    changes = change(member, council=council, by=by, on=on, verb="member.edited", **fields)
    if member.cleared and ("email" in changes or (permits and _has_ended(old["mandate_to"], on))):
        _refuse_to_open_for_others(member, by)
    if "cleared" in changes:
        _refuse_to_clear(by)
        if not member.cleared:
            ending_clearance.send(Member, member=member)
    if "role" in changes and member.role == Role.AUDITOR:
        # An auditor owns nothing: what is left to do is handed over, as when a mandate ends.
        ending_mandate.send(Member, member=member, last_day=on, on=on)
    if was_active and not member.is_active(on):
        ending_mandate.send(Member, member=member, last_day=on, on=on)
    elif "mandate_to" in changes and member.mandate_to is not None:
        ending_mandate.send(Member, member=member, last_day=member.mandate_to, on=on)
    _refuse_uncoordinated(council, before, on, field=next((name for name in _COORDINATING if name in changes), None))
    return member


def end_mandate(*, member: Member, last_day: date, by: Member | None, on: date) -> Member:
    """End a mandate with `last_day` as its last day."""
    return edit_member(member=member, by=by, on=on, mandate_to=last_day)


@transaction.atomic
def give_login(*, member: Member, by: Member | None, on: date) -> User:
    """Let the member log in with their e-mail address; a user who is known by it already gets this council too.

    A new user has a password that nobody knows: they choose their own through the link that is sent to them.
    """
    council = locked(member.council)
    member = locked(member)
    if member.user is not None:
        raise RuleBroken(_("%(member)s can log in already.") % {"member": member.label})
    email = member.email.strip().lower()
    if not email:
        raise RuleBroken(_("An e-mail address is needed to log in. Write it first."), field="email")
    if not member.is_active(on):
        raise RuleBroken(_("The mandate doesn't cover today, so a log-in would open nothing."))
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, secrets.token_urlsafe(32))
    other = Member.objects.filter(council=council, user=user).first()
    if other is not None:
        raise RuleBroken(
            _("%(member)s already logs in with that address on this council. Take that log-in away first.")
            % {"member": other.label},
            field="email",
        )
    if is_locked_out(user):
        raise RuleBroken(_("That log-in is locked out by the one who looks after the installation. Ask them."))
    if not user.is_active:
        # Whoever was left without any council comes back with a new password.
        user.is_active = True
        user.set_password(secrets.token_urlsafe(32))
        user.save(update_fields=["is_active", "password"])
    history.change_access(member, council=council, by=by, on=on, verb="member.login_given", user=user)
    return user


@transaction.atomic
def take_login(*, member: Member, by: Member | None, on: date) -> Member:
    """Take the log-in to this council away; a user who is left without any council can't log in at all."""
    council = locked(member.council)
    before = _coordinated(council, on)
    member = locked(member)
    user = member.user
    if user is None:
        return member
    history.change_access(member, council=council, by=by, on=on, verb="member.login_taken", user=None)
    _refuse_uncoordinated(council, before, on, field=None)
    if not user.is_administrator and not user.memberships.exists():
        user.is_active = False
        user.save(update_fields=["is_active"])
    return member


def is_locked_out(user: User) -> bool:
    """Whether an administrator has shut the log-in: no council opens it again, which it does when it had closed it."""
    verbs = (LOCKED_OUT, LET_IN)
    told = HistoryEntry.objects.filter(council=None, target_type="user", target_id=user.pk, verb__in=verbs)
    return not user.is_active and told.order_by("-pk").values_list("verb", flat=True).first() == LOCKED_OUT


def _has_ended(mandate_to: Any, on: date) -> bool:
    return mandate_to is not None and mandate_to < on


def _refuse_to_open_for_others(member: Member, by: Member | None) -> None:
    """Refuse what would let others read what the cleared read: mail with links elsewhere, a mandate begun anew."""
    if by is not None and by.pk != member.pk and not may_clear(by):
        raise RuleBroken(
            _(
                "%(member)s may see restricted items. Only a coordinator who is cleared for them changes the e-mail "
                "address or begins the mandate anew."
            )
            % {"member": member.label}
        )


def _refuse_to_clear(by: Member | None) -> None:
    if by is not None and not may_clear(by):
        raise RuleBroken(
            _("Only a coordinator who is cleared for restricted items decides who else is."), field="cleared"
        )


def _refuse_mandate_in_reverse(first: Any, last: Any) -> None:
    if last is not None and last < first:
        raise RuleBroken(_("The mandate can't end before it begins."), field="mandate_to")


def _coordinated(council: Council, on: date) -> tuple[date, date]:
    """Return the last days until which somebody who can log in coordinates, and somebody cleared does, without a gap.

    The day before `on` when nobody does today, date.max when there is no end in sight.
    """
    rows = list(Member.objects.filter(council=council, role=Role.COORDINATOR, user__isnull=False))
    return _covered_until(rows, on), _covered_until([row for row in rows if row.cleared], on)


def _covered_until(members: Iterable[Member], on: date) -> date:
    covered = on - timedelta(days=1)
    for member in sorted(members, key=lambda member: member.mandate_from):
        if covered == date.max or member.mandate_from > covered + timedelta(days=1):
            break
        covered = max(covered, member.mandate_to or date.max)
    return covered


def _refuse_uncoordinated(council: Council, before: tuple[date, date], on: date, field: str | None) -> None:
    """Refuse a change after which the council has a coordinator, or a cleared one, for a shorter time than before."""
    anybody, cleared = _coordinated(council, on)
    if anybody < before[0]:
        raise RuleBroken(
            _("The council would be without a coordinator who can log in. Make somebody else coordinator first."),
            field=field,
        )
    if cleared < before[1]:
        raise RuleBroken(
            _("The council would be without a coordinator cleared for restricted items. Clear another one first."),
            field=field,
        )
