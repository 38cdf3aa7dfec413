"""Two people log at one meeting at the same time."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from threading import Barrier

import pytest
from django.db import connections

from actions import lifecycle as actions
from actions.models import Action
from bra.errors import RuleBroken
from bra.models import Letter
from meetings import lifecycle
from meetings.models import (
    AgendaItem,
    Answer,
    Case,
    CaseState,
    Decision,
    ItemState,
    Meeting,
    MeetingState,
    SignedMinutes,
    SignOff,
    SignOffState,
    SummonsReply,
)
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.signing import asked, held, sent, signed

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]

ROUNDS = 12


def at_once(*work: Callable[[], object]) -> None:
    """Do all of it at the same time; a fault in any of it is raised here."""
    start = Barrier(len(work))

    def do(one: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            one()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(do, work))


def test_a_decision_and_an_action_at_one_item_never_wait_for_each_other(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    here = {"by": cast.secretary, "on": TODAY}
    due = TODAY + timedelta(days=30)
    for n in range(ROUNDS):
        at_once(
            lambda n=n: lifecycle.record_decision(item=item, text=f"Beslut {n}", **here),
            lambda n=n: actions.agree(
                agenda_item=item, title=f"Åtgärd {n}", owner=cast.secretary, deadline=due, **here
            ),
        )
    assert (Decision.objects.count(), Action.objects.count()) == (ROUNDS, ROUNDS)


def test_a_case_is_restricted_while_its_item_is_treated(cast: Cast) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    meeting = make.make_meeting(cast.council)
    cases = [make.make_case(cast.council) for _n in range(ROUNDS)]
    items = [make.make_item(meeting, case=case) for case in cases]
    for case, item in zip(cases, items, strict=True):
        at_once(
            lambda case=case: lifecycle.edit_case(
                case=case, topics=[], state=CaseState.WATCHED, ground=make.ground_of(cast.council), **here
            ),
            lambda item=item: lifecycle.set_item_state(item=item, state=ItemState.TREATED, **here),
        )
    # Treating opens a new case, but never one that somebody says is watched.
    assert set(Case.objects.values_list("state", "restricted")) == {(CaseState.WATCHED, True)}
    assert set(AgendaItem.objects.values_list("state", "restricted")) == {(ItemState.TREATED, True)}


def test_a_meeting_is_adjourned_while_somebody_writes(cast: Cast) -> None:
    here = {"by": cast.secretary, "on": TODAY}

    def write(item: AgendaItem) -> None:
        with contextlib.suppress(RuleBroken):  # when the meeting was adjourned first
            lifecycle.save_notes(item=item, text="Sagt i sista stund.", version=0, **here)

    for _n in range(ROUNDS):
        meeting = make.make_meeting(cast.council)
        item = make.make_item(meeting)
        at_once(
            lambda item=item: write(item),
            lambda meeting=meeting: lifecycle.adjourn(meeting=meeting, by=cast.coordinator, at=NOW),
        )
    assert set(Meeting.objects.values_list("state", flat=True)) == {MeetingState.ADJOURNED}


def both_try(*verbs: Callable[[], object]) -> list[str]:
    """Do all at once; return the sentences of those that were refused."""
    refused: list[str] = []

    def trying(verb: Callable[[], object]) -> Callable[[], object]:
        def do() -> None:
            try:
                verb()
            except RuleBroken as error:
                refused.append(error.sentence)

        return do

    at_once(*(trying(verb) for verb in verbs))
    return refused


def test_two_send_the_same_minutes_at_once(cast: Cast) -> None:
    meeting = held(cast)
    refused = both_try(
        *(
            lambda by=by: lifecycle.send_for_sign_off(meeting=meeting, adjusters=[cast.member], by=by, on=TODAY)
            for by in (cast.secretary, cast.coordinator)
        )
    )
    assert refused == ["The minutes lie with those who are to sign them. Take them back first."]
    assert (SignOff.objects.count(), Letter.objects.filter(kind="sign").count()) == (1, 2)


def test_the_last_two_sign_at_once(cast: Cast) -> None:
    for edition in range(1, 4):
        sign_off = sent(cast, Meeting.objects.first())
        refused = both_try(
            lambda sign_off=sign_off: lifecycle.sign(sign_off=sign_off, by=cast.chair, at=NOW),
            lambda sign_off=sign_off: lifecycle.sign(sign_off=sign_off, by=cast.member, at=NOW),
        )
        assert (refused, SignedMinutes.objects.count()) == ([], edition)
        unlocking = asked(cast, SignedMinutes.objects.get(edition=edition))
        lifecycle.confirm_unlock(unlocking=unlocking, by=cast.chair, on=TODAY)


def test_one_signs_as_the_other_declines_and_the_secretary_takes_it_back(cast: Cast) -> None:
    for _n in range(4):
        sign_off = sent(cast, Meeting.objects.first())
        refused = both_try(
            lambda sign_off=sign_off: lifecycle.sign(sign_off=sign_off, by=cast.member, at=NOW),
            lambda sign_off=sign_off: lifecycle.decline(sign_off=sign_off, reason="Fel", by=cast.chair, at=NOW),
            lambda sign_off=sign_off: lifecycle.withdraw_sign_off(sign_off=sign_off, by=cast.secretary, on=TODAY),
        )
        sign_off.refresh_from_db()
        assert sign_off.state in (SignOffState.DECLINED, SignOffState.WITHDRAWN)
        assert len(refused) in (1, 2)
    assert SignedMinutes.objects.count() == 0


def test_two_confirm_at_once_that_minutes_are_opened_again(cast: Cast) -> None:
    unlocking = asked(cast, signed(cast))
    refused = both_try(
        *(
            lambda by=by: lifecycle.confirm_unlock(unlocking=unlocking, by=by, on=TODAY)
            for by in (cast.chair, cast.coordinator)
        )
    )
    assert refused == ["The minutes have been opened again already."]
    assert Meeting.objects.get().state == MeetingState.ADJOURNED


def told(verb: Callable[[], object]) -> str:
    """What the verb refuses with; empty when it went through."""
    try:
        verb()
    except RuleBroken as error:
        return error.sentence
    return ""


def test_two_send_the_summons(cast: Cast) -> None:
    for n in range(ROUNDS):
        meeting = make.make_meeting(cast.council, MeetingState.DRAFT, date=TODAY + timedelta(days=n))
        make.make_item(meeting)
        said: list[str] = []
        for verb in (
            lambda by, meeting=meeting: lifecycle.summon(meeting=meeting, by=by, at=NOW),
            lambda by, meeting=meeting: lifecycle.summon_again(meeting=meeting, sequence=0, by=by, at=NOW),
        ):
            make.make_item(meeting)
            at_once(
                *(
                    lambda verb=verb, by=by, said=said: said.append(told(lambda: verb(by)))
                    for by in (cast.secretary, cast.coordinator)
                )
            )
        assert sorted(said) == [
            "",
            "",
            "Somebody else has sent the changed summons meanwhile. It isn't sent twice.",
            "The summons has been sent already.",
        ]
        letters = Letter.objects.filter(about=meeting.pk)
        assert sorted(letters.values_list("cause", flat=True)) == [
            f"meeting {meeting.pk} {sequence}" for sequence in (0, 1) for _seated in range(4)
        ]


def test_a_meeting_is_cancelled_while_somebody_answers_and_somebody_opens_it(cast: Cast) -> None:
    outcomes = set()
    for n in range(ROUNDS):
        meeting = make.make_meeting(
            cast.council, MeetingState.SUMMONED, date=TODAY + timedelta(days=n), opened_at=None, summoned_at=NOW
        )
        said: list[str] = []
        at_once(
            lambda meeting=meeting, said=said: said.append(
                told(lambda: lifecycle.cancel(meeting=meeting, reason="Snö", by=cast.coordinator, at=NOW))
            ),
            lambda meeting=meeting, said=said: said.append(
                told(lambda: lifecycle.open_meeting(meeting=meeting, by=cast.secretary, at=NOW))
            ),
            lambda meeting=meeting: told(
                lambda: lifecycle.answer_summons(meeting=meeting, member=cast.member, answer=Answer.NO, at=NOW)
            ),
        )
        meeting.refresh_from_db()
        outcomes.add((meeting.state, *sorted(said)))
        if meeting.state == MeetingState.IN_SESSION:
            lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)
        # An answer and its apology stand together or not at all.
        assert SummonsReply.objects.filter(meeting=meeting).count() == meeting.attendances.count()
    assert outcomes <= {
        (MeetingState.CANCELLED, "", "The meeting is cancelled."),
        (MeetingState.IN_SESSION, "", "The meeting is already in session."),
    }


def test_a_proposal_is_taken_while_its_cancelled_meeting_is_held_after_all(cast: Cast) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    for n in range(ROUNDS):
        first, second = (
            make.make_meeting(cast.council, MeetingState.DRAFT, date=TODAY + timedelta(days=10 * n + day))
            for day in (1, 2)
        )
        proposal = lifecycle.propose_item(meeting=first, title=f"Förslag {n}", by=cast.member, on=TODAY)
        lifecycle.take_proposal(proposal=proposal, meeting=first, **here)
        lifecycle.cancel(meeting=first, reason="Snö", by=cast.coordinator, at=NOW)
        onto = (first, second)[n % 2]
        refused = both_try(
            lambda first=first: lifecycle.uncancel(meeting=first, by=cast.coordinator, at=NOW),
            lambda proposal=proposal, onto=onto: lifecycle.take_proposal(proposal=proposal, meeting=onto, **here),
        )
        proposal.refresh_from_db()
        assert proposal.item is not None
        assert proposal.item.meeting == (first if refused else onto)


def test_items_go_home_to_a_meeting_held_after_all_while_somebody_writes_the_other_agenda(cast: Cast) -> None:
    held_before = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=TODAY - timedelta(days=9))
    for n in range(4):
        make.make_item(held_before, title=f"Bordlagd {n}", state=ItemState.TABLED)
    plan = {"council": cast.council, "by": cast.coordinator, "on": TODAY, "starts_at": time(9)}
    first = lifecycle.plan_meeting(date=TODAY + timedelta(days=1), **plan)
    second = lifecycle.plan_meeting(date=TODAY + timedelta(days=2), **plan)
    for n in range(ROUNDS):
        lifecycle.cancel(meeting=first, reason="Snö", by=cast.coordinator, at=NOW)
        own = lifecycle.add_item(meeting=second, title=f"Punkt {n}", by=cast.secretary, on=TODAY)
        at_once(
            lambda: lifecycle.uncancel(meeting=first, by=cast.coordinator, at=NOW),
            lambda own=own: lifecycle.place_item(item=own, place=1, by=cast.secretary, on=TODAY),
        )
        assert [list(meeting.items.values_list("position", flat=True)) for meeting in (first, second)] == [
            list(range(1, 5)),
            list(range(1, n + 2)),
        ]
        assert second.items.order_by("position", "pk")[0].pk == own.pk
