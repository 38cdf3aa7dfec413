"""Every address, with every method, by every role, in three councils: what is answered, against the table of the doors.

`tests/test_doors.py` says whom each page is for; here stands which of them take a POST too. What isn't in the tables
fails. Council one is the knockers' own; two is the stranger's; three has restricted things only. What stands before
the councils is in `tests/test_outer_doors.py`.
"""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from bra.models import Role
from meetings.models import Adjuster
from tests import make
from tests.cast import seat_everybody
from tests.test_doors import ALL, COORDINATOR, DOORS, EVERYBODY, Furnished, report_file

__all__ = ["report_file"]  # a fixture that both files share
pytestmark = [pytest.mark.django_db, pytest.mark.wide, pytest.mark.sqlite]

# The door of another council's page is shut before any method counts: there the usual ones are enough.
USUAL = ("GET", "POST")
METHODS = (*USUAL, "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# The other methods are refused, or answered as a GET is, before who asks makes a difference: these try them.
THOROUGH = {"coordinator", "owner", "auditor"}
# Where being named to sign could open something.
SIGNED = {"adjourned", "edition", "unlocking", "item", "comment"}
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
    "concern",
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
    "meetings:ground_add",
    "meetings:ground_edit",
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
    "member_erase",
    "member_new",
    "own_data",
    "purge_order",
    "release_copy",
    "release_copy_whole",
    "release_edit",
    "release_end",
    "release_new",
    "release_refuse",
    "release_reopen",
    "release_rules",
    "reports:delete",
    "reports:return",
    "reports:schedule",
    "reports:schedule_recipients",
    "retention_rule",
}
# Pages that read by more than may send their form.
SENT_BY: dict[str, set[str]] = {
    "reports:list": COORDINATOR,
    # The things of the table are settled: nobody sends anything there any more.
    "imports:detail": set(),
    "reports:returned": set(),
}
# Addresses of a form that show it on a page of its own to a plain visit, or lead to the page that it stands on.
VISITED = {
    "actions:agree": DOORS["actions:agree"].for_whom,
    "actions:comment": EVERYBODY,
    "actions:hand_over": EVERYBODY,
    "actions:report": EVERYBODY,
    "meetings:item_add": DOORS["meetings:item_add"].for_whom,
    "meetings:item_notes": DOORS["meetings:item_notes"].for_whom,
}
SERVED = {200, 204, 302, 409, 422}


def let_in(name: str, method: str) -> set[str] | None:
    """Whom the address called `name` answers when it is asked with the method; None when it doesn't know it."""
    door = DOORS[name]
    if method == "POST":
        sent_by = door.for_whom if door.method == "POST" or name in FORMS else None
        return SENT_BY.get(name, sent_by)
    if method in {"GET", "HEAD"}:
        return door.for_whom if door.method == "GET" else VISITED.get(name)
    return None


class Knockers:
    """Who knocks, each with the cookies of somebody who is logged in, and the things of three councils."""

    def __init__(self, shelf: Any) -> None:
        one, three = seat_everybody(), seat_everybody("hemlig", "granne")
        adjuster = make.make_member(one.council, Role.MEMBER, name="Jan Justerare", user=make.make_user())
        users = {role: getattr(one, role).user for role in sorted(ALL)} | {
            "adjuster": adjuster.user,
            "stranger": one.stranger.user,
            "administrator": make.make_user(is_administrator=True),
        }
        self.browsers = {role: self._browser(user) for role, user in users.items()} | {"nobody": Client()}
        self.things = {
            one.council.slug: Furnished(one.council, one.owner, shelf),
            one.stranger.council.slug: Furnished(one.stranger.council, one.stranger, shelf),
            three.council.slug: Furnished(three.council, three.chair, shelf, restricted=True),
        }
        Adjuster.objects.create(meeting=self.things[one.council.slug].objects["adjourned"], member=adjuster)
        self.home = {"stranger": one.stranger.council.slug} | dict.fromkeys((*ALL, "adjuster"), one.council.slug)

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
                if role == "adjuster" and door.kind not in SIGNED:
                    continue
                for method in METHODS if self.home.get(role) == slug and role in THOROUGH else USUAL:
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
        logging.disable(logging.CRITICAL)  # a line for each 404
        yield Knockers(report_file)
        logging.disable(logging.NOTSET)


def wrong(name: str, role: str, own: bool, method: str, status: int) -> bool:
    """Whether the answer isn't what the tables say."""
    if role == "nobody":
        return status != 302
    if not own:
        return status != 404
    if role == "stranger":  # coordinates there, and owns what is there: some doors are another's
        return status not in SERVED | {404, 405}
    allowed = let_in(name, method)
    # Named to sign, one is still let in as a member.
    seat = "member" if role == "adjuster" else role
    if allowed is None:
        return status != 405 and (status != 404 or seat in DOORS[name].for_whom)
    return status not in SERVED if seat in allowed else status != 404


@pytest.mark.parametrize("name", sorted(DOORS))
def test_what_is_answered(knockers: Knockers, name: str) -> None:
    strange = [
        (role, slug, method, status)
        for role, slug, method, status in knockers.answers(name)
        if wrong(name, role, knockers.home.get(role) == slug, method, status)
    ]
    assert strange == []


def test_the_tables_name_what_they_say() -> None:
    pages = {name for name, door in DOORS.items() if door.method == "GET"}
    assert (FORMS | set(SENT_BY)) - pages == set()
    assert set(VISITED) - (set(DOORS) - pages) == set()
