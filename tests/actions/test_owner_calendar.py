"""An owner's deadlines as a calendar without log-in: what it says, who reads it, how its address comes and goes."""

import re
from datetime import timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from actions import lifecycle, owner_calendar
from actions.models import Status
from bra import history
from bra.errors import RuleBroken
from bra.member_sentences import lines_of
from bra.models import HistoryEntry, MailLink, Member
from tests import make
from tests.actions.test_owner_page import DAY, PAGE, enter, owner
from tests.make import NOW

pytestmark = pytest.mark.django_db
__all__ = ["owner"]  # the fixture


def choose(client: Client, what: str) -> Any:
    """Send the form of the calendar."""
    return client.post(reverse("owner:calendar"), {"calendar-what": what})


def make_address(client: Client) -> str:
    """The path of a new address, as the page shows it."""
    page = choose(client, "make").content.decode()
    found = re.findall(r'<code class="once">http://127\.0\.0\.1:8000(/ansvarig/kalender/[\w-]+\.ics)</code>', page)
    (address,) = found
    return str(address)


def events(address: str) -> dict[str, Any]:
    """The feed as the icalendar library reads it back: UID -> event."""
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert (len(calendar.walk("VEVENT")), calendar.errors) == (len(calendar.events), [])
    return {str(event["uid"]): event for event in calendar.events}


def test_it_gives_the_owners_open_deadlines_and_nothing_else(owner: Member) -> None:
    meeting = make.make_meeting(owner.council, sequence=901, date=DAY)
    item = make.make_item(meeting, title="Hemlig punkt")
    own = make.make_action(agenda_item=item, owner=owner, title="Hemlig åtgärd", deadline=DAY + timedelta(days=9))
    make.make_action(agenda_item=item, owner=owner, status=Status.DONE, closed_on=DAY)
    make.make_action(agenda_item=item, owner=owner, removed=True)
    make.make_action(agenda_item=item)
    address = make_address(enter(owner))
    [(uid, event)] = events(address).items()
    assert (uid, event.start, event.end) == (
        f"action-{own.pk}@127.0.0.1",
        DAY + timedelta(days=9),
        DAY + timedelta(days=10),
    )
    assert str(event["summary"]) == f"Deadline: Action {own.pk} from meeting 2017-901 (15 March 2017)"
    assert "emlig" not in Client().get(address).content.decode()
    lifecycle.postpone(action=own, until=DAY + timedelta(days=20), by=owner, on=DAY)
    assert events(address)[uid].start == DAY + timedelta(days=20)
    lifecycle.report_done(action=own, by=owner, on=DAY)
    assert events(address) == {}


def test_a_restricted_deadline_is_there_for_the_cleared_only(owner: Member) -> None:
    item = make.make_item(make.make_meeting(owner.council), restricted=True)
    secret = make.make_action(agenda_item=item, owner=owner)
    plain = make.make_action(owner.council, owner=owner)
    address = make_address(enter(owner))
    assert list(events(address)) == [f"action-{plain.pk}@127.0.0.1"]
    Member.objects.filter(pk=owner.pk).update(cleared=True)
    assert sorted(events(address)) == sorted(f"action-{action.pk}@127.0.0.1" for action in (secret, plain))


def test_a_wrong_renewed_or_stopped_address_is_404(owner: Member) -> None:
    make.make_action(owner.council, owner=owner)
    client = enter(owner)
    assert client.get(PAGE).context["has_calendar"] is False
    old, new = make_address(client), make_address(client)
    wrong = reverse("owner:calendar_feed", args=["x"])
    assert [Client().get(path).status_code for path in (old, new, wrong)] == [404, 200, 404]
    assert client.get(PAGE).context["has_calendar"] is True
    assert [choose(client, "stop").status_code for _time in range(2)] == [302, 422]
    assert (Client().get(new).status_code, client.get(PAGE).context["has_calendar"]) == (404, False)
    assert [(line.who, line.what) for line in lines_of(owner)] == [
        (owner.label, "The address of the calendar of deadlines was stopped."),
        (owner.label, "The address of the calendar of deadlines was renewed."),
        (owner.label, "An address was made for the calendar of deadlines."),
    ]


@pytest.mark.parametrize("loss", ["mandate", "address"])
def test_it_ends_with_the_mandate_and_when_mail_goes_elsewhere(owner: Member, loss: str) -> None:
    make.make_action(owner.council, owner=owner)
    address = make_address(enter(owner))
    lost = {"mandate": {"mandate_to": DAY - timedelta(days=1)}, "address": {"email": "annan@example.org"}}[loss]
    Member.objects.filter(pk=owner.pk).update(**lost)
    assert Client().get(address).status_code == 404


def test_its_secret_opens_nothing_else_and_no_other_link_opens_it(owner: Member) -> None:
    make.make_action(owner.council, owner=owner)
    client = enter(owner)
    secret = make_address(client).rpartition("/")[2].removesuffix(".ics")
    assert Client().get(reverse("owner:enter", args=[secret])).status_code == 404
    assert choose(Client(), "make").status_code == 404


def test_it_is_read_only_and_leaves_no_trace(owner: Member) -> None:
    make.make_action(owner.council, owner=owner)
    client = enter(owner)
    address = make_address(client)
    before = (HistoryEntry.objects.count(), MailLink.objects.count())
    assert {method: getattr(Client(), method)(address).status_code for method in ("get", "head", "post", "delete")} == {
        "get": 200, "head": 200, "post": 405, "delete": 405
    }  # fmt: skip
    answer = Client().get(address)
    assert (answer["Referrer-Policy"], "private" in answer["Cache-Control"], answer.cookies.output()) == (
        "no-referrer", True, ""
    )  # fmt: skip
    assert (HistoryEntry.objects.count(), MailLink.objects.count()) == before
    assert client.get(reverse("owner:calendar")).status_code == 405


def test_the_secret_is_shown_once_and_kept_nowhere(owner: Member) -> None:
    make.make_action(owner.council, owner=owner)
    client = enter(owner)
    secret = make_address(client).rpartition("/")[2].removesuffix(".ics")
    assert secret not in client.get(PAGE).content.decode()
    kept = [*MailLink.objects.values_list(), *HistoryEntry.objects.values_list()]
    assert [secret in text for text in (str(kept), str(dict(client.session)))] == [False, False]


def test_nobody_makes_or_stops_somebody_elses(owner: Member) -> None:
    lifecycle.make_calendar(member=owner, by=owner, on=DAY)
    other = make.make_member(owner.council)
    for verb in (lifecycle.make_calendar, lifecycle.stop_calendar):
        with pytest.raises(RuleBroken):
            verb(member=owner, by=other, on=DAY)
    assert (lifecycle.has_calendar(owner), history.entries_of(owner).count()) == (True, 1)
    ended = make.make_member(owner.council, mandate_to=DAY - timedelta(days=1))
    with pytest.raises(RuleBroken):
        lifecycle.make_calendar(member=ended, by=ended, on=DAY)


def test_a_form_without_a_choice_changes_nothing_so_that_scanners_end_no_calendar(owner: Member) -> None:
    make.make_action(owner.council, owner=owner)
    client = enter(owner)
    address = make_address(client)
    page = client.post(reverse("owner:calendar"))
    assert (page.status_code, page.context["refused"], page.context["foot"]["calendar"].errors) == (
        422,
        "calendar",
        {"what": ["Choose what to do with the address. Nothing has been changed."]},
    )
    assert Client().get(address).status_code == 200


def test_the_number_of_queries_is_the_same_for_one_and_three_events(
    owner: Member, django_assert_num_queries: Any
) -> None:
    for _number in range(3):
        make.make_action(owner.council, owner=owner)
        with django_assert_num_queries(1):
            owner_calendar.write(owner, clock=NOW)
