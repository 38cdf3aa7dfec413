"""The recycle bin: what lies in it, for whom, the way back, and the night on which it goes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import indicator_lifecycle, plan_lifecycle
from actions import lifecycle as actions
from actions.models import Action, Activity, WorkPlan
from bra.models import HistoryEntry, Member
from meetings import lifecycle as meetings
from meetings.models import AgendaItem, Meeting, StandingItem
from records import bin as recycling
from records import tasks
from records.lifecycle import bin as emptying
from records.models import Purge
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.signing import sent

pytestmark = pytest.mark.django_db

LATELY = TODAY - timedelta(days=29)
LONG_AGO = TODAY - timedelta(days=30)


def removed_item(cast: Cast, **overrides: Any) -> Any:
    item = make.make_item(make.make_meeting(cast.council, "draft"), **overrides)
    meetings.remove_item(item=item, by=cast.secretary, on=LATELY)
    return AgendaItem.with_removed.get(pk=item.pk)


def session(cast: Cast) -> Meeting:
    """The meeting in session; there is one at a time."""
    return Meeting.objects.filter(council=cast.council, state="in_session").first() or make.make_meeting(cast.council)


def activity_of(cast: Cast, goal: int) -> Activity:
    """An activity of the plan's goal with that number."""
    plan = WorkPlan.objects.filter(council=cast.council).first() or make.make_plan(cast.council)
    return make.make_activity(plan, goal)


def removed_guest(cast: Cast) -> Any:
    who = {"by": cast.secretary, "on": LATELY}
    guest = meetings.add_guest(meeting=session(cast), name="Gäst", organisation="", **who)
    return meetings.remove_guest(guest=guest, **who)


def removed_decision(cast: Cast) -> Any:
    who = {"by": cast.secretary, "on": LATELY}
    item = make.make_item(session(cast))
    return meetings.remove_decision(decision=meetings.record_decision(item=item, text="B", **who), **who)


def removed_comment(cast: Cast) -> Any:
    who = {"by": cast.secretary, "on": TODAY}
    item = sent(cast).meeting.items.get()
    return meetings.remove_comment(comment=meetings.comment_on_item(item=item, text="K", **who), **who)


def removed_standing(cast: Cast) -> Any:
    item = StandingItem.objects.create(council=cast.council, position=1, title="Öppnande")
    return meetings.remove_standing(item=item, by=cast.secretary, on=LATELY)


def removed_action(cast: Cast, on: date = LATELY, **overrides: Any) -> Action:
    item = overrides.pop("agenda_item", None) or make.make_item(session(cast))
    action = make.make_action(agenda_item=item, **overrides)
    return actions.remove(action=action, by=cast.secretary, on=on)


def removed_goal(cast: Cast) -> Any:
    goal = activity_of(cast, 1).goal
    return plan_lifecycle.remove_goal(goal=goal, by=cast.secretary, on=LATELY)


def removed_activity(cast: Cast, on: date = LATELY) -> Activity:
    activity = activity_of(cast, 2)
    return plan_lifecycle.remove_activity(activity=activity, by=cast.secretary, on=on)


def removed_indicator(cast: Cast) -> Any:
    indicator = make.make_indicator(activity_of(cast, 3))
    return indicator_lifecycle.remove_indicator(indicator=indicator, by=cast.secretary, on=LATELY)


def removed_outcome(cast: Cast) -> Any:
    outcome = make.make_outcome(make.make_indicator(activity_of(cast, 4)))
    return indicator_lifecycle.remove_outcome(outcome=outcome, by=cast.secretary, on=LATELY)


MAKERS: dict[str, Callable[[Cast], Any]] = {
    "action": removed_action,
    "item": removed_item,
    "decision": removed_decision,
    "guest": removed_guest,
    "comment": removed_comment,
    "standing": removed_standing,
    "goal": removed_goal,
    "activity": removed_activity,
    "indicator": removed_indicator,
    "outcome": removed_outcome,
}


def page(cast: Cast, name: str = "bin") -> str:
    return reverse(name, args=[cast.council.slug])


def test_each_flag_of_removal_lies_in_the_bin() -> None:
    flagged = {model for model in apps.get_models() if any(f.name == "removed" for f in model._meta.local_fields)}
    # A legal ground is the council's own list, quoted by what it restricts; it is kept.
    assert {model.__name__ for model in flagged} - {"LegalGround"} == {
        sort.model.__name__ for sort in recycling.SORTS.values()
    }


@pytest.mark.parametrize("name", sorted(recycling.SORTS))
def test_what_was_removed_lies_there_with_who_and_when_and_comes_back(cast: Cast, name: str) -> None:
    row = MAKERS[name](cast)
    (found,) = recycling.contents(cast.council, cast.secretary)
    assert (found.sort.name, found.row.pk, found.who) == (name, row.pk, cast.secretary.label)
    assert found.goes_on == (found.on or TODAY) + timedelta(days=30)
    answer = cast.browse(cast.secretary).post(page(cast, "bin_restore"), {"sort": name, "key": row.pk}, follow=True)
    assert "is brought back" in answer.text
    row.refresh_from_db(from_queryset=type(row)._base_manager.all())
    assert (row.removed, recycling.contents(cast.council, cast.secretary)) == (False, [])


def test_what_is_restricted_is_there_only_for_the_cleared(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council), restricted=True, title="Hemlig")
    removed_action(cast, agenda_item=item, title="Hemlig", owner=cast.chair)
    assert len(recycling.contents(cast.council, cast.secretary)) == 1
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    browser = cast.browse(cast.secretary)
    assert "Hemlig" not in browser.get(page(cast)).text
    answer = browser.post(page(cast, "bin_restore"), {"sort": "action", "key": Action.objects.get().pk}, follow=True)
    assert ("any longer" in answer.text, Action.objects.get().removed) == (True, True)


def test_another_councils_things_are_not_there(cast: Cast) -> None:
    action = removed_action(cast)
    browser = cast.browse(cast.stranger)
    address = reverse("bin_restore", args=[cast.stranger.council.slug])
    for key in (action.pk, "x", "9" * 30, ""):
        assert browser.post(address, {"sort": "action", "key": key}).status_code == 302
    assert browser.post(address, {"sort": "nothing", "key": "1"}).status_code == 302
    assert (Action.objects.get().removed, recycling.contents(cast.stranger.council, cast.stranger)) == (True, [])


def test_a_verb_that_refuses_says_why(cast: Cast) -> None:
    activity = removed_activity(cast)
    plan_lifecycle.remove_goal(goal=activity.goal, by=cast.secretary, on=LATELY)
    answer = cast.browse(cast.secretary).post(
        page(cast, "bin_restore"), {"sort": "activity", "key": activity.pk}, follow=True
    )
    assert "Bring the goal back first." in answer.text


def test_only_who_wrote_a_comment_finds_it(cast: Cast) -> None:
    removed_comment(cast)
    assert recycling.contents(cast.council, cast.coordinator) == []


def test_after_its_days_it_goes_with_its_history_and_the_log_tells_of_it(cast: Cast) -> None:
    removed_action(cast, LONG_AGO, title="Gammal")
    young = removed_action(cast)
    tasks.keep()
    assert list(Action.objects.all()) == [young]
    (entry,) = Purge.objects.all()
    assert (entry.kind, entry.number, entry.oldest, entry.by) == ("bin", 1, LONG_AGO, None)
    gone = HistoryEntry.objects.filter(target_type="action").exclude(target_id=young.pk)
    assert [(one.verb, one.changes) for one in gone] == [("action.removed", {})]
    assert emptying.empty(council=cast.council, at=NOW) == 0
    assert Purge.objects.count() == 1


def test_what_was_brought_back_and_removed_again_begins_anew(cast: Cast) -> None:
    action = removed_action(cast, LONG_AGO)
    actions.remove(action=action, by=cast.secretary, on=LATELY, removed=False)
    actions.remove(action=action, by=cast.secretary, on=LATELY)
    assert emptying.empty(council=cast.council, at=NOW) == 0


def test_what_something_kept_refers_to_stays_and_is_not_logged(cast: Cast) -> None:
    activity = removed_activity(cast, LONG_AGO)
    make.make_action(cast.council, activity=activity)
    assert emptying.empty(council=cast.council, at=NOW) == 0
    assert (Activity.objects.filter(pk=activity.pk).exists(), Purge.objects.count()) == (True, 0)
    assert "stays as long as something refers to it" in cast.browse(cast.secretary).get(page(cast)).text


def test_an_action_of_signed_minutes_is_never_there(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, "signed", date=LONG_AGO)
    action = removed_action(cast, LONG_AGO, agenda_item=make.make_item(meeting))
    assert recycling.contents(cast.council, None) == []
    assert emptying.empty(council=cast.council, at=NOW) == 0
    assert list(Action.objects.all()) == [action]


def test_three_things_take_as_many_queries_as_one(cast: Cast) -> None:
    browser = cast.browse(cast.secretary)
    for name in ("comment", *(name for name in MAKERS if name != "comment")):
        MAKERS[name](cast)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(page(cast)).status_code == 200
        return len(seen)

    queries()
    one = queries()
    indicators = [make.make_indicator(activity_of(cast, 5)) for _n in range(2)]
    for indicator in indicators:
        indicator_lifecycle.remove_indicator(indicator=indicator, by=cast.secretary, on=LATELY)
        for name in ("action", "item", "decision", "standing"):
            MAKERS[name](cast)
    for name in ("A", "B"):
        guest = meetings.add_guest(meeting=session(cast), name=name, organisation="", by=cast.secretary, on=LATELY)
        meetings.remove_guest(guest=guest, by=cast.secretary, on=LATELY)
    assert len(recycling.contents(cast.council, cast.secretary)) == 22
    assert queries() == one
