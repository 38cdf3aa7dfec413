"""Passkeys in a browser with a virtual authenticator, and the pages of the second step on the narrowest phone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator

from bra import second_step
from bra.models import Role, User
from tests import make
from tests.journeys.looking import look
from tests.make import PASSWORD
from tests.second_steps import code_of, make_app, make_codes, now

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def user(settings: Any) -> User:
    """The coordinator of a council that is no demonstration, where a second step is demanded."""
    settings.BRA_MFA = second_step.DEMANDED
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    user = make.make_user(email="karin@example.org")
    council = make.make_council(slug="skarpt", name="BRÅ Skarpt", pinned_today=None)
    make.make_member(council, Role.COORDINATOR, name="Karin", user=user)
    return user


@pytest.fixture
def site(live_server: Any) -> str:
    """The server by its name, as passkeys need it."""
    return str(live_server.url).replace("127.0.0.1", "localhost")


def with_keys(page: "Page") -> None:
    """Give the browser an authenticator that says yes to everything."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_in(page: "Page", site: str) -> None:
    page.goto(f"{site}/konto/logga-in/?next=/skarpt/atgarder/")
    page.fill("[name=login]", "karin@example.org")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page: "Page", site: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{site}/konto/logga-in/?next=/skarpt/atgarder/")


def test_a_passkey_is_made_logs_in_alone_and_is_removed(site: str, user: User, page: "Page") -> None:
    with_keys(page)
    log_in(page, site)
    page.get_by_role("heading", name="One thing before you go on").wait_for()
    look(page)
    page.get_by_role("link", name="Add a passkey").click()
    look(page)
    page.get_by_label("Name").fill("Jobbdatorn")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    look(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a file").click()
    codes = saved.value.path().read_text(encoding="utf-8").split("\n")
    assert len([line for line in codes if line.strip().replace(" ", "").isdigit()]) == 10
    page.get_by_role("link", name="I have saved them: go on").click()
    page.wait_for_url(f"{site}/skarpt/atgarder/")

    # The passkey alone.
    log_out(page, site)
    look(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"{site}/skarpt/atgarder/")
    # After the password.
    log_out(page, site)
    log_in(page, site)
    page.get_by_role("heading", name="The second step").wait_for()
    look(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{site}/skarpt/atgarder/")
    # To confirm that it is still the same person.
    page.goto(f"{site}/konto/tvasteg/nycklar/bekrafta/?next=/konto/tvasteg/")
    look(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("Jobbdatorn").first.wait_for()
    look(page)

    page.get_by_role("link", name="Rename Jobbdatorn").click()
    page.get_by_label("Name").fill("Telefonen")
    page.get_by_role("button", name="Save the name").click()
    page.get_by_role("link", name="Remove Telefonen").click()
    page.get_by_text("this is the only one").wait_for()
    look(page)
    make_app(user)
    page.reload()
    look(page)
    page.get_by_role("button", name="Remove the passkey").click()
    page.get_by_text("The passkey is removed.").wait_for()
    assert [row.type for row in second_step.factors_of(user)] == [Authenticator.Type.TOTP]


def test_a_passkey_that_is_unknown_here_says_so(site: str, user: User, page: "Page") -> None:
    with_keys(page)
    page.goto(f"{site}/konto/logga-in/")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.get_by_text("Nothing came from the passkey.").wait_for()
    look(page)


def test_at_an_ip_address_the_page_says_why_there_are_no_passkeys(live_server: Any, user: User, page: "Page") -> None:
    address = str(live_server.url).replace("localhost", "127.0.0.1")
    log_in(page, address)
    page.get_by_text("never for an IP address").wait_for()
    assert page.get_by_role("link", name="Add a passkey").count() == 0
    page.goto(f"{address}/konto/tvasteg/nycklar/ny/")
    page.get_by_text("never for an IP address").wait_for()
    look(page)
    page.context.clear_cookies()
    page.goto(f"{address}/konto/logga-in/")
    page.get_by_label("E-mail").wait_for()
    assert page.get_by_role("button", name="Log in with a passkey").count() == 0


@pytest.fixture
def phone(browser: "Browser") -> Iterator["Page"]:
    """A phone of the narrowest kind."""
    context = browser.new_context(locale="sv-SE", viewport={"width": 320, "height": 640})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_an_app_is_set_up_on_a_narrow_phone(site: str, user: User, phone: "Page") -> None:
    log_in(phone, site)
    look(phone)
    phone.get_by_role("link", name="Set up an app").click()
    look(phone)
    secret = "".join(phone.locator(".secret code").all_inner_texts())
    phone.get_by_label("Code", exact=True).fill("1")
    phone.get_by_role("button", name="Set up").click()
    look(phone)
    phone.get_by_label("Code", exact=True).fill(code_of(secret, now()))
    phone.get_by_role("button", name="Set up").click()
    phone.get_by_role("heading", name="Recovery codes").wait_for()
    look(phone)
    phone.get_by_role("link", name="I have saved them: go on").click()
    phone.wait_for_url(f"{site}/skarpt/atgarder/")
    for address in ("", "app/ta-bort/", "reservkoder/", "reservkoder/nya/", "bekrafta/", "nycklar/ny/"):
        phone.goto(f"{site}/konto/tvasteg/{address}")
        look(phone)
    phone.context.clear_cookies()
    log_in(phone, site)
    look(phone)
    phone.get_by_label("Code", exact=True).fill("000 000")
    phone.get_by_role("button", name="Log in").click()
    look(phone)


def test_the_codes_are_copied(site: str, user: User, page: "Page") -> None:
    make_app(user)
    page.context.grant_permissions(["clipboard-write"])
    codes = make_codes(user)
    log_in(page, site)
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{site}/konto/tvasteg/reservkoder/")
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("The codes are copied.").wait_for()
    assert page.get_by_role("button", name="Print").count() == 1
    # The pages let no script read what was copied, so it is pasted.
    page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    page.locator("main textarea").press("Control+v")
    copied = page.input_value("main textarea")
    assert [f"{code[:5]} {code[5:]}" in copied for code in codes] == [False, *[True] * 9]
