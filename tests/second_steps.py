"""Second steps for tests: an app whose codes can be read, and the log-in of somebody who has one."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.test import Client
from django.utils import timezone

from bra import second_step
from bra.models import User
from tests.make import PASSWORD


def code_of(secret: str, at: datetime, *, later: int = 0) -> str:
    """The code that an app with that secret shows at the instant `at`, or so many periods later."""
    return f"{hotp_value(secret, int(at.timestamp()) // second_step.PERIOD + later):06}"


def make_app(user: User) -> str:
    """Give the user an app; return its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def make_codes(user: User) -> list[str]:
    """Give the user recovery codes; return them."""
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def make_passkey(user: User, name: str = "Jobbdatorn") -> Authenticator:
    """Give the user a row of a passkey, which no browser could use."""
    data = {"name": name, "credential": {}}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def log_in(user: User, code: str = "", *, password: str = PASSWORD) -> Client:
    """Log in on the pages, with the code where it is asked for."""
    client = Client()
    client.post("/konto/logga-in/", {"login": user.email, "password": password})
    if code:
        client.post("/konto/tvasteg/logga-in/", {"code": code})
    return client


def now() -> datetime:
    """The instant by the clock that the pages read."""
    return timezone.now()
