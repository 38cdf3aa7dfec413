"""Quick entry, the notes' buttons and the clock in a real browser."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from actions.models import Action
from bra.models import Member
from meetings.models import AgendaItem, Decision, DecisionKind, Meeting
from tests import make
from tests.cast import Cast
from tests.journeys.looking import look

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def police(live_server: Any, cast: Cast) -> Member:
    return make.make_member(cast.council, name="Eva Ek", title="kommunpolis")


@pytest.fixture
def items(live_server: Any, cast: Cast, police: Member) -> list[AgendaItem]:
    """Two items of a meeting in session, ten minutes planned for each."""
    meeting = make.make_meeting(cast.council)
    return [make.make_item(meeting, title=title, minutes_planned=10) for title in ("Klotter", "Avslutning")]


@pytest.fixture
def live(live_server: Any, cast: Cast, items: list[AgendaItem], page: "Page") -> "Page":
    """The secretary's browser at the first item."""
    cookie = cast.browse(cast.secretary).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + reverse("meetings:live", args=[cast.council.slug, items[0].meeting.pk]))
    return page


def on_line(page: "Page") -> None:
    """Wait until the line of quick entry has the cursor."""
    page.locator("[name=line]:focus").wait_for()


def test_two_lines_are_entered_by_keyboard_alone(live: "Page", items: list[AgendaItem], police: Member) -> None:
    live.locator(".clock-now").wait_for()
    live.keyboard.press("q")
    live.keyboard.type("! kommunpolis: föräldramöte senast 2017-05-15")
    live.keyboard.press("Enter")
    live.locator("button:focus", has_text="Add the action").wait_for()
    live.keyboard.press("Enter")
    live.locator("[id^=action-]", has_text="föräldramöte").wait_for()
    on_line(live)
    live.keyboard.type("§ bordlägg: Frågan tas i maj.")
    live.keyboard.press("Enter")
    live.locator("button:focus", has_text="Add the decision").wait_for()
    live.keyboard.press("Enter")
    live.locator(".decision", has_text="Frågan tas i maj.").wait_for()
    on_line(live)
    action, decision = Action.objects.get(), Decision.objects.get()
    assert (action.title, action.owner, action.deadline) == ("föräldramöte", police, date(2017, 5, 15))
    assert (decision.text, decision.kind) == ("Frågan tas i maj.", DecisionKind.TABLED)


def test_a_proposal_is_confirmed_the_moment_it_appears(live: "Page", items: list[AgendaItem], police: Member) -> None:
    live.locator(".clock-now").wait_for()
    live.evaluate("""() => new MutationObserver((_, watch) => {
        const button = document.querySelector(".quick .form-end button");
        if (button) { watch.disconnect(); button.click(); }
    }).observe(document.getElementById("item"), { childList: true, subtree: true })""")
    live.fill("[name=line]", "! kommunpolis: föräldramöte senast 2017-05-15")
    live.keyboard.press("Enter")
    live.locator("[id^=action-]", has_text="föräldramöte").wait_for()
    on_line(live)


def test_what_quick_entry_did_is_undone_from_where_one_is(
    live: "Page", items: list[AgendaItem], police: Member
) -> None:
    live.set_viewport_size({"width": 390, "height": 700})
    live.locator(".clock-now").wait_for()
    live.fill("[name=line]", "! kommunpolis: föräldramöte senast 2017-05-15")
    live.keyboard.press("Enter")
    live.locator("button:focus", has_text="Add the action").wait_for()
    live.keyboard.press("Enter")
    live.locator("[id^=action-]", has_text="föräldramöte").wait_for()
    live.get_by_role("button", name="Remove föräldramöte").click()
    # What told of the entry, with an undo of its own, has gone when the action has.
    live.locator("[id^=action-]", has_text="föräldramöte").wait_for(state="detached")
    undo = live.get_by_role("button", name="Undo")
    undo.wait_for()
    assert undo.count() == 1
    box = undo.bounding_box()
    assert box is not None
    assert (box["y"] >= 0, box["y"] + box["height"] <= 700) == (True, True)
    look(live)
    live.evaluate("document.activeElement.blur()")
    live.keyboard.press("u")
    live.locator("[id^=action-]", has_text="föräldramöte").wait_for()
    assert Action.objects.count() == 1


def test_a_message_out_of_the_way_can_be_closed(live: "Page", items: list[AgendaItem]) -> None:
    live.fill("[name=line]", ": bordlägg")
    live.keyboard.press("Enter")
    live.locator("#messages .message").wait_for()
    on_line(live)
    live.get_by_role("button", name="Close the message").click()
    assert live.locator("#messages .message").count() == 0


@pytest.mark.parametrize("width", [320, 1280])
def test_a_proposal_is_for_everybody(live: "Page", items: list[AgendaItem], width: int) -> None:
    live.set_viewport_size({"width": width, "height": 800})
    look(live)
    live.fill("[name=line]", "! titel: ring skolan senast 15/5")
    live.keyboard.press("Enter")
    live.locator(".quick [name=title]").wait_for()
    look(live)


def test_what_is_selected_in_the_notes_becomes_an_action(live: "Page", items: list[AgendaItem]) -> None:
    live.fill("textarea[name=notes]", "Skolan berättar.\n\nkommunpolis: ring rektorn senast 2017-04-01")
    live.locator("textarea[name=notes]").evaluate("area => area.setSelectionRange(18, area.value.length)")
    live.get_by_role("button", name="An action").click()
    live.locator(".quick [name=title]").wait_for()
    proposed = [live.input_value(f".quick [name={name}]") for name in ("title", "deadline")]
    assert proposed == ["ring rektorn", "2017-04-01"]
    assert live.input_value("textarea[name=notes]").startswith("Skolan berättar.")


def test_the_clock_goes_along_with_whoever_steps_on(live: "Page", items: list[AgendaItem]) -> None:
    live.locator(f"#clock-{items[0].pk} .clock-now").wait_for()
    live.keyboard.press("j")
    live.locator(f"#clock-{items[1].pk} .clock-now").wait_for()
    assert Meeting.objects.get().current_item == items[1]
    live.keyboard.press("k")
    live.locator(f"#clock-{items[0].pk} .clock-now").wait_for()
    assert Meeting.objects.get().current_item == items[0]
