"""The second step of closing: approval, sending back, what repeats, and requests for more time."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions import lifecycle
from actions.models import Action, Comment, DeadlineRequest, ReminderRules, RequestState, Status
from bra.errors import RuleBroken
from bra.history import entries_of
from bra.models import Letter, Member
from tests import make
from tests.cast import Cast
from tests.make import TODAY

pytestmark = pytest.mark.django_db


def reported(cast: Cast, **how: Any) -> Action:
    """An action whose owner said today that it is done."""
    action = make.make_action(cast.council, **{"owner": cast.owner} | how)
    return lifecycle.report_done(action=action, by=action.owner, on=TODAY, effect="Lugnare kvällar")


def verbs_of(action: Action) -> list[str]:
    return [entry.verb for entry in entries_of(action)]


def letters() -> list[tuple[str, int, int | None]]:
    return list(Letter.objects.order_by("pk").values_list("kind", "recipient", "about"))


def test_done_awaits_approval_and_is_approved(cast: Cast) -> None:
    action = reported(cast)
    assert (action.status, action.approved_on, action.awaits_approval) == (Status.DONE, None, True)
    assert list(Action.objects.awaiting_approval()) == [action]
    for _time in range(2):
        action = lifecycle.approve(action=action, by=cast.secretary, on=TODAY)
    assert (action.approved_on, action.awaits_approval) == (TODAY, False)
    assert verbs_of(action) == ["action.done", "action.approved"]
    action = lifecycle.unapprove(action=action, by=cast.secretary, on=TODAY)
    assert (action.status, action.awaits_approval) == (Status.DONE, True)


def test_a_council_without_two_steps_approves_at_once(cast: Cast) -> None:
    ReminderRules.objects.create(council=cast.council, two_steps=False)
    action = reported(cast)
    assert (action.status, action.approved_on) == (Status.DONE, TODAY)
    assert verbs_of(action) == ["action.done"]


@pytest.mark.parametrize("verb", [lifecycle.approve, lifecycle.send_back])
@pytest.mark.parametrize("state", [{}, {"status": Status.CANCELLED, "closed_on": TODAY}, {"removed": True}])
def test_what_nobody_reported_is_neither_approved_nor_sent_back(
    cast: Cast, verb: Callable[..., Any], state: dict[str, Any]
) -> None:
    action = make.make_action(cast.council, **state)
    how = {"reason": "Mer"} if verb is lifecycle.send_back else {}
    with pytest.raises(RuleBroken):
        verb(action=action, by=cast.secretary, on=TODAY, **how)
    assert (verbs_of(action), letters()) == ([], [])


def test_sending_back_opens_with_a_reason_and_tells_the_owner(cast: Cast) -> None:
    action = reported(cast)
    with pytest.raises(RuleBroken):
        lifecycle.send_back(action=action, reason=" ", by=cast.secretary, on=TODAY)
    action = lifecycle.send_back(action=action, reason="Ett hörn är kvar.", by=cast.secretary, on=TODAY)
    assert (action.status, action.closed_on, action.approved_on) == (Status.IN_PROGRESS, None, None)
    assert Comment.objects.get().text == "Ett hörn är kvar."
    assert letters() == [("sent_back", cast.owner.pk, action.pk)]


def test_nothing_is_sent_back_to_somebody_who_has_left(cast: Cast) -> None:
    action = reported(cast)
    Member.objects.filter(pk=cast.owner.pk).update(mandate_to=TODAY - timedelta(days=1))
    with pytest.raises(RuleBroken):
        lifecycle.send_back(action=action, reason="Mer", by=cast.secretary, on=TODAY)
    action = lifecycle.hand_over(action=action, to=cast.member, by=cast.secretary, on=TODAY)
    action = lifecycle.send_back(action=action, reason="Mer", by=cast.secretary, on=TODAY)
    assert (action.owner, action.status) == (cast.member, Status.IN_PROGRESS)


def test_all_of_a_list_are_approved_but_nothing_that_was_not_on_it(cast: Cast) -> None:
    listed = [reported(cast) for _number in range(3)]
    lifecycle.reopen(action=listed[2], by=cast.owner, on=TODAY)
    later, foreign = reported(cast), make.make_action(cast.stranger.council, status=Status.DONE, closed_on=TODAY)
    approved = lifecycle.approve_all(pks=[*(action.pk for action in listed), foreign.pk], by=cast.secretary, on=TODAY)
    assert approved == listed[:2]
    assert list(Action.objects.exclude(approved_on=None).order_by("pk")) == listed[:2]
    assert verbs_of(listed[0]) == ["action.done", "action.approved"]
    assert [action.version for action in approved] == [2, 2]
    assert verbs_of(later) == ["action.done"]
    assert lifecycle.unapprove_all(pks=[action.pk for action in approved], by=cast.secretary, on=TODAY) == 2
    assert Action.objects.exclude(approved_on=None).count() == 0


def test_who_is_not_cleared_approves_nothing_restricted(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council), restricted=True)
    secret = reported(cast, agenda_item=item, owner=cast.chair)
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    blind = Member.objects.get(pk=cast.secretary.pk)
    assert lifecycle.approve_all(pks=[secret.pk], by=blind, on=TODAY) == []
    assert verbs_of(secret) == ["action.done"]


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        work()
    return len(asked)


def test_approving_ten_takes_as_many_statements_as_approving_one(cast: Cast) -> None:
    numbers = []
    for many in (1, 10):
        pks = [reported(cast).pk for _number in range(many)]
        numbers.append(statements(lambda pks=pks: lifecycle.approve_all(pks=pks, by=cast.secretary, on=TODAY)))
    assert numbers[0] == numbers[1]


# What repeats


def test_the_next_one_of_a_series_is_made_once_when_one_is_approved(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner, deadline=date(2017, 1, 31), title="Trygghetsvandring")
    lifecycle.set_repeat(action=action, months=1, by=cast.secretary, on=TODAY)
    action = lifecycle.report_done(action=action, by=cast.owner, on=TODAY)
    assert Action.objects.count() == 1
    action = lifecycle.approve(action=action, by=cast.secretary, on=TODAY)
    following = Action.objects.get(repeats=action)
    # February's has passed already; the last of a month stays the last, not the 28th of each.
    assert (following.deadline, following.agreed_on) == (date(2017, 3, 31), TODAY)
    assert (following.title, following.owner, following.status) == ("Trygghetsvandring", cast.owner, Status.NOT_STARTED)
    assert (following.agenda_item, following.repeat_months) == (action.agenda_item, 1)
    assert verbs_of(following) == ["action.agreed"]
    lifecycle.unapprove(action=action, by=cast.secretary, on=TODAY)
    following.refresh_from_db()
    assert following.removed is True
    lifecycle.approve(action=action, by=cast.secretary, on=TODAY)
    following.refresh_from_db()
    assert (following.removed, Action.objects.count()) == (False, 2)


def test_a_next_one_that_somebody_has_begun_with_stays(cast: Cast) -> None:
    action = reported(cast, repeat_months=3)
    lifecycle.approve(action=action, by=cast.secretary, on=TODAY)
    following = Action.objects.get(repeats=action)
    lifecycle.start(action=following, by=cast.owner, on=TODAY)
    lifecycle.reopen(action=action, by=cast.secretary, on=TODAY)
    following.refresh_from_db()
    assert following.is_live is True


def test_the_next_one_of_somebody_who_has_left_goes_to_who_approves(cast: Cast) -> None:
    action = reported(cast, repeat_months=3)
    Member.objects.filter(pk=cast.owner.pk).update(mandate_to=TODAY - timedelta(days=1))
    lifecycle.approve_all(pks=[action.pk], by=cast.secretary, on=TODAY)
    assert Action.objects.get(repeats=action).owner == cast.secretary


def test_a_cancelled_series_ends(cast: Cast) -> None:
    action = make.make_action(cast.council, repeat_months=3)
    lifecycle.cancel(action=action, reason="Behövs inte", by=cast.secretary, on=TODAY)
    assert Action.objects.count() == 1


@pytest.mark.parametrize("months", [0, 25])
def test_nothing_is_repeated_more_seldom_than_every_second_year(cast: Cast, months: int) -> None:
    with pytest.raises(RuleBroken):
        lifecycle.set_repeat(action=make.make_action(cast.council), months=months, by=cast.secretary, on=TODAY)


# What waits


def test_actions_wait_for_each_other_but_not_in_a_ring(cast: Cast) -> None:
    first, second, third = [make.make_action(cast.council) for _number in range(3)]
    here: dict[str, Any] = {"by": cast.secretary, "on": TODAY}
    lifecycle.set_waits_for(action=second, other=first, **here)
    lifecycle.set_waits_for(action=third, other=second, **here)
    for other in (third, first):
        with pytest.raises(RuleBroken):
            lifecycle.set_waits_for(action=first, other=other, **here)
    with pytest.raises(RuleBroken):
        lifecycle.set_waits_for(action=first, other=make.make_action(cast.stranger.council), **here)
    assert list(Action.objects.order_by("pk").values_list("waits_for", flat=True)[:3]) == [None, first.pk, second.pk]
    lifecycle.set_waits_for(action=third, other=None, **here)
    assert verbs_of(third) == ["action.waits", "action.waits"]


# More time


def asked(cast: Cast, action: Action, days: int = 30) -> DeadlineRequest:
    return lifecycle.ask_deadline(
        action=action, until=action.deadline + timedelta(days=days), reason="Snö", by=cast.owner, on=TODAY
    )


def test_a_request_is_granted_and_the_owner_told(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    request = asked(cast, action)
    assert list(DeadlineRequest.objects.waiting()) == [request]
    action = lifecycle.answer_deadline(request=request, grant=True, by=cast.secretary, on=TODAY, answer="Visst")
    request.refresh_from_db()
    assert (action.status, action.deadline) == (Status.POSTPONED, request.until)
    assert (request.state, request.answer) == (RequestState.GRANTED, "Visst")
    assert verbs_of(action) == ["action.deadline_asked", "action.deadline_granted"]
    assert letters() == [("deadline", cast.owner.pk, action.pk)]
    for again in (
        lambda: lifecycle.answer_deadline(request=request, grant=False, by=cast.secretary, on=TODAY),
        lambda: lifecycle.withdraw_deadline(request=request, by=cast.owner, on=TODAY),
    ):
        with pytest.raises(RuleBroken):
            again()


def test_a_refused_request_changes_no_deadline(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    before = action.deadline
    action = lifecycle.answer_deadline(request=asked(cast, action), grant=False, by=cast.secretary, on=TODAY)
    assert (action.status, action.deadline, action.version) == (Status.NOT_STARTED, before, 0)
    assert DeadlineRequest.objects.get().state == RequestState.REFUSED
    assert [letter[0] for letter in letters()] == ["deadline"]


def test_asking_anew_withdraws_what_was_asked_for_and_the_same_twice_is_once(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    requests = [asked(cast, action, days) for days in (10, 10, 20)]
    assert requests[0] == requests[1]
    assert list(DeadlineRequest.objects.values_list("state", flat=True)) == ["withdrawn", "waiting"]


def test_a_request_of_a_closed_action_waits_for_nobody(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    request = asked(cast, action)
    lifecycle.report_done(action=action, by=cast.owner, on=TODAY)
    assert list(DeadlineRequest.objects.waiting()) == []
    with pytest.raises(RuleBroken):
        lifecycle.answer_deadline(request=request, grant=True, by=cast.secretary, on=TODAY)
