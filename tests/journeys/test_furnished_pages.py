"""Pages that the demo's coordinator has none of or can't open: the same looks as in tests/journeys/test_every_page.py.

Whoever makes a page adds it to one of the two files; an address that is in neither must say why it is no page.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve, reverse

from actions.owner_links import OWNER
from bra import links
from bra.models import Member
from bra.post.delivery import UNSUBSCRIBE
from meetings.mailing import MINUTES, WATCH
from meetings.summons import REPLY
from tests import make
from tests.cast import Cast
from tests.journeys import test_every_page
from tests.journeys.looking import look
from tests.journeys.watching import Watched
from tests.meetings.signing import sent, signed
from tests.meetings.summoning import summoned
from tests.second_steps import log_in, make_app, make_codes, make_passkey
from tests.test_doors import DOORS, Furnished, report_file
from tests.test_outer_doors import OUTER

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["report_file"]  # the fixture of the doors

# Pages of a council, by the kind of thing in their addresses.
OF_COUNCIL = {
    "actions:mail_detail": "reminder",
    "actions:mail_round": "round",
    "actions:plan_activity_add": "goal",
    "actions:plan_detail": "plan",
    "actions:plan_goal_add": "plan",
    "actions:plan_indicator_add": "activity",
    "imports:detail": "import",
    "meetings:addendum": "signed",
    "meetings:answer": "summoned",
    "meetings:decision_edit": "decision",
    "meetings:detail": "signed",
    "meetings:edition": "minutes",
    "meetings:guest_edit": "guest",
    "meetings:live": "meeting",
    "meetings:sign_off": "to_sign",
    "meetings:standing_add": "",
    "meetings:unlock": "signed",
    "purge_order": "purge_order",
    "release_copy_whole": "release",
    "reports:return": "report",
    "reports:returned": "returned",
}
# Pages of those who look after the installation.
OF_INSTALLATION = {
    "administering:installation": "",
    "administering:council_new": "",
    "administering:coordinator_new": "council",
    "administering:accounts": "",
    "administering:account": "user",
    "administering:log": "",
}
# Pages of one's own log-in, for who has a second step of each kind.
OF_LOGIN = {
    "start": "",
    "mfa_deactivate_totp": "",
    "mfa_view_recovery_codes": "",
    "mfa_generate_recovery_codes": "",
    "mfa_edit_webauthn": "passkey",
    "mfa_remove_webauthn": "passkey",
    "mfa_reauthenticate": "",
}
# Pages that a link in a mail opens, and those of who isn't logged in.
BY_LINK = ["owner:page", "own_by_link", "reply:page", "reading:page", "unsubscribe"]
OUTSIDE = ["mfa_authenticate", "socialaccount_login_cancelled", "socialaccount_login_error"]

FILE, PART, SENT, LEADS = "a file", "a part of a page", "takes what is sent", "leads to a page"
LOOKED_AT = "looked at in tests/journeys/test_login_journey.py"
NO_PAGE = {
    **dict.fromkeys(["actions:case_sheet", "meetings:paper_docx", "meetings:paper_pdf", "reading:paper_docx"], FILE),
    **dict.fromkeys(["audit_csv", "audit_xlsx", "own_data_file", "own_data_json", "own_by_link_json"], FILE),
    **dict.fromkeys(["purge_log_csv", "reading:paper_pdf", "release_export_csv", "release_export_xlsx"], FILE),
    **dict.fromkeys(["release_extract", "release_fetch", "release_letter", "reports:download", "healthz"], FILE),
    **dict.fromkeys(["calendar_feed", "owner:calendar_feed", "security_txt"], FILE),
    **dict.fromkeys(["meetings:now", "reports:progress"], PART),
    **dict.fromkeys(["set_language", "administering:account_verb", "mfa_login_webauthn"], SENT),
    **dict.fromkeys(["mfa_reauthenticate_webauthn", "reply:answer", "reply:undo"], SENT),
    **dict.fromkeys(["owner:calendar", "owner:deputy", "owner:deputy_end", "owner:mail_choice"], SENT),
    **dict.fromkeys(["owner:more_time", "owner:pass_on", "owner:report", "owner:undo"], SENT),
    **dict.fromkeys(["owner:enter", "reading:enter", "reply:enter"], LEADS),
    **dict.fromkeys(["openid_connect_login", "openid_connect_callback"], LEADS),
    **dict.fromkeys(["account_login", "account_reset_password_from_key"], LOOKED_AT),
}


def test_every_page_is_looked_at() -> None:
    in_demo = {resolve(address.partition("?")[0]).view_name for address in test_every_page.ADDRESSES}
    here = {*OF_COUNCIL, *OF_INSTALLATION, *OF_LOGIN, *BY_LINK, *OUTSIDE}
    pages = {name for name, door in DOORS.items() if door.method == "GET"} | set(OUTER)
    assert sorted(pages - in_demo - here) == sorted(NO_PAGE)
    assert here & in_demo == {"meetings:detail"}  # signed minutes, of which the demo has none


class Pages:
    """The council's things, and the pages of each who opens some."""

    def __init__(self, cast: Cast, report_file: Callable[[str], Any], watched: Watched) -> None:
        minutes, to_sign = signed(cast), sent(cast).meeting
        self.cast, self.watched, self.user = cast, watched, make.make_user()
        make_app(self.user)
        make_codes(self.user)
        for council in (cast.council, cast.stranger.council):
            make.make_member(council, user=self.user)
        self.objects: dict[str, Any] = Furnished(cast.council, cast.owner, report_file).objects | {
            "minutes": minutes,
            "signed": minutes.meeting,
            "to_sign": to_sign,
            "summoned": summoned(cast),
            "council": make.make_council(),  # which has no coordinator yet
            "user": cast.chair.user,
            "passkey": make_passkey(self.user),
        }

    def shown(self) -> Iterator[tuple[str, int]]:
        """Log in as each of them and yield the addresses of their pages, with the status of the answer."""
        self.watched.enter(self.cast, self.cast.coordinator)
        yield from ((self._address(name, kind, self.cast.council.slug), 200) for name, kind in OF_COUNCIL.items())
        self.watched.enter(self.cast, make.make_user(is_administrator=True))
        yield from ((self._address(name, kind), 200) for name, kind in OF_INSTALLATION.items())
        self.watched.enter(self.cast, self.user)
        yield from ((self._address(name, kind), 200) for name, kind in OF_LOGIN.items())
        yield from self._by_link()
        waiting = make.make_user()
        make_app(waiting)
        self._hold(log_in(waiting))
        yield reverse("mfa_authenticate"), 200
        self.watched.page.context.clear_cookies()
        yield reverse("socialaccount_login_cancelled"), 200
        yield reverse("socialaccount_login_error"), 401

    def _address(self, name: str, kind: str, *slug: str) -> str:
        return reverse(name, args=[*slug, *([self.objects[kind].pk] if kind else [])])

    def _by_link(self) -> Iterator[tuple[str, int]]:
        owner, member = self.cast.owner, self.cast.member
        self._follow(owner, None, OWNER, "owner:enter")
        yield from ((reverse(name), 200) for name in ("owner:page", "own_by_link"))
        self._follow(member, self.objects["summoned"].pk, REPLY, "reply:enter")
        yield reverse("reply:page"), 200
        self._follow(owner, self.objects["signed"].pk, MINUTES, "reading:enter")
        yield reverse("reading:page"), 200
        letter = make.make_letter(member, kind=WATCH, cause="x")
        secret = links.make_links([(member, letter.pk)], UNSUBSCRIBE)[member.pk, letter.pk]
        yield reverse("unsubscribe", args=[secret]), 200

    def _follow(self, member: Member, about: int | None, purpose: str, name: str) -> None:
        """Follow a link of a mail without being logged in."""
        client = Client()
        client.get(reverse(name, args=[links.make_links([(member, about)], purpose)[member.pk, about]]))
        self._hold(client)

    def _hold(self, client: Client) -> None:
        """Let the window go on with the client's session."""
        self.watched.page.context.clear_cookies()
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        one = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.watched.url}
        self.watched.page.context.add_cookies([one])  # type: ignore[list-item]  # a typed dict of the library's


@pytest.mark.browser
@pytest.mark.service
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_the_pages_are_for_everybody(
    cast: Cast, live_server: Any, page: "Page", report_file: Callable[[str], Any], scheme: Any, width: int
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    pages = Pages(cast, report_file, Watched(page, live_server.url))
    for address, status in pages.shown():
        answer = page.goto(f"{live_server.url}{address}")
        assert answer is not None
        assert (page.url, answer.status) == (f"{live_server.url}{address}", status)
        look(page)
