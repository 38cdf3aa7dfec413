"""Cases that a member watches, cases that have gone quiet, and the years of the list."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from bra.errors import RuleBroken
from bra.history import entries_of
from bra.models import Member
from meetings import lifecycle
from meetings.models import AgendaItem, Case, CaseRules, CaseState, CaseWatch, ItemState, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY

HOME = "/granby/"


def treated(cast: Cast, case: Case, day: date = date(2017, 1, 26), **more: object) -> AgendaItem:
    """An item of a held meeting that treated the case."""
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=day)
    return make.make_item(meeting, case=case, state=ItemState.TREATED, **more)


# Watching


def news(cast: Cast, member: Member) -> tuple[int, list[tuple[Case, AgendaItem]]]:
    """What the first page tells the member: how many cases they watch, and which were treated where."""
    watched = cast.browse(member).get(HOME).context["watched"]
    return watched.number, watched.news


def test_a_member_is_told_of_a_treatment_until_they_have_seen_it(cast: Cast) -> None:
    case, other = make.make_case(cast.council), make.make_case(cast.council)
    treated(cast, case)
    browser = cast.browse(cast.member)
    for row in (case, other):
        browser.post(f"/granby/arenden/{row.pk}/bevaka/")
    assert news(cast, cast.member) == (2, [])  # what was there already is no news
    item = treated(cast, case, date(2017, 3, 2), title="Nytt om fasaden")
    treated(cast, make.make_case(cast.council), date(2017, 3, 9))
    assert news(cast, cast.member) == (2, [(case, item)])
    assert "Nytt om fasaden" in browser.get(HOME).content.decode()
    assert news(cast, cast.chair) == (0, [])
    browser.post("/granby/arenden/bevakade/sedda/")
    assert news(cast, cast.member) == (2, [])
    browser.post(f"/granby/arenden/{case.pk}/bevaka/", {"end": "on"})
    treated(cast, case, date(2017, 3, 14))
    assert news(cast, cast.member) == (1, [])


def test_watching_is_in_history_but_nobody_elses_matter(cast: Cast) -> None:
    case = make.make_case(cast.council)
    for _twice in range(2):
        lifecycle.watch_case(case=case, by=cast.member, on=TODAY)
    lifecycle.watch_case(case=case, by=cast.member, on=TODAY, watched=False)
    assert [(entry.verb, entry.actor) for entry in entries_of(case)] == [
        ("case.watched", cast.member),
        ("case.unwatched", cast.member),
    ]
    assert cast.browse(cast.chair).get(f"/granby/arenden/{case.pk}/").context["lines"] == []
    assert not CaseWatch.objects.exists()


def test_nothing_restricted_is_told_to_a_watcher_who_is_not_cleared(cast: Cast) -> None:
    case, closed_off = make.make_case(cast.council), make.make_case(cast.council)
    for row in (case, closed_off):
        for member in (cast.member, cast.chair):
            lifecycle.watch_case(case=row, by=member, on=TODAY)
    secret = treated(cast, case, restricted=True)
    hidden = treated(cast, closed_off, date(2017, 2, 9))
    lifecycle.edit_case(
        case=closed_off,
        topics=[],
        state=CaseState.NEW,
        ground=make.ground_of(cast.council),
        by=cast.secretary,
        on=TODAY,
    )
    assert news(cast, cast.member) == (1, [])
    assert news(cast, cast.chair) == (2, [(closed_off, hidden), (case, secret)])
    page = cast.browse(cast.member).get(HOME).content.decode()
    assert [case.title in page, closed_off.title in page] == [False, False]


def test_the_first_page_costs_the_same_for_one_watched_case_as_for_three(
    cast: Cast, django_assert_max_num_queries
) -> None:
    browser = cast.browse(cast.member)

    def add() -> None:
        case = make.make_case(cast.council)
        lifecycle.watch_case(case=case, by=cast.member, on=TODAY)
        treated(cast, case)

    add()
    with django_assert_max_num_queries(100) as one:
        browser.get(HOME)
    add()
    add()
    with django_assert_max_num_queries(len(one)):
        assert len(browser.get(HOME).context["watched"].news) == 3


def test_the_list_can_be_narrowed_to_those_one_watches(cast: Cast) -> None:
    case = make.make_case(cast.council, title="Bevakat")
    make.make_case(cast.council, title="Annat")
    lifecycle.watch_case(case=case, by=cast.member, on=TODAY)
    rows = cast.browse(cast.member).get("/granby/arenden/?watched=on").context["table"].paginated_rows
    assert [row.record.title for row in rows] == ["Bevakat"]


# The year and the text of the list


def titles(cast: Cast, member: Member, query: str) -> list[str]:
    rows = cast.browse(member).get(f"/granby/arenden/?state=all&sort=title&{query}").context["table"].paginated_rows
    return [row.record.title for row in rows]


def test_a_case_belongs_to_the_year_it_was_opened_and_to_those_it_was_treated_in(cast: Cast) -> None:
    make.make_case(cast.council, title="A 2015", opened_on=date(2015, 5, 4))
    case = make.make_case(cast.council, title="B 2016", opened_on=date(2016, 5, 4))
    treated(cast, case, date(2017, 1, 26), restricted=True)
    make.make_case(cast.council, title="C 2014", opened_on=date(2014, 5, 4), restricted=True)
    assert titles(cast, cast.member, "year=2016") == ["B 2016"]
    assert titles(cast, cast.member, "year=2017") == []
    assert titles(cast, cast.secretary, "year=2017") == ["B 2016"]
    years = {
        who: [
            value
            for value, _label in cast.browse(who).get("/granby/arenden/").context["filter"].form.fields["year"].choices
            if value
        ]
        for who in (cast.member, cast.secretary)
    }
    assert years == {cast.member: [2017, 2016, 2015], cast.secretary: [2017, 2016, 2015, 2014]}


def test_situation_and_outcome_are_searched_in_any_case(cast: Cast) -> None:
    make.make_case(cast.council, title="Ett", situation="Åsskolans fasad")
    make.make_case(cast.council, title="Två", state=CaseState.CLOSED, outcome="Ändrade öppettider")
    assert titles(cast, cast.member, "text=ÅSSKOLANS") == ["Ett"]
    assert titles(cast, cast.member, "text=ändrade") == ["Två"]


# Gone quiet


def quiet(cast: Cast, member: Member, weeks: int = 26, on: date = TODAY) -> list[str]:
    return [case.title for case in Case.objects.visible_to(member).quiet(member, on, weeks, TODAY)]


def test_a_case_is_quiet_when_nobody_treated_it_for_the_time(cast: Cast) -> None:
    on = date(2017, 3, 23)
    limit = on - timedelta(weeks=4)
    for title, opened, last in (
        ("Nyligen", date(2016, 1, 1), limit + timedelta(days=1)),
        ("På dagen", date(2016, 1, 1), limit),
        ("Länge sedan", date(2016, 1, 1), date(2016, 9, 8)),
        ("Aldrig", limit, None),
        ("Ny", limit + timedelta(days=1), None),
    ):
        case = make.make_case(cast.council, title=title, opened_on=opened)
        if last:
            treated(cast, case, last)
    make.make_case(cast.council, title="Avslutat", state=CaseState.CLOSED)
    planned = make.make_case(cast.council, title="På dagordningen")
    make.make_item(make.make_meeting(cast.council, MeetingState.DRAFT, date=on), case=planned)
    never_held = make.make_case(cast.council, title="Mötet blev inte av", opened_on=date(2016, 1, 2))
    make.make_item(make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 3, 14)), case=never_held)
    assert quiet(cast, cast.secretary, 4, on) == ["Mötet blev inte av", "Länge sedan", "Aldrig", "På dagen"]


def test_what_the_uncleared_may_not_see_makes_no_case_less_quiet_for_them(cast: Cast) -> None:
    case = make.make_case(cast.council, title="Öppet", opened_on=date(2016, 1, 1))
    make.make_case(cast.council, title="Hemligt", opened_on=date(2016, 1, 1), restricted=True)
    treated(cast, case, date(2017, 3, 2), restricted=True)
    make.make_item(make.make_meeting(cast.council, MeetingState.DRAFT), case=case, restricted=True)
    assert quiet(cast, cast.member) == ["Öppet"]
    assert quiet(cast, cast.secretary) == ["Hemligt"]


def test_a_quiet_case_is_put_on_the_agenda_with_one_click_and_taken_off_again(cast: Cast) -> None:
    topic = make.make_topic(cast.council)
    case = make.make_case(cast.council, title="Tyst fråga", topics=[topic], opened_on=date(2016, 1, 1))
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT, date=TODAY + timedelta(days=8))
    page = f"/granby/moten/{meeting.pk}/"
    browser = cast.browse(cast.secretary)
    shown = {who: cast.browse(who).get(page).content.decode() for who in (cast.secretary, cast.member)}
    assert ["Cases not treated for a long time" in text for text in shown.values()] == [True, False]
    words = browser.post(f"{page}arende-till-dagordning/", {"case": case.pk}, follow=True).content.decode()
    item = meeting.items.get()
    assert (item.title, item.case, list(item.topics.all())) == ("Tyst fråga", case, [topic])
    assert "Cases not treated for a long time" not in words
    assert f'action="/granby/punkter/{item.pk}/ta-bort/"' in words
    again = browser.post(f"{page}arende-till-dagordning/", {"case": case.pk}, follow=True).content.decode()
    assert "The case stands on the agenda already." in again
    assert meeting.items.count() == 1
    browser.post(f"/granby/punkter/{item.pk}/ta-bort/")
    assert "Cases not treated for a long time" in browser.get(page).content.decode()


@pytest.mark.parametrize("state", [MeetingState.IN_SESSION, MeetingState.ADJOURNED])
def test_only_a_planned_meeting_takes_a_proposed_case(cast: Cast, state: MeetingState) -> None:
    case, meeting = make.make_case(cast.council), make.make_meeting(cast.council, state)
    with pytest.raises(RuleBroken, match="The meeting has begun"):
        lifecycle.put_on_agenda(meeting=meeting, case=case, by=cast.secretary, on=TODAY)


def test_a_case_that_does_not_exist_for_the_member_is_not_put_on_an_agenda(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    uncleared = make.make_member(cast.council, cast.secretary.role, user=make.make_user())
    secret = make.make_case(cast.council, restricted=True)
    foreign = make.make_case(cast.stranger.council)
    browser = cast.browse(uncleared)
    for key in (secret.pk, foreign.pk, "x", "9" * 30, ""):
        browser.post(f"/granby/moten/{meeting.pk}/arende-till-dagordning/", {"case": key})
    assert not meeting.items.exists()


def test_the_agenda_page_costs_the_same_for_one_quiet_case_as_for_three(
    cast: Cast, django_assert_max_num_queries
) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    browser = cast.browse(cast.secretary)
    make.make_case(cast.council, opened_on=date(2016, 1, 1))
    with django_assert_max_num_queries(100) as one:
        browser.get(f"/granby/moten/{meeting.pk}/")
    for _n in range(2):
        make.make_case(cast.council, opened_on=date(2016, 1, 1))
    with django_assert_max_num_queries(len(one)):
        browser.get(f"/granby/moten/{meeting.pk}/")


def test_the_coordinator_chooses_how_long_is_long(cast: Cast) -> None:
    url = "/granby/installningar/arenden/"
    browser = cast.browse(cast.coordinator)
    assert browser.get(url).context["form"]["quiet_weeks"].value() == 26
    answers = [browser.post(url, {"quiet_weeks": weeks}).status_code for weeks in ("0", "521", "", "x", "12")]
    assert answers == [422, 422, 422, 422, 302]
    rules = CaseRules.of(cast.council)
    assert rules.quiet_weeks == 12
    assert [entry.changes for entry in entries_of(rules)] == [{"quiet_weeks": [26, 12]}]
    assert CaseRules.of(cast.stranger.council).quiet_weeks == 26


@pytest.mark.django_db
def test_the_database_refuses_what_must_not_be() -> None:
    council = make.make_council()
    first, second = make.make_case(council), make.make_case(council)
    wrong = [
        lambda: Case.objects.filter(pk=first.pk).update(merged_into=second, merged_on=TODAY),
        lambda: Case.objects.filter(pk=first.pk).update(merged_into=first, merged_on=TODAY, state=CaseState.CLOSED),
        lambda: Case.objects.filter(pk=first.pk).update(merged_into=second, state=CaseState.CLOSED),
        lambda: CaseRules.objects.create(council=council, quiet_weeks=0),
    ]
    refused = 0
    for write in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
        refused += 1
    assert refused == len(wrong)
