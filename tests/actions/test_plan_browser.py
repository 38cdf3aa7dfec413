"""The plan in a real browser: readable at 320 px, ordered by keyboard and by dragging."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from actions.models import Activity, Goal, WorkPlan
from tests import make
from tests.cast import Cast
from tests.journeys.looking import look
from tests.make import TODAY

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Goto = Callable[..., "Page"]


@pytest.fixture
def plan(cast: Cast) -> WorkPlan:
    """A plan of two goals, the first with three activities, one measured, with actions in and after the plan."""
    plan = make.make_plan(cast.council)
    for number, title in enumerate(("Samordning och styrning", "Kunskap"), start=1):
        Goal.objects.create(plan=plan, number=number, title=title)
    for number, title in enumerate(("Utse kontaktperson", "Anta handlingsplanen", "Delta"), start=1):
        make.make_activity(plan, 1, number=number, title=title)
    first = Activity.objects.get(number=1)
    indicator = make.make_indicator(first, name="Andel utbildade")
    for day, number in ((date(2017, 1, 31), 20), (TODAY, 60)):
        make.make_outcome(indicator, on=day, number=Decimal(number), note="Enligt listan")
    make.make_action(cast.council, activity=first)
    make.make_action(cast.council, activity=first, deadline=date(2018, 3, 1))
    return plan


@pytest.fixture
def goto(live_server: Any, cast: Cast, page: "Page") -> Goto:
    """Let the secretary's browser go to an address of the plan."""
    cookie = cast.browse(cast.secretary).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])

    def go(name: str, *args: int) -> "Page":
        page.goto(live_server.url + reverse(f"actions:{name}", args=[cast.council.slug, *args]))
        return page

    return go


def order() -> list[str]:
    return [str(one) for one in Activity.objects.select_related("goal").order_by("goal__number", "number")]


def test_every_page_of_the_plan_is_for_everybody(goto: Goto, plan: WorkPlan, page: "Page") -> None:
    activity = Activity.objects.get(number=1)
    indicator = activity.indicators.get()
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for name, key in (
            ("plan_detail", plan.pk),
            ("plan_board", plan.pk),
            ("plan_timeline", plan.pk),
            ("plan_outline", plan.pk),
            ("plan_activity", activity.pk),
            ("plan_activity_edit", activity.pk),
            ("plan_indicator", indicator.pk),
            ("plan_indicator_edit", indicator.pk),
        ):
            look(goto(name, key))


def test_the_timeline_scrolls_in_its_own_frame_by_keyboard(goto: Goto, plan: WorkPlan, page: "Page") -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    frame = goto("plan_timeline", plan.pk).get_by_role("region", name="Activities by quarter")
    frame.focus()
    page.evaluate(
        "() => { window.scrolled = new Promise((done) => document.activeElement.addEventListener('scroll', done)); }"
    )
    page.keyboard.press("ArrowRight")
    page.evaluate("async () => { await window.scrolled; }")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_activity_is_moved_by_keyboard_and_the_focus_goes_along(goto: Goto, plan: WorkPlan) -> None:
    from playwright.sync_api import expect

    page = goto("plan_outline", plan.pk)
    page.get_by_role("button", name="Move up: Delta").focus()
    with page.expect_response("**/flytta/"):
        page.keyboard.press("Enter")
    page.locator(".rows > li:nth-child(2)", has_text="Delta").wait_for()
    assert order() == ["1.1 Utse kontaktperson", "1.2 Delta", "1.3 Anta handlingsplanen"]
    expect(page.get_by_role("button", name="Move up: Delta")).to_be_focused()


def test_an_activity_is_dragged_within_its_goal(goto: Goto, plan: WorkPlan) -> None:
    page = goto("plan_outline", plan.pk)
    grip = page.locator(".rows > li", has_text="Delta").locator("[data-grip]").bounding_box()
    target = page.locator(".rows > li", has_text="Utse").bounding_box()
    assert grip is not None
    assert target is not None
    page.mouse.move(grip["x"] + 5, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, target["y"] + 4, steps=10)
    with page.expect_response("**/flytta/"):
        page.mouse.up()
    page.locator(".rows > li:first-child .no", has_text="1.1").wait_for()
    page.locator(".rows > li:first-child", has_text="Delta").wait_for()
    assert order() == ["1.1 Delta", "1.2 Utse kontaktperson", "1.3 Anta handlingsplanen"]
    assert page.locator("#outline-part > .outline").count() == 1


def test_a_removal_is_undone_without_leaving_the_page(goto: Goto, plan: WorkPlan) -> None:
    page = goto("plan_outline", plan.pk)
    with page.expect_response("**/ta-bort/"):
        page.get_by_role("button", name="Remove Delta").click()
    page.get_by_role("button", name="Undo").click()
    page.locator(".rows > li:nth-child(3)", has_text="Delta").wait_for()
    assert order() == ["1.1 Utse kontaktperson", "1.2 Anta handlingsplanen", "1.3 Delta"]
