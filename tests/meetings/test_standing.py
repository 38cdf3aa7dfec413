"""The standing agenda: changed, ordered, removed and brought back by those who plan meetings."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bra.errors import RuleBroken
from bra.history import entries_of
from meetings import lifecycle
from meetings.models import ItemKind, StandingItem
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.meetings.test_meeting_pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast: Cast) -> list[StandingItem]:
    return [
        StandingItem.objects.create(council=cast.council, position=n, title=title)
        for n, title in enumerate(("Öppnande", "Lägesbild", "Avslutning"), start=1)
    ]


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


def address(name: str, cast: Cast, *args: int) -> str:
    return reverse(f"meetings:{name}", args=[cast.council.slug, *args])


def order(cast: Cast) -> list[tuple[int, str]]:
    live = StandingItem.objects.live().filter(council=cast.council)
    return list(live.values_list("position", "title"))


def test_an_item_is_added_last_with_everything_it_needs(
    cast: Cast, secretary: Client, three: list[StandingItem]
) -> None:
    topic = make.make_topic(cast.council)
    data: dict[str, Any] = {
        "title": "Uppföljning",
        "kind": "follow-up",
        "presenter": "Samordnaren",
        "minutes_planned": "15",
        "topics": [topic.pk],
    }
    secretary.post(address("standing_add", cast), data)
    item = StandingItem.objects.latest("pk")
    assert (item.position, item.title, item.kind, item.presenter, item.minutes_planned, list(item.topics.all())) == (
        4,
        "Uppföljning",
        ItemKind.FOLLOW_UP,
        "Samordnaren",
        15,
        [topic],
    )
    meeting = lifecycle.plan_meeting(
        council=cast.council, by=cast.secretary, on=TODAY, date=TODAY, starts_at=make.NOW.time()
    )
    copy = meeting.items.get(title="Uppföljning")
    assert (copy.presenter, copy.minutes_planned, copy.kind) == ("Samordnaren", 15, ItemKind.FOLLOW_UP)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"title": ""}, "title"),
        ({"minutes_planned": "0"}, "minutes_planned"),
        ({"minutes_planned": "a while"}, "minutes_planned"),
        ({"kind": "party"}, "kind"),
        ({"title": "Om 19821105-9954"}, "title"),
    ],
)
def test_a_fault_is_said_at_its_field_and_nothing_is_lost(
    cast: Cast, secretary: Client, three: list[StandingItem], data: dict[str, str], field: str
) -> None:
    sent = {"title": "Nytt namn", "kind": "discussion", "presenter": "Polisen", "minutes_planned": "5"} | data
    response = secretary.post(address("standing_edit", cast, three[0].pk), sent)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert 'value="Polisen"' in response.text
    three[0].refresh_from_db()
    assert three[0].title == "Öppnande"


def test_a_topic_of_another_council_is_no_choice(cast: Cast, secretary: Client, three: list[StandingItem]) -> None:
    foreign = make.make_topic(cast.stranger.council)
    sent = {"title": "Öppnande", "kind": "information", "topics": [foreign.pk]}
    assert secretary.post(address("standing_edit", cast, three[0].pk), sent).status_code == 422


@pytest.mark.parametrize(
    ("which", "sent", "titles"),
    [
        (1, {"way": "up"}, ["Lägesbild", "Öppnande", "Avslutning"]),
        (1, {"way": "down"}, ["Öppnande", "Avslutning", "Lägesbild"]),
        (0, {"way": "up"}, ["Öppnande", "Lägesbild", "Avslutning"]),
        (2, {"place": "1"}, ["Avslutning", "Öppnande", "Lägesbild"]),
        (0, {"place": "99"}, ["Lägesbild", "Avslutning", "Öppnande"]),
        (0, {"place": "²"}, ["Öppnande", "Lägesbild", "Avslutning"]),
        (0, {}, ["Öppnande", "Lägesbild", "Avslutning"]),
    ],
)
def test_items_are_ordered_by_buttons_and_by_dragging(
    cast: Cast, secretary: Client, three: list[StandingItem], which: int, sent: dict[str, str], titles: list[str]
) -> None:
    url = address("standing_move", cast, three[which].pk)
    assert secretary.post(url, sent).status_code == 302
    assert order(cast) == list(enumerate(titles, start=1))
    moved = titles != ["Öppnande", "Lägesbild", "Avslutning"]
    assert [entry.verb for entry in entries_of(three[which])] == ["standing.moved"] * moved
    partial = secretary.post(url, {}, headers={"HX-Request": "true"}).text
    assert ("<html" in partial, partial.count("data-move")) == (False, 3)


def test_a_removed_item_comes_back_to_its_place(cast: Cast, secretary: Client, three: list[StandingItem]) -> None:
    url = address("standing_remove", cast, three[1].pk)
    page = secretary.post(url, follow=True)
    assert order(cast) == [(1, "Öppnande"), (2, "Avslutning")]
    assert f'action="{url}?tillbaka=1"' in page.text
    planned = lifecycle.plan_meeting(
        council=cast.council, by=cast.secretary, on=TODAY, date=TODAY, starts_at=make.NOW.time()
    )
    assert list(planned.items.values_list("title", flat=True)) == ["Öppnande", "Avslutning"]
    for _twice in range(2):
        secretary.post(f"{url}?tillbaka=1")
    assert order(cast) == [(1, "Öppnande"), (2, "Lägesbild"), (3, "Avslutning")]
    assert [entry.verb for entry in entries_of(three[1])] == ["standing.removed", "standing.restored"]


def test_a_removed_item_is_not_changed(cast: Cast, three: list[StandingItem]) -> None:
    lifecycle.remove_standing(item=three[0], by=cast.secretary, on=TODAY)
    with pytest.raises(RuleBroken):
        lifecycle.edit_standing(item=three[0], by=cast.secretary, on=TODAY, title="Annat")
    with pytest.raises(RuleBroken):
        lifecycle.place_standing(item=three[0], by=cast.secretary, on=TODAY, place=2)


def test_the_history_reads_as_sentences(cast: Cast, secretary: Client, three: list[StandingItem]) -> None:
    topic = make.make_topic(cast.council)
    lifecycle.place_standing(item=three[2], by=cast.secretary, on=TODAY, place=1)
    lifecycle.edit_standing(item=three[0], by=cast.secretary, on=TODAY, title="Start", minutes_planned=5)
    lifecycle.edit_standing(item=three[0], by=cast.secretary, on=TODAY, topics=[topic])
    lifecycle.remove_standing(item=three[0], by=cast.secretary, on=TODAY)
    lines = secretary.get(address("standing", cast)).context["lines"]
    assert [line.what for line in lines] == [
        "removed Start",
        "changed Start: topics",
        "changed Start: title, minutes",
        "moved Avslutning from place 3 to 1",
    ]


def test_the_page_asks_the_same_number_of_questions_however_long(cast: Cast, secretary: Client) -> None:
    def ask(items: int) -> int:
        while StandingItem.objects.count() < items:
            item = lifecycle.add_standing(council=cast.council, by=cast.secretary, on=TODAY, title="Punkt")
            item.topics.add(make.make_topic(cast.council))
        return queries(secretary, address("standing", cast))

    assert ask(1) == ask(3)
