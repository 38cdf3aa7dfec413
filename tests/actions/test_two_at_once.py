"""Two people close and hand over actions at the same time."""

from datetime import timedelta

import pytest

from actions import lifecycle as actions
from actions.models import Action
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.meetings.test_two_at_once import ROUNDS, at_once

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


def test_two_approve_the_same_list_and_the_next_of_a_series_is_made_once(cast: Cast) -> None:
    due = TODAY + timedelta(days=30)
    for _n in range(ROUNDS):
        made = [make.make_action(cast.council, deadline=due, repeat_months=3) for _number in range(3)]
        for action in made:
            actions.report_done(action=action, by=action.owner, on=TODAY)
        pks = [action.pk for action in made]
        at_once(
            lambda pks=pks: actions.approve_all(pks=pks, by=cast.secretary, on=TODAY),
            lambda pks=pks: actions.approve_all(pks=reversed(pks), by=cast.coordinator, on=TODAY),
            lambda made=made: actions.approve(action=made[1], by=cast.chair, on=TODAY),
        )
        assert Action.objects.filter(repeats__in=pks).count() == 3
        assert Action.objects.filter(pk__in=pks, approved_on=TODAY).count() == 3


def test_everything_is_handed_over_while_its_owner_hands_one_over_and_reports(cast: Cast) -> None:
    here = {"by": cast.coordinator, "on": TODAY}
    for _n in range(ROUNDS):
        leaving = make.make_member(cast.council)
        one, two = [make.make_action(cast.council, owner=leaving) for _number in range(2)]
        at_once(
            lambda leaving=leaving: actions.hand_over_all(member=leaving, to=cast.member, **here),
            lambda one=one: actions.hand_over(action=one, to=cast.owner, **here),
            lambda two=two: actions.report_done(action=two, **here),
        )
        assert Action.objects.filter(owner=leaving).count() == 0
