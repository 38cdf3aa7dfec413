"""The pictures of the README, taken of the running demo: `.venv/bin/python -m tests.screenshots`.

Needs Chromium, LibreOffice and pdftoppm. Writes docs/img/*.png.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from ops.environment import ROOT
from tests.service_fixtures import CHROMIUM_FLAGS
from tests.stack import Stack

IMAGES = ROOT / "docs" / "img"


def picture(page: Page, name: str) -> None:
    """Save what the window shows."""
    page.screenshot(path=IMAGES / f"{name}.png")


def log_in(page: Page, stack: Stack, who: str) -> None:
    """Log in as one of the demo's people."""
    page.goto(f"{stack.url}/konto/logga-in/")
    page.fill("[name=login]", f"{who}@lillakra.example.org")
    page.fill("[name=password]", stack.passwords()[who])
    with page.expect_navigation():
        page.keyboard.press("Enter")


def take(stack: Stack, folder: Path) -> None:
    """Walk the pages and save each."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 900}, locale="sv-SE")
        log_in(page, stack, "samordnare")
        picture(page, "first-page")
        page.goto(f"{stack.url}/lillakra/utlamnande/3/kopia/?document=minutes-3")
        page.get_by_label("Saneringen tar för lång tid").check()
        page.get_by_label("Ett avtal med bestämd inställelsetid").check()
        page.get_by_role("group", name="Punkt 13").screenshot(path=IMAGES / "masking.png")
        page.goto(f"{stack.url}/lillakra/utskick/")
        page.locator("form[action$='/skicka/'] button").click()
        page.wait_for_timeout(3000)
        page.goto(f"{stack.url}/lillakra/utskick/")
        page.get_by_role("link", name=re.compile("Marie Stenvall")).first.click()
        link = re.findall(r"https?://\S+/ansvarig/[\w-]+/?", page.locator("main").inner_text())[0]
        phone = chromium.new_page(viewport={"width": 360, "height": 720}, device_scale_factor=2, locale="sv-SE")
        phone.goto(link)
        picture(phone, "owner-phone")

        secretary = chromium.new_page(viewport={"width": 1280, "height": 900}, locale="sv-SE")
        log_in(secretary, stack, "sekreterare")
        secretary.goto(f"{stack.url}/lillakra/moten/7/")
        secretary.locator("form[action$='/oppna/'] button").first.click()
        secretary.wait_for_url("**/logga/**")
        secretary.locator("#agenda a[hx-get]").nth(8).click()
        secretary.locator("#item-title", has_text="9").wait_for()
        secretary.fill("textarea[name=notes]", "Planen har gåtts igenom inför halvårsrapporten till kommunstyrelsen.")
        secretary.fill("#item textarea[name=text]", "Planen skickas till kommunstyrelsen.")
        secretary.keyboard.press("Control+Enter")
        secretary.locator(".decision").first.wait_for()
        secretary.locator("#item-title").scroll_into_view_if_needed()
        picture(secretary, "live")
        chromium.close()
    file = folder / "status.xlsx"
    stack.manage(
        *("export_status_report", "--council", "lillakra", "--plan", "2016-2017"),
        *("--as-of", "2017-03-15", "--output", str(file)),
    )
    subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, file], check=True)
    subprocess.run(
        ["pdftoppm", "-r", "90", "-f", "2", "-l", "2", "-singlefile", "-png", folder / "status.pdf", IMAGES / "report"],
        check=True,
    )


def main() -> None:
    """Start the product in a folder of its own, take the pictures, stop it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder) / "data", demo=True) as stack:
        take(stack, Path(folder))


if __name__ == "__main__":
    main()
