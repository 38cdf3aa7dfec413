"""The verbs of the plan: begun, copied, ordered, removed and brought back, with every number in its place."""

from datetime import date
from decimal import Decimal

import pytest

from actions import lifecycle as actions
from actions import plan_lifecycle as lifecycle
from actions.models import Activity, Goal, IndicatorKind, Status, WorkPlan
from bra.errors import RuleBroken
from bra.history import entries_of
from meetings.models import MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY

FIRST, LAST = date(2018, 1, 1), date(2019, 12, 31)


@pytest.fixture
def plan(cast: Cast) -> WorkPlan:
    """A plan of three goals, the first with three activities."""
    plan = make.make_plan(cast.council)
    for number, title in enumerate(("Samordning", "Kunskap", "Uppföljning"), start=1):
        Goal.objects.create(plan=plan, number=number, title=title)
    for number, title in enumerate(("Utse", "Anta", "Delta"), start=1):
        make.make_activity(plan, 1, number=number, title=title)
    return plan


def goals(plan: WorkPlan) -> list[tuple[int, str]]:
    return list(plan.goals.live().values_list("number", "title"))


def codes(plan: WorkPlan) -> list[str]:
    found = Activity.objects.live().filter(goal__plan=plan).select_related("goal").order_by("goal__number", "number")
    return [str(activity) for activity in found]


def verbs(row: Goal | Activity | WorkPlan) -> list[str]:
    return [entry.verb for entry in entries_of(row)]


def test_a_plan_is_begun_and_changed(cast: Cast) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    plan = lifecycle.start_plan(council=cast.council, name=" 2018-2019 ", starts=FIRST, ends=LAST, **here)
    assert (plan.name, plan.starts, plan.ends) == ("2018-2019", FIRST, LAST)
    lifecycle.edit_plan(plan=plan, name="2018", starts=FIRST, ends=date(2018, 12, 31), **here)
    plan.refresh_from_db()
    assert (plan.name, plan.ends) == ("2018", date(2018, 12, 31))
    assert verbs(plan) == ["plan.started", "plan.edited"]


@pytest.mark.parametrize(
    ("name", "starts", "ends", "field"),
    [
        ("2016-2017", FIRST, LAST, "name"),
        ("  ", FIRST, LAST, "name"),
        ("Ny", LAST, FIRST, "ends"),
        ("Ny", FIRST, FIRST, "ends"),
        ("Ny", FIRST, date(9999, 12, 31), "ends"),
    ],
)
def test_a_plan_has_a_name_of_its_own_and_a_period(
    cast: Cast, plan: WorkPlan, name: str, starts: date, ends: date, field: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        lifecycle.start_plan(council=cast.council, name=name, starts=starts, ends=ends, by=cast.secretary, on=TODAY)
    assert refusal.value.field == field
    assert WorkPlan.objects.count() == 1


def test_a_copy_is_moved_on_by_whole_years_and_leaves_out_what_was_removed(cast: Cast, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    first = Activity.objects.get(title="Utse")
    indicator = make.make_indicator(first, target_by=date(2016, 2, 29))
    make.make_indicator(first, removed=True)
    make.make_indicator(first, kind=IndicatorKind.DAY, target_day=date(2017, 6, 30))
    make.make_outcome(indicator)
    lifecycle.remove_activity(activity=Activity.objects.get(title="Anta"), **here)
    lifecycle.remove_goal(goal=Goal.objects.get(title="Kunskap"), **here)
    copy = lifecycle.start_plan(council=cast.council, name="2018-2019", starts=FIRST, ends=LAST, copy_of=plan, **here)
    assert goals(copy) == [(1, "Samordning"), (2, "Uppföljning")]
    assert codes(copy) == ["1.1 Utse", "1.2 Delta"]
    twin = Activity.objects.get(goal__plan=copy, title="Utse")
    assert [str(due) for due in twin.due_quarters.all()] == ["2019-K2"]
    assert list(twin.indicators.values_list("target_number", "target_by", "target_day", "outcomes")) == [
        (Decimal(80), date(2018, 2, 28), None, None),
        (None, None, date(2019, 6, 30), None),
    ]
    assert verbs(copy) == ["plan.started", "plan.copied"]


def test_another_councils_plan_is_not_copied(cast: Cast) -> None:
    foreign = make.make_plan(cast.stranger.council)
    with pytest.raises(RuleBroken):
        lifecycle.start_plan(
            council=cast.council, name="Ny", starts=FIRST, ends=LAST, copy_of=foreign, by=cast.secretary, on=TODAY
        )
    assert not WorkPlan.objects.filter(council=cast.council).exists()


@pytest.mark.parametrize(
    ("place", "order"),
    [
        (1, ["Uppföljning", "Samordning", "Kunskap"]),
        (2, ["Samordning", "Uppföljning", "Kunskap"]),
        (99, ["Samordning", "Kunskap", "Uppföljning"]),
        (-4, ["Uppföljning", "Samordning", "Kunskap"]),
    ],
)
def test_a_goal_is_moved_and_all_are_numbered_anew(cast: Cast, plan: WorkPlan, place: int, order: list[str]) -> None:
    goal = Goal.objects.get(title="Uppföljning")
    lifecycle.place_goal(goal=goal, place=place, by=cast.secretary, on=TODAY)
    assert goals(plan) == list(enumerate(order, start=1))
    assert verbs(goal) == ["goal.moved"] * (order[-1] != "Uppföljning")


def test_an_activity_is_moved_within_its_goal_and_to_another(cast: Cast, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    lifecycle.place_activity(activity=Activity.objects.get(title="Delta"), place=1, **here)
    assert codes(plan) == ["1.1 Delta", "1.2 Utse", "1.3 Anta"]
    utse = Activity.objects.get(title="Utse")
    lifecycle.edit_activity(
        activity=utse, title="Utse", responsible_role="Skolchef", goal=Goal.objects.get(title="Kunskap"), **here
    )
    assert codes(plan) == ["1.1 Delta", "1.2 Anta", "2.1 Utse"]
    lifecycle.place_goal(goal=Goal.objects.get(title="Kunskap"), place=1, **here)
    assert codes(plan) == ["1.1 Utse", "2.1 Delta", "2.2 Anta"]


def test_an_activity_stays_in_its_plan(cast: Cast, plan: WorkPlan) -> None:
    other = Goal.objects.create(plan=make.make_plan(cast.council, name="2018"), number=1, title="Annat")
    utse = Activity.objects.get(title="Utse")
    with pytest.raises(RuleBroken) as refusal:
        lifecycle.edit_activity(
            activity=utse, title="Utse", responsible_role="Skolchef", goal=other, by=cast.secretary, on=TODAY
        )
    assert refusal.value.field == "goal"


def test_what_is_removed_comes_back_to_its_place(cast: Cast, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    anta, kunskap = Activity.objects.get(title="Anta"), Goal.objects.get(title="Kunskap")
    for _twice in range(2):
        lifecycle.remove_activity(activity=anta, **here)
        lifecycle.remove_goal(goal=kunskap, **here)
    assert (goals(plan), codes(plan)) == ([(1, "Samordning"), (2, "Uppföljning")], ["1.1 Utse", "1.2 Delta"])
    lifecycle.add_goal(plan=plan, title="Nytt", **here)
    lifecycle.add_activity(goal=Goal.objects.get(title="Samordning"), title="Ny", responsible_role="BRÅ", **here)
    for _twice in range(2):
        lifecycle.remove_activity(activity=anta, removed=False, **here)
        lifecycle.remove_goal(goal=kunskap, removed=False, **here)
    assert goals(plan) == [(1, "Samordning"), (2, "Kunskap"), (3, "Uppföljning"), (4, "Nytt")]
    assert codes(plan) == ["1.1 Utse", "1.2 Anta", "1.3 Delta", "1.4 Ny"]
    assert (verbs(anta), verbs(kunskap)) == (
        ["activity.removed", "activity.restored"],
        ["goal.removed", "goal.restored"],
    )


def test_an_activity_does_not_come_back_without_its_goal(cast: Cast, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    anta, goal = Activity.objects.get(title="Anta"), Goal.objects.get(title="Samordning")
    lifecycle.remove_activity(activity=anta, **here)
    lifecycle.remove_goal(goal=goal, **here)
    with pytest.raises(RuleBroken):
        lifecycle.remove_activity(activity=anta, removed=False, **here)
    lifecycle.remove_goal(goal=goal, removed=False, **here)
    assert codes(plan) == ["1.1 Utse", "1.2 Delta"]


def test_what_is_removed_is_not_changed(cast: Cast, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    goal, activity = Goal.objects.get(title="Samordning"), Activity.objects.get(title="Anta")
    lifecycle.remove_goal(goal=goal, **here)
    for change in (
        lambda: lifecycle.edit_goal(goal=goal, title="Annat", **here),
        lambda: lifecycle.place_goal(goal=goal, place=3, **here),
        lambda: lifecycle.add_activity(goal=goal, title="Ny", responsible_role="BRÅ", **here),
        lambda: lifecycle.edit_activity(activity=activity, title="Annat", responsible_role="BRÅ", **here),
        lambda: lifecycle.set_due_quarters(activity=activity, quarters=[], **here),
    ):
        with pytest.raises(RuleBroken):
            change()


def test_what_open_actions_serve_stays(cast: Cast, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    activity = Activity.objects.get(title="Anta")
    action = make.make_action(cast.council, activity=activity)
    for remove in (
        lambda: lifecycle.remove_activity(activity=activity, **here),
        lambda: lifecycle.remove_goal(goal=activity.goal, **here),
    ):
        with pytest.raises(RuleBroken):
            remove()
    actions.report_done(action=action, by=cast.secretary, on=TODAY)
    lifecycle.remove_goal(goal=activity.goal, **here)
    assert codes(plan) == []


def test_an_action_that_one_may_not_see_is_not_told_of_by_a_refusal(cast: Cast, plan: WorkPlan) -> None:
    activity = Activity.objects.get(title="Anta")
    item = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED), restricted=True)
    make.make_action(agenda_item=item, activity=activity, owner=cast.chair)
    with pytest.raises(RuleBroken):
        lifecycle.remove_activity(activity=activity, by=cast.secretary, on=TODAY)
    cast.secretary.cleared = False
    lifecycle.remove_activity(activity=activity, by=cast.secretary, on=TODAY)
    assert codes(plan) == ["1.1 Utse", "1.2 Delta"]


def test_no_action_is_agreed_on_what_was_removed_but_an_old_one_is_still_mended(cast: Cast, plan: WorkPlan) -> None:
    activity = Activity.objects.get(title="Anta")
    action = make.make_action(cast.council, activity=activity, status=Status.DONE, closed_on=TODAY)
    lifecycle.remove_activity(activity=activity, by=cast.secretary, on=TODAY)
    with pytest.raises(RuleBroken) as refusal:
        actions.agree(
            agenda_item=make.make_item(make.make_meeting(cast.council)),
            title="Ny",
            owner=cast.member,
            deadline=TODAY,
            activity=activity,
            by=cast.secretary,
            on=TODAY,
        )
    assert refusal.value.field == "activity"
    mended = actions.amend(
        action=action,
        title="Mendad",
        deadline=action.deadline,
        activity=activity,
        version=0,
        by=cast.secretary,
        on=TODAY,
    )
    assert (mended.title, mended.activity) == ("Mendad", activity)


def test_due_quarters_are_said_anew(cast: Cast, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    activity = Activity.objects.get(title="Anta")
    kept = activity.due_quarters.get()
    quarters = [(2017, 4), (2017, 2), (2016, 4), (2016, 4)]
    for _twice in range(2):
        lifecycle.set_due_quarters(activity=activity, quarters=quarters, **here)
    assert [str(due) for due in activity.due_quarters.all()] == ["2016-K4", "2017-K2", "2017-K4"]
    assert kept in activity.due_quarters.all()
    assert [entry.changes for entry in entries_of(activity)] == [
        {"due_quarters": [["2017-K2"], ["2016-K4", "2017-K2", "2017-K4"]]}
    ]
    with pytest.raises(RuleBroken):
        lifecycle.set_due_quarters(activity=activity, quarters=[(2017, 5)], **here)


@pytest.mark.parametrize(("title", "role", "field"), [(" ", "BRÅ", "title"), ("Ny", " ", "responsible_role")])
def test_an_activity_has_words_and_a_role(cast: Cast, plan: WorkPlan, title: str, role: str, field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        lifecycle.add_activity(
            goal=Goal.objects.get(title="Kunskap"), title=title, responsible_role=role, by=cast.secretary, on=TODAY
        )
    assert refusal.value.field == field
