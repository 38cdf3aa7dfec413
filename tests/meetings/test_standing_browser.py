"""The standing agenda in a real browser: rows are dragged, and moved by keyboard."""

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from meetings.models import StandingItem
from tests.cast import Cast
from tests.journeys.watching import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def standing(live_server: Any, cast: Cast, page: "Page") -> "Page":
    """The secretary's browser at a standing agenda of three items."""
    for position, title in enumerate(("Öppnande", "Lägesbild", "Avslutning"), start=1):
        StandingItem.objects.create(council=cast.council, position=position, title=title)
    cookie = cast.browse(cast.secretary).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + reverse("meetings:standing", args=[cast.council.slug]))
    return page


def order() -> list[str]:
    return list(StandingItem.objects.values_list("title", flat=True))


def drag(page: "Page", title: str, onto: str) -> None:
    """Press the grip of one row and pull it past the middle of another, without letting go."""
    grip = page.locator("li", has_text=title).locator("[data-grip]").bounding_box()
    target = page.locator("li", has_text=onto).bounding_box()
    assert grip is not None
    assert target is not None
    page.mouse.move(grip["x"] + 5, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, target["y"] + 4, steps=10)


def test_a_row_is_dragged_to_its_place(standing: "Page") -> None:
    drag(standing, "Avslutning", onto="Öppnande")
    with standing.expect_response("**/flytta/"):
        standing.mouse.up()
    standing.locator("li:first-child", has_text="Avslutning").locator(".no", has_text="1").wait_for()
    assert order() == ["Avslutning", "Öppnande", "Lägesbild"]


def test_escape_puts_a_dragged_row_back(standing: "Page") -> None:
    drag(standing, "Avslutning", onto="Öppnande")
    assert standing.locator("[data-reorder] b").all_inner_texts()[0] == "Avslutning"
    standing.keyboard.press("Escape")
    standing.mouse.up()
    assert standing.locator("[data-reorder] b").all_inner_texts() == ["Öppnande", "Lägesbild", "Avslutning"]
    assert order() == ["Öppnande", "Lägesbild", "Avslutning"]


def test_a_row_is_moved_by_keyboard_and_the_focus_goes_along(standing: "Page") -> None:
    button = standing.get_by_role("button", name="Move up: Avslutning")
    button.focus()
    with standing.expect_response("**/flytta/"):
        standing.keyboard.press("Enter")
    standing.locator("li:nth-child(2)", has_text="Avslutning").wait_for()
    assert order() == ["Öppnande", "Avslutning", "Lägesbild"]
    until(standing, "document.activeElement.textContent.includes('Avslutning')")
