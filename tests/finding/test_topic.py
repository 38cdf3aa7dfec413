"""One topic across meetings: what it gathers, in which order, and for whom."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bra.models import Member
from meetings.models import Decision, MeetingState, Topic
from tests import make
from tests.cast import Cast


@pytest.fixture
def topic(cast: Cast) -> Topic:
    return make.make_topic(cast.council, name="Våldsbejakande extremism", extremism=True)


Told = list[tuple[str, list[tuple[str, list[int | None], list[str]]]]]


def told(cast: Cast, topic: Topic, who: Member, query: str = "") -> Told:
    """(meeting's day, [(item, §§, actions)]) as the page gives them."""
    sittings = cast.browse(who).get(f"/granby/amnen/{topic.pk}/{query}").context["sittings"]
    return [
        (
            sitting.meeting.date.isoformat(),
            [
                (
                    entry.item.title,
                    [decision.paragraph for decision in entry.decisions],
                    [action.title for action in entry.actions],
                )
                for entry in sitting.entries
            ],
        )
        for sitting in sittings
    ]


def furnish(cast: Cast, topic: Topic) -> None:
    old = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2016, 9, 8))
    now = make.make_meeting(cast.council)
    first = make.make_item(old, title="Lägesbild", topics=[topic])
    make.make_item(old, title="Annat ämne")
    second = make.make_item(now, title="Plan", topics=[topic])
    third = make.make_item(now, title="Utbildning", topics=[topic])
    Decision.objects.create(council=cast.council, item=first, text="Ja", number=41)
    Decision.objects.create(council=cast.council, item=first, text="Borttaget", removed=True)
    Decision.objects.create(council=cast.council, item=second, text="Nej")
    make.make_action(agenda_item=third, title="Boka utbildning")
    make.make_action(agenda_item=third, title="Borttagen", removed=True)
    secret = make.make_item(now, title="Hemlig punkt", topics=[topic], restricted=True)
    make.make_action(agenda_item=secret, title="Hemlig åtgärd", owner=cast.chair)
    make.make_case(cast.council, title="Hemligt ärende", topics=[topic], restricted=True)


def test_it_tells_what_was_said_decided_and_agreed_newest_meeting_first(cast: Cast, topic: Topic) -> None:
    furnish(cast, topic)
    plain: Told = [
        ("2017-03-15", [("Plan", [42], []), ("Utbildning", [], ["Boka utbildning"])]),
        ("2016-09-08", [("Lägesbild", [41], [])]),
    ]
    assert told(cast, topic, cast.member) == plain
    assert told(cast, topic, cast.member, "?year=2016") == plain[1:]
    assert told(cast, topic, cast.member, "?year=1999") == plain
    plain[0][1].append(("Hemlig punkt", [], ["Hemlig åtgärd"]))
    assert told(cast, topic, cast.secretary) == plain


def test_the_uncleared_find_no_trace_of_restricted_matter(cast: Cast, topic: Topic) -> None:
    furnish(cast, topic)
    page = cast.browse(cast.member).get(f"/granby/amnen/{topic.pk}/").content.decode()
    assert "Hemlig" not in page
    assert "Hemligt ärende" in cast.browse(cast.chair).get(f"/granby/amnen/{topic.pk}/").content.decode()


def test_a_year_with_restricted_items_alone_is_no_choice(cast: Cast, topic: Topic) -> None:
    furnish(cast, topic)
    early = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2015, 9, 8))
    make.make_item(early, topics=[topic], restricted=True)
    years = {
        who.name: [year for year, _label in cast.browse(who).get(f"/granby/amnen/{topic.pk}/").context["years"]]
        for who in (cast.member, cast.chair)
    }
    assert years == {cast.member.name: [2017, 2016], cast.chair.name: [2017, 2016, 2015]}


def test_a_topic_never_used_says_so(cast: Cast, topic: Topic) -> None:
    page = cast.browse(cast.member).get(f"/granby/amnen/{topic.pk}/").content.decode()
    assert "Nothing said about it yet" in page


def test_the_number_of_queries_is_the_same_for_one_and_many_meetings(
    cast: Cast, topic: Topic, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    browser = cast.browse(cast.member)

    def add(day: int) -> None:
        meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2016, 9, day))
        item = make.make_item(meeting, topics=[topic], case=make.make_case(cast.council, topics=[topic]))
        Decision.objects.create(council=cast.council, item=item, text="Ja", number=day)
        make.make_action(agenda_item=item)

    def cost() -> int:
        with django_assert_max_num_queries(12) as caught:
            browser.get(f"/granby/amnen/{topic.pk}/")
        return len(caught)

    add(1)
    one = cost()
    for day in range(2, 12):
        add(day)
    assert cost() == one


@pytest.mark.parametrize("page", ["moten/{meeting}/", "arenden/{case}/", "arenden/"])
def test_topic_tags_lead_there(cast: Cast, topic: Topic, page: str) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    case = make.make_case(cast.council, topics=[topic])
    make.make_item(meeting, topics=[topic], case=case)
    url = f"/granby/{page.format(meeting=meeting.pk, case=case.pk)}"
    assert f'href="/granby/amnen/{topic.pk}/"' in cast.browse(cast.member).get(url).content.decode()
