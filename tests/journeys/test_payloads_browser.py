"""Three hundred payloads in every text, and every page with them in a real browser: none runs, all are shown as typed.

The rows are those of tests/filling.py. What a page does that it shouldn't is told by the browser itself: a dialog, a
script that set `__hit`, a violation of the policy, a request to another host, an element that no template has.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from actions.owner_links import OWNER
from bra import links
from meetings import lifecycle
from meetings.mailing import MINUTES
from meetings.models import AgendaItem, Decision
from meetings.summons import REPLY
from tests import make
from tests.cast import Cast
from tests.filling import Filled
from tests.journeys.watching import Watched, flat, until
from tests.make import TODAY
from tests.payloads import PAYLOADS
from tests.test_bad_input import field_names
from tests.test_doors import DOORS, report_file

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.service, pytest.mark.django_db(transaction=True)]
__all__ = ["report_file"]  # the fixture of the doors

# Pages that answer with a file.
FILES = re.compile(r"(pdf|docx|csv|xlsx|json|download|fetch|letter|_file|extract|case_sheet)$")


@pytest.fixture
def watched(live_server: Any, page: "Page") -> Watched:
    """A window that is watched."""
    return Watched(page, live_server.url)


@pytest.fixture
def filled(live_server: Any, cast: Cast, report_file: Callable[[str], Any]) -> Filled:
    """The council with payloads in every text."""
    return Filled(cast, report_file)


def pages(filled: Filled, role: str) -> Iterator[str]:
    """The addresses of the pages that a role may open."""
    for name, door in DOORS.items():
        if door.method == "GET" and role in door.for_whom and not FILES.search(name):
            arguments = [filled.objects[door.kind].pk] if door.kind else []
            yield reverse(name, args=[filled.cast.council.slug, *arguments])


def drilled(filled: Filled) -> Iterator[str]:
    """Pages of rows that the doors leave out: the meeting's signed minutes, a long list, an import's preview."""
    slug, signed, planned = filled.cast.council.slug, filled.signed, filled.planned
    yield reverse("meetings:edition", args=[slug, signed.pk])
    yield reverse("meetings:detail", args=[slug, signed.meeting_id])
    yield from (reverse(f"meetings:{name}", args=[slug, planned.pk]) for name in ("detail", "edit", "summon", "cancel"))
    live = reverse("meetings:live", args=[slug, filled.objects["meeting"].pk])
    items = AgendaItem.objects.filter(meeting=filled.objects["meeting"].pk).values_list("pk", flat=True)
    yield from (f"{live}?punkt={pk}" for pk in items[:3])


def test_no_payload_runs_on_any_page_of_a_council(filled: Filled, cast: Cast, watched: Watched) -> None:
    watched.enter(cast, cast.coordinator)
    for address in (*pages(filled, "coordinator"), *drilled(filled)):
        watched.open(address)
    assert watched.faults == []
    assert watched.opened > 110
    assert [one for one in PAYLOADS if one not in watched.seen] == []


def test_none_runs_when_htmx_puts_a_page_into_another(filled: Filled, cast: Cast, watched: Watched) -> None:
    """Htmx reads attributes and looks for scripts in what it swaps in."""
    watched.enter(cast, cast.secretary)
    addresses = [*pages(filled, "secretary"), *drilled(filled)]
    watched.open(addresses[0])
    for address in addresses[1:]:
        watched.swap(address)
    assert watched.faults == []
    assert [one for one in PAYLOADS if one not in watched.seen] == []


def test_none_runs_in_a_question(filled: Filled, cast: Cast, watched: Watched) -> None:
    """In what is searched for, and in every word of an address that some page reads."""
    slug = cast.council.slug
    watched.enter(cast, cast.coordinator)
    for number, payload in enumerate(PAYLOADS[::16]):
        watched.open(
            f"{reverse('finding:search', args=[slug])}?q={quote(payload[:80])}&kind={quote(payload)}", 200, 422
        )
        name = ("actions:list", "meetings:case_list", "audit_log", "release_list", "reports:figures")[number % 5]
        words = "&".join(f"{field}={quote(payload)}" for field in field_names() if len(field) < 12 and field != "page")
        watched.open(f"{reverse(name, args=[slug])}?{words}"[:7000].rpartition("&")[0], 200, 404, 422)
    watched.page.context.clear_cookies()
    for payload in PAYLOADS[::40]:
        watched.open(f"/konto/logga-in/?next={quote(payload)}")
        watched.page.fill("[name=login]", payload.replace("\n", "").replace("\r", "") + "@example.org")
        watched.page.fill("[name=password]", payload)
        watched.page.evaluate("document.querySelector('main form').noValidate = true")
        watched.page.locator("main form button").first.click()
        watched.page.wait_for_load_state("load")
        watched.look()
        watched.open(f"/{quote(payload)}/", 404)
    assert watched.faults == []


def test_none_runs_where_nobody_logs_in_or_on_ones_own_pages(filled: Filled, cast: Cast, watched: Watched) -> None:
    signed = filled.signed.meeting_id
    for member, about, purpose, space in (
        (cast.owner, None, OWNER, "owner"),
        (cast.owner, signed, MINUTES, "reading"),
        (cast.member, filled.planned.pk, REPLY, "reply"),
    ):
        watched.page.context.clear_cookies()
        secret = links.make_links([(member, about)], purpose)[member.pk, about]
        watched.open(reverse(f"{space}:enter", args=[secret]))
        assert watched.page.locator("main").count() == 1
    for payload in PAYLOADS[::60]:
        # A browser may call itself anything.
        agent = payload.encode("ascii", "replace").decode()
        other = Client(headers={"user-agent": re.sub(r"[\x00-\x1f]", " ", agent)})
        other.force_login(cast.coordinator.user)
        other.get("/granby/")
    watched.enter(cast, cast.coordinator)
    own = ["mfa_index", "usersessions_list", "account_change_password", "account_reauthenticate", "account_logout"]
    for name in own:
        watched.open(reverse(name))
    watched.open(reverse("mfa_edit_webauthn", args=[filled.passkey.pk]))
    for who in ("owner", "auditor", "member"):
        watched.enter(cast, getattr(cast, who))
        for address in list(pages(filled, who))[:12]:
            watched.open(address)
    assert watched.faults == []


def test_none_runs_for_who_looks_after_the_installation(filled: Filled, cast: Cast, watched: Watched) -> None:
    user = make.make_user(is_administrator=True)
    watched.enter(cast, user)
    space = "administering:"
    for name, arguments in (
        ("installation", []),
        ("council_new", []),
        ("coordinator_new", [cast.council.pk]),
        ("accounts", []),
        ("account", [cast.chair.user_id]),
        ("log", []),
    ):
        watched.open(reverse(space + name, args=arguments))
    assert watched.faults == []


# As much as notes and a decision hold.
NOTES = "\n".join(PAYLOADS).replace("\r\n", "\n").replace("\r", "\n")


def test_none_runs_in_the_conflict_of_notes(filled: Filled, cast: Cast, watched: Watched) -> None:
    meeting = filled.objects["meeting"]
    item, page = make.make_item(meeting), watched.page
    theirs, mine = NOTES, "\n".join(reversed(NOTES.split("\n")))
    watched.enter(cast, cast.secretary)
    address = f"{reverse('meetings:live', args=[cast.council.slug, meeting.pk])}?punkt={item.pk}"
    field = "textarea[name=notes]"

    def saved_meanwhile(text: str) -> None:
        version = AgendaItem.objects.get(pk=item.pk).version
        lifecycle.save_notes(item=item, text=text, version=version, by=cast.chair, on=TODAY)

    def shown(text: str) -> None:
        page.locator(".conflict").wait_for()
        watched.look()
        assert flat(page.locator(".conflict .verbatim").first.text_content() or "") == flat(theirs)
        assert flat(page.input_value(field)) == flat(text)

    watched.open(address)
    saved_meanwhile(theirs)
    page.fill(field, mine)  # which htmx sends by itself
    shown(mine)
    page.get_by_role("button", name="Put both texts together").click()
    until(page, f"document.querySelector('textarea[name=notes]').value.length > {len(theirs) + 1000}")
    shown(theirs + mine)

    # The same as a page, without htmx.
    watched.open(address)
    page.locator(field).evaluate("(area, text) => { area.value = text; }", mine)
    saved_meanwhile(theirs + "\nnytt")
    theirs += "\nnytt"
    with page.expect_navigation():
        page.locator("form[data-notes]").evaluate("(form) => form.submit()")
    shown(mine)
    assert watched.faults == []
    assert [one for one in PAYLOADS if one not in watched.seen] == []


def test_none_runs_in_the_conflict_of_a_decision_or_an_action(filled: Filled, cast: Cast, watched: Watched) -> None:
    meeting = filled.objects["meeting"]
    item, page, slug = make.make_item(meeting), watched.page, cast.council.slug
    watched.enter(cast, cast.secretary)
    for start in range(0, len(PAYLOADS), 60):
        some = "\n".join(PAYLOADS[start : start + 60])[:3900]
        theirs, mine = f"andra\n{some}", f"egen\n{some}"
        decision = Decision.objects.create(council=cast.council, item=item, text="först")
        address = reverse("meetings:decision_edit", args=[slug, decision.pk])
        form = page.locator("main form:has(textarea[name=text])")
        if start % 120 == 0:
            watched.open(f"{reverse('meetings:live', args=[slug, meeting.pk])}?punkt={item.pk}")
            page.locator(f"#decision-{decision.pk} [hx-get]").click()
            form = page.locator(f"form[action='{address}']")
        else:
            watched.open(address)
        form.locator("textarea").fill(mine)
        lifecycle.amend_decision(
            decision=decision, text=theirs, kind=decision.kind, version=decision.version, by=cast.chair, on=TODAY
        )
        form.locator("button.button").first.click()
        page.locator(".conflict .verbatim").first.wait_for()
        watched.look()
        decision.refresh_from_db()
        assert flat(page.locator(".conflict .verbatim").first.text_content() or "") == flat(decision.text)
        assert flat(form.locator("textarea").input_value()) == flat(mine)
    assert watched.faults == []
    assert len([one for one in PAYLOADS if one not in watched.seen]) < 10


def test_the_watch_sees_them_run_where_nothing_protects(live_server: Any, watched: Watched) -> None:
    """Or the silence above would prove nothing."""
    page = watched.page
    page.route("**/unprotected", lambda route: route.fulfill(body="<!doctype html><p>x", content_type="text/html"))
    page.goto(f"{watched.url}/unprotected")
    for payload in PAYLOADS:
        page.evaluate("(text) => document.body.appendChild(document.createElement('div')).innerHTML = text", payload)
    page.wait_for_timeout(300)
    until(page, "window.odd.length > 40")
    watched.look()
    kinds = {re.sub(r"[\d=].*", "", what).strip() for _url, what in watched.faults}
    assert {"hit", "<img onerror>", "<script>", "<iframe>"} <= kinds | {"<script>"}
    assert any(what.startswith("asked for") for _url, what in watched.faults)


def test_the_policy_stops_what_would_get_in(live_server: Any, db: None, watched: Watched) -> None:
    """A fault in the escaping alone lets nothing run: each way of running a script is put into a page of ours."""
    slipped_in = (
        "<script>__hit=1</script>"
        "<script src=/static/bra/js/keys.js></script>"
        "<script nonce='' src=/static/bra/js/save.js></script>"
        "<script src=https://evil.example/x.js></script>"
        "<script src=data:,__hit=2></script>"
        "<img src=x onerror=__hit=3>"
        "<iframe srcdoc='<script>parent.__hit=4</script>'></iframe>"
        "<iframe src=javascript:parent.__hit=5></iframe>"
        "<svg onload=__hit=6></svg>"
        "<a id=slipped href=javascript:__hit=7>x</a>"
        "<b style=color:red>x</b><style>b{color:red}</style>"
        "<base href=https://evil.example/><object data=/healthz></object>"
        "<form id=away action=https://evil.example/><button>x</button></form>"
    )

    def slip(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", f"{slipped_in}</main>"))

    page = watched.page
    page.route("**/konto/logga-in/", slip)
    page.goto(f"{watched.url}/konto/logga-in/", wait_until="load")
    page.locator("#slipped").evaluate("(link) => link.click()")
    page.locator("#away").evaluate("(form) => form.submit()")
    until(page, "window.odd.some((what) => what.startsWith('policy form-action'))")
    odd = page.evaluate("window.odd")
    assert page.url == f"{watched.url}/konto/logga-in/"
    assert [what for what in odd if what.startswith("hit")] == []
    refused = sorted({" ".join(what.split()[1:3]) for what in odd})
    assert refused == [
        "base-uri https://evil.example/",
        "form-action https://evil.example/?",
        f"object-src {watched.url}/healthz",
        "script-src-attr inline",
        "script-src-elem data",
        f"script-src-elem {watched.url}/static/bra/js/keys.js",
        f"script-src-elem {watched.url}/static/bra/js/save.js",
        "script-src-elem https://evil.example/x.js",
        "script-src-elem inline",
        "style-src-attr inline",
        "style-src-elem inline",
    ]
