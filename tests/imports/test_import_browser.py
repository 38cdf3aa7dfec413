"""A list from its file to actions and back, in a real browser."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from actions.models import Action
from meetings.models import MeetingState
from tests import make
from tests.cast import Cast
from tests.imports import lists
from tests.journeys.looking import look

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def upload(live_server: Any, cast: Cast, page: "Page") -> "Page":
    """The secretary's browser where a list is chosen; a meeting is planned."""
    make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 4, 6))
    for name, title in (("Eva Ek", "Polisen"), ("Bo By", "Teknisk chef"), ("", "Socialchef")):
        make.make_member(cast.council, name=name, title=title)
    cookie = cast.browse(cast.secretary).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + reverse("imports:list", args=[cast.council.slug]))
    return page


def at_all_widths(page: "Page") -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        look(page)


def test_from_the_file_to_actions_and_back(upload: "Page", tmp_path: Path) -> None:
    page = upload
    at_all_widths(page)
    wrong = tmp_path / "gammal.xls"
    wrong.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    page.set_input_files("[name=file]", wrong)
    page.get_by_role("button", name="Read the list").click()
    page.locator(".error-summary:focus").wait_for()
    at_all_widths(page)
    page.set_input_files("[name=file]", lists.LEGACY)
    page.get_by_role("button", name="Read the list").click()
    page.get_by_role("heading", name="legacy_action_list.xlsx").wait_for()
    at_all_widths(page)
    page.get_by_label("Who is “Kultur- och fritidschef”?").select_option(label="Bo By, Teknisk chef")
    page.get_by_role("group", name="Row 8").get_by_label("Owner").select_option(label="Socialchef")
    page.get_by_role("group", name="Row 8").get_by_label("Deadline").fill("2017-06-01")
    page.get_by_role("group", name="Row 10").get_by_label("Leave the row out").check()
    page.get_by_label("New deadline of all overdue actions").fill("2017-04-30")
    page.get_by_role("button", name="Save and show the rows anew").click()
    page.get_by_role("button", name="Bring in 5 actions").wait_for()
    at_all_widths(page)
    page.get_by_role("button", name="Bring in 5 actions").click()
    page.get_by_text("5 actions are brought in.").wait_for()
    at_all_widths(page)
    assert Action.objects.agreed().count() == 5
    page.get_by_role("button", name="Take the list back").click()
    page.get_by_text("No action of this list is left.").wait_for()
    at_all_widths(page)
    assert Action.objects.agreed().count() == 0
