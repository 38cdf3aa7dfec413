"""What the script modules promise on a live page: typing is never lost, and one sees whether it was saved."""

from typing import TYPE_CHECKING, Any

import pytest

from tests import make
from tests.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

NOTES = "#item textarea[name=notes]"


@pytest.fixture
def live(live_server: Any, cast: Cast, page: "Page") -> str:
    """Log the secretary in and open a meeting's live page; its address."""
    meeting = make.make_meeting(cast.council)
    item = make.make_item(meeting)
    client = cast.browse(cast.secretary)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    url = f"{live_server.url}/granby/moten/{meeting.pk}/logga/?punkt={item.pk}"
    page.goto(url)
    return url


def drafts(page: "Page") -> list[str]:
    return page.evaluate("Object.values(localStorage).map(JSON.parse).map(draft => draft.text)")


def test_notes_are_saved_while_one_types(live: str, page: "Page") -> None:
    page.fill(NOTES, "Planen gicks igenom.")
    page.locator("#save[data-state=saved]").wait_for()
    assert drafts(page) == []
    page.reload()
    assert page.input_value(NOTES) == "Planen gicks igenom."


def test_a_lost_connection_is_told_and_the_save_is_tried_again(live: str, page: "Page") -> None:
    page.context.set_offline(True)
    page.fill(NOTES, "Skrivet utan nät.")
    page.locator("#save[data-state=failed]").wait_for()
    assert drafts(page) == ["Skrivet utan nät."]
    page.context.set_offline(False)
    page.locator("#save[data-state=saved]").wait_for()
    assert drafts(page) == []


def test_a_log_in_that_ran_out_loses_no_typing(live: str, page: "Page") -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.fill(NOTES, "Skrivet efter utloggning.")
    page.locator("#logged-out-message").wait_for()
    assert page.locator("#save").get_attribute("data-state") == "failed"
    assert (page.url, page.input_value(NOTES)) == (live, "Skrivet efter utloggning.")
    page.context.add_cookies([cookie for cookie in cookies if cookie["name"] == "sessionid"])
    page.locator(NOTES).press("Control+Enter")
    page.locator("#save[data-state=saved]").wait_for()
    page.locator("#logged-out-message").wait_for(state="detached")


def test_text_that_never_reached_the_server_is_offered_back(live: str, page: "Page") -> None:
    page.context.set_offline(True)
    page.fill(NOTES, "Skrivet innan fliken stängdes.")
    page.locator("#save[data-state=failed]").wait_for()
    # The tab is closed in the middle and opened again.
    tab = page.context.new_page()
    page.close(run_before_unload=False)
    tab.context.set_offline(False)
    tab.goto(live)
    assert tab.input_value(NOTES) == ""
    tab.locator("[data-draft-use]").click()
    assert tab.input_value(NOTES) == "Skrivet innan fliken stängdes."
    tab.locator("#save[data-state=saved]").wait_for()


def test_a_comment_that_met_the_log_in_instead_is_offered_back_after_it(live: str, page: "Page", cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.secretary)
    address = live.split("moten/")[0] + f"atgarder/{action.pk}/"
    page.goto(address)
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.fill("#comment-text", "Skrivet innan sessionen tog slut.")
    page.locator("form[action$='/kommentar/'] button").click()
    page.locator("#id_login").wait_for()
    page.context.add_cookies([cookie for cookie in cookies if cookie["name"] == "sessionid"])
    page.goto(address)
    page.locator("[data-draft-use]").click()
    assert page.input_value("#comment-text") == "Skrivet innan sessionen tog slut."
    page.locator("form[action$='/kommentar/'] button").click()
    page.get_by_text("Skrivet innan sessionen tog slut.").wait_for()
    assert drafts(page) == []


def test_another_member_on_the_same_computer_is_not_offered_it(live: str, page: "Page", cast: Cast) -> None:
    page.context.set_offline(True)
    page.fill(NOTES, "Inte Karins sak.")
    page.locator("#save[data-state=failed]").wait_for()
    tab = page.context.new_page()
    page.close(run_before_unload=False)
    tab.context.set_offline(False)
    session = cast.browse(cast.coordinator).cookies["sessionid"].value
    tab.context.add_cookies([{"name": "sessionid", "value": session, "url": live.split("/granby")[0]}])
    tab.goto(live)
    tab.locator("html.js").wait_for()
    assert tab.locator(".usermenu .name").inner_text() == "Karin Koordinator"
    assert tab.locator(".draft-offer").count() == 0


def test_logging_out_forgets_what_was_kept(live: str, page: "Page") -> None:
    page.evaluate("localStorage.setItem('draft:granby-0:x', JSON.stringify({text: 'x', at: Date.now()}))")
    page.locator(".usermenu summary").click()
    page.locator("[data-forget] button").click()
    page.wait_for_url("**/konto/logga-in/**")
    assert drafts(page) == []


def test_single_keys_are_silent_while_one_types_and_can_be_switched_off(live: str, page: "Page") -> None:
    page.locator(NOTES).press("?")
    assert page.input_value(NOTES) == "?"
    assert not page.locator("#keys-help").is_visible()
    page.locator("h1").click()
    page.keyboard.press("?")
    page.locator("#keys-help").wait_for()
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("Escape")
    page.locator("#keys-help").wait_for(state="hidden")
    page.keyboard.press("?")
    assert not page.locator("#keys-help").is_visible()
