"""What the verbs of actions do and refuse."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from actions import lifecycle
from actions.models import Action, Status
from bra.errors import RuleBroken
from bra.history import entries_of
from meetings.models import AgendaItem, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY

pytestmark = pytest.mark.django_db

LATER = TODAY + timedelta(days=30)


def test_an_action_is_agreed_at_the_meeting_and_says_so_in_history(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    action = lifecycle.agree(
        agenda_item=item, title=" Sanera ", owner=cast.owner, deadline=LATER, by=cast.secretary, on=TODAY
    )
    entry = entries_of(action).get()
    assert (action.title, action.agreed_on, action.status) == ("Sanera", TODAY, Status.NOT_STARTED)
    assert (entry.verb, entry.actor, entry.on) == ("action.agreed", cast.secretary, TODAY)
    assert entry.changes == {
        "title": [None, "Sanera"],
        "owner": [None, cast.owner.pk],
        "deadline": [None, "2017-04-14"],
        "status": [None, "not_started"],
        "activity": [None, None],
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"deadline": TODAY - timedelta(days=1)}, "deadline"),
        ({"owner": {"mandate_to": TODAY - timedelta(days=1)}}, "owner"),
        ({"owner": {"mandate_from": TODAY + timedelta(days=1)}}, "owner"),
    ],
)
def test_what_cannot_be_agreed(cast: Cast, change: dict[str, object], field: str) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    given = {"title": "Sanera", "owner": cast.owner, "deadline": LATER} | change
    if isinstance(given["owner"], dict):
        given["owner"] = make.make_member(cast.council, **given["owner"])
    with pytest.raises(RuleBroken) as refused:
        lifecycle.agree(agenda_item=item, by=cast.secretary, on=TODAY, **given)
    assert (refused.value.field, Action.objects.count()) == (field, 0)


def test_an_activity_is_one_of_the_councils_own_plans(cast: Cast) -> None:
    own = make.make_activity(make.make_plan(cast.council))
    foreign = make.make_activity(make.make_plan(cast.stranger.council))
    item = make.make_item(make.make_meeting(cast.council))
    new = {"title": "Sanera", "deadline": LATER, "by": cast.secretary, "on": TODAY}
    action = lifecycle.agree(agenda_item=item, owner=cast.owner, activity=own, **new)
    for verb in (
        lambda: lifecycle.agree(agenda_item=item, owner=cast.owner, activity=foreign, **new),
        lambda: lifecycle.amend(action=action, activity=foreign, version=0, **new),
    ):
        with pytest.raises(RuleBroken) as refused:
            verb()
        assert refused.value.field == "activity"
    assert [one.activity for one in Action.objects.all()] == [own]


def test_an_owner_belongs_to_the_council_and_may_see_the_item(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    secret = make.make_item(meeting, restricted=True)
    for item, owner in [(make.make_item(meeting), cast.stranger), (secret, cast.member)]:
        with pytest.raises(RuleBroken) as refused:
            lifecycle.agree(agenda_item=item, title="a", owner=owner, deadline=LATER, by=cast.secretary, on=TODAY)
        assert refused.value.field == "owner"
    lifecycle.agree(agenda_item=secret, title="a", owner=cast.chair, deadline=LATER, by=cast.secretary, on=TODAY)


@pytest.mark.parametrize("state", [MeetingState.DRAFT, MeetingState.ADJOURNED])
def test_actions_are_agreed_in_session(cast: Cast, state: MeetingState) -> None:
    item = make.make_item(make.make_meeting(cast.council, state))
    with pytest.raises(RuleBroken):
        lifecycle.agree(agenda_item=item, title="a", owner=cast.owner, deadline=LATER, by=cast.secretary, on=TODAY)


def test_the_life_of_an_action(cast: Cast) -> None:
    by, action = cast.owner, make.make_action(cast.council, deadline=TODAY)
    lifecycle.start(action=action, by=by, on=TODAY)
    action = lifecycle.postpone(action=action, until=LATER, reason="Väntar på lokal", by=by, on=TODAY)
    assert (action.status, action.deadline, action.is_live) == (Status.POSTPONED, LATER, True)
    action = lifecycle.report_done(action=action, effect="Inget nytt klotter", by=by, on=LATER)
    assert (action.status, action.closed_on, action.effect) == (Status.DONE, LATER, "Inget nytt klotter")
    action = lifecycle.reopen(action=action, by=by, on=LATER)
    assert (action.status, action.closed_on, action.version) == (Status.IN_PROGRESS, None, 4)
    assert [entry.verb for entry in entries_of(action)] == [
        "action.started",
        "action.postponed",
        "action.commented",
        "action.done",
        "action.reopened",
    ]


@pytest.mark.parametrize(
    "verb",
    [
        lambda action, by: lifecycle.start(action=action, by=by, on=TODAY),
        lambda action, by: lifecycle.report_done(action=action, by=by, on=TODAY),
        lambda action, by: lifecycle.postpone(action=action, until=date(2018, 1, 1), by=by, on=TODAY),
        lambda action, by: lifecycle.cancel(action=action, reason="skäl", by=by, on=TODAY),
        lambda action, by: lifecycle.hand_over(action=action, to=by, by=by, on=TODAY),
    ],
)
def test_a_closed_action_is_reopened_first(cast: Cast, verb: Callable[..., Action]) -> None:
    action = make.make_action(cast.council, status=Status.DONE, closed_on=TODAY, approved_on=TODAY)
    with pytest.raises(RuleBroken):
        verb(action, cast.member)
    action.refresh_from_db()
    assert (action.status, action.version, entries_of(action).count()) == (Status.DONE, 0, 0)


def test_postponing_needs_a_later_day_and_cancelling_a_reason(cast: Cast) -> None:
    action = make.make_action(cast.council, deadline=LATER)
    with pytest.raises(RuleBroken) as refused:
        lifecycle.postpone(action=action, until=LATER, by=cast.owner, on=TODAY)
    assert refused.value.field == "deadline"
    late = make.make_action(cast.council, deadline=TODAY - timedelta(days=9), agreed_on=date(2017, 1, 16))
    with pytest.raises(RuleBroken):
        lifecycle.postpone(action=late, until=TODAY, by=cast.owner, on=TODAY)
    with pytest.raises(RuleBroken):
        lifecycle.cancel(action=action, reason=" ", by=cast.owner, on=TODAY)
    assert entries_of(action).count() == 0


def test_handing_over_to_somebody_whose_mandate_has_ended_is_refused(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    ended = make.make_member(cast.council, mandate_to=TODAY - timedelta(days=1))
    with pytest.raises(RuleBroken):
        lifecycle.hand_over(action=action, to=ended, by=cast.secretary, on=TODAY)
    handed = lifecycle.hand_over(action=action, to=cast.member, by=cast.secretary, on=TODAY)
    assert entries_of(handed).get().changes["owner"] == [cast.owner.pk, cast.member.pk]


def test_a_removed_action_does_not_come_back_to_an_owner_who_may_not_see_it(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.member, removed=True)
    AgendaItem.objects.filter(pk=action.agenda_item_id).update(**make.lock_of(cast.council))
    with pytest.raises(RuleBroken):
        lifecycle.remove(action=Action.objects.get(), by=cast.secretary, on=TODAY, removed=False)
    AgendaItem.objects.filter(pk=action.agenda_item_id).update(**make.OPEN)
    assert not lifecycle.remove(action=Action.objects.get(), by=cast.secretary, on=TODAY, removed=False).removed


def test_an_amendment_written_on_an_older_version_is_refused(cast: Cast) -> None:
    action = make.make_action(cast.council)
    new = {"title": "Ny text", "deadline": LATER, "activity": None, "by": cast.secretary, "on": TODAY}
    lifecycle.amend(action=action, version=0, **new)
    with pytest.raises(RuleBroken):
        lifecycle.amend(action=action, version=0, **new | {"title": "Annan text"})
    action.refresh_from_db()
    assert (action.title, action.sort_key) == ("Ny text", "ny text")


def test_words_of_the_queryset_are_those_of_the_row(cast: Cast) -> None:
    for shift in (-1, 0, 1):
        make.make_action(cast.council, deadline=TODAY + timedelta(days=shift))
    make.make_action(cast.council, deadline=TODAY - timedelta(days=1), status=Status.DONE, closed_on=TODAY)
    make.make_action(cast.council, deadline=TODAY - timedelta(days=1), removed=True)
    overdue = list(Action.objects.overdue(TODAY))
    assert overdue == [action for action in Action.objects.all() if action.is_overdue(TODAY)]
    assert [action.days_overdue(TODAY) for action in overdue] == [1]
    assert [action.deadline for action in Action.objects.in_time(TODAY)] == [TODAY, TODAY + timedelta(days=1)]


def test_restricted_and_foreign_actions_do_not_exist(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    open_one = make.make_action(agenda_item=make.make_item(meeting), owner=cast.owner)
    secret = make.make_action(agenda_item=make.make_item(meeting, restricted=True), owner=cast.chair)
    foreign = make.make_action(cast.stranger.council)
    seen = {who: set(Action.objects.visible_to(who)) for who in (cast.chair, cast.member, cast.owner, cast.stranger)}
    assert seen == {
        cast.chair: {open_one, secret},
        cast.member: {open_one},
        cast.owner: {open_one},
        cast.stranger: {foreign},
    }


def test_an_outside_owner_sees_only_the_own_actions(cast: Cast) -> None:
    own = make.make_action(cast.council, owner=cast.owner)
    make.make_action(cast.council, owner=cast.member)
    assert list(Action.objects.visible_to(cast.owner)) == [own]
