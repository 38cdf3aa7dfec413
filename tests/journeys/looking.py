"""How the journeys look at a page: as the accessibility rules and a narrow window do."""

from typing import TYPE_CHECKING

from tests.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

COUNCIL = "/lillakra"


def look(page: "Page") -> None:
    """Fail when axe finds something, or when the page has to be scrolled sideways."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    problems = [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found.response["violations"]]
    assert (page.url, problems) == (page.url, [])
    assert "<" not in page.title(), page.title()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def log_in(page: "Page", stack: Stack, who: str) -> None:
    """Log in on the page that asks for it."""
    page.goto(f"{stack.url}/konto/logga-in/")
    look(page)
    page.fill("[name=login]", f"{who}@lillakra.example.org")
    page.fill("[name=password]", stack.passwords()[who])
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_url(f"{stack.url}{COUNCIL}/")
