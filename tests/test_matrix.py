"""Every address, with every method, by every role, in three councils: what is answered, against the table of the doors.

`tests/test_doors.py` says whom each page is for; here stands which of them take a POST too. What isn't in the tables
fails. Council one is the knockers' own; two is the stranger's; three has restricted things only, and an uncleared
secretary.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from bra.models import Role
from tests import make
from tests.cast import seat_everybody
from tests.test_doors import DOORS, EVERYBODY, Furnished, report_file

__all__ = ["report_file"]  # a fixture that both files share
pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.sqlite]

# The door of another council's page is shut before any method counts: there the usual ones are enough.
USUAL = ("GET", "HEAD", "POST")
METHODS = (*USUAL, "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# Pages whose form is sent to their own address.
FORMS = {
    "actions:edit",
    "actions:hand_over_all",
    "actions:mail_rounds",
    "actions:mail_rules",
    "actions:plan_activity_add",
    "actions:plan_activity_edit",
    "actions:plan_edit",
    "actions:plan_goal_add",
    "actions:plan_goal_edit",
    "actions:plan_indicator_add",
    "actions:plan_indicator_edit",
    "actions:plan_new",
    "imports:detail",
    "imports:list",
    "meetings:addendum",
    "meetings:adjusters",
    "meetings:answer",
    "meetings:cancel",
    "meetings:case_close",
    "meetings:case_edit",
    "meetings:case_link",
    "meetings:case_merge",
    "meetings:case_new",
    "meetings:case_reopen",
    "meetings:case_rules",
    "meetings:case_split",
    "meetings:decision_edit",
    "meetings:edit",
    "meetings:guest_add",
    "meetings:guest_edit",
    "meetings:item_edit",
    "meetings:layout",
    "meetings:meeting_rules",
    "meetings:minutes_mail",
    "meetings:minutes_register",
    "meetings:new",
    "meetings:presence",
    "meetings:proposal_new",
    "meetings:quorum",
    "meetings:series",
    "meetings:sign_off_send",
    "meetings:standing_add",
    "meetings:standing_edit",
    "meetings:summon",
    "meetings:unlock",
    "member_edit",
    "member_new",
    "reports:delete",
    "reports:list",
    "reports:return",
    "reports:returned",
    "reports:rules",
    "reports:schedule",
    "reports:schedule_recipients",
}
SERVED = {200, 204, 302, 409, 422}


def methods_of(name: str) -> set[str]:
    """The methods that the address called `name` knows."""
    if DOORS[name].method == "POST":
        return {"POST"}
    return {"GET", "HEAD", "POST"} if name in FORMS else {"GET", "HEAD"}


class Knockers:
    """Who knocks, each with the cookies of somebody who is logged in, and the things of three councils."""

    def __init__(self, shelf: Any) -> None:
        one, three = seat_everybody(), seat_everybody("hemlig", "granne")
        type(three.secretary).objects.filter(pk=three.secretary.pk).update(cleared=False)
        auditor = make.make_member(one.council, Role.AUDITOR, user=make.make_user())
        users = {role: getattr(one, role).user for role in sorted(EVERYBODY)} | {
            "auditor": auditor.user,
            "stranger": one.stranger.user,
            "administrator": make.make_user(is_administrator=True),
        }
        self.browsers = {role: self._browser(user) for role, user in users.items()} | {"nobody": Client()}
        self.things = {
            one.council.slug: Furnished(one.council, one.owner, shelf),
            one.stranger.council.slug: Furnished(one.stranger.council, one.stranger, shelf),
            three.council.slug: Furnished(three.council, three.chair, shelf, restricted=True),
        }
        self.home = {"stranger": one.stranger.council.slug} | dict.fromkeys((*EVERYBODY, "auditor"), one.council.slug)

    @staticmethod
    def _browser(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def answers(self, name: str) -> Iterator[tuple[str, str, str, int]]:
        """What each (role, council, method) is answered at the address called `name`; nothing done there stays."""
        door = DOORS[name]
        for slug, things in self.things.items():
            address = reverse(name, args=[slug, *([things.objects[door.kind].pk] if door.kind else [])])
            for role, browser in self.browsers.items():
                for method in METHODS if self.home.get(role, slug) == slug else USUAL:
                    with transaction.atomic():
                        sends = dict(door.sends) if method == "POST" and door.method == "POST" else {}
                        answer = browser.generic(method, address) if not sends else browser.post(address, sends)
                        b"".join(answer)
                        transaction.set_rollback(True)
                    yield role, slug, method, answer.status_code


@pytest.fixture(scope="module")
def knockers(lasting: None, report_file: Any) -> Iterator[Knockers]:
    """Everybody and everything, once for all addresses."""
    with override_settings(ROOT_URLCONF="tests.bare_urls"):
        yield Knockers(report_file)


def wrong(name: str, role: str, own: bool, method: str, status: int) -> bool:
    """Whether the answer isn't what the tables say."""
    if role == "nobody":
        return status != 302
    if not own:
        return status != 404
    if role == "stranger":  # coordinates there, and owns what is there: some doors are another's
        return status not in SERVED | {404, 405}
    if method not in methods_of(name):
        return status not in (404, 405) if role not in DOORS[name].for_whom else status != 405
    if role not in DOORS[name].for_whom:
        return status != 404
    return status not in SERVED


@pytest.mark.parametrize("name", sorted(DOORS))
def test_what_is_answered(knockers: Knockers, name: str) -> None:
    strange = [
        (role, slug, method, status)
        for role, slug, method, status in knockers.answers(name)
        if wrong(name, role, knockers.home.get(role) == slug, method, status)
    ]
    assert strange == []


def test_a_page_that_takes_a_post_is_a_page() -> None:
    assert {name for name in FORMS if DOORS.get(name, None) is None or DOORS[name].method != "GET"} == set()
