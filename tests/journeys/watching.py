"""A browser's window that keeps account of what a page does that it shouldn't."""

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from bra.models import Member, User
from ops.processes import wait_until
from tests.cast import Cast, confirm
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent

WATCH = """() => {
  window.odd = [];
  const tell = (what) => window.odd.push(String(what));
  let hit;
  const set = (n) => { hit = n; tell("hit " + n); };
  Object.defineProperty(window, "__hit", { configurable: false, get: () => hit, set });
  for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = (text) => tell(name + " " + text);
  document.addEventListener("securitypolicyviolation", (event) =>
    tell(`policy ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
}"""

# Looks at the whole document, and returns what is wrong in it and all its words.
LOOK = """(tags) => {
  const odd = [...window.odd];
  const own = [location.protocol + "//" + location.host, "https://example.org", "https://github.com"];
  const refused = /^(on|style$|srcdoc|ping|data-n$|(data-)?hx-(on|vals|vars|headers|request|ext))/i;
  const texts = [document.title, document.body.textContent];
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName;
    if (!tags.includes(name)) odd.push("<" + name + ">");
    if (name === "script" && !element.nonce) odd.push("script without a nonce");
    if ("value" in element && typeof element.value === "string") texts.push(element.value);
    for (const { name: attribute, value } of element.attributes) {
      if (!/^[a-z][a-z0-9:-]*$/i.test(attribute) || refused.test(attribute))
        odd.push(`<${name} ${attribute}>`);
      if (/^(href|src|action|formaction|xlink:href|hx-(get|post|put|delete|patch))$/.test(attribute)) {
        const goal = new URL(value, location.href);
        const known = own.includes(goal.origin) || ["mailto:", "tel:"].includes(goal.protocol);
        if (!known && !value.startsWith("data:image/"))
          odd.push(`<${name} ${attribute}=${value}>`);
      }
      if (["title", "aria-label", "content", "data-label"].includes(attribute)) texts.push(value);
    }
  }
  return { odd, text: texts.join("\\n") };
}"""


def tags_of_ours() -> list[str]:
    """The elements that templates and widgets have."""
    found = {
        "html",
        "head",
        "body",
        "option",
        "textarea",
        "optgroup",
        "mark",
        "tbody",
        "input",
        "select",
        "line",
        "rect",
    }
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "bra" / "templatetags").glob("*.py")]:
        if "emails" not in path.parts:
            found |= set(re.findall(r"<([a-z][a-z0-9]*)\b", path.read_text(encoding="utf-8")))
    return sorted(found - {"img", "iframe", "object", "embed", "base", "style", "marquee", "math"})


TAGS = tags_of_ours()


def flat(text: str) -> str:
    """The text without spaces, which HTML folds, and without signs that aren't seen, which forms drop."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Zs", "Zl", "Zp"))


def until(page: "Page", condition: str) -> None:
    """Wait until a condition in JavaScript holds; ten seconds is the longest.

    Playwright's own wait_for_function asks again from within the page, where our policy forbids `eval`.
    """
    assert wait_until(lambda: page.evaluate(condition), seconds=10, every=0.05), condition


class Watched:
    """A browser's window that keeps account of what happens on the pages it opens."""

    def __init__(self, page: "Page", url: str) -> None:
        self.page, self.url = page, url
        self.faults: list[tuple[str, str]] = []
        self.seen, self.opened = set[str](), 0
        self.expected = 200
        page.add_init_script(f"({WATCH})()")
        page.on("dialog", self._dialog)
        page.on("console", self._console)
        page.on("request", self._request)

    def _dialog(self, dialog: Any) -> None:
        self.faults.append((self.page.url, f"dialog {dialog.message}"))
        dialog.dismiss()

    def _console(self, message: Any) -> None:
        # The status of the page itself is asserted where it is opened, and a piece of a page has its place in another.
        expected = (
            "the server responded with a status of 4",
            "htmx:oobErrorNoTarget",
            "Response Status Error Code 409",
        )
        if message.type == "error" and not any(words in message.text for words in expected):
            self.faults.append((self.page.url, message.text))

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and f"{parts.scheme}://{parts.netloc}" != self.url:
            self.faults.append((self.page.url, f"asked for {request.url}"))

    def enter(self, cast: Cast, who: Member | User) -> None:
        """Log somebody in."""
        self.page.context.clear_cookies()
        if isinstance(who, Member):
            client = cast.browse(who)
        else:
            client = Client()
            client.force_login(who)
            confirm(client)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.url}])

    def open(self, address: str, *statuses: int) -> None:
        """Open a page and look at it."""
        answer = self.page.goto(self.url + address, wait_until="load")
        assert answer is not None
        if answer.status not in (statuses or (200,)):
            self.faults.append((address, f"status {answer.status}"))
        self.look()

    def swap(self, address: str) -> None:
        """Let htmx fetch an address and put what comes into the page."""
        self.page.evaluate("(path) => window.htmx.ajax('GET', path, { target: '#main', swap: 'innerHTML' })", address)
        self.look()

    def look(self) -> None:
        """Note what is odd on the page, and which payloads stand there as they were typed."""
        found = self.page.evaluate(LOOK, TAGS)
        self.opened += 1
        self.faults += [(self.page.url, one) for one in found["odd"]]
        text = flat(found["text"])
        self.seen |= {one for one in PAYLOADS if one not in self.seen and flat(one) in text}
        self.page.evaluate("() => { window.odd.length = 0; }")
