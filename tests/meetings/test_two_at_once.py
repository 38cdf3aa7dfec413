"""Two people log at one meeting at the same time."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from actions import lifecycle as actions
from actions.models import Action
from bra.errors import RuleBroken
from meetings import lifecycle
from meetings.models import AgendaItem, Case, CaseState, Decision, ItemState, Meeting, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

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


@pytest.mark.django_db(transaction=True)
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


@pytest.mark.django_db(transaction=True)
def test_a_case_is_restricted_while_its_item_is_treated(cast: Cast) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    meeting = make.make_meeting(cast.council)
    cases = [make.make_case(cast.council) for _n in range(ROUNDS)]
    items = [make.make_item(meeting, case=case) for case in cases]
    for case, item in zip(cases, items, strict=True):
        at_once(
            lambda case=case: lifecycle.edit_case(
                case=case, topics=[], state=CaseState.WATCHED, restricted=True, **here
            ),
            lambda item=item: lifecycle.set_item_state(item=item, state=ItemState.TREATED, **here),
        )
    # Treating opens a new case, but never one that somebody says is watched.
    assert set(Case.objects.values_list("state", "restricted")) == {(CaseState.WATCHED, True)}
    assert set(AgendaItem.objects.values_list("state", "restricted")) == {(ItemState.TREATED, True)}


@pytest.mark.django_db(transaction=True)
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
