"""Finding in a real browser: by keyboard, on a narrow screen without JavaScript, and with axe."""

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from meetings.models import Decision
from tests import make
from tests.cast import Cast
from tests.journeys.looking import look

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def said(cast: Cast) -> None:
    topic = make.make_topic(cast.council, name="Klotter")
    item = make.make_item(make.make_meeting(cast.council), title="Skolan", notes="Om klottret.", topics=[topic])
    Decision.objects.create(council=cast.council, item=item, text="Klotter saneras.")
    make.make_action(agenda_item=item, title="Klottersanering")


def enter(context: "BrowserContext", live_server: Any, cast: Cast) -> None:
    """Log the member in."""
    cookie = cast.browse(cast.member).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def test_the_slash_leads_to_the_box_and_enter_to_what_was_found(
    live_server: Any, cast: Cast, said: None, page: "Page"
) -> None:
    enter(page.context, live_server, cast)
    page.goto(f"{live_server.url}/granby/")
    page.keyboard.press("/")
    page.keyboard.type("klotter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sok/?q=klotter")
    assert page.locator("mark").all_inner_texts() == ["klottret", "Klotter", "Klottersanering"]
    look(page)
    page.get_by_role("link", name="Klotter", exact=True).click()
    page.wait_for_url("**/amnen/*/")
    assert page.locator(".decision").inner_text().split() == ["§", "1", "Klotter", "saneras."]
    page.emulate_media(color_scheme="dark")
    look(page)


def test_a_phone_without_javascript_finds_and_makes_an_address(
    live_server: Any, cast: Cast, said: None, page: "Page"
) -> None:
    assert page.context.browser is not None
    context = page.context.browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    enter(context, live_server, cast)
    phone = context.new_page()
    phone.goto(f"{live_server.url}/granby/")
    phone.fill("#find", "skolor")
    phone.press("#find", "Enter")
    phone.wait_for_url("**/sok/?q=skolor")
    assert phone.locator("mark").all_inner_texts() == ["Skolan"]
    phone.goto(f"{live_server.url}/granby/kalender/")
    phone.get_by_role("button", name="Make an address").click()
    assert phone.locator(".once").inner_text().endswith(".ics")
    context.close()


@pytest.mark.parametrize("path", ["sok/", "sok/?q=klotter", "sok/?q=%21", "sok/?q=ingenstans", "kalender/"])
def test_every_page_fits_a_narrow_screen(live_server: Any, cast: Cast, said: None, page: "Page", path: str) -> None:
    enter(page.context, live_server, cast)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_server.url}/granby/{path}")
    look(page)
