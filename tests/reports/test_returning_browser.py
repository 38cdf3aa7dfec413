"""A working copy that comes back, in a real browser: dropped on the page, looked at, taken in, put back."""

import base64
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from actions import lifecycle
from actions.models import Action
from tests.cast import Cast
from tests.journeys.looking import look
from tests.make import TODAY
from tests.reports.filled import content_of, filled_in, report_of
from tests.reports.story import make_story

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  for (const type of ["dragover", "drop"]) {
    const told = { bubbles: true, cancelable: true, dataTransfer: carried };
    document.querySelector("h1").dispatchEvent(new DragEvent(type, told));
  }
}"""


def at_all_widths(page: "Page") -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        look(page)


def test_from_the_file_to_actions_and_back(live_server: Any, cast: Cast, page: "Page") -> None:
    story = make_story(cast.council)
    days = date(2017, 1, 16)
    done = story.agree(days, title="Sanera klottret vid stationen")
    moved = story.agree(days, title="Byta lampor i gångtunneln")
    wrong = story.agree(days, title="Grillkväll för hela familjen")
    story.agree(days, title="Trygghetsvandring i Åsen")
    report = report_of(story, cast.coordinator)
    effect = "Färre anmälningar om skadegörelse under februari än i fjol, och två klassföräldrar vandrar nu själva."
    content = filled_in(
        content_of(report),
        {
            done: {"Status": "Done", "Closed": date(2017, 3, 1), "What it led to": effect},
            moved: {"Status": "Done", "Comment": "Alla lampor är bytta"},
            wrong: {"Status": "Kanske"},
        },
    )
    lifecycle.start(action=moved, by=cast.secretary, on=TODAY)
    cookie = cast.browse(cast.coordinator).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + reverse("reports:list", args=[cast.council.slug]))
    at_all_widths(page)
    page.get_by_role("link", name="Take in the filled-in file").click()
    page.get_by_role("heading", name="Take in a filled-in report").wait_for()
    at_all_widths(page)
    page.evaluate(DROP, ["ifylld.xlsx", base64.b64encode(content).decode()])
    assert page.input_value("[name=file]").endswith("ifylld.xlsx")
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("heading", name="ifylld.xlsx").wait_for()
    at_all_widths(page)
    page.get_by_label("Take in anyway").check()
    page.get_by_label("Leave the 1 refused row out").check()
    page.get_by_role("button", name="Take the changes in").click()
    page.get_by_text("2 actions are changed.").wait_for()
    at_all_widths(page)
    assert Action.objects.filter(status="done").count() == 2
    page.get_by_role("button", name="Put everything back").click()
    page.get_by_text("What the file changed is put back.").wait_for()
    at_all_widths(page)
    assert Action.objects.filter(status="done").count() == 0
