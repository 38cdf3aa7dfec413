"""The owner's page on the narrowest phone: without JavaScript, by keyboard; and the council's list by htmx."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from actions import lifecycle
from actions.models import Action, DeadlineRequest, Status
from actions.owner_links import OWNER
from bra import links
from meetings.models import ItemKind
from tests import make
from tests.cast import Cast
from tests.journeys.looking import look
from tests.make import TODAY

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def secret_of(cast: Cast) -> str:
    return reverse("owner:enter", args=[links.make_links([(cast.owner, None)], OWNER)[cast.owner.pk, None]])


def test_an_outsider_answers_on_a_phone_without_javascript(live_server: Any, cast: Cast, page: "Page") -> None:
    colleague = make.make_member(cast.council, organisation=cast.owner.organisation, name="Kollegan")
    done, later, given = [make.make_action(cast.council, owner=cast.owner, title=f"Att göra {n}") for n in range(3)]
    assert page.context.browser is not None
    context = page.context.browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="en-GB"
    )
    phone = context.new_page()
    phone.goto(live_server.url + secret_of(cast))
    assert phone.url == f"{live_server.url}/ansvarig/"

    def panel(action: Action) -> Any:
        return phone.locator(f"#atgard-{action.pk}")

    # By keyboard alone: the first radio button, then the button that sends.
    panel(done).locator("[name$=outcome]").first.focus()
    phone.keyboard.press("Space")
    panel(done).get_by_role("button", name="Send answer").focus()
    phone.keyboard.press("Enter")
    phone.get_by_text("Thank you. It is recorded").wait_for()
    done.refresh_from_db()
    assert done.status == Status.DONE

    panel(later).get_by_text("I need more time").click()
    panel(later).locator("[name$=deadline]").fill("2017-09-01")
    panel(later).get_by_role("button", name="Ask for more time").click()
    phone.get_by_text("Nobody has answered yet.").wait_for()
    assert DeadlineRequest.objects.get().action == later

    panel(given).get_by_text("A colleague should do it").click()
    panel(given).locator("select").select_option(str(colleague.pk))
    panel(given).get_by_role("button", name="Hand over").click()
    phone.get_by_text("Just recorded").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.locator("section[aria-labelledby=h-recorded] li", has_text="Att göra 2").get_by_role("button").click()
    phone.get_by_text("Undone.").wait_for()
    given.refresh_from_db()
    assert given.owner == cast.owner
    context.close()


def test_an_outsider_gets_a_calendar_on_a_phone_without_javascript(live_server: Any, cast: Cast, page: "Page") -> None:
    make.make_action(cast.council, owner=cast.owner)
    assert page.context.browser is not None
    context = page.context.browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="en-GB"
    )
    phone = context.new_page()
    phone.goto(live_server.url + secret_of(cast))
    foot = phone.locator("#calendar")
    foot.locator("summary").click()
    foot.get_by_role("button", name="Save your choice").click()
    phone.get_by_text("Nothing is saved yet. See what to correct.").click()
    foot.get_by_label("Make an address").check()
    foot.get_by_role("button", name="Save your choice").click()
    address = phone.locator("code.once").inner_text()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    feed = live_server.url + urlsplit(address).path
    assert context.request.get(feed).status == 200
    foot.locator("summary").click()
    foot.get_by_label("Stop the address").check()
    foot.get_by_role("button", name="Save your choice").click()
    phone.get_by_text("The address has been stopped.").wait_for()
    assert context.request.get(feed).status == 404
    context.close()


def test_the_owners_page_is_for_everybody(live_server: Any, cast: Cast, page: "Page") -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    lifecycle.comment(action=action, text="Hej", by=cast.secretary, on=TODAY)
    lifecycle.ask_deadline(action=action, until=date(2017, 9, 1), by=cast.owner, on=TODAY)
    make.make_member(cast.council, organisation=cast.owner.organisation)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(live_server.url + secret_of(cast))
    for summary in page.locator("summary").all():
        summary.click()
    look(page)
    page.get_by_label("Make an address").check()
    page.locator("#calendar").get_by_role("button", name="Save your choice").click()
    page.locator("code.once").wait_for()
    look(page)


def test_the_secretary_approves_in_the_meeting_without_leaving_the_item(
    live_server: Any, cast: Cast, page: "Page"
) -> None:
    item = make.make_item(make.make_meeting(cast.council), title="Uppföljning", kind=ItemKind.FOLLOW_UP)
    for number in range(3):
        action = make.make_action(cast.council, owner=cast.owner, title=f"Klar {number}")
        lifecycle.report_done(action=action, by=cast.owner, on=TODAY)
    cookie = cast.browse(cast.secretary).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    address = reverse("meetings:live", args=[cast.council.slug, item.meeting_id])
    page.goto(f"{live_server.url}{address}?punkt={item.pk}")
    look(page)
    reported = page.locator(f"#reported-{item.pk}")
    reported.locator("li", has_text="Klar 0").get_by_role("button", name="Approve").click()
    reported.get_by_text("2 actions reported as done").wait_for()
    row = reported.locator("li", has_text="Klar 1")
    row.locator("summary").click()
    row.locator("textarea").fill("Ett hörn är kvar.")
    row.get_by_role("button", name="Send back").click()
    reported.get_by_text("1 action reported as done").wait_for()
    page.set_viewport_size({"width": 320, "height": 800})
    look(page)
    assert list(Action.objects.order_by("pk").values_list("status", "approved_on")) == [
        (Status.DONE, TODAY),
        (Status.IN_PROGRESS, None),
        (Status.DONE, None),
    ]


def test_the_pages_of_the_councils_side_are_for_everybody(live_server: Any, cast: Cast, page: "Page") -> None:
    action, first = [make.make_action(cast.council, owner=cast.owner) for _number in range(2)]
    lifecycle.set_waits_for(action=action, other=first, by=cast.secretary, on=TODAY)
    lifecycle.set_repeat(action=action, months=3, by=cast.secretary, on=TODAY)
    for days, answered in ((60, True), (90, False)):
        until = action.deadline + timedelta(days=days)
        asked = lifecycle.ask_deadline(action=action, until=until, reason="Snö", by=cast.owner, on=TODAY)
        if answered:
            lifecycle.answer_deadline(request=asked, grant=False, answer="Nej", by=cast.secretary, on=TODAY)
    done = make.make_action(cast.council, owner=cast.owner)
    lifecycle.report_done(action=done, by=cast.owner, on=TODAY)
    cookie = cast.browse(cast.coordinator).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.set_viewport_size({"width": 320, "height": 800})
    for name, arguments in (
        ("detail", [action.pk]),
        ("detail", [done.pk]),
        ("list", []),
        ("hand_over_all", [cast.owner.pk]),
    ):
        page.goto(live_server.url + reverse(f"actions:{name}", args=[cast.council.slug, *arguments]))
        for summary in page.locator("main summary").all():
            summary.click()
        look(page)
