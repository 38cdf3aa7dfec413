"""What a meeting takes over from the last one: once, in its place, with its lock, and without being asked."""

from datetime import date, time
from typing import Any

import pytest
from django.urls import reverse

from bra.history import entries_of
from bra.models import Member
from meetings import lifecycle
from meetings.models import AgendaItem, ItemKind, ItemState, Meeting, MeetingState, StandingItem
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db

LAST = date(2017, 1, 19)
NEXT = date(2017, 4, 6)


@pytest.fixture
def last(cast: Cast) -> Meeting:
    """The last meeting held."""
    return make.make_meeting(cast.council, MeetingState.ADJOURNED, date=LAST, sequence=1)


def plan(cast: Cast, day: date = NEXT) -> Meeting:
    return lifecycle.plan_meeting(council=cast.council, by=cast.secretary, on=TODAY, date=day, starts_at=time(13))


def standing(cast: Cast, *titles: str, **fields: Any) -> None:
    for title in titles:
        position = StandingItem.objects.count() + 1
        StandingItem.objects.create(council=cast.council, position=position, title=title, **fields)


def titles(meeting: Meeting) -> list[str]:
    return list(meeting.items.values_list("title", flat=True))


def test_what_was_left_comes_along_in_its_place_with_all_that_belongs_to_it(cast: Cast, last: Meeting) -> None:
    standing(cast, "Öppnande", "Övriga frågor")
    topic, case = make.make_topic(cast.council), make.make_case(cast.council, restricted=True)
    make.make_item(last, title="Öppnande", state=ItemState.TREATED)
    left = make.make_item(last, [topic], title="Klotter", presenter="Polisen", minutes_planned=15)
    tabled = make.make_item(last, title="Avspärrning", case=case, restricted=True, state=ItemState.TABLED)
    make.make_item(last, title="Trygghetsvandring", state=ItemState.TREATED)
    make.make_item(last, title="Övriga frågor", state=ItemState.TREATED)
    meeting = plan(cast)
    assert titles(meeting) == ["Öppnande", "Klotter", "Avspärrning", "Övriga frågor"]
    assert list(meeting.items.values_list("position", flat=True)) == [1, 2, 3, 4]
    first, second = meeting.items.all()[1:3]
    assert (first.carried_from, first.presenter, first.minutes_planned, list(first.topics.all())) == (
        left,
        "Polisen",
        15,
        [topic],
    )
    assert (second.carried_from, second.case, second.restricted, second.state) == (
        tabled,
        case,
        True,
        ItemState.PENDING,
    )
    assert [(entry.verb, entry.actor) for entry in entries_of(first)] == [("item.carried", cast.secretary)]


def test_it_comes_along_once_and_not_again_when_it_is_taken_off(cast: Cast, last: Meeting) -> None:
    make.make_item(last, title="Klotter")
    meeting = plan(cast)
    later = plan(cast, date(2017, 5, 4))
    assert (titles(meeting), titles(later)) == (["Klotter"], [])
    lifecycle.remove_item(item=meeting.items.get(), by=cast.secretary, on=TODAY)
    lifecycle.open_meeting(meeting=meeting, by=cast.secretary, at=NOW)
    assert titles(meeting) == []
    assert titles(plan(cast, date(2017, 4, 1))) == []


def test_what_is_left_goes_on_from_meeting_to_meeting(cast: Cast, last: Meeting) -> None:
    make.make_item(last, title="Klotter")
    first, second = plan(cast), plan(cast, date(2017, 5, 4))
    lifecycle.open_meeting(meeting=first, by=cast.secretary, at=NOW)
    lifecycle.adjourn(meeting=first, by=cast.secretary, at=NOW)
    assert second.items.get().carried_from == first.items.get()


def test_a_meeting_planned_before_the_last_one_ended_gets_it_when_that_is_adjourned(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    treated, left = make.make_item(meeting, title="Skola"), make.make_item(meeting, title="Klotter")
    following = plan(cast)
    lifecycle.set_item_state(item=treated, state=ItemState.TREATED, by=cast.secretary, on=TODAY)
    assert titles(following) == []
    lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)
    assert following.items.get().carried_from == left


def test_what_is_left_comes_at_the_latest_when_the_meeting_is_opened(cast: Cast) -> None:
    meeting = plan(cast)
    last = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=LAST)
    make.make_item(last, title="Klotter")
    lifecycle.open_meeting(meeting=meeting, by=cast.secretary, at=NOW)
    assert titles(meeting) == ["Klotter"]


def test_a_formality_that_nobody_marked_is_not_doubled(cast: Cast, last: Meeting) -> None:
    standing(cast, "Öppnande")
    make.make_item(last, title="Öppnande")
    meeting = plan(cast)
    assert [(item.title, item.carried_from) for item in meeting.items.all()] == [("Öppnande", None)]


def test_a_tabled_standing_item_goes_on_in_its_namesake(cast: Cast, last: Meeting) -> None:
    standing(cast, "Överenskommelse", "Avslutning")
    case, topic = make.make_case(cast.council), make.make_topic(cast.council)
    tabled = make.make_item(last, [topic], title="Överenskommelse", case=case, state=ItemState.TABLED)
    meeting = plan(cast)
    assert titles(meeting) == ["Överenskommelse", "Avslutning"]
    item = meeting.items.all()[0]
    assert (item.carried_from, item.case, list(item.topics.all())) == (tabled, case, [topic])


def test_a_lock_is_never_put_on_a_standing_item(cast: Cast, last: Meeting) -> None:
    standing(cast, "Lägesbild")
    make.make_item(last, title="Lägesbild", restricted=True, state=ItemState.TABLED)
    meeting = plan(cast)
    assert list(meeting.items.values_list("title", "restricted")) == [("Lägesbild", False), ("Lägesbild", True)]


def test_mending_the_last_meeting_takes_back_what_was_treated_after_all(cast: Cast) -> None:
    standing(cast, "Överenskommelse")
    meeting = make.make_meeting(cast.council)
    joined = make.make_item(meeting, title="Överenskommelse", state=ItemState.TABLED)
    brought = make.make_item(meeting, title="Klotter")
    following = plan(cast)
    lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)
    assert titles(following) == ["Överenskommelse", "Klotter"]
    lifecycle.reopen_meeting(meeting=meeting, by=cast.coordinator, on=TODAY)
    for item in (joined, brought):
        lifecycle.set_item_state(item=item, state=ItemState.TREATED, by=cast.secretary, on=TODAY)
    lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)
    assert [(item.title, item.carried_from) for item in following.items.all()] == [("Överenskommelse", None)]


def test_the_minutes_to_be_approved_are_named(cast: Cast, last: Meeting) -> None:
    standing(cast, "Föregående protokoll", kind=ItemKind.LAST_MINUTES)
    meeting, later = plan(cast), plan(cast, date(2017, 5, 4))
    assert (titles(meeting), titles(later)) == (["Föregående protokoll (2017-1)"], ["Föregående protokoll"])
    lifecycle.open_meeting(meeting=meeting, by=cast.secretary, at=NOW)
    item = meeting.items.get()
    lifecycle.set_item_state(item=item, state=ItemState.TABLED, by=cast.secretary, on=TODAY)
    lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)
    # Tabled minutes are still to be approved, beside those of the meeting that tabled them.
    assert titles(later) == ["Föregående protokoll (2017-2)", "Föregående protokoll (2017-1)"]
    assert list(later.items.values_list("minutes_of", "carried_from")) == [(meeting.pk, None), (last.pk, item.pk)]


def test_nothing_comes_from_another_council(cast: Cast) -> None:
    foreign = make.make_meeting(cast.stranger.council, MeetingState.ADJOURNED, date=LAST)
    make.make_item(foreign, title="Främmande")
    assert titles(plan(cast)) == []


def test_a_restricted_item_that_comes_along_does_not_exist_for_the_uncleared(cast: Cast, last: Meeting) -> None:
    make.make_item(last, title="Hemligheten", restricted=True, minutes_planned=45)
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    meeting = plan(cast)
    url = reverse("meetings:detail", args=[cast.council.slug, meeting.pk])
    words = ("Hemligheten", "Carried over", "45 min")
    seen = {
        who: [word in cast.browse(getattr(cast, who)).get(url).text for word in words]
        for who in ("coordinator", "secretary", "member")
    }
    assert seen == {"coordinator": [True] * 3, "secretary": [False] * 3, "member": [False] * 3}


def test_a_carried_item_links_to_its_history(cast: Cast, last: Meeting) -> None:
    left = make.make_item(last, title="Klotter")
    meeting = plan(cast)
    origin = reverse("meetings:detail", args=[cast.council.slug, last.pk]) + f"#item-{left.pk}"
    link = f'<a href="{origin}">Carried over from 2017-1</a>'
    client = cast.browse(cast.secretary)
    assert client.get(reverse("meetings:detail", args=[cast.council.slug, meeting.pk])).text.count(link) == 1
    lifecycle.open_meeting(meeting=meeting, by=cast.secretary, at=NOW)
    assert client.get(reverse("meetings:live", args=[cast.council.slug, meeting.pk])).text.count(link) == 1


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ([30, 60], ["90 minutes planned", "ends about 14:30"]),
        ([60, None], ["60 minutes planned", "ends about 14:00", "1 item without planned time"]),
        ([60, 70], ["ends about 15:10", "The agenda is 10 minutes too long: the meeting ends at 15:00"]),
        ([600, 600], ["1200 minutes planned", "too long"]),
    ],
)
def test_the_planned_minutes_are_added_up_against_the_hours(
    cast: Cast, lengths: list[int | None], said: list[str]
) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    for length in lengths:
        make.make_item(meeting, minutes_planned=length)
    text = cast.browse(cast.member).get(reverse("meetings:detail", args=[cast.council.slug, meeting.pk])).text
    assert [words for words in said if words not in text] == []
    assert ("too long" in text) == ("too long" in said[-1])
    assert AgendaItem.objects.count() == 2
