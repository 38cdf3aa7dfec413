"""One meeting's agenda in a real browser: its rows are dragged, and moved by keyboard, while the meeting is logged."""

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from meetings.models import AgendaItem, MeetingState
from tests import make
from tests.cast import Cast
from tests.meetings.test_standing_browser import drag

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLES = ("Öppnande", "Lägesbild", "Avslutning")


def open_page(live_server: Any, cast: Cast, page: "Page", name: str, state: MeetingState) -> "Page":
    meeting = make.make_meeting(cast.council, state)
    for title in TITLES:
        make.make_item(meeting, title=title)
    cookie = cast.browse(cast.secretary).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + reverse(f"meetings:{name}", args=[cast.council.slug, meeting.pk]))
    return page


def order() -> list[str]:
    return list(AgendaItem.objects.values_list("title", flat=True))


def test_a_row_of_a_planned_meeting_is_dragged_and_taken_off_and_put_back(
    live_server: Any, cast: Cast, page: "Page"
) -> None:
    open_page(live_server, cast, page, "detail", MeetingState.DRAFT)
    drag(page, "Avslutning", onto="Öppnande")
    with page.expect_response("**/flytta/"):
        page.mouse.up()
    page.locator("#agenda-part li:first-child", has_text="Avslutning").wait_for()
    assert order() == ["Avslutning", "Öppnande", "Lägesbild"]
    page.get_by_role("button", name="Remove Öppnande").click()
    page.get_by_role("button", name="Undo").click()
    page.locator("#agenda-part li:nth-child(2)", has_text="Öppnande").wait_for()
    assert order() == ["Avslutning", "Öppnande", "Lägesbild"]


def test_the_live_agenda_is_dragged_and_moved_by_keyboard_while_notes_are_typed(
    live_server: Any, cast: Cast, page: "Page"
) -> None:
    open_page(live_server, cast, page, "live", MeetingState.IN_SESSION)
    page.locator("textarea[name=notes]").fill("Sagt vid öppnandet")
    grip = page.locator("#live-agenda li", has_text="Avslutning").locator("[data-grip]").bounding_box()
    target = page.locator("#live-agenda li", has_text="Öppnande").bounding_box()
    assert grip is not None
    assert target is not None
    page.mouse.move(grip["x"] + 5, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, target["y"] + 4, steps=10)
    with page.expect_response("**/flytta/"):
        page.mouse.up()
    page.locator("#live-agenda li:first-child", has_text="Avslutning").wait_for()
    page.locator("#item-number", has_text="2").wait_for()
    assert order() == ["Avslutning", "Öppnande", "Lägesbild"]
    assert page.locator("textarea[name=notes]").input_value() == "Sagt vid öppnandet"
    assert page.locator("#live-agenda [aria-current]").inner_text().split()[1] == "Öppnande"
    page.locator("#item-down").focus()
    with page.expect_response("**/flytta/"):
        page.keyboard.press("Enter")
    page.locator("#item-number", has_text="3").wait_for()
    assert order() == ["Avslutning", "Lägesbild", "Öppnande"]
    page.locator("#item-up").wait_for()
    assert page.locator("#item-down").count() == 0
