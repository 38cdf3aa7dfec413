"""The second step of logging in: of whom it is demanded, what counts as one, codes that work once, and taking it away.

A second step is an app that shows codes (TOTP, RFC 6238) or a passkey (WebAuthn); recovery codes stand in for one. The
rows are django-allauth's; what must be kept secret in them is encrypted with a key that follows from SECRET_KEY.
"""

import base64
import secrets
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from bra import history, post
from bra.errors import RuleBroken
from bra.models import STOCKHOLM, WRITING, EntryKind, Member, User
from bra.rows import locked

DEMANDED, OFFERED = "demanded", "offered"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
NOTICE = "second_step"
ADDED, REMOVED, RENEWED, RESET = "added", "removed", "renewed", "reset"
PERIOD = 30  # seconds that an app shows the same code
DRIFT = 1  # periods that its clock may be before or behind ours
COUNTER = "counter"
# Where each kind of row keeps what is encrypted.
ENCRYPTED = {Authenticator.Type.TOTP.value: "secret", Authenticator.Type.RECOVERY_CODES.value: "seed"}


# Of whom it is demanded


def real_day(clock: datetime) -> date:
    """Return the day it is in Sweden at the instant `clock` (aware)."""
    return clock.astimezone(STOCKHOLM).date()


def seats_that_write(on: date) -> QuerySet[Member]:
    """The seats whose role changes something on the day `on`; a demonstration, whose day is pinned, doesn't count."""
    return Member.objects.active(on).filter(role__in=WRITING, council__pinned_today=None)


def _demanded(on: date) -> Q:
    return Q(is_administrator=True) | Q(Exists(seats_that_write(on).filter(user=OuterRef("pk"))))


def _has_factor() -> Exists:
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))


def with_debt(users: QuerySet[User], on: date) -> QuerySet[User]:
    """Let each user tell as `owes_second_step` whether one is demanded and missing; in the same query."""
    if settings.BRA_MFA != DEMANDED:
        return users
    owes = ExpressionWrapper(_demanded(on) & ~Q(_has_factor()), output_field=BooleanField())
    return users.annotate(owes_second_step=owes)


def is_demanded_of(user: User, on: date) -> bool:
    """Whether the user must log in with two steps: who writes in a council that is no demonstration, or administers."""
    return settings.BRA_MFA == DEMANDED and User.objects.filter(_demanded(on), pk=user.pk).exists()


def factors_of(user: User) -> QuerySet[Authenticator]:
    """The user's apps and passkeys; recovery codes are none, since they only stand in for one."""
    factors: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=FACTORS)
    return factors


def may_remove(factor: Authenticator, on: date) -> bool:
    """Whether the user may go without that one: another is left, or none is demanded."""
    return factors_of(factor.user).exclude(pk=factor.pk).exists() or not is_demanded_of(factor.user, on)


# Secrets


def _locks() -> MultiFernet:
    """One lock for SECRET_KEY and one for each key that it replaced; the first closes, all open."""
    keys = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [salted_hmac(NOTICE, "key", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def encrypt(text: str) -> str:
    """Return the text as the database may keep it."""
    return _locks().encrypt(text.encode()).decode()


def decrypt(kept: str) -> str:
    """Return the text again; "" when it was encrypted with a SECRET_KEY that isn't known any more."""
    try:
        return _locks().decrypt(kept.encode()).decode()
    except InvalidToken:
        return ""


@transaction.atomic
def encrypt_anew() -> tuple[int, int]:
    """Encrypt every kept secret with SECRET_KEY; return how many were, and how many no key that is known opens.

    Afterwards the keys of before open nothing, and can be taken out of SECRET_KEY_FALLBACKS.
    """
    found = Authenticator.objects.select_for_update().filter(type__in=ENCRYPTED)
    rows = list(found.order_by("user_id", "-type"))  # in the order in which a log-in locks them
    opened = []
    for row in rows:
        name = ENCRYPTED[row.type]
        if text := decrypt(row.data[name]):
            row.data[name] = encrypt(text)
            opened.append(row)
    Authenticator.objects.bulk_update(opened, ["data"], batch_size=500)
    return len(opened), len(rows) - len(opened)


# Codes


def counter_of(secret: str, code: str, at: datetime) -> int | None:
    """Return which period's code it is (RFC 6238) at the instant `at`; None when it is none of them."""
    typed = "".join(code.split())
    now = int(at.timestamp()) // PERIOD
    found = None
    for counter in range(now - DRIFT, now + DRIFT + 1):
        if secret and secrets.compare_digest(f"{hotp_value(secret, counter):06}".encode(), typed.encode()):
            found = counter
    return found


@transaction.atomic
def use_code(*, user: User, code: str, at: datetime) -> Authenticator | None:
    """Return the app or the recovery codes that the code belongs to; it works once. None when it belongs to none.

    A period's code isn't taken again, nor one of an earlier period: who saw it typed can do nothing with it.
    """
    rows = Authenticator.objects.select_for_update().filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    for row in rows.order_by("-type"):
        if row.type == Authenticator.Type.TOTP:
            counter = counter_of(decrypt(row.data["secret"]), code, at)
            if counter is not None and counter > row.data.get(COUNTER, 0):
                remember(row, counter)
                return row
        elif decrypt(row.data["seed"]) and row.wrap().validate_code(code):
            return row
    return None


def remember(app: Authenticator, counter: int) -> None:
    """Take no code of that period, or of one before it, from now on."""
    app.data[COUNTER] = counter
    app.save(update_fields=["data"])


# Telling, and taking away


def tell(*, user: User, what: str, at: datetime) -> bool:
    """Post a mail to the user that says what happened: ADDED, REMOVED, RENEWED or RESET. False when none can be sent.

    Mail goes in the name of a council: an administrator without a seat in any gets none.
    """
    seats = user.memberships.select_related("council", "user").order_by("pk")
    seat = next((row for row in seats if row.is_active(row.council.today(at))), None)
    if seat is None:
        return False
    cause, on = f"{what} {at.isoformat()}", seat.council.today(at)
    return post.post(council=seat.council, kind=NOTICE, recipients=[seat], cause=cause, on=on, about=user.pk) > 0


def may_reset(member: Member, by: Member) -> bool:
    """Whether `by`, a coordinator, may help the member: somebody else, whose log-in opens this council alone."""
    user = member.user
    if user is None or user.pk == by.user_id or user.is_administrator:
        return False
    return not user.memberships.exclude(council=by.council_id).exists()


@transaction.atomic
def reset_second_step(*, user: User, at: datetime, by: Member | None = None, administrator: User | None = None) -> None:
    """Take all factors and recovery codes of who has lost the telephone away, and end their sessions.

    They log in with the password, and set up anew. `by` is the coordinator who did it, or else `administrator`.
    """
    user = locked(user)
    target: User | Member = user
    if by is not None:
        seat = Member.objects.filter(council=by.council_id, user=user).first()
        if seat is None or not may_reset(seat, by):
            raise RuleBroken(_("Only the one who looks after the installation can reset this log-in."))
        target = seat
    if not Authenticator.objects.filter(user=user).exists():
        raise RuleBroken(_("No second step is set up, so there is nothing to reset."))
    Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    history.record(
        council=by.council if by else None,
        by=by,
        on=by.council.today(at) if by else real_day(at),
        verb="member.second_step_reset",
        target=target,
        changes={},
        kind=EntryKind.ACCESS,
        user=administrator,
    )
    tell(user=user, what=RESET, at=at)
