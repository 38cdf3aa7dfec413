"""The plan's board and timeline: the same figures as its list, as far as the member may see."""

from datetime import date, timedelta

import pytest

from actions import plan_figures
from actions.models import DueQuarter, Status, WorkPlan
from actions.plan_figures import AFTER, BEFORE, goals_of, quarter_of, quarters_between, timeline
from bra.models import Member
from meetings.models import MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY


@pytest.fixture
def plan(cast: Cast) -> WorkPlan:
    """A plan whose actions stand in all states, one of them restricted, some due outside the plan."""
    plan = make.make_plan(cast.council)
    first, second = make.make_activity(plan, 1), make.make_activity(plan, 2)
    make.make_activity(plan, 2, title="Utan åtgärder")
    DueQuarter.objects.create(activity=first, year=2016, quarter=4)
    for status, deadline, activity in (
        (Status.DONE, date(2017, 1, 20), first),
        (Status.CANCELLED, TODAY, first),
        (Status.NOT_STARTED, TODAY - timedelta(days=1), first),
        (Status.IN_PROGRESS, date(2017, 4, 1), second),
        (Status.POSTPONED, date(2018, 3, 1), second),
        (Status.NOT_STARTED, date(2018, 2, 1), second),
    ):
        closed = TODAY if status in (Status.DONE, Status.CANCELLED) else None
        make.make_action(cast.council, status=status, deadline=deadline, closed_on=closed, activity=activity)
    item = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED), restricted=True)
    make.make_action(agenda_item=item, activity=second, owner=cast.chair, deadline=date(2018, 2, 1))
    return plan


def laid(plan: WorkPlan, member: Member) -> dict[str, dict[str, tuple[str, int]]]:
    """The cells that hold anything: by activity, by quarter."""
    shown = timeline(plan, goals_of(plan, member, TODAY), member, TODAY)
    return {
        row.activity.title.split()[0] + f" {index}": {
            cell.column.label or str(cell.column.year): (cell.due, cell.deadlines)
            for cell in cells
            if cell.due or cell.deadlines
        }
        for index, (row, cells) in enumerate((row, cells) for _goal, rows in shown.goals for row, cells in rows)
    }


def test_the_timeline_shows_due_quarters_and_deadlines(cast: Cast, plan: WorkPlan) -> None:
    after = str(AFTER[0])
    assert laid(plan, cast.chair) == {
        "Aktivitet 0": {"2016-K4": ("met", 0), "2017-K1": ("", 2), "2017-K2": ("ahead", 0)},
        "Aktivitet 1": {"2017-K2": ("ahead", 1), after: ("", 3)},
        "Utan 2": {"2017-K2": ("ahead", 0)},
    }
    assert laid(plan, cast.member)["Aktivitet 1"] == {"2017-K2": ("ahead", 1), after: ("", 2)}


def test_a_due_quarter_that_passed_unmet_is_missed(cast: Cast) -> None:
    plan = make.make_plan(cast.council)
    activity = make.make_activity(plan)
    for year, quarter in ((2015, 4), (2016, 4), (2017, 1)):
        DueQuarter.objects.create(activity=activity, year=year, quarter=quarter)
    make.make_action(cast.council, activity=activity, status=Status.DONE, closed_on=TODAY)
    cells = next(iter(laid(plan, cast.member).values()))
    assert {label: due for label, (due, _number) in cells.items()} == {
        str(BEFORE[0]): "met",
        "2016-K4": "missed",
        "2017-K1": "ahead",
        "2017-K2": "ahead",
    }


@pytest.mark.parametrize("who", ["chair", "member"])
def test_all_ways_to_see_the_plan_agree(cast: Cast, plan: WorkPlan, who: str) -> None:
    member = getattr(cast, who)
    goals = goals_of(plan, member, TODAY)
    rows = [row for goal in goals for row in goal.activities]
    shown = timeline(plan, goals, member, TODAY)
    deadlines = [sum(cell.deadlines for cell in cells) for _goal, of_goal in shown.goals for _row, cells in of_goal]
    assert deadlines == [row.counts.total for row in rows] == [2, 4 if who == "chair" else 3, 0]
    grouped = [row for _state, group in plan_figures.by_state(goals) for row in group]
    assert sorted(row.activity.pk for row in grouped) == sorted(row.activity.pk for row in rows)
    browser = cast.browse(member)
    pages = [browser.get(f"/granby/plan/{plan.pk}/{way}").context for way in ("", "tavla/", "tidslinje/")]
    assert len({(page["whole"].done, page["whole"].total, page["whole"].late) for page in pages}) == 1
    by_state = browser.get(f"/granby/plan/{plan.pk}/tavla/?efter=state").context["columns"]
    assert [len(rows) for _label, _goal, rows in by_state] == [0, 1, 0, 2, 0]


def test_what_is_due_after_the_plan_is_listed_as_far_as_one_may_see(cast: Cast, plan: WorkPlan) -> None:
    listed = {who: cast.browse(getattr(cast, who)).get("/granby/plan/").context["after"] for who in ("chair", "member")}
    assert {who: len(found) for who, found in listed.items()} == {"chair": 3, "member": 2}
    assert all(action.deadline > plan.ends for action in listed["chair"])


def test_the_quarters_of_a_plan_are_those_that_it_touches() -> None:
    assert [quarter_of(date(2017, month, 1)) for month in (1, 3, 4, 12)] == [(2017, 1), (2017, 1), (2017, 2), (2017, 4)]
    assert list(quarters_between((2016, 3), (2017, 2))) == [(2016, 3), (2016, 4), (2017, 1), (2017, 2)]


def test_the_pages_of_another_councils_plan_do_not_exist(cast: Cast) -> None:
    foreign = make.make_plan(cast.stranger.council)
    for way in ("", "tavla/", "tidslinje/", "innehall/"):
        assert cast.browse(cast.coordinator).get(f"/granby/plan/{foreign.pk}/{way}").status_code == 404
