"""The calendar feed: what it says and doesn't, who reads it, and how its address is made, renewed and stopped."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client

from actions import lifecycle as actions_lifecycle
from actions.models import Status
from bra.errors import RuleBroken
from bra.links import digest
from bra.models import HistoryEntry, Member, User
from finding import feed, lifecycle
from finding.models import CalendarAddress
from meetings.models import MeetingState
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

PAGE = "/granby/kalender/"


def make_address(cast: Cast, who: Member) -> str:
    """The path of a new address, as the page shows it."""
    page = cast.browse(who).post(f"{PAGE}ny/").content.decode()
    (address,) = re.findall(r'<code class="once">http://127\.0\.0\.1:8000(/kalender/[\w-]+\.ics)</code>', page)
    return str(address)


def events(address: str) -> dict[str, Any]:
    """The feed as the icalendar library reads it back: UID -> event."""
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar = icalendar.Calendar.from_ical(answer.content)
    read = {str(event["uid"]): event for event in calendar.events}
    assert (len(read), calendar.errors) == (len(calendar.events), [])
    return read


def test_it_gives_meetings_and_own_deadlines(cast: Cast) -> None:
    meeting = make.make_meeting(
        cast.council, MeetingState.DRAFT, date=date(2017, 6, 1), title="Om klotter", place="Kommunhuset", sequence=901
    )
    make.make_meeting(cast.council, MeetingState.ADJOURNED, date=TODAY - timedelta(days=400))
    item = make.make_item(meeting, title="Klotter")
    own = make.make_action(agenda_item=item, owner=cast.member, title="Sanera klotter", deadline=date(2017, 6, 9))
    other: dict[str, Any] = {"agenda_item": item, "agreed_on": TODAY}
    make.make_action(**other, owner=cast.member, status=Status.DONE, closed_on=TODAY)
    make.make_action(**other, owner=cast.member, removed=True)
    make.make_action(**other, owner=cast.chair)
    found = events(make_address(cast, cast.member))
    assert sorted(found) == sorted([f"action-{own.pk}@127.0.0.1", f"meeting-{meeting.pk}@127.0.0.1"])
    gathering = found[f"meeting-{meeting.pk}@127.0.0.1"]
    # 13.00 to 15.00 in Stockholm in summer
    assert (gathering.start, gathering.end) == (
        datetime(2017, 6, 1, 11, tzinfo=UTC),
        datetime(2017, 6, 1, 13, tzinfo=UTC),
    )
    assert (str(gathering["summary"]), str(gathering["location"])) == ("BRÅ Granby: meeting 2017-901", "Kommunhuset")
    assert str(gathering["url"]) == f"http://127.0.0.1:8000/granby/moten/{meeting.pk}/"
    deadline = found[f"action-{own.pk}@127.0.0.1"]
    assert (deadline.start, deadline.end) == (date(2017, 6, 9), date(2017, 6, 10))
    assert str(deadline["summary"]) == f"Deadline: Action {own.pk} from meeting 2017-901 (1 June 2017)"


def test_no_word_of_what_anything_is_about_leaves_the_house(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, title="Hemligt extramöte")
    item = make.make_item(meeting, title="Hemlig punkt", notes="Hemligt", restricted=True)
    make.make_action(agenda_item=item, owner=cast.chair, title="Hemlig åtgärd")
    assert len(events(make_address(cast, cast.chair))) == 2
    assert "emlig" not in Client().get(make_address(cast, cast.chair)).content.decode()


def test_a_restricted_deadline_is_gone_when_the_clearance_is(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council), restricted=True)
    action = make.make_action(agenda_item=item, owner=cast.chair)
    address = make_address(cast, cast.chair)
    assert f"action-{action.pk}@127.0.0.1" in events(address)
    Member.objects.filter(pk=cast.chair.pk).update(cleared=False)
    assert list(events(address)) == [f"meeting-{item.meeting_id}@127.0.0.1"]


def test_an_outside_owner_gets_the_own_deadlines_and_no_meetings(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    make.make_action(cast.council)
    assert list(events(make_address(cast, cast.owner))) == [f"action-{action.pk}@127.0.0.1"]


def test_a_change_moves_the_event_and_keeps_its_uid(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.member, deadline=TODAY)
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    address = make_address(cast, cast.member)
    before = events(address)
    actions_lifecycle.postpone(action=action, until=TODAY + timedelta(days=5), by=cast.coordinator, on=TODAY)
    type(meeting).objects.filter(pk=meeting.pk).update(starts_at=time(9), ends_at=None, date=date(2017, 3, 20))
    after = events(address)
    assert sorted(before) == sorted(after)
    assert after[f"action-{action.pk}@127.0.0.1"].start == TODAY + timedelta(days=5)
    moved = after[f"meeting-{meeting.pk}@127.0.0.1"]
    assert (moved.start, "dtend" in moved) == (datetime(2017, 3, 20, 8, tzinfo=UTC), False)


def test_another_councils_meetings_are_not_there(cast: Cast) -> None:
    make.make_meeting(cast.stranger.council)
    make.make_action(cast.stranger.council)
    assert events(make_address(cast, cast.member)) == {}


def test_a_wrong_renewed_or_stopped_address_is_404(cast: Cast) -> None:
    old = make_address(cast, cast.member)
    new = make_address(cast, cast.member)
    assert [Client().get(url).status_code for url in (old, new, "/kalender/x.ics", "/kalender/None.ics")] == [
        404, 200, 404, 404
    ]  # fmt: skip
    cast.browse(cast.member).post(f"{PAGE}stoppa/")
    assert Client().get(new).status_code == 404
    again = make_address(cast, cast.member)
    assert [Client().get(url).status_code for url in (old, new, again)] == [404, 404, 200]


@pytest.mark.parametrize("loss", ["mandate", "log-in", "user"])
def test_who_may_no_longer_come_in_has_no_calendar(cast: Cast, loss: str) -> None:
    address = make_address(cast, cast.member)
    if loss == "mandate":
        Member.objects.filter(pk=cast.member.pk).update(mandate_to=TODAY - timedelta(days=1))
    elif loss == "log-in":
        Member.objects.filter(pk=cast.member.pk).update(user=None)
    else:
        User.objects.filter(memberships=cast.member).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_who_takes_the_seat_over_does_not_wake_the_calendar_of_the_one_before(cast: Cast) -> None:
    old = make_address(cast, cast.member)
    Member.objects.filter(pk=cast.member.pk).update(user=make.make_user())
    assert Client().get(old).status_code == 404
    heir = Member.objects.get(pk=cast.member.pk)
    assert cast.browse(heir).get(PAGE).context["address"] is None
    new = make_address(cast, heir)
    assert [Client().get(url).status_code for url in (old, new)] == [404, 200]


def test_it_is_read_only_and_leaves_no_trace(cast: Cast) -> None:
    address = make_address(cast, cast.member)
    assert {method: getattr(Client(), method)(address).status_code for method in ("get", "head", "post", "delete")} == {
        "get": 200, "head": 200, "post": 405, "delete": 405
    }  # fmt: skip
    answer = Client().get(address)
    assert (answer["Referrer-Policy"], "private" in answer["Cache-Control"], answer.cookies.output()) == (
        "no-referrer", True, ""
    )  # fmt: skip


def test_the_secret_is_shown_once_and_kept_nowhere(cast: Cast) -> None:
    browser = cast.browse(cast.member)
    secret = re.findall(r"kalender/([\w-]+)\.ics", browser.post(f"{PAGE}ny/").content.decode())[0]
    assert secret not in browser.get(PAGE).content.decode()
    address = CalendarAddress.objects.get()
    assert (address.digest, address.member) == (digest(secret), cast.member)
    assert secret not in str(list(HistoryEntry.objects.values_list()))
    assert secret not in str(dict(browser.session))


def test_history_tells_who_made_renewed_and_stopped_it(cast: Cast) -> None:
    browser = cast.browse(cast.member)
    for path in ("ny/", "ny/", "stoppa/", "stoppa/"):
        browser.post(PAGE + path)
    lines = [(line.who, line.what) for line in browser.get(PAGE).context["lines"]]
    assert lines == [
        (cast.member.label, "stopped the address of the calendar"),
        (cast.member.label, "renewed the address of the calendar"),
        (cast.member.label, "made an address for the calendar"),
    ]


def test_nobody_makes_or_stops_somebody_elses(cast: Cast) -> None:
    secret = lifecycle.make_address(member=cast.member, by=cast.member, on=TODAY)
    for verb in (lifecycle.make_address, lifecycle.stop_address):
        with pytest.raises(RuleBroken):
            verb(member=cast.member, by=cast.coordinator, on=TODAY)
    assert CalendarAddress.objects.get().digest == digest(secret)


def test_the_number_of_queries_is_the_same_for_one_and_ten_events(cast: Cast, django_assert_num_queries: Any) -> None:
    for _ in range(10):
        make.make_action(cast.council, owner=cast.member)
        with django_assert_num_queries(2):
            feed.write(cast.member, clock=NOW)
