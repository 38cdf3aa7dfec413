"""The follow-up item shows all open actions of the council, by organisation, as far as one may see."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from actions.models import Status
from meetings.models import ItemKind, Meeting, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.meetings.test_meeting_pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 4, 6))
    make.make_item(meeting, title="Uppföljning", kind=ItemKind.FOLLOW_UP)
    make.make_item(meeting, title="Annat")
    return meeting


def detail(cast: Cast, meeting: Meeting, who: Any) -> str:
    return cast.browse(who).get(reverse("meetings:detail", args=[cast.council.slug, meeting.pk])).text


def test_open_actions_stand_by_organisation_the_most_urgent_first(cast: Cast, meeting: Meeting) -> None:
    police, school = (make.make_organisation(cast.council, name=name) for name in ("Ådalens polis", "Skolan"))
    officer, head = (make.make_member(cast.council, organisation=home) for home in (police, school))
    make.make_action(cast.council, owner=officer, title="Senare", deadline=date(2017, 6, 1))
    make.make_action(cast.council, owner=officer, title="Försenad", deadline=date(2017, 3, 1))
    make.make_action(cast.council, owner=head, title="Skolans")
    make.make_action(cast.council, owner=head, title="Färdig", status=Status.DONE, closed_on=TODAY, approved_on=TODAY)
    make.make_action(cast.council, owner=head, title="Borttagen", removed=True)
    make.make_action(cast.stranger.council, title="Främmande")
    text = detail(cast, meeting, cast.member)
    words = ("Skolan", "Skolans", "Ådalens polis", "Försenad", "Senare", "Färdig", "Borttagen", "Främmande")
    places = {word: text.find(f">{word}<") for word in words}
    assert sorted((word for word in words if places[word] >= 0), key=lambda word: places[word]) == list(words[:5])
    assert (text.count("3 open actions to follow up"), text.count("1 overdue")) == (1, 1)


def test_a_restricted_action_is_neither_listed_nor_counted_for_the_uncleared(cast: Cast, meeting: Meeting) -> None:
    held = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2017, 1, 19))
    secret = make.make_item(held, restricted=True)
    make.make_action(agenda_item=secret, owner=make.make_member(cast.council, cleared=True), title="Hemligheten")
    seen = [
        [words in detail(cast, meeting, who) for words in ("Hemligheten", "1 open action ", "Nothing is open")]
        for who in (cast.coordinator, cast.member)
    ]
    assert seen == [[True, True, False], [False, False, True]]


def test_it_stands_on_the_live_page_too_and_costs_one_question(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    item = make.make_item(meeting, kind=ItemKind.FOLLOW_UP)
    url = reverse("meetings:live", args=[cast.council.slug, meeting.pk]) + f"?punkt={item.pk}"
    client = cast.browse(cast.secretary)
    make.make_action(cast.council)
    asked = queries(client, url)
    for _more in range(2):
        make.make_action(cast.council)
    assert queries(client, url) == asked
    assert "3 open actions to follow up" in client.get(url).text


def test_the_minutes_of_an_adjourned_meeting_do_not_show_what_is_open_today(cast: Cast) -> None:
    held = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2017, 1, 19))
    make.make_item(held, kind=ItemKind.FOLLOW_UP)
    make.make_action(cast.council)
    assert "to follow up" not in detail(cast, held, cast.secretary)
