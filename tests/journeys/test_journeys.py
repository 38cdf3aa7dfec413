"""The three journeys, as their users walk them: the product as `make run` starts it, in Swedish, in Chromium.

Each page that is visited is looked at with axe (WCAG 2.1 A and AA) and must fit its window.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ops.processes import wait_until
from tests.journeys.looking import COUNCIL, log_in, look
from tests.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.service, pytest.mark.xdist_group("stack")]


def rows(stack: Stack, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the running product's own database says."""
    with sqlite3.connect(f"file:{stack.folder}/bra.sqlite3?mode=ro", uri=True) as connection:
        return connection.execute(query, values).fetchall()


@pytest.fixture
def phone(browser: "Browser") -> Iterator["Page"]:
    """A phone of the narrowest kind, without JavaScript and without a log-in."""
    context = browser.new_context(
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        viewport={"width": 320, "height": 640},
        java_script_enabled=False,
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_the_secretary_logs_a_meeting(live_stack: Stack, page: "Page") -> None:
    log_in(page, live_stack, "sekreterare")
    look(page)
    page.get_by_role("link", name="2017-3", exact=False).first.click()
    look(page)
    page.get_by_role("button", name="Öppna mötet").click()
    page.wait_for_url("**/logga/**")
    look(page)

    page.goto(f"{page.url.split('?')[0]}#attendance")
    page.get_by_role("button", name=re.compile("övriga.*närvarande", re.I)).click()
    page.locator("#present-sum", has_text=re.compile(r"^1\d av 15")).wait_for()

    page.locator("#agenda").get_by_role("link", name=re.compile("Våldsbejakande extremism: handlingsplan")).click()
    page.get_by_role("heading", name=re.compile("9 Våldsbejakande extremism")).wait_for()
    page.locator(".clock-now").wait_for()
    assert page.locator("[data-over]").is_hidden()  # a quarter of an hour is planned
    page.fill("textarea[name=notes]", "Planen gicks igenom punkt för punkt.")
    page.locator("#save[data-state=saved]").wait_for()
    page.fill("#item textarea[name=text]", "Planen skickas till kommunstyrelsen.")
    page.keyboard.press("Control+Enter")
    page.locator(".decision", has_text="§ 34").wait_for()
    for title, owner, deadline in [
        ("Skicka planen till kommunstyrelsen", "Siv Hedbrant", "2017-04-03"),
        ("Hålla föräldramöte om klistermärken", "Sara Lindeborg", "2017-05-15"),
    ]:
        page.fill("#item [name=title]", title)
        chosen = page.locator("#item [name=owner] option", has_text=owner).get_attribute("value")
        page.select_option("#item [name=owner]", chosen)
        page.fill("#item [name=deadline]", deadline)
        page.locator("#item [name=title]").press("Control+Enter")
        page.get_by_role("link", name=title, exact=True).wait_for()
    look(page)

    page.reload()
    assert page.locator("textarea[name=notes]").input_value() == "Planen gicks igenom punkt för punkt."
    page.get_by_text("Avsluta mötet").first.click()
    page.get_by_role("button", name=re.compile("Avsluta")).last.click()
    page.wait_for_url(re.compile(r"/moten/\d+/$"))
    look(page)
    assert (
        page.locator(".decision", has_text="Planen skickas till kommunstyrelsen.").locator(".para").inner_text()
        == "§ 34"
    )
    agreed = rows(
        live_stack,
        "SELECT title, deadline, status, agreed_on FROM actions_action WHERE agreed_on = '2017-03-23' ORDER BY id",
    )
    assert agreed == [
        ("Skicka planen till kommunstyrelsen", "2017-04-03", "not_started", "2017-03-23"),
        ("Hålla föräldramöte om klistermärken", "2017-05-15", "not_started", "2017-03-23"),
    ]


def test_an_owner_answers_the_mail(live_stack: Stack, page: "Page", phone: "Page") -> None:
    log_in(page, live_stack, "samordnare")
    page.get_by_role("link", name="Utskick").first.click()
    look(page)
    page.get_by_role("button", name=re.compile("Skicka dagens")).click()
    states = "SELECT DISTINCT state FROM bra_letter WHERE kind = 'reminder'"
    wait_until(lambda: rows(live_stack, states) == [("sent",)], seconds=60)  # the worker sends
    page.reload()
    look(page)
    page.get_by_role("link", name=re.compile("Göran Palmlöv")).first.click()
    look(page)
    mail = page.locator("section[aria-labelledby=h-mail]").inner_text()
    assert "klotter" not in mail.lower()
    link = re.findall(r"https?://\S+/ansvarig/[\w-]+/?", mail)[0]

    phone.goto(link)
    assert phone.url == f"{live_stack.url}/ansvarig/"
    heading = "Upphandla klottersanering med inställelse inom två arbetsdagar"
    panel = phone.locator("section.panel", has=phone.get_by_role("heading", name=heading))
    panel.get_by_role("button", name="Skicka svar").click()
    assert rows(live_stack, "SELECT status FROM actions_action WHERE title = ?", heading) != [("done",)]
    panel = phone.locator("section.panel", has=phone.get_by_role("heading", name=heading))
    panel.locator("[name$=outcome][value=done]").check()
    panel.locator("[name$=effect_text]").fill("Avtal tecknat. Klotter tas nu bort inom två dagar.")
    panel.get_by_role("button", name="Skicka svar").click()
    assert rows(live_stack, "SELECT status, closed_on, effect FROM actions_action WHERE title = ?", heading) == [
        ("done", "2017-03-15", "Avtal tecknat. Klotter tas nu bort inom två dagar.")
    ]

    page.goto(f"{live_stack.url}{COUNCIL}/atgarder/?status=done")
    look(page)
    page.get_by_role("link", name=heading).click()
    look(page)
    page.get_by_text("Avtal tecknat. Klotter tas nu bort inom två dagar.").first.wait_for()


def test_the_coordinator_exports_the_status_report(live_stack: Stack, page: "Page", tmp_path: Any) -> None:
    import openpyxl

    log_in(page, live_stack, "samordnare")
    look(page)
    page.get_by_role("link", name=re.compile("statusrapport", re.I)).first.click()
    page.wait_for_url("**/rapporter/**")
    page.fill("[name=as_of]", "2017-03-14")
    page.fill("[name=period_to]", "2017-03-14")
    page.get_by_role("button", name="Visa siffrorna").click()
    page.locator("#preview", has_text="2017-03-14").wait_for()
    look(page)
    page.locator("#preview form button").last.click()
    # Below it stands the report that the demo made by itself.
    download_link = page.locator("#report-list tbody tr").first.locator("a[download]")
    download_link.wait_for(timeout=30_000)
    look(page)
    with page.expect_download() as started:
        download_link.click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    assert page.locator("#report-list code").first.text_content() == hashlib.sha256(file.read_bytes()).hexdigest()

    book = openpyxl.load_workbook(file)
    (sheet,) = [sheet for sheet in book if "Atgarder" in sheet.tables]
    cells = [[cell.value for cell in row] for row in sheet[sheet.tables["Atgarder"].ref]]
    expected = rows(
        live_stack,
        """SELECT a.title, a.deadline FROM actions_action a JOIN meetings_agendaitem i ON i.id = a.agenda_item_id
           WHERE NOT a.removed AND NOT i.restricted AND a.agreed_on <= '2017-03-14'""",
    )
    head, body = cells[0], cells[1:]
    titles = [row[head.index("Åtgärd")] for row in body]
    assert sorted(titles) == sorted(title for title, _deadline in expected)
    deadlines = {row[head.index("Åtgärd")]: row[head.index("Slutdatum")] for row in body}
    assert {title: day.date() for title, day in deadlines.items()} == {
        title: date.fromisoformat(day) for title, day in expected
    }
