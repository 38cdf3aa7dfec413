"""One case's page: its timeline, its history, and what the uncleared must not find on either."""

from datetime import date, timedelta

import pytest

from actions.models import Status
from bra.models import Member
from meetings import lifecycle
from meetings.models import AgendaItem, Case, CaseState, Decision, ItemState, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY


def url(case: Case) -> str:
    """The address of the case's page."""
    return f"/granby/arenden/{case.pk}/"


def treated(cast: Cast, case: Case, day: date, **more: object) -> AgendaItem:
    """An item of a held meeting that treated the case."""
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=day)
    return make.make_item(meeting, case=case, state=ItemState.TREATED, **more)


def decide(item: AgendaItem, text: str, number: int | None = None, **more: object) -> Decision:
    """A decision at the item."""
    return Decision.objects.create(council=item.meeting.council, item=item, text=text, number=number, **more)


def test_the_timeline_has_items_decisions_and_actions_newest_first(cast: Cast) -> None:
    case = make.make_case(cast.council, situation="Klotter på norra fasaden.")
    old = treated(cast, case, date(2016, 10, 13), title="Gammal punkt", notes="Gammal anteckning")
    new = treated(cast, case, date(2017, 3, 2), title="Ny punkt")
    decide(old, "Belysningen ses över.", 41)
    decide(old, "Struket beslut", removed=True)
    make.make_action(agenda_item=new, title="Sanera", owner=cast.owner, deadline=TODAY - timedelta(days=12))
    make.make_action(agenda_item=new, title="Bortplockad", removed=True)
    page = cast.browse(cast.member).get(url(case))
    words = page.content.decode()
    order = [
        "Klotter på norra fasaden.",
        "Ny punkt",
        "Sanera",
        "Gammal punkt",
        "Gammal anteckning",
        "§ 41",
        "Belysningen",
    ]
    places = [words.find(word) for word in order]
    assert -1 not in places
    assert places == sorted(places)
    assert ["Overdue 12 days" in words, "Ove Utförare, " in words] == [True, True]
    assert ["Struket beslut" in words, "Bortplockad" in words] == [False, False]
    assert "A case is never about a person." in words


def test_the_uncleared_read_only_what_is_open(cast: Cast) -> None:
    case = make.make_case(cast.council)
    treated(cast, case, date(2017, 1, 26), title="Öppen punkt")
    closed = treated(cast, case, date(2017, 3, 2), title="Hemlig punkt", notes="Hemlig anteckning", restricted=True)
    decide(closed, "Hemligt beslut", 7)
    make.make_action(agenda_item=closed, title="Hemlig åtgärd", owner=cast.secretary)
    page = {who: cast.browse(who).get(url(case)).content.decode() for who in (cast.member, cast.secretary)}
    secrets = ("Hemlig punkt", "Hemlig anteckning", "Hemligt beslut", "Hemlig åtgärd", "2 mars 2017", "2 March 2017")
    assert [secret in page[cast.member] for secret in secrets] == [False] * 6
    assert [secret in page[cast.secretary] for secret in secrets[:4]] == [True] * 4
    assert "Öppen punkt" in page[cast.member]


@pytest.mark.parametrize("tail", ["", "andra/", "lage/"])
def test_a_restricted_case_does_not_exist_for_the_uncleared(cast: Cast, tail: str) -> None:
    case = make.make_case(cast.council, restricted=True)
    uncleared = make.make_member(cast.council, cast.secretary.role, user=make.make_user())
    for who in (cast.member, uncleared, cast.owner, cast.stranger):
        browser = cast.browse(who)
        answer = (
            browser.post(url(case) + tail, {"state": "closed"}) if tail == "lage/" else browser.get(url(case) + tail)
        )
        assert answer.status_code == 404
    assert Case.objects.get(pk=case.pk).state == CaseState.NEW


def test_another_councils_case_is_404(cast: Cast) -> None:
    assert cast.browse(cast.coordinator).get(url(make.make_case(cast.stranger.council))).status_code == 404


def test_a_decision_of_the_meeting_in_session_wears_the_number_it_would_get(cast: Cast) -> None:
    case = make.make_case(cast.council)
    decide(treated(cast, case, date(2017, 1, 26)), "Förra", 76)
    meeting = make.make_meeting(cast.council)
    decide(make.make_item(meeting), "Annan punkt")
    decide(make.make_item(meeting, case=case, state=ItemState.TREATED), "Nu")
    words = cast.browse(cast.member).get(url(case)).content.decode()
    assert ["§ 76" in words, "§ 77" in words, "§ 78" in words] == [True, False, True]


def test_without_items_the_page_leads_to_the_next_agenda(cast: Cast) -> None:
    case = make.make_case(cast.council)
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT, date=TODAY + timedelta(days=8))
    page = {who: cast.browse(who).get(url(case)).content.decode() for who in (cast.secretary, cast.member)}
    assert ["Nothing said about it yet" in text for text in page.values()] == [True, True]
    assert [f'href="/granby/moten/{meeting.pk}/"' in text for text in page.values()] == [True, False]
    assert ["Edit the case" in text for text in page.values()] == [True, False]


def history(cast: Cast, case: Case, member: Member) -> list[tuple[str, str]]:
    """The history on the page as (who, sentence)."""
    return [(line.who, line.what) for line in cast.browse(member).get(url(case)).context["lines"]]


def test_the_history_is_sentences_latest_first(cast: Cast) -> None:
    first, second = (make.make_organisation(cast.council, name=name) for name in ("Skolan", "Polisen"))
    topic = make.make_topic(cast.council, name="Klotter")
    who = cast.secretary
    case = lifecycle.open_case(council=cast.council, by=who, on=TODAY, title="Första", organisation=first)
    lifecycle.edit_case(
        case=case,
        by=who,
        on=TODAY,
        topics=[topic],
        state=CaseState.WATCHED,
        title="Andra",
        organisation=second,
        situation="Ny text",
        registry_number="KS 2017/9",
    )
    sentences = [
        "The topics were changed to: Klotter.",
        "The situation was rewritten.",
        "The responsible organisation was changed from Skolan to Polisen.",
        "The title was changed from “Första”.",
        "The registry number was changed from BRÅ 2017/1 to KS 2017/9.",
        "The state was changed from New to Watched.",
        "The case was opened.",
    ]
    lines = history(cast, case, cast.member)
    assert [words for _who, words in lines][-1] == sentences[-1]
    assert sorted(words for _who, words in lines) == sorted(sentences)
    assert {name for name, _words in lines} == {who.label}


def test_what_was_written_under_the_lock_stays_with_the_cleared(cast: Cast) -> None:
    case = make.make_case(cast.council, title="Hemlig titel", restricted=True)

    def edit(**fields: object) -> None:
        lifecycle.edit_case(case=case, by=cast.secretary, on=TODAY, topics=[], state=CaseState.OPEN, **fields)

    edit(title="Öppen titel")
    edit(ground=None)
    edit(situation="Läget")
    assert history(cast, case, cast.member) == [(cast.secretary.label, "The situation was rewritten.")]
    assert "Hemlig titel" not in cast.browse(cast.member).get(url(case)).content.decode()
    assert "Hemlig titel" in cast.browse(cast.chair).get(url(case)).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_timeline(cast: Cast, django_assert_num_queries) -> None:
    case = make.make_case(cast.council, topics=[make.make_topic(cast.council)])
    browser = cast.browse(cast.secretary)

    def add(day: date) -> None:
        item = treated(cast, case, day)
        decide(item, "Ja", day.day)
        for status in (Status.NOT_STARTED, Status.IN_PROGRESS):
            make.make_action(agenda_item=item, status=status)
        lifecycle.edit_case(case=case, by=cast.secretary, on=TODAY, topics=[], state=CaseState.OPEN, title=f"T{day}")

    add(date(2017, 1, 1))
    with django_assert_num_queries(14):
        browser.get(url(case))
    add(date(2017, 1, 2))
    add(date(2017, 1, 3))
    with django_assert_num_queries(14):
        browser.get(url(case))
