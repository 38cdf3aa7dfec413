"""A case through its life: merged, split, closed, reopened, linked, and what the uncleared never learn of it."""

import contextlib
import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections

from bra.errors import RuleBroken
from bra.history import entries_of
from bra.models import Member, Role
from meetings import lifecycle
from meetings.models import AgendaItem, Case, CaseLink, CaseState, CaseWatch, ItemState, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY


def url(case: Case, tail: str = "") -> str:
    """The address of a page of the case."""
    return f"/granby/arenden/{case.pk}/{tail}"


def treated(cast: Cast, case: Case, day: date = date(2017, 1, 26), **more: object) -> AgendaItem:
    """An item of a held meeting that treated the case."""
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=day)
    return make.make_item(meeting, case=case, state=ItemState.TREATED, **more)


def watchers(case: Case) -> set[Member]:
    return {row.member for row in CaseWatch.objects.filter(case=case)}


def links(case: Case) -> set[Case]:
    return set(Case.objects.related_to(case))


def told(cast: Cast, case: Case, member: Member) -> list[str]:
    """The history on the case's page, latest first."""
    return [line.what for line in cast.browse(member).get(url(case)).context["lines"]]


# Merging


def merge(cast: Cast, case: Case, into: Case) -> None:
    lifecycle.merge_cases(case=case, into=into, by=cast.secretary, on=TODAY)


def test_merging_takes_everything_over_and_undoing_brings_exactly_that_back(cast: Cast) -> None:
    school, street, both = (make.make_topic(cast.council) for _ in range(3))
    case = make.make_case(cast.council, topics=[school, both], state=CaseState.WATCHED)
    into = make.make_case(cast.council, topics=[street, both], state=CaseState.OPEN)
    near, far = make.make_case(cast.council), make.make_case(cast.council)
    moved, own = treated(cast, case), treated(cast, into)
    for other, linked in ((case, near), (case, far), (into, far), (case, into)):
        lifecycle.link_cases(case=other, other=linked, by=cast.secretary, on=TODAY)
    for watched, member in ((case, cast.member), (case, cast.chair), (into, cast.chair)):
        lifecycle.watch_case(case=watched, by=member, on=TODAY)

    merge(cast, case, into)
    case.refresh_from_db()
    assert (case.state, case.merged_into, case.merged_on) == (CaseState.CLOSED, into, TODAY)
    assert set(into.items.all()) == {moved, own}
    assert set(into.topics.all()) == {school, street, both}
    assert links(into) == {near, far}
    assert watchers(into) == {cast.member, cast.chair}

    lifecycle.unmerge_case(case=case, by=cast.secretary, on=TODAY)
    case.refresh_from_db()
    assert (case.state, case.merged_into, case.merged_on) == (CaseState.WATCHED, None, None)
    assert (set(case.items.all()), set(into.items.all())) == ({moved}, {own})
    assert (set(case.topics.all()), set(into.topics.all())) == ({school, both}, {street, both})
    assert (links(case), links(into)) == ({near, far, into}, {far, case})
    assert (watchers(case), watchers(into)) == ({cast.member, cast.chair}, {cast.chair})


def test_a_closed_case_that_was_merged_is_closed_again_after_undoing(cast: Cast) -> None:
    case, into = make.make_case(cast.council, state=CaseState.CLOSED, outcome="Klart"), make.make_case(cast.council)
    merge(cast, case, into)
    lifecycle.unmerge_case(case=case, by=cast.secretary, on=TODAY)
    case.refresh_from_db()
    assert (case.state, case.merged_into) == (CaseState.CLOSED, None)


def test_the_page_of_a_merged_case_points_to_the_other_and_changes_nothing(cast: Cast) -> None:
    case, into = make.make_case(cast.council), make.make_case(cast.council, title="Den andra")
    item = treated(cast, case)
    browser = cast.browse(cast.secretary)
    page = browser.post(url(case, "sla-ihop/"), {"into": into.pk}, follow=True)
    assert page.redirect_chain == [(url(into), 302)]
    assert f'action="{url(case, "skilj-at/")}"' in page.content.decode()
    words = browser.get(url(case)).content.decode()
    assert f'<a href="{url(into)}">{into}</a>' in words
    assert ["Edit the case" in words, "Undo the merge" in words, "Watch the case" in words] == [False, True, False]
    form = {"title": "Ny", "organisation": case.organisation_id, "registry_number": ""}
    refused = browser.post(url(case, "andra/"), form)
    assert refused.context["form"].errors == {
        "__all__": [f"The case {case.registry_number} was merged into another one."]
    }
    browser.post(url(case, "skilj-at/"))
    item.refresh_from_db()
    assert item.case == case


def test_every_verb_refuses_a_merged_case(cast: Cast) -> None:
    case, into, third = (make.make_case(cast.council) for _ in range(3))
    merge(cast, case, into)
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    item = make.make_item(meeting)
    actor = {"by": cast.secretary, "on": TODAY}
    verbs = [
        lambda: lifecycle.edit_case(case=case, topics=[], state=CaseState.CLOSED, title="Ny", **actor),
        lambda: lifecycle.merge_cases(case=case, into=third, **actor),
        lambda: lifecycle.merge_cases(case=third, into=case, **actor),
        lambda: lifecycle.split_case(case=case, items=[item], title="Ny", organisation=case.organisation, **actor),
        lambda: lifecycle.close_case(case=case, outcome="Klart", **actor),
        lambda: lifecycle.reopen_case(case=case, reason="Nytt", **actor),
        lambda: lifecycle.link_cases(case=case, other=third, **actor),
        lambda: lifecycle.watch_case(case=case, **actor),
        lambda: lifecycle.put_on_agenda(meeting=meeting, case=case, **actor),
        lambda: lifecycle.add_item(meeting=meeting, title="Punkt", case=case, **actor),
        lambda: lifecycle.edit_item(item=item, case=case, **actor),
    ]
    refused = []
    for verb in verbs:
        with pytest.raises(RuleBroken) as error:
            verb()
        refused.append(error.value.sentence)
    assert refused == [f"The case {case.registry_number} was merged into another one."] * len(verbs)
    assert (Case.objects.count(), AgendaItem.objects.count(), CaseLink.objects.count()) == (3, 1, 0)


def test_what_cannot_be_merged_is_refused_with_a_sentence(cast: Cast) -> None:
    case, closed = make.make_case(cast.council), make.make_case(cast.council, state=CaseState.CLOSED)
    secret = make.make_case(cast.council, restricted=True)
    refused = {}
    for name, into in (("itself", case), ("closed", closed), ("secret", secret)):
        with pytest.raises(RuleBroken) as error:
            merge(cast, case, into)
        refused[name] = (error.value.field, error.value.sentence)
    assert refused == {
        "itself": ("into", "A case can't be merged into itself."),
        "closed": ("into", f"The case {closed.registry_number} is closed. Reopen it first."),
        "secret": (
            "into",
            "One of the cases is restricted and the other isn't. Put the same lock on both first.",
        ),
    }


def test_undoing_is_refused_when_things_have_moved_on(cast: Cast) -> None:
    case, into = make.make_case(cast.council), make.make_case(cast.council)
    item = treated(cast, case)
    merge(cast, case, into)
    lifecycle.close_case(case=into, outcome="Klart", by=cast.secretary, on=TODAY)
    with pytest.raises(RuleBroken, match=r"was closed since, so the merge can't be undone\. Reopen it first\."):
        lifecycle.unmerge_case(case=case, by=cast.secretary, on=TODAY)
    lifecycle.reopen_case(case=into, reason="Nytt", by=cast.secretary, on=TODAY)
    lifecycle.split_case(
        case=into, items=[item], title="Ny", organisation=into.organisation, by=cast.secretary, on=TODAY
    )
    with pytest.raises(RuleBroken, match=r"tied to another case, so the merge can't be undone"):
        lifecycle.unmerge_case(case=case, by=cast.secretary, on=TODAY)
    merge(cast, into, make.make_case(cast.council))
    with pytest.raises(RuleBroken, match=r"was itself merged since\. Undo that first\."):
        lifecycle.unmerge_case(case=case, by=cast.secretary, on=TODAY)
    case.refresh_from_db()
    assert case.merged_into == into


def test_locking_a_case_locks_what_was_merged_into_it(cast: Cast) -> None:
    first, second, third = (make.make_case(cast.council) for _ in range(3))
    merge(cast, first, second)
    merge(cast, second, third)
    lifecycle.edit_case(
        case=third, topics=[], state=CaseState.NEW, ground=make.ground_of(cast.council), by=cast.secretary, on=TODAY
    )
    assert list(Case.objects.order_by("pk").values_list("restricted", flat=True)) == [True, True, True]
    assert [cast.browse(cast.member).get(url(case)).status_code for case in (first, second, third)] == [404] * 3


def test_undoing_a_merge_gives_a_restricted_case_its_locks_back(cast: Cast) -> None:
    case, into = (make.make_case(cast.council, restricted=True) for _ in range(2))
    meeting = make.make_meeting(cast.council)
    item = make.make_item(meeting, case=case, restricted=True)
    merge(cast, case, into)
    lifecycle.edit_case(case=into, topics=[], state=CaseState.OPEN, ground=None, by=cast.secretary, on=TODAY)
    lifecycle.edit_item(item=item, ground=None, by=cast.secretary, on=TODAY)
    assert cast.browse(cast.member).get(url(into)).status_code == 200
    assert ["merged" in line for line in told(cast, into, cast.member)] == []
    lifecycle.unmerge_case(case=case, by=cast.secretary, on=TODAY)
    item.refresh_from_db()
    assert (item.case, item.restricted) == (case, True)


# Splitting


def test_splitting_opens_a_case_with_the_chosen_items(cast: Cast) -> None:
    topic = make.make_topic(cast.council)
    case = make.make_case(cast.council, topics=[topic], state=CaseState.OPEN)
    stays, goes = treated(cast, case), treated(cast, case, date(2017, 2, 9), title="Går vidare")
    lifecycle.watch_case(case=case, by=cast.member, on=TODAY)
    browser = cast.browse(cast.secretary)
    form = {"items": [goes.pk], "title": "Ny fråga", "organisation": case.organisation_id, "registry_number": ""}
    answer = browser.post(url(case, "dela/"), form, follow=True)
    new = Case.objects.get(title="Ny fråga")
    assert answer.redirect_chain == [(url(new), 302)]
    assert (new.registry_number, new.state, new.split_from) == ("BRÅ 2017/1", CaseState.OPEN, case)
    assert (set(new.items.all()), set(case.items.all())) == ({goes}, {stays})
    assert (set(new.topics.all()), watchers(new)) == ({topic}, {cast.member})
    assert [how for how, _other, _can in browser.get(url(new)).context["related"]] == ["This one was split off from it"]
    assert [how for how, _other, _can in browser.get(url(case)).context["related"]] == ["Split off from this one"]
    assert told(cast, case, cast.member)[0] == f"{new} was split off from the case."


def test_a_split_needs_items_of_the_case_and_a_title(cast: Cast) -> None:
    case = make.make_case(cast.council)
    foreign = treated(cast, make.make_case(cast.council))
    answer = cast.browse(cast.secretary).post(url(case, "dela/"), {"items": [foreign.pk], "title": ""})
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["items", "organisation", "title"])
    with pytest.raises(RuleBroken, match="Somebody has moved one of the items meanwhile"):
        lifecycle.split_case(
            case=case, items=[foreign], title="Ny", organisation=case.organisation, by=cast.secretary, on=TODAY
        )
    assert Case.objects.count() == 2


def test_a_split_of_a_restricted_case_is_restricted_and_offers_no_hidden_item(cast: Cast) -> None:
    case = make.make_case(cast.council, restricted=True)
    item = treated(cast, case, restricted=True)
    new = lifecycle.split_case(
        case=case, items=[item], title="Ny", organisation=case.organisation, by=cast.secretary, on=TODAY
    )
    assert new.restricted
    open_case = make.make_case(cast.council)
    seen, hidden = treated(cast, open_case), treated(cast, open_case, restricted=True)
    uncleared = make.make_member(cast.council, cast.secretary.role, user=make.make_user())
    offered = {
        who: set(cast.browse(who).get(url(open_case, "dela/")).context["form"].fields["items"].queryset)
        for who in (uncleared, cast.secretary)
    }
    assert offered == {uncleared: {seen}, cast.secretary: {seen, hidden}}


# Closing and reopening


def test_a_case_is_closed_with_an_outcome_and_reopened_with_a_reason(cast: Cast) -> None:
    case = make.make_case(cast.council, state=CaseState.OPEN)
    make.make_action(agenda_item=treated(cast, case))
    browser = cast.browse(cast.secretary)
    assert "1 action of the case isn't done yet" in browser.get(url(case, "avsluta/")).content.decode()
    empty = browser.post(url(case, "avsluta/"), {"outcome": " "})
    assert (empty.status_code, empty.context["form"].errors) == (422, {"outcome": ["Say what the case came to."]})
    browser.post(url(case, "avsluta/"), {"outcome": "Klottret\r\när borta."})
    case.refresh_from_db()
    assert (case.state, case.outcome, case.closed_on) == (CaseState.CLOSED, "Klottret\när borta.", TODAY)
    browser.post(url(case, "ateroppna/"), {"reason": ""})
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    browser.post(url(case, "ateroppna/"), {"reason": "Nytt klotter"})
    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.OPEN, "Klottret\när borta.")
    assert told(cast, case, cast.member) == ["The case was opened again: Nytt klotter", "The case was closed."]
    assert [entry.changes["state"] for entry in entries_of(case)] == [["open", "closed"], ["closed", "open"]]


def test_closing_and_reopening_cannot_be_done_by_the_way(cast: Cast) -> None:
    case = make.make_case(cast.council, state=CaseState.OPEN)
    browser = cast.browse(cast.secretary)
    assert browser.post(url(case, "lage/"), {"state": "closed"}).status_code == 404
    for old, new in ((CaseState.OPEN, CaseState.CLOSED), (CaseState.CLOSED, CaseState.OPEN)):
        Case.objects.filter(pk=case.pk).update(state=old)
        with pytest.raises(RuleBroken, match="A case is closed with its outcome, and reopened with a reason"):
            lifecycle.edit_case(case=case, topics=[], state=new, by=cast.secretary, on=TODAY)
    browser.post(url(case, "lage/"), {"state": "open"})
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED


def test_outcome_and_reason_are_read_for_personnummer(cast: Cast) -> None:
    case, closed = make.make_case(cast.council), make.make_case(cast.council, state=CaseState.CLOSED)
    browser = cast.browse(cast.secretary)
    answers = [
        browser.post(url(case, "avsluta/"), {"outcome": "Gällde 19821105-9954"}),
        browser.post(url(closed, "ateroppna/"), {"reason": "Gällde 19821105-9954"}),
    ]
    assert [sorted(answer.context["form"].errors) for answer in answers] == [["outcome"], ["reason"]]
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.NEW, CaseState.CLOSED}


def test_a_closed_case_takes_no_new_item(cast: Cast) -> None:
    case = make.make_case(cast.council, state=CaseState.CLOSED)
    own = treated(cast, case)
    meeting = make.make_meeting(cast.council)
    item = make.make_item(meeting, case=case)
    with pytest.raises(RuleBroken, match=r"is closed\. Reopen it first\."):
        lifecycle.add_item(meeting=meeting, title="Punkt", case=case, by=cast.secretary, on=TODAY)
    # One that belongs to it already can still be changed.
    lifecycle.edit_item(item=item, case=case, title="Ny titel", by=cast.secretary, on=TODAY)
    item.refresh_from_db()
    assert (item.title, set(case.items.all())) == ("Ny titel", {own, item})


# Links


def test_a_link_is_shown_both_ways_taken_away_and_brought_back(cast: Cast) -> None:
    case, other = make.make_case(cast.council), make.make_case(cast.council)
    browser = cast.browse(cast.secretary)
    for one, two in ((case, other), (other, case)):
        browser.post(url(one, "koppla/"), {"other": two.pk})
    assert CaseLink.objects.count() == 1
    assert (links(case), links(other)) == ({other}, {case})
    page = browser.post(url(case, "koppla-bort/"), {"other": other.pk}, follow=True).content.decode()
    assert (links(case), links(other)) == (set(), set())
    undo = f"{url(case, 'koppla/')}?other={other.pk}"
    assert f'action="{undo}"' in page
    browser.post(undo)
    assert (links(case), links(other)) == ({other}, {case})
    assert told(cast, other, cast.member) == [
        f"The case was linked with {case}.",
        f"The link with {case} was taken away.",
        f"The case was linked with {case}.",
    ]


def test_a_restricted_relative_does_not_exist_for_the_uncleared(cast: Cast) -> None:
    case = make.make_case(cast.council)
    secret = make.make_case(cast.council, title="Hemligt ärende", restricted=True)
    lifecycle.link_cases(case=case, other=secret, by=cast.secretary, on=TODAY)
    page = {who: cast.browse(who).get(url(case)) for who in (cast.member, cast.secretary)}
    assert {who: "Hemligt ärende" in answer.content.decode() for who, answer in page.items()} == {
        cast.member: False,
        cast.secretary: True,
    }
    assert {who: len(answer.context["lines"]) for who, answer in page.items()} == {cast.member: 0, cast.secretary: 1}
    uncleared = make.make_member(cast.council, cast.secretary.role, user=make.make_user())
    browser = cast.browse(uncleared)
    for tail in ("koppla/", "sla-ihop/"):
        form = browser.get(url(case, tail)).context["form"]
        assert [list(field.queryset) for field in form.fields.values()] == [[]]
    browser.post(url(case, "koppla-bort/"), {"other": secret.pk})
    assert links(case) == {secret}


def test_a_foreign_case_cannot_be_merged_with_or_linked(cast: Cast) -> None:
    case, foreign = make.make_case(cast.council), make.make_case(cast.stranger.council)
    browser = cast.browse(cast.secretary)
    answers = [
        browser.post(url(case, "sla-ihop/"), {"into": foreign.pk}),
        browser.post(url(case, "koppla/"), {"other": foreign.pk}),
    ]
    assert [sorted(answer.context["form"].errors) for answer in answers] == [["into"], ["other"]]
    browser.post(url(case, "koppla-bort/"), {"other": foreign.pk})
    assert (CaseLink.objects.count(), Case.objects.filter(state=CaseState.CLOSED).count()) == (0, 0)


def test_the_number_of_queries_does_not_grow_with_the_relatives(cast: Cast, django_assert_num_queries) -> None:
    case = make.make_case(cast.council)
    browser = cast.browse(cast.secretary)

    def add() -> None:
        lifecycle.link_cases(case=case, other=make.make_case(cast.council), by=cast.secretary, on=TODAY)
        merged = make.make_case(cast.council)
        merge(cast, merged, case)
        item = treated(cast, case, TODAY - timedelta(days=Case.objects.count()))
        lifecycle.split_case(
            case=case, items=[item], title="Ny", organisation=case.organisation, by=cast.secretary, on=TODAY
        )

    add()
    browser.get(url(case))
    with django_assert_num_queries(13):
        browser.get(url(case))
    add()
    add()
    with django_assert_num_queries(13):
        browser.get(url(case))


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_two_who_merge_at_once_get_one_merge_and_one_sentence() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite is in memory and has one writer at a time anyway")
    council = make.make_council()
    secretary = make.make_member(council, Role.SECRETARY)
    cases = [make.make_case(council), make.make_case(council)]
    together, said = threading.Barrier(2), []

    def work(case: Case, into: Case) -> None:
        together.wait()
        try:
            lifecycle.merge_cases(case=case, into=into, by=secretary, on=TODAY)
        except RuleBroken as error:
            said.append(error.sentence)
        connections.close_all()

    threads = [threading.Thread(target=work, args=pair) for pair in (cases, cases[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    merged = Case.objects.exclude(merged_into=None).get()
    assert said == [f"The case {merged.registry_number} was merged into another one."]


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_an_item_never_lands_in_a_case_that_is_merged_at_the_same_moment() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite is in memory and has one writer at a time anyway")
    council = make.make_council()
    secretary = make.make_member(council, Role.SECRETARY)
    meeting = make.make_meeting(council)
    for _round in range(5):
        case, into = make.make_case(council), make.make_case(council)
        together = threading.Barrier(2)

        def merging(case: Case = case, into: Case = into, barrier: threading.Barrier = together) -> None:
            barrier.wait()
            lifecycle.merge_cases(case=case, into=into, by=secretary, on=TODAY)
            connections.close_all()

        def adding(case: Case = case, barrier: threading.Barrier = together) -> None:
            barrier.wait()
            with contextlib.suppress(RuleBroken):
                lifecycle.add_item(meeting=meeting, title="Punkt", case=case, by=secretary, on=TODAY)
            connections.close_all()

        threads = [threading.Thread(target=work) for work in (merging, adding)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not case.items.exists()
