"""A meeting that was opened by mistake: the way back, and what shuts it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from actions import lifecycle as actions
from actions.models import Action
from bra.errors import RuleBroken
from bra.history import entries_of
from meetings import lifecycle
from meetings.models import AgendaItem, Attendance, AttendanceStatus, ItemState, Meeting, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db

REFUSED = "Something has been logged at the meeting, so it stays open."
OFFER = "Opened by mistake"


@pytest.fixture
def item(cast: Cast) -> AgendaItem:
    return make.make_item(make.make_meeting(cast.council, MeetingState.DRAFT))


def opened(item: AgendaItem, cast: Cast) -> Meeting:
    return lifecycle.open_meeting(meeting=item.meeting, by=cast.secretary, at=NOW)


def unopen(meeting: Meeting, cast: Cast) -> Meeting:
    return lifecycle.unopen_meeting(meeting=meeting, by=cast.secretary, on=TODAY)


@pytest.mark.parametrize(("summoned", "state"), [(False, MeetingState.DRAFT), (True, MeetingState.SUMMONED)])
def test_it_is_what_it_was_before(cast: Cast, item: AgendaItem, summoned: bool, state: MeetingState) -> None:
    if summoned:
        lifecycle.summon(meeting=item.meeting, by=cast.secretary, at=NOW)
    meeting = opened(item, cast)
    present = AttendanceStatus.PRESENT
    lifecycle.mark_attendance(meeting=meeting, member=cast.member, status=present, by=cast.secretary, on=TODAY)
    lifecycle.take_up(item=item, by=cast.secretary, at=NOW)
    lifecycle.take_up(item=make.make_item(meeting), by=cast.secretary, at=NOW + timedelta(minutes=5))

    unopen(meeting, cast)

    meeting = Meeting.objects.get(pk=meeting.pk)
    item.refresh_from_db()
    assert (meeting.state, meeting.opened_at, meeting.current_item, meeting.current_since) == (state, None, None, None)
    assert (item.state, item.seconds_spent) == (ItemState.PENDING, 0)
    assert list(Attendance.objects.values_list("member", "status")) == [(cast.member.pk, present)]
    entry = entries_of(meeting).get(verb="meeting.unopened")
    assert (entry.actor, entry.changes["state"]) == (cast.secretary, ["in_session", state])

    assert opened(item, cast).state == MeetingState.IN_SESSION


def note(item: AgendaItem, cast: Cast) -> None:
    lifecycle.save_notes(item=item, text="Läget är lugnt.", version=item.version, by=cast.secretary, on=TODAY)


def note_and_untreat(item: AgendaItem, cast: Cast) -> None:
    note(item, cast)
    lifecycle.set_item_state(item=item, state=ItemState.PENDING, by=cast.secretary, on=TODAY)


def table(item: AgendaItem, cast: Cast) -> None:
    lifecycle.set_item_state(item=item, state=ItemState.TABLED, by=cast.secretary, on=TODAY)


def decide_and_regret(item: AgendaItem, cast: Cast) -> None:
    decision = lifecycle.record_decision(item=item, text="Planen antas.", by=cast.secretary, on=TODAY)
    lifecycle.remove_decision(decision=decision, by=cast.secretary, on=TODAY)
    lifecycle.set_item_state(item=item, state=ItemState.PENDING, by=cast.secretary, on=TODAY)


def agree(item: AgendaItem, cast: Cast) -> Action:
    return actions.agree(
        agenda_item=item,
        title="Ring skolan",
        owner=cast.member,
        deadline=date(2017, 5, 15),
        by=cast.secretary,
        on=TODAY,
    )


def agree_and_regret(item: AgendaItem, cast: Cast) -> None:
    actions.remove(action=agree(item, cast), by=cast.secretary, on=TODAY)


def adjourn_and_reopen(item: AgendaItem, cast: Cast) -> None:
    lifecycle.adjourn(meeting=item.meeting, by=cast.secretary, at=NOW)
    lifecycle.reopen_meeting(meeting=item.meeting, by=cast.coordinator, on=TODAY)


@pytest.mark.parametrize(
    "log", [note, note_and_untreat, table, decide_and_regret, agree, agree_and_regret, adjourn_and_reopen]
)
def test_what_was_logged_keeps_it_open(cast: Cast, item: AgendaItem, log: Callable[[AgendaItem, Cast], object]) -> None:
    meeting = opened(item, cast)
    log(item, cast)
    with pytest.raises(RuleBroken) as refused:
        unopen(meeting, cast)
    assert refused.value.sentence == REFUSED
    meeting.refresh_from_db()
    assert (meeting.state, entries_of(meeting).filter(verb="meeting.unopened").exists()) == ("in_session", False)


def test_a_list_that_was_brought_in_beforehand_does_not(cast: Cast, item: AgendaItem) -> None:
    make.make_action(agenda_item=item, owner=cast.member)
    assert unopen(opened(item, cast), cast).state == MeetingState.DRAFT


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (MeetingState.DRAFT, "The meeting hasn't been opened yet."),
        (MeetingState.ADJOURNED, "The meeting has been adjourned, so nothing more can be logged at it."),
    ],
)
def test_only_what_is_open(cast: Cast, state: MeetingState, sentence: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        unopen(make.make_meeting(cast.council, state), cast)
    assert refused.value.sentence == sentence


def test_the_message_and_the_page_lead_back(cast: Cast, item: AgendaItem) -> None:
    browser, slug = cast.browse(cast.secretary), cast.council.slug
    undo, live, page = (
        reverse(f"meetings:{name}", args=[slug, item.meeting_id]) for name in ("unopen", "live", "detail")
    )
    answer = browser.post(reverse("meetings:open", args=[slug, item.meeting_id]))
    assert [(str(one), one.extra_tags) for one in get_messages(answer.wsgi_request)] == [
        ("The meeting is open.", f"undo={undo}")
    ]
    assert browser.get(live).content.decode().count(f'action="{undo}"') == 2
    assert OFFER in browser.get(live).content.decode()  # the message is gone by now

    answer = browser.post(undo)
    assert (answer["Location"], [str(one) for one in get_messages(answer.wsgi_request)]) == (
        page,
        ["The meeting isn't open any longer."],
    )


def test_where_something_is_logged_nothing_is_offered_and_the_answer_says_why(cast: Cast, item: AgendaItem) -> None:
    browser = cast.browse(cast.secretary)
    undo, live = (reverse(f"meetings:{name}", args=[cast.council.slug, item.meeting_id]) for name in ("unopen", "live"))
    opened(item, cast)
    note(item, cast)
    assert OFFER not in browser.get(live).content.decode()
    answer = browser.post(undo)
    assert (answer["Location"], [str(one) for one in get_messages(answer.wsgi_request)]) == (live, [REFUSED])
