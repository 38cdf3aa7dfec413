"""How often a password, a code or a secret may be tried."""

import secrets
from typing import Any

import pytest
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from bra import links
from bra.bounds import address_of
from tests import make
from tests.bra.test_login import log_in
from tests.bra.test_recovery import forget
from tests.cast import Cast

pytestmark = pytest.mark.django_db
WAIT = "That was tried too often. Wait five minutes, then try again."
HERE, THERE = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}


def test_after_ten_wrong_passwords_the_right_one_must_wait_from_wherever_it_comes() -> None:
    user, other = make.make_user(), make.make_user()
    for _try in range(10):
        log_in(user.email, "not the password at all", **HERE)
    for place in (HERE, THERE):
        answer = log_in(user.email, **place)
        assert (answer.status_code, WAIT in answer.content.decode()) == (200, True)
    assert log_in(other.email, **HERE).status_code == 302


def test_an_unknown_address_is_counted_like_a_known_one() -> None:
    for _try in range(10):
        log_in("nobody@example.org", "not the password at all")
    assert WAIT in log_in("nobody@example.org").content.decode()


def test_thirty_wrong_passwords_from_one_place_are_enough() -> None:
    user = make.make_user()
    for number in range(30):
        log_in(f"nobody{number}@example.org", "not the password at all", **HERE)
    assert WAIT in log_in(user.email, **HERE).content.decode()
    assert log_in(user.email, **THERE).status_code == 302


def test_a_right_password_does_not_count() -> None:
    user = make.make_user()
    assert [log_in(user.email).status_code for _try in range(12)] == [302] * 12


def test_a_new_password_is_asked_for_three_times_at_most() -> None:
    found = []
    for email in (make.make_user().email, "nobody@example.org"):
        answers = [forget(email) for _try in range(4)]
        found.append([answer.status_code for answer in answers])
        assert answers[-1]["Retry-After"] == "300"
        assert "try again in 5 minutes" in answers[-1].content.decode()
    assert found == [[302, 302, 302, 429]] * 2


def test_the_password_is_asked_for_again_ten_times_at_most(cast: Cast) -> None:
    browser = cast.browse(cast.member)
    answers = [browser.post("/konto/bekrafta/", {"password": "wrong"}).status_code for _try in range(11)]
    assert answers == [200] * 10 + [429]


def test_passkeys_are_tried_thirty_times_at_most() -> None:
    answers = [Client().post(reverse("mfa_login_webauthn"), {}, **HERE) for _try in range(31)]
    assert [answer.status_code == 429 for answer in answers] == [False] * 30 + [True]


SECRETS = {"secret": "30/5m"}
SECRET_DOORS = ["owner:enter", "reading:enter", "reply:enter", "unsubscribe", "calendar_feed", "owner:calendar_feed"]


@override_settings(RATES=SECRETS)
@pytest.mark.parametrize("name", SECRET_DOORS)
def test_secrets_are_guessed_thirty_times_at_most_at_all_doors_together(name: str) -> None:
    for number in range(30):
        door = SECRET_DOORS[number % len(SECRET_DOORS)]
        assert Client().get(reverse(door, args=[secrets.token_urlsafe(32)]), **HERE).status_code == 404
    answer = Client().get(reverse(name, args=[secrets.token_urlsafe(32)]), **HERE)
    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert Client().get(reverse(name, args=[secrets.token_urlsafe(32)]), **THERE).status_code == 404


@override_settings(RATES=SECRETS)
def test_a_right_secret_is_no_guess_but_waits_with_the_others(cast: Cast) -> None:
    make.make_action(cast.council, owner=cast.owner)
    ((secret,),) = [links.make_links([(cast.owner, None)], "owner").values()]
    address = reverse("owner:enter", args=[secret])
    assert [Client().get(address, **HERE).status_code for _try in range(31)] == [302] * 31
    for _try in range(30):
        Client().get(reverse("owner:enter", args=["wrong"]), **HERE)
    assert (Client().get(address, **HERE).status_code, Client().get(address, **THERE).status_code) == (429, 302)


@pytest.mark.parametrize(
    ("proxies", "said", "place"),
    [
        (0, "198.51.100.9", "192.0.2.1"),
        (1, "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        (2, "203.0.113.5, 198.51.100.9", "203.0.113.5"),
        (2, "198.51.100.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_the_place_is_what_the_trusted_proxy_says(settings: Any, proxies: int, said: str, place: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": said} if said else {}
    request = RequestFactory().get("/", headers=headers, **HERE)
    assert address_of(request) == place
