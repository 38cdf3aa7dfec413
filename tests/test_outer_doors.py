"""Every address before the councils': what nobody, a member and an administrator are answered, by each method.

An address that isn't listed fails. None of them names a council; those that a link in a mail opens are shut without it.
"""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests import make
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.wide]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ARGUMENTS = {"pk": 1, "secret": "x" * 43, "provider_id": "kommun", "uidb36": "1", "key": "x-y"}

# For whom a page is: for everybody, for who is logged in, for who came by a link in a mail, for administrators.
EVERYBODY, LOGGED_IN, LINK, ADMINISTRATOR = "everybody", "logged in", "link", "administrator"
OUTER = {
    "start": LOGGED_IN,
    "healthz": EVERYBODY,
    "privacy": EVERYBODY,
    "security_txt": EVERYBODY,
    "set_language": EVERYBODY,
    "account_login": EVERYBODY,
    "account_logout": EVERYBODY,
    "account_reauthenticate": LOGGED_IN,
    "account_change_password": LOGGED_IN,
    "account_reset_password": EVERYBODY,
    "account_reset_password_done": EVERYBODY,
    "account_reset_password_from_key": EVERYBODY,
    "account_reset_password_from_key_done": EVERYBODY,
    "usersessions_list": LOGGED_IN,
    "mfa_index": LOGGED_IN,
    "mfa_authenticate": LOGGED_IN,
    "mfa_reauthenticate": LOGGED_IN,
    "mfa_activate_totp": LOGGED_IN,
    "mfa_deactivate_totp": LOGGED_IN,
    "mfa_view_recovery_codes": LOGGED_IN,
    "mfa_generate_recovery_codes": LOGGED_IN,
    "mfa_add_webauthn": LOGGED_IN,
    "mfa_reauthenticate_webauthn": LOGGED_IN,
    "mfa_login_webauthn": EVERYBODY,
    "mfa_edit_webauthn": LOGGED_IN,
    "mfa_remove_webauthn": LOGGED_IN,
    "openid_connect_login": EVERYBODY,
    "openid_connect_callback": EVERYBODY,
    "socialaccount_login_cancelled": EVERYBODY,
    "socialaccount_login_error": EVERYBODY,
    "administering:installation": ADMINISTRATOR,
    "administering:council_new": ADMINISTRATOR,
    "administering:coordinator_new": ADMINISTRATOR,
    "administering:accounts": ADMINISTRATOR,
    "administering:account": ADMINISTRATOR,
    "administering:account_verb": ADMINISTRATOR,
    "administering:log": ADMINISTRATOR,
    "own_by_link": LINK,
    "own_by_link_json": LINK,
    "owner:page": LINK,
    "owner:enter": LINK,
    "owner:mail_choice": LINK,
    "owner:calendar": LINK,
    "owner:deputy": LINK,
    "owner:deputy_end": LINK,
    "owner:calendar_feed": LINK,
    "owner:report": LINK,
    "owner:more_time": LINK,
    "owner:pass_on": LINK,
    "owner:undo": LINK,
    "reading:page": LINK,
    "reading:paper_pdf": LINK,
    "reading:paper_docx": LINK,
    "reading:enter": LINK,
    "reply:page": LINK,
    "reply:answer": LINK,
    "reply:undo": LINK,
    "reply:enter": LINK,
    "unsubscribe": LINK,
    "calendar_feed": LINK,
}


def outer_addresses() -> Iterator[tuple[str, list[str]]]:
    """Each address that isn't below a council's slug: its full name and the names of its arguments."""

    def walk(resolver: URLResolver, path: str, space: str) -> Iterator[tuple[str, list[str]]]:
        for entry in resolver.url_patterns:
            below = path + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, below, f"{space}{entry.namespace}:" if entry.namespace else space)
            elif not below.startswith("<slug:council_slug>/"):
                yield f"{space}{entry.name}", list(entry.pattern.regex.groupindex)

    return walk(get_resolver(), "", "")


ADDRESSES = dict(outer_addresses())


def test_every_outer_address_is_listed() -> None:
    assert sorted(ADDRESSES) == sorted(OUTER)


def is_right(kind: str, who: str, answer: int) -> bool:
    """Whether the status is what such a page answers; a method that the page doesn't know is 405 for all."""
    if answer == 405:
        return True
    if kind == LINK:
        return answer == 404
    if kind == LOGGED_IN or (kind == ADMINISTRATOR and who == "nobody"):
        return answer == 302 if who == "nobody" else answer < 500
    if kind == ADMINISTRATOR and who == "member":
        return answer == 404
    return answer < 500


@pytest.mark.parametrize("name", sorted(OUTER))
def test_what_is_answered_before_the_councils(cast: Cast, name: str) -> None:
    address = reverse(name, kwargs={key: ARGUMENTS[key] for key in ADDRESSES[name]})
    users = {"nobody": None, "member": cast.coordinator.user, "administrator": make.make_user(is_administrator=True)}
    wrong, told = [], []
    for who, user in users.items():
        for method in METHODS:
            browser = Client()
            if user is not None:
                browser.force_login(user)
            answer = browser.generic(method, address)
            if not is_right(OUTER[name], who, answer.status_code):
                wrong.append((who, method, answer.status_code))
            if who == "nobody" and "Granby" in b"".join(answer).decode():
                told.append(method)
    assert (wrong, told) == ([], [])
