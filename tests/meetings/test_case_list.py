"""The list of cases: who sees what, by state, topic, organisation, text and age."""

from datetime import date

import pytest
from django.test import Client

from bra.models import Member
from meetings.models import CaseState, ItemState, MeetingState
from tests import make
from tests.cast import Cast

URL = "/granby/arenden/"


def titles(browser: Client, query: str = "") -> list[str]:
    """The cases of the page, in its order."""
    return [row.record.title for row in browser.get(f"{URL}?{query}").context["table"].paginated_rows]


def counts(browser: Client, query: str = "") -> dict[str, int]:
    """The numbers on the tabs."""
    return {value: number for value, _label, number in browser.get(f"{URL}?{query}").context["tabs"]}


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


def test_it_opens_on_the_cases_that_are_not_closed(cast: Cast, secretary: Client) -> None:
    for state in CaseState:
        make.make_case(cast.council, title=state.value, state=state)
    assert titles(secretary) == ["new", "open", "watched"]
    assert titles(secretary, "state=closed") == ["closed"]
    assert titles(secretary, "state=all") == ["closed", "new", "open", "watched"]
    assert titles(secretary, "state=nonsense") == ["new", "open", "watched"]
    assert counts(secretary) == {"live": 3, "new": 1, "open": 1, "watched": 1, "closed": 1, "all": 4}


def test_the_uncleared_find_no_trace_of_a_restricted_case(cast: Cast) -> None:
    topic = make.make_topic(cast.council)
    make.make_case(cast.council, title="Öppen", state=CaseState.OPEN)
    make.make_case(cast.council, title="Sluten", state=CaseState.OPEN, restricted=True, topics=[topic])
    page = cast.browse(cast.member).get(f"{URL}?state=all")
    assert [row.record.title for row in page.context["table"].paginated_rows] == ["Öppen"]
    assert [number for _value, _label, number in page.context["tabs"]] == [1, 0, 1, 0, 0, 1]
    assert "Sluten" not in page.content.decode()
    assert titles(cast.browse(cast.member), f"state=all&topic={topic.pk}") == []
    assert titles(cast.browse(cast.member), "text=sluten") == []
    assert titles(cast.browse(cast.secretary), "state=all") == ["Sluten", "Öppen"]


def test_another_councils_cases_are_not_there(cast: Cast, secretary: Client) -> None:
    theirs = make.make_case(cast.stranger.council, title="Deras")
    assert titles(secretary, "state=all") == []
    # A topic or organisation of theirs is no choice: the filter is refused and shows nothing of theirs.
    page = secretary.get(f"{URL}?organisation={theirs.organisation_id}")
    assert "Deras" not in page.content.decode()


@pytest.mark.parametrize("who", ["stranger", "owner"])
def test_strangers_and_outside_owners_get_404(cast: Cast, who: str) -> None:
    member: Member = getattr(cast, who)
    assert cast.browse(member).get(URL).status_code == 404


def test_it_is_filtered_by_topic_organisation_and_text_in_any_case(cast: Cast, secretary: Client) -> None:
    school, street = make.make_topic(cast.council), make.make_topic(cast.council)
    police = make.make_organisation(cast.council, name="Polisen")
    make.make_case(cast.council, title="Klotter vid Åsskolan", topics=[school, street], registry_number="BRÅ 2016/77")
    make.make_case(cast.council, title="Flyers", topics=[street], organisation=police)
    assert titles(secretary, f"topic={school.pk}") == ["Klotter vid Åsskolan"]
    assert titles(secretary, f"topic={street.pk}") == ["Flyers", "Klotter vid Åsskolan"]
    assert titles(secretary, f"organisation={police.pk}") == ["Flyers"]
    assert titles(secretary, "text=ÅSSKOLAN") == ["Klotter vid Åsskolan"]
    assert titles(secretary, "text=2016/77") == ["Klotter vid Åsskolan"]
    assert titles(secretary, "text=asskolan") == []
    assert counts(secretary, f"topic={school.pk}")["live"] == 1


def test_longest_untouched_comes_first_and_the_order_can_be_turned(cast: Cast, secretary: Client) -> None:
    for title, day in {"Nyss": date(2017, 3, 2), "Länge sedan": date(2016, 9, 8)}.items():
        case = make.make_case(cast.council, title=title)
        meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=day)
        make.make_item(meeting, case=case, state=ItemState.TREATED)
    make.make_case(cast.council, title="Aldrig")
    assert titles(secretary) == ["Aldrig", "Länge sedan", "Nyss"]
    assert titles(secretary, "sort=-last_treated") == ["Nyss", "Länge sedan", "Aldrig"]
    words = secretary.get(URL).content.decode()
    assert [word in words for word in ("Never treated", "26 weeks ago", "13 days ago")] == [True, True, True]


def test_titles_are_sorted_as_in_the_swedish_alphabet(cast: Cast, secretary: Client) -> None:
    for title in ("Öl", "Zon", "Äng", "Å-rum", "bad"):
        make.make_case(cast.council, title=title)
    assert titles(secretary, "sort=title") == ["bad", "Zon", "Å-rum", "Äng", "Öl"]


def test_last_treated_counts_only_what_the_member_may_see_and_what_was_treated(cast: Cast) -> None:
    case = make.make_case(cast.council)
    for day, more in (
        (date(2017, 1, 26), {"state": ItemState.TREATED}),
        (date(2017, 2, 9), {"state": ItemState.TREATED, "restricted": True}),
        (date(2017, 3, 2), {"state": ItemState.TABLED}),
    ):
        make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED, date=day), case=case, **more)
    seen = {}
    for who in (cast.member, cast.secretary):
        (row,) = cast.browse(who).get(URL).context["table"].paginated_rows
        seen[who] = row.record.last_treated
    assert seen == {cast.member: date(2017, 1, 26), cast.secretary: date(2017, 2, 9)}


def test_a_bookmark_keeps_filter_tab_and_order_on_the_next_page(cast: Cast, secretary: Client) -> None:
    for number in range(26):
        make.make_case(cast.council, title=f"Ärende {number:02}")
    page = secretary.get(f"{URL}?state=all&text=ärende&sort=-title").content.decode()
    assert 'href="?state=all&amp;text=%C3%A4rende&amp;sort=-title&amp;page=2"' in page
    assert titles(secretary, "state=all&text=ärende&sort=-title&page=2") == ["Ärende 00"]


def test_the_first_time_the_page_teaches_and_only_loggers_may_begin(cast: Cast) -> None:
    page = {who: cast.browse(who).get(URL).content.decode() for who in (cast.secretary, cast.member)}
    assert ["No cases yet" in text for text in page.values()] == [True, True]
    assert ["Open the first case" in text for text in page.values()] == [True, False]


def test_the_number_of_queries_does_not_grow_with_the_cases(
    cast: Cast, secretary: Client, django_assert_num_queries
) -> None:
    def add() -> None:
        topics = [make.make_topic(cast.council), make.make_topic(cast.council)]
        make.make_case(cast.council, topics=topics)

    add()
    with django_assert_num_queries(10):
        secretary.get(URL)
    add()
    add()
    with django_assert_num_queries(10):
        secretary.get(URL)
