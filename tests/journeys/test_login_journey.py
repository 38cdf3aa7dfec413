"""Log-in as its users meet it: a wrong password, a forgotten one, a mail, a new one, and being asked once more."""

import re
import sqlite3
from typing import TYPE_CHECKING

import pytest

from ops.processes import wait_until
from tests.journeys.looking import COUNCIL, look
from tests.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.service, pytest.mark.xdist_group("stack")]
NEW = "granens gröna barr"


def mailed(stack: Stack, email: str) -> str:
    """The link in the mail about a new password; empty until it has been sent."""
    with sqlite3.connect(f"file:{stack.folder}/bra.sqlite3?mode=ro", uri=True) as connection:
        found = connection.execute(
            "SELECT text FROM bra_loggedmail WHERE recipient = ? AND text LIKE '%/konto/nytt/%'", [email]
        ).fetchall()
    return re.findall(r"http\S+/konto/nytt/\S+", found[-1][0])[0] if found else ""


def test_a_forgotten_password_is_replaced_by_mail(live_stack: Stack, page: "Page") -> None:
    with sqlite3.connect(f"file:{live_stack.folder}/bra.sqlite3?mode=ro", uri=True) as connection:
        # One of those who haven't chosen a password: the other journeys log in with theirs.
        (email,) = connection.execute(
            "SELECT u.email FROM bra_user u JOIN bra_member m ON m.user_id = u.id "
            "WHERE u.password LIKE '!%' AND m.mandate_to IS NULL AND m.role = 'member' ORDER BY u.id"
        ).fetchone()
    page.goto(f"{live_stack.url}/konto/logga-in/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", "inte mitt lösenord")
    page.get_by_role("button", name="Visa").click()
    assert page.locator("#id_password").get_attribute("type") == "text"
    page.get_by_role("button", name="Dölj").wait_for()
    look(page)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.get_by_role("alert").wait_for()
    look(page)

    page.get_by_role("link", name="Glömt lösenordet?").click()
    look(page)
    page.fill("[name=email]", email)
    page.get_by_role("button", name="Skicka länken").click()
    page.wait_for_url("**/konto/glomt/skickat/")
    look(page)

    assert wait_until(lambda: bool(mailed(live_stack, email)), seconds=30, every=0.2)
    page.goto(mailed(live_stack, email))
    look(page)
    page.fill("[name=password1]", "kort")
    page.locator("main form button:not([type=button])").click()
    page.get_by_role("alert").wait_for()
    look(page)
    page.fill("[name=password1]", NEW)
    page.locator("main form button:not([type=button])").click()
    page.wait_for_url("**/konto/nytt/klart/")
    look(page)

    page.goto(f"{live_stack.url}/konto/logga-in/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", NEW)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.wait_for_url(f"{live_stack.url}{COUNCIL}/")
    page.goto(f"{live_stack.url}/konto/inloggningar/")
    look(page)
    assert page.locator(".sessions li").count() == 1
