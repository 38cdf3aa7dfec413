"""The live page in a real browser: what its scripts promise."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from meetings import lifecycle
from meetings.models import AgendaItem, Attendance, Decision, ItemState, Meeting
from tests import make
from tests.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTES = "textarea[name=notes]"


@pytest.fixture
def items(live_server: Any, cast: Cast) -> list[AgendaItem]:
    """Three items of a meeting in session."""
    meeting = make.make_meeting(cast.council)
    return [make.make_item(meeting, title=title) for title in ("Öppnande", "Klotter", "Avslutning")]


@pytest.fixture
def live(live_server: Any, cast: Cast, items: list[AgendaItem], page: "Page") -> "Page":
    """The secretary's browser at the first item."""
    cookie = cast.browse(cast.secretary).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + reverse("meetings:live", args=[cast.council.slug, items[0].meeting.pk]))
    return page


def leave_field(page: "Page") -> None:
    page.keyboard.press("Escape")


def test_a_meeting_is_logged_by_keyboard_alone(live: "Page", items: list[AgendaItem]) -> None:
    live.keyboard.press("j")
    live.get_by_role("heading", name="2 Klotter").wait_for()
    live.keyboard.press("e")
    live.keyboard.type("Skolan berättar.")
    leave_field(live)
    live.keyboard.press("d")
    live.keyboard.type("Väggen saneras.")
    live.keyboard.press("Control+Enter")
    live.locator(".decision", has_text="Väggen saneras.").wait_for()
    assert live.evaluate("document.activeElement.name") == "text"
    leave_field(live)
    live.keyboard.press("k")
    live.get_by_role("heading", name="1 Öppnande").wait_for()
    live.keyboard.press("?")
    assert live.locator("#keys-help").is_visible()
    items[1].refresh_from_db()
    assert (items[1].notes, items[1].state) == ("Skolan berättar.", ItemState.TREATED)
    assert Decision.objects.get().item == items[1]


def test_notes_save_themselves_and_the_page_says_so(live: "Page", items: list[AgendaItem]) -> None:
    live.fill(NOTES, "Mötet öppnas.")
    live.locator("#save[data-state=saved]").wait_for()
    live.locator(f"#mark-{items[0].pk} .icon").wait_for()
    live.locator(NOTES).press_sequentially(" Alla hälsas välkomna.")
    with live.expect_response("**/anteckningar/"):
        pass
    items[0].refresh_from_db()
    assert (items[0].notes, items[0].version) == ("Mötet öppnas. Alla hälsas välkomna.", 2)


def test_a_step_to_another_item_waits_for_the_notes(live: "Page", items: list[AgendaItem]) -> None:
    live.fill(NOTES, "Skrivet just före klicket")
    live.click(f"#to-{items[2].pk}")
    live.get_by_role("heading", name="3 Avslutning").wait_for()
    items[0].refresh_from_db()
    assert items[0].notes == "Skrivet just före klicket"
    assert live.locator("#agenda [aria-current]").get_attribute("id") == f"to-{items[2].pk}"


def test_what_the_server_did_not_get_stays_in_the_field(live: "Page", items: list[AgendaItem]) -> None:
    live.context.set_offline(True)
    live.fill(NOTES, "Utan nät")
    live.locator("#save[data-state=failed]").wait_for()
    live.click(f"#to-{items[1].pk}")
    assert live.input_value(NOTES) == "Utan nät"
    live.context.set_offline(False)
    live.locator("#save[data-state=saved]").wait_for()
    items[0].refresh_from_db()
    assert items[0].notes == "Utan nät"


def test_two_who_write_at_once_see_both_texts(live: "Page", items: list[AgendaItem], cast: Cast) -> None:
    from playwright.sync_api import expect

    lifecycle.save_notes(item=items[0], text="Deras <b>text</b>", version=0, by=cast.coordinator, on=make.TODAY)
    live.fill(NOTES, "Min text")
    live.locator(".conflict").wait_for()
    assert live.locator(".conflict .verbatim").inner_text() == "Deras <b>text</b>"
    assert live.input_value(NOTES) == "Min text"
    assert live.locator("#save").get_attribute("data-state") == "failed"
    live.click("button[value=both]")
    expect(live.locator(NOTES)).to_have_value(re.compile("^Deras"))
    assert live.locator("#save").get_attribute("data-state") == "failed"
    live.click(".conflict ~ .form-end .button:not([name])")
    live.locator("#save[data-state=saved]").wait_for()
    items[0].refresh_from_db()
    assert items[0].notes == "Deras <b>text</b>\n\nMin text"


def test_the_guards_question_is_answered_without_losing_the_text(live: "Page", items: list[AgendaItem]) -> None:
    live.fill(NOTES, "Kvitto 19821105-9954")
    reason = live.locator("[name=not_personnummer_reason]")
    reason.wait_for()
    reason.press_sequentially("Ett kvittonummer", delay=60)  # longer than the pause after which notes are saved
    assert reason.input_value() == "Ett kvittonummer"
    reason.press("Enter")
    live.locator("#save[data-state=saved]").wait_for()
    items[0].refresh_from_db()
    assert items[0].notes == "Kvitto 19821105-9954"


def test_one_click_notes_who_is_present(live: "Page", cast: Cast) -> None:
    live.check(f"#seat-{cast.member.pk}-present")
    live.locator("#present-bar", has_text="1 of 4").wait_for()
    assert dict(Attendance.objects.values_list("member", "status")) == {cast.member.pk: "present"}
    live.click("button[name=rest]")
    live.locator("#present-bar", has_text="4 of 4").wait_for()


def test_on_a_phone_one_item_stands_alone(live: "Page", items: list[AgendaItem]) -> None:
    live.set_viewport_size({"width": 360, "height": 740})
    live.reload()
    assert not live.locator("#agenda").is_visible()
    live.click(".to-agenda")
    live.click(f"#to-{items[2].pk}")
    live.get_by_role("heading", name="3 Avslutning").wait_for()
    live.locator("#agenda").wait_for(state="hidden")
    assert live.evaluate("document.documentElement.scrollWidth") == 360
    live.click(".steps [rel=prev]")
    live.get_by_role("heading", name="2 Klotter").wait_for()
    live.go_back()
    live.get_by_role("heading", name="3 Avslutning").wait_for()


def test_a_decision_is_removed_and_brought_back_in_place(live: "Page", items: list[AgendaItem]) -> None:
    live.fill("[name=text]", "Fel beslut")
    live.get_by_role("button", name="Add the decision").click()
    live.get_by_role("button", name="Remove § 1").click()
    live.locator(".decision").wait_for(state="detached")
    live.get_by_role("button", name="Undo").click()
    live.locator(".decision", has_text="Fel beslut").wait_for()
    assert Meeting.objects.get().items.first() == items[0]
