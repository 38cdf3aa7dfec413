"""The plan in figures in a real browser: for everybody, on a phone, in the dark, on paper, and by htmx."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from actions import lifecycle as acts
from tests.cast import Cast
from tests.journeys.looking import look
from tests.make import TODAY
from tests.reports.story import make_story

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Goto = Callable[[str], "Page"]


@pytest.fixture
def goto(live_server: Any, cast: Cast, page: "Page") -> Goto:
    """Let the coordinator's browser go to one of the pages; there is an overdue action and a done one."""
    story = make_story(cast.council)
    day = TODAY.replace(month=1, day=16)
    story.agree(day, activity=story.activities[1])
    acts.report_done(action=story.agree(day), by=story.secretary, on=TODAY, effect="Klart.")
    cookie = cast.browse(cast.coordinator).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])

    def go(name: str) -> "Page":
        page.goto(live_server.url + reverse(f"reports:{name}", args=[cast.council.slug]))
        return page

    return go


def test_the_pages_are_for_everybody(goto: Goto, page: "Page") -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            for name in ("figures", "figure_rows"):
                look(goto(name))


def test_another_day_is_shown_without_leaving_the_page(goto: Goto) -> None:
    shown = goto("figures")
    shown.evaluate("window.stayed = true")
    shown.fill("[name=period_to]", "2017-02-01")
    shown.fill("[name=as_of]", "2017-02-01")
    shown.locator("#h-key", has_text="2017-02-01").wait_for()
    assert shown.evaluate("window.stayed")
    shown.wait_for_url("**as_of=2017-02-01**")
    number = shown.get_by_role("row", name="All actions").get_by_role("link").last
    number.focus()
    shown.keyboard.press("Enter")
    shown.get_by_text("2 actions as they were on that day.").wait_for()
    shown.get_by_role("link", name="All figures").click()
    shown.locator("#h-key", has_text="2017-02-01").wait_for()


def test_paper_has_the_figures_and_nothing_to_press(goto: Goto, page: "Page") -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 990})
    shown = goto("figures")
    pressed = shown.locator("header nav, form, .button, .chips")
    assert [one.is_visible() for one in pressed.all()] == [False] * pressed.count()
    widths = "[...document.querySelectorAll('main svg, main table')].map((one) => one.getBoundingClientRect().right)"
    assert [right for right in shown.evaluate(widths) if right > 701] == []
    decoration = "getComputedStyle(document.querySelector('main td a')).textDecorationLine"
    assert shown.evaluate(decoration) == "none"
    assert shown.evaluate("getComputedStyle(document.querySelector('.activities')).display") == "table"
