"""The lists of actions: what they hold, filters, sorting, paging, bookmarks, and what they cost."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from actions.models import Action, Status
from meetings.models import MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY

LIST, MINE = "/granby/atgarder/", "/granby/atgarder/mina/"


def titles(browser: Client, address: str = LIST, **query: object) -> list[str]:
    """The titles on a page, as the reader meets them."""
    answer = browser.get(f"{address}?{urlencode(query)}")
    assert answer.status_code == 200
    return re.findall(r'class="main"><a href="[^"]+">([^<]+)</a>', answer.content.decode())


def act(cast: Cast, title: str, **overrides: Any) -> Action:
    return make.make_action(cast.council, title=title, **{"owner": cast.member} | overrides)


def test_the_list_opens_on_what_is_still_to_be_done_by_deadline(cast: Cast) -> None:
    act(cast, "Sist", deadline=date(2017, 6, 1))
    act(cast, "Först", deadline=date(2017, 2, 1), status=Status.IN_PROGRESS)
    act(cast, "Mitt", deadline=date(2017, 4, 1), status=Status.POSTPONED)
    act(cast, "Klar", status=Status.DONE, closed_on=TODAY)
    act(cast, "Avbruten", status=Status.CANCELLED, closed_on=TODAY)
    act(cast, "Borttagen", removed=True)
    browser = cast.browse(cast.member)
    assert titles(browser) == ["Först", "Mitt", "Sist"]
    assert titles(browser, status="all", sort="title") == ["Avbruten", "Först", "Klar", "Mitt", "Sist"]
    assert titles(browser, status="done") == ["Klar"]


def test_overdue_is_derived_from_the_councils_day(cast: Cast) -> None:
    act(cast, "Igår", deadline=TODAY - timedelta(days=1))
    act(cast, "Idag", deadline=TODAY)
    act(cast, "Klar i tid", deadline=TODAY - timedelta(days=9), status=Status.DONE, closed_on=TODAY)
    browser = cast.browse(cast.member)
    assert titles(browser, overdue="1") == ["Igår"]
    assert "Overdue 1 day" in browser.get(LIST).content.decode()


def test_each_filter_finds_its_own(cast: Cast) -> None:
    activity = make.make_activity(make.make_plan(cast.council))
    marks = make.make_topic(cast.council, extremism=True)
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    item = make.make_item(meeting, topics=[marks])
    act(cast, "Av Ove", owner=cast.owner)
    act(cast, "Till målet", activity=activity)
    act(cast, "Mot extremism", agenda_item=item)
    browser = cast.browse(cast.member)
    assert titles(browser, owner=cast.owner.pk) == ["Av Ove"]
    assert titles(browser, organisation=cast.owner.organisation_id) == ["Av Ove"]
    assert titles(browser, person="UTFÖR") == ["Av Ove"], "by name, in any case, with a letter beyond ASCII"
    assert titles(browser, person=cast.owner.title.upper()) == ["Av Ove"], "by role"
    assert titles(browser, goal=activity.goal_id) == ["Till målet"]
    assert titles(browser, activity=activity.pk) == ["Till målet"]
    assert titles(browser, extremism="1") == ["Mot extremism"]
    assert titles(browser, meeting=meeting.pk) == ["Mot extremism"]
    assert titles(browser, q="MÅLET") == ["Till målet"]
    assert titles(browser, q="målet", owner=cast.owner.pk) == []


def test_titles_sort_as_the_swedish_alphabet(cast: Cast) -> None:
    for title in ("Öka", "Ändra", "Zon", "Åtgärda", "bygg", "Anlägg"):
        act(cast, title)
    right = ["Anlägg", "bygg", "Zon", "Åtgärda", "Ändra", "Öka"]
    browser = cast.browse(cast.member)
    assert titles(browser, sort="title") == right
    assert titles(browser, sort="-title") == right[::-1]


def test_owners_sort_by_name_or_by_role_where_the_seat_is_empty(cast: Cast) -> None:
    for name, title in (("Örjan Ö", "a"), ("", "Rektor"), ("Bo B", "z")):
        act(cast, name or title, owner=make.make_member(cast.council, name=name, title=title))
    assert titles(cast.browse(cast.member), sort="owner") == ["Bo B", "Rektor", "Örjan Ö"]


@pytest.mark.parametrize("sort", ["deadline", "-deadline", "title", "-title", "owner", "-owner", "agreed", "-agreed"])
def test_paging_loses_and_doubles_nothing_where_many_are_equal(cast: Cast, sort: str) -> None:
    """Sixty rows of three deadlines, two titles, one owner and one day of agreement, forth and back."""
    item = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED))
    for number in range(60):
        act(cast, f"Lika {number % 2}", agenda_item=item, deadline=TODAY + timedelta(days=number % 3))
    browser = cast.browse(cast.member)

    def walk(address: str, way: str) -> tuple[list[list[str]], str]:
        pages, last = [], address
        while address:
            text = browser.get(address).content.decode()
            pages.append(re.findall(r'class="main"><a href="/granby/atgarder/(\d+)/"', text))
            last = address
            found = re.search(rf'rel="{way}" href="([^"]+)"', text)
            address = LIST + found[1].replace("&amp;", "&") if found else ""
        return pages, last

    forth, last = walk(f"{LIST}?sort={sort}", "next")
    assert [len(page) for page in forth] == [25, 25, 10]
    assert sorted(int(pk) for page in forth for pk in page) == list(
        Action.objects.order_by("pk").values_list("pk", flat=True)
    )
    back, _first = walk(last, "prev")
    assert back[::-1] == forth


def test_a_row_that_leaves_the_list_does_not_shift_the_next_page(cast: Cast) -> None:
    made = [act(cast, f"Nr {number:02}") for number in range(40)]
    browser = cast.browse(cast.member)
    page = browser.get(f"{LIST}?sort=title").content.decode()
    following = LIST + re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]  # there is one
    for action in (made[3], made[24]):  # one in the middle, and the very row that the next page begins after
        action.status, action.closed_on = Status.DONE, TODAY
        action.save()
    address, _mark, query = following.partition("?")
    shown = browser.get(f"{address}?{query}").content.decode()
    assert re.findall(r">(Nr \d\d)<", shown) == [f"Nr {number}" for number in range(25, 40)]


def test_addresses_hold_no_title(cast: Cast) -> None:
    for number in range(30):
        act(cast, f"Distinkt {number}")
    page = cast.browse(cast.member).get(f"{LIST}?sort=title").content.decode()
    assert all("istinkt" not in address for address in re.findall(r'href="([^"]*)"', page))


def test_a_bookmark_keeps_filter_sorting_and_page(cast: Cast) -> None:
    for number in range(60):
        act(cast, f"Nr {number:02}", owner=cast.owner if number % 2 else cast.member)
    browser = cast.browse(cast.member)
    page = browser.get(f"{LIST}?sort=-title&person=ove").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]  # there is one
    again = browser.get(LIST + following).content.decode()
    assert re.findall(r">(Nr \d\d)<", again) == ["Nr 09", "Nr 07", "Nr 05", "Nr 03", "Nr 01"]
    assert 'value="ove"' in again
    assert 'aria-sort="descending"' in again
    assert '<input type="hidden" name="sort" value="-title">' in again, "filtering anew keeps the order"


@pytest.mark.parametrize(
    "query",
    [
        "sort=nonsense",
        "after=x",
        "after=2017-99-99.1",
        "after=2017-03-15.",
        "sort=title&after=99999999999",
    ],
)
def test_an_address_that_means_nothing_shows_the_first_page(cast: Cast, query: str) -> None:
    act(cast, "Den enda")
    answer = cast.browse(cast.member).get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert "Den enda" in answer.content.decode()


@pytest.mark.parametrize("query", ["status=x", "organisation=x", "goal=9999999", "owner=abc", "status=removed"])
def test_a_filter_that_means_nothing_finds_nothing(cast: Cast, query: str) -> None:
    act(cast, "Den enda")
    answer = cast.browse(cast.member).get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert "Den enda" not in answer.content.decode()


def test_restricted_actions_are_there_for_the_cleared_alone(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED), restricted=True)
    act(cast, "Hemlig", agenda_item=item, owner=cast.chair)
    act(cast, "Öppen")
    assert titles(cast.browse(cast.chair), sort="title") == ["Hemlig", "Öppen"]
    assert titles(cast.browse(cast.member), sort="title") == ["Öppen"]
    page = cast.browse(cast.member).get(LIST).content.decode()
    assert "1 action<" in page
    assert "Restricted" not in page


def test_another_councils_actions_and_keys_are_nowhere(cast: Cast) -> None:
    foreign = make.make_action(cast.stranger.council, title="Främmande", owner=cast.stranger)
    act(cast, "Vår")
    browser = cast.browse(cast.coordinator)
    assert titles(browser, status="all") == ["Vår"]
    assert titles(browser, owner=cast.stranger.pk) == []
    assert titles(browser, organisation=cast.stranger.organisation_id) == []
    text = browser.get(f"{LIST}?owner={cast.stranger.pk}&meeting={foreign.agenda_item.meeting_id}").content.decode()
    assert cast.stranger.name not in text
    assert cast.browse(cast.stranger).get(LIST).status_code == 404


def test_an_owner_from_outside_sees_only_their_own(cast: Cast) -> None:
    act(cast, "Min", owner=cast.owner)
    act(cast, "Någon annans")
    browser = cast.browse(cast.owner)
    assert titles(browser) == ["Min"]
    assert titles(browser, MINE) == ["Min"]


def test_mine_are_those_i_own(cast: Cast) -> None:
    act(cast, "Min")
    act(cast, "Min och klar", status=Status.DONE, closed_on=TODAY)
    act(cast, "Ordförandens", owner=cast.chair)
    browser = cast.browse(cast.member)
    assert titles(browser, MINE) == ["Min"]
    assert titles(browser, MINE, status="done") == ["Min och klar"]
    assert titles(browser, MINE, owner=cast.chair.pk) == ["Min"]


def test_an_empty_list_says_what_it_will_hold(cast: Cast) -> None:
    assert "Nothing to be done" in cast.browse(cast.member).get(LIST).content.decode()
    assert "Nothing waits for you" in cast.browse(cast.member).get(MINE).content.decode()
    assert "No action fits" in cast.browse(cast.member).get(f"{LIST}?q=x").content.decode()


def test_text_is_escaped(cast: Cast) -> None:
    act(cast, "<q>fet</q>", owner=make.make_member(cast.council, name="<i>Eva</i>", title="<u>chef</u>"))
    browser = cast.browse(cast.member)
    page = browser.get(LIST).content.decode() + browser.get(f"{LIST}?q=%22%3E%3Cem%3E").content.decode()
    assert [tag for tag in ("<q>", "<i>", "<u>", "<em>") if tag in page] == []
    assert "&lt;q&gt;fet&lt;/q&gt;" in page


@pytest.mark.parametrize("query", ["", "?status=all&sort=owner&extremism=1&q=a&person=o&overdue=1"])
def test_the_number_of_queries_is_small_and_the_same_for_one_and_thirty_rows(
    cast: Cast, django_assert_max_num_queries: Callable[..., Any], query: str
) -> None:
    item = make.make_item(
        make.make_meeting(cast.council, MeetingState.ADJOURNED), topics=[make.make_topic(cast.council, extremism=True)]
    )
    late = TODAY - timedelta(days=2)
    browser = cast.browse(cast.coordinator)

    def cost() -> int:
        with django_assert_max_num_queries(12) as caught:
            browser.get(LIST + query)
        return len(caught)

    act(cast, "a0", agenda_item=item, deadline=late, agreed_on=late, owner=cast.owner)
    one = cost()
    for number in range(29):
        act(
            cast,
            f"a{number}",
            agenda_item=item,
            deadline=late,
            agreed_on=late,
            owner=make.make_member(cast.council, name="Olof"),
        )
    # With more than one page the rows are counted, which the only page does by itself.
    assert cost() == one + 1
