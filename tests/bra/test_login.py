"""Log-in with e-mail and password: who gets in, what the others hear, and what isn't there."""

import re
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from allauth.account import signals as allauth_signals
from django.contrib.auth import signals
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.dispatch import Signal
from django.http import HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from bra import settings as production
from bra.account_urls import urlpatterns
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
LOG_IN = "/konto/logga-in/"
MISMATCH = "The e-mail address and the password do not belong together. Try again."


def log_in(email: str, password: str = make.PASSWORD, client: Client | None = None, **more: Any) -> Any:
    return (client or Client()).post(LOG_IN, {"login": email, "password": password}, **more)


def seen(answer: HttpResponse, *typed: str) -> str:
    """What a visitor sees: the page without its token and without what they typed themselves."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", answer.content.decode())
    for words in typed:
        text = text.replace(words, "…")
    return text


def test_whoever_has_a_log_in_comes_to_the_council(cast: Cast) -> None:
    assert cast.member.user is not None
    client = Client()
    answer = log_in(cast.member.user.email.upper(), client=client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/", follow=True).redirect_chain == [("/granby/", 302)]


def test_after_the_log_in_a_form_that_was_sent_leads_to_the_page_it_stood_on(cast: Cast) -> None:
    sent, stood_on = "/granby/punkter/1/kommentera/", "/granby/moten/1/justering/?x=1"
    for referer, led_to in (
        (f"http://testserver{stood_on}", "/granby/moten/1/justering/%3Fx%3D1"),
        (f"https://evil.example{stood_on}", sent),
        ("", sent),
    ):
        answer = Client().post(sent, headers={"Referer": referer} if referer else {})
        assert answer["Location"] == f"{LOG_IN}?next={led_to}", referer


def test_a_page_that_was_asked_for_is_gone_on_to_but_no_other_site_is(cast: Cast) -> None:
    assert cast.member.user is not None
    assert Client().get("/granby/arenden/")["Location"] == f"{LOG_IN}?next=/granby/arenden/"
    found = {}
    for wanted in ("/granby/arenden/", "https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        given = {"login": cast.member.user.email, "password": make.PASSWORD, "next": wanted}
        found[wanted] = Client().post(LOG_IN, given)["Location"]
    assert found == {
        "/granby/arenden/": "/granby/arenden/",
        "https://evil.example/": "/",
        "//evil.example/": "/",
        "javascript:alert(1)": "/",
    }


def test_an_unknown_address_a_wrong_password_and_a_closed_log_in_hear_the_same(cast: Cast) -> None:
    known = make.make_user()
    closed = make.make_user(is_active=False)
    attempts = {
        "wrong": (known.email, "not the password at all"),
        "unknown": ("nobody@example.org", "not the password at all"),
        "closed": (closed.email, make.PASSWORD),
    }
    answers, queries = {}, {}
    for number, (name, (email, password)) in enumerate(attempts.items()):
        with CaptureQueriesContext(
            connection,
        ) as context:
            answer = log_in(email, password, REMOTE_ADDR=f"192.0.2.{number}")
        answers[name] = (answer.status_code, seen(answer, email))
        queries[name] = [re.sub(r"'[^']*'|\d+|0x\w+|NULL", "?", query["sql"]) for query in context.captured_queries]
    assert MISMATCH in answers["wrong"][1]
    assert answers["unknown"] == answers["wrong"] == answers["closed"]
    assert queries["unknown"] == queries["wrong"] == queries["closed"]


class Counting(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        """Count, then do as usual."""
        self.hashed.append(password)
        return super().encode(password, salt)


def test_a_password_is_hashed_once_whether_the_address_is_known_or_not(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.bra.test_login.Counting"]
    known = make.make_user()
    for email in (known.email, "nobody@example.org"):
        Counting.hashed.clear()
        log_in(email, "not the password at all")
        assert Counting.hashed == ["not the password at all"]


def test_new_passwords_are_hashed_with_argon2() -> None:
    assert production.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


def test_the_session_has_another_key_after_log_in(cast: Cast) -> None:
    assert cast.member.user is not None
    client = Client()
    client.get(LOG_IN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = before = str(session.session_key)
    log_in(cast.member.user.email, client=client)
    assert client.cookies["sessionid"].value != before
    assert not Client(headers={"cookie": f"sessionid={before}"}).get("/").wsgi_request.user.is_authenticated


def test_who_is_logged_in_already_is_led_on(cast: Cast) -> None:
    assert cast.browse(cast.member).get(LOG_IN)["Location"] == "/"


def test_logging_out_takes_a_post(cast: Cast) -> None:
    browser = cast.browse(cast.member)
    assert browser.get("/konto/logga-ut/").status_code == 200
    assert browser.get("/granby/").status_code == 200
    assert browser.post("/konto/logga-ut/")["Location"] == LOG_IN
    assert browser.get("/granby/").status_code == 302


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_change_phone", "socialaccount_signup"])
def test_nobody_signs_up_or_changes_the_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("name", ["account/signup.html", "account/email.html", "allauth/layouts/base.html"])
def test_pages_that_we_have_not_written_are_not_shown(name: str) -> None:
    with pytest.raises(TemplateDoesNotExist):
        get_template(name)


def test_every_address_of_log_in_is_below_konto() -> None:
    names = {str(pattern.name) for pattern in urlpatterns}
    assert {name for name in names if name.split("_")[0] not in ("account", "mfa", "usersessions")} == {
        "openid_connect_login",
        "openid_connect_callback",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
    }


@pytest.fixture
def heard() -> Any:
    """What the signals said, by name."""
    said: list[str] = []
    sources: dict[str, Signal] = {
        "in": signals.user_logged_in,
        "out": signals.user_logged_out,
        "failed": signals.user_login_failed,
        "changed": allauth_signals.password_changed,
        "reset": allauth_signals.password_reset,
    }

    def listen(name: str) -> Callable[..., None]:
        def hear(**_rest: Any) -> None:
            said.append(name)

        return hear

    ears = {name: listen(name) for name in sources}
    for name, source in sources.items():
        source.connect(ears[name])
    yield said
    for name, source in sources.items():
        source.disconnect(ears[name])


def test_log_ins_and_changes_of_password_are_told_to_who_listens(cast: Cast, heard: list[str]) -> None:
    user = make.make_user()
    client = Client()
    log_in(user.email, "not the password at all", client=client)
    log_in(user.email, client=client)
    given = {"oldpassword": make.PASSWORD, "password1": "granens gröna barr"}
    assert client.post("/konto/losenord/", given).status_code == 302
    client.post("/konto/logga-ut/")
    assert heard == ["failed", "in", "changed", "out"]


def test_changing_the_password_ends_the_other_sessions(cast: Cast) -> None:
    user = make.make_user()
    here, there = Client(), Client()
    for client in (here, there):
        log_in(user.email, client=client)
    given = {"oldpassword": make.PASSWORD, "password1": "granens gröna barr"}
    page = here.post("/konto/losenord/", given, follow=True).content.decode()
    assert "The new password is saved." in page
    assert [client.get("/").status_code for client in (here, there)] == [200, 302]


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("kort", "This password is too short. It must contain at least 12 characters."),
        ("1qaz2wsx3edc", "This password is too common."),
    ],
)
def test_a_weak_password_is_refused_in_words(cast: Cast, password: str, sentence: str) -> None:
    user = make.make_user()
    client = Client()
    log_in(user.email, client=client)
    page = client.post("/konto/losenord/", {"oldpassword": make.PASSWORD, "password1": password}).content.decode()
    assert sentence in page


def test_a_long_password_of_any_characters_is_taken(cast: Cast) -> None:
    user = make.make_user()
    client = Client()
    log_in(user.email, client=client)
    long = "åska och regn över Ån, 7 dagar! " * 4
    client.post("/konto/losenord/", {"oldpassword": make.PASSWORD, "password1": long})
    assert log_in(user.email, long).status_code == 302


def test_what_is_open_without_a_log_in() -> None:
    names = [str(pattern.name) for pattern in urlpatterns]
    plain = [name for name in names if name.startswith(("account", "usersessions", "socialaccount"))]
    found = {name: Client().get(reverse(name)).status_code for name in plain if not name.endswith("from_key")}
    assert found == {
        "account_login": 200,
        "account_logout": 302,
        "account_reauthenticate": 302,
        "account_change_password": 302,
        "account_reset_password": 200,
        "account_reset_password_done": 200,
        "account_reset_password_from_key_done": 200,
        "usersessions_list": 302,
        "socialaccount_login_cancelled": 200,
        "socialaccount_login_error": 401,
    }


@pytest.mark.parametrize("header", [{"x-requested-with": "XMLHttpRequest"}, {"accept": "application/json"}])
def test_a_page_stays_a_page_for_scripts(header: dict[str, str]) -> None:
    answer = Client().post(LOG_IN, {"login": "nobody@example.org", "password": "wrong"}, headers=header)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
