"""Another SECRET_KEY, without anybody's app or recovery codes lost."""

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command

from bra import second_step
from bra.models import User
from tests import make
from tests.second_steps import code_of, make_app, make_codes, make_passkey, now

NEWER = "another key, as long as it should be in production, and random"
pytestmark = pytest.mark.django_db


def run() -> tuple[int, str, str]:
    """Run the command; return exit status, output and error output."""
    out, err = StringIO(), StringIO()
    try:
        call_command("encrypt_anew", stdout=out, stderr=err, no_color=True)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def works(user: User, code: str) -> bool:
    return second_step.use_code(user=user, code=code, at=now()) is not None


def test_afterwards_the_old_key_can_be_thrown_away(settings: Any) -> None:
    users = [make.make_user() for _each in range(3)]
    secrets, codes = [make_app(user) for user in users], [make_codes(user) for user in users]
    key = make_passkey(users[0])
    assert works(users[0], codes[0][0])
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEWER, [settings.SECRET_KEY]
    assert run() == (0, "6 secrets are encrypted with SECRET_KEY.\n", "")
    settings.SECRET_KEY_FALLBACKS = []
    for user, secret, own in zip(users, secrets, codes, strict=True):
        code = code_of(secret, now())
        # What was used stays used.
        assert [works(user, one) for one in (code, code, own[0], own[1])] == [True, False, user != users[0], True]
    assert Authenticator.objects.get(pk=key.pk).data == key.data


def test_what_no_key_opens_is_counted_and_left(settings: Any) -> None:
    secret, old = make_app(user := make.make_user()), settings.SECRET_KEY
    settings.SECRET_KEY = NEWER
    other = make_app(make.make_user())
    sentence = "1 secret is opened by no key: put the key of then in SECRET_KEY_FALLBACKS and try again.\n"
    assert run() == (1, "1 secret is encrypted with SECRET_KEY.\n", sentence)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert run() == (0, "2 secrets are encrypted with SECRET_KEY.\n", "")
    settings.SECRET_KEY_FALLBACKS = []
    assert works(user, code_of(secret, now()))
    assert other != secret
