"""The order of one meeting's agenda: by buttons and by dragging, before the meeting and while it is logged."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bra.history import entries_of
from meetings import lifecycle
from meetings.models import AgendaItem, Meeting, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.meetings.test_meeting_pages import queries

pytestmark = pytest.mark.django_db

TITLES = ["Öppnande", "Lägesbild", "Avslutning"]


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return make.make_meeting(cast.council)


@pytest.fixture
def three(meeting: Meeting) -> list[AgendaItem]:
    return [make.make_item(meeting, title=title) for title in TITLES]


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


def address(name: str, *args: int) -> str:
    return reverse(f"meetings:{name}", args=["granby", *args])


def order(meeting: Meeting) -> list[tuple[int, str]]:
    return list(meeting.items.values_list("position", "title"))


@pytest.mark.parametrize(
    ("which", "sent", "titles"),
    [
        (1, {"way": "up"}, ["Lägesbild", "Öppnande", "Avslutning"]),
        (1, {"way": "down"}, ["Öppnande", "Avslutning", "Lägesbild"]),
        (2, {"place": "1"}, ["Avslutning", "Öppnande", "Lägesbild"]),
        (0, {"place": "3"}, ["Lägesbild", "Avslutning", "Öppnande"]),
        (0, {"place": "9999"}, ["Lägesbild", "Avslutning", "Öppnande"]),
        (2, {"place": "0"}, ["Avslutning", "Öppnande", "Lägesbild"]),
        (1, {"place": "2"}, TITLES),
        (0, {"way": "up"}, TITLES),
        (2, {"way": "down"}, TITLES),
        (0, {"place": "²"}, TITLES),
        (0, {"place": "10000"}, TITLES),
        (0, {"way": "sideways"}, TITLES),
        (0, {}, TITLES),
    ],
)
def test_items_are_ordered_by_buttons_and_by_dragging(
    secretary: Client, meeting: Meeting, three: list[AgendaItem], which: int, sent: dict[str, str], titles: list[str]
) -> None:
    assert secretary.post(address("item_move", three[which].pk), sent).status_code == 302
    assert order(meeting) == list(enumerate(titles, start=1))
    assert [entry.verb for entry in entries_of(three[which])] == ["item.moved"] * (titles != TITLES)


def test_two_move_one_item_from_the_page_they_both_saw(
    cast: Cast, meeting: Meeting, three: list[AgendaItem], secretary: Client
) -> None:
    for browser in (secretary, cast.browse(cast.coordinator)):
        browser.post(address("item_move", three[2].pk), {"place": "2"})
    assert order(meeting) == list(enumerate(["Öppnande", "Avslutning", "Lägesbild"], start=1))
    assert [entry.changes for entry in entries_of(three[2])] == [{"position": [3, 2]}]


@pytest.mark.parametrize(("sent", "moved"), [({"way": "up"}, True), ({"place": "1"}, True), ({"place": "2"}, False)])
def test_whoever_is_not_cleared_moves_among_what_they_see(
    cast: Cast, meeting: Meeting, sent: dict[str, str], moved: bool
) -> None:
    uncleared = make.make_member(cast.council, "secretary", user=make.make_user())
    for title in ("Öppnande", "Hemligt", "Avslutning"):
        make.make_item(meeting, title=title, restricted=title == "Hemligt")
    last = meeting.items.get(title="Avslutning")
    page = cast.browse(uncleared).post(address("item_move", last.pk), sent, follow=True)
    assert "Hemligt" not in page.text
    titles = ["Avslutning", "Öppnande", "Hemligt"] if moved else ["Öppnande", "Hemligt", "Avslutning"]
    assert order(meeting) == list(enumerate(titles, start=1))


@pytest.mark.parametrize("state", [MeetingState.DRAFT, MeetingState.IN_SESSION])
def test_the_meetings_page_gets_its_list_anew(cast: Cast, secretary: Client, state: MeetingState) -> None:
    meeting = make.make_meeting(cast.council, state)
    items = [make.make_item(meeting, title=title) for title in TITLES]
    assert secretary.get(address("detail", meeting.pk)).text.count("data-grip") == 3
    assert cast.browse(cast.member).get(address("detail", meeting.pk)).text.count("data-grip") == 0
    headers = {"HX-Request": "true", "HX-Target": "agenda-part"}
    partial = secretary.post(address("item_move", items[2].pk), {"place": "1"}, headers=headers).text
    assert ("<html" in partial, partial.count("data-grip")) == (False, 3)


def moved_on_live_page(secretary: Client, shown: AgendaItem, item: AgendaItem, **sent: str) -> str:
    """What htmx gets when an item is moved on the live page while another is open there."""
    headers = {"HX-Request": "true", "HX-Target": "live-agenda"}
    return secretary.post(address("item_move", item.pk), sent | {"open": str(shown.pk)}, headers=headers).text


def test_the_live_page_gets_the_agenda_and_the_place_of_the_open_item(
    cast: Cast, secretary: Client, three: list[AgendaItem]
) -> None:
    here: dict[str, Any] = {"by": cast.secretary, "on": TODAY}
    first = lifecycle.record_decision(item=three[0], text="Först.", **here)
    last = lifecycle.record_decision(item=three[2], text="Sist.", **here)
    text = moved_on_live_page(secretary, three[2], three[2], place="1")
    assert text.index(f'id="to-{three[2].pk}"') < text.index(f'id="to-{three[0].pk}"')
    assert f'id="to-{three[2].pk}"' in text[: text.index('aria-current="true"')].rpartition("<a ")[2]
    assert '<span class="no" id="item-number" hx-swap-oob="true">1</span>' in text
    assert f'id="paragraph-{last.pk}" hx-swap-oob="true">§ 1<' in text
    assert f'id="paragraph-{first.pk}"' not in text
    assert ('id="item-up"' in text, 'id="item-down"' in text) == (False, True)
    # Only the open item's place is told beside the list.
    assert '<textarea name="notes"' not in text


def test_the_buttons_of_the_live_page_work_without_scripts(secretary: Client, three: list[AgendaItem]) -> None:
    live = address("live", three[0].meeting_id)
    page = secretary.get(f"{live}?punkt={three[1].pk}").text
    assert ('id="item-up"' in page, 'id="item-down"' in page) == (True, True)
    response = secretary.post(address("item_move", three[1].pk), {"way": "up", "from": "live"})
    assert response["Location"] == f"{live}?punkt={three[1].pk}#item"


def test_moving_costs_the_same_however_long_the_agenda_is(secretary: Client, meeting: Meeting) -> None:
    def ask(items: int) -> int:
        while meeting.items.count() < items:
            make.make_item(meeting)
        return queries(secretary, f"{address('live', meeting.pk)}?punkt={meeting.items.first().pk}")  # type: ignore[union-attr]  # there is one

    assert ask(2) == ask(4)
