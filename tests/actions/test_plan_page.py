"""The plan: goals with their figures, activities, what has passed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from actions.models import DueQuarter, Status
from actions.plan_figures import Counts, goals_of, missed
from meetings.models import MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY


def figures(cast: Cast, plan: Any, who: str = "coordinator") -> list[dict[str, int]]:
    """The non-zero figures of each goal."""
    return [
        {state: number for state, number in goal.counts.by_state.items() if number}
        for goal in goals_of(plan, getattr(cast, who), TODAY)
    ]


def test_every_action_stands_in_one_figure_of_its_goal(cast: Cast) -> None:
    plan = make.make_plan(cast.council)
    first, second = make.make_activity(plan, 1), make.make_activity(plan, 2)
    late, soon = TODAY - timedelta(days=1), TODAY
    for status, deadline, activity in (
        (Status.DONE, late, first),
        (Status.CANCELLED, soon, first),
        (Status.NOT_STARTED, soon, first),
        (Status.NOT_STARTED, late, first),
        (Status.POSTPONED, late, first),
        (Status.IN_PROGRESS, soon, second),
        (Status.POSTPONED, soon, second),
        (Status.DONE, soon, None),
    ):
        closed = TODAY if status in (Status.DONE, Status.CANCELLED) else None
        make.make_action(cast.council, status=status, deadline=deadline, closed_on=closed, activity=activity)
    make.make_action(cast.council, activity=first, removed=True)
    assert figures(cast, plan) == [
        {"done": 1, "cancelled": 1, "not_started": 1, "overdue": 2},
        {"in_progress": 1, "postponed": 1},
    ]
    goal = goals_of(plan, cast.coordinator, TODAY)[0].counts
    assert (goal.done, goal.total, goal.late, goal.open) == (1, 4, 2, 3)


def test_restricted_actions_count_for_the_cleared_alone(cast: Cast) -> None:
    plan = make.make_plan(cast.council)
    activity = make.make_activity(plan)
    item = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED), restricted=True)
    make.make_action(agenda_item=item, activity=activity, owner=cast.chair)
    assert figures(cast, plan, "chair") == [{"not_started": 1}]
    assert figures(cast, plan, "member") == [{}]


@pytest.mark.parametrize(
    ("quarters", "done", "expected"),
    [
        ([(2016, 4)], 0, "2016-K4"),
        ([(2016, 4)], 1, None),
        ([(2017, 1)], 0, None),  # its last day is still ahead
        ([(2016, 2), (2016, 4), (2017, 2)], 1, "2016-K4"),
        ([(2016, 2), (2016, 4), (2017, 2)], 2, None),
        ([], 0, None),
    ],
)
def test_an_activity_has_missed_a_quarter_when_more_have_passed_than_actions_are_done(
    quarters: list[tuple[int, int]], done: int, expected: str | None
) -> None:
    counts = Counts()
    counts.add(Status.DONE, done)
    found = missed([DueQuarter(year=year, quarter=quarter) for year, quarter in quarters], counts, TODAY)
    assert (str(found) if found else None) == expected


def test_the_page_shows_the_plan_of_today(cast: Cast) -> None:
    make.make_plan(cast.council, name="2018-2019", starts=date(2018, 1, 1), ends=date(2019, 12, 31))
    plan = make.make_plan(cast.council)
    activity = make.make_activity(plan, title="Utbilda lärare", responsible_role="Skolchef", indicator="Antal")
    DueQuarter.objects.create(activity=activity, year=2016, quarter=4)
    make.make_action(cast.council, activity=activity)
    text = cast.browse(cast.member).get("/granby/plan/").content.decode()
    assert "Work plan 2016-2017" in text
    for words in ("Utbilda lärare", "Skolchef", "Antal", "2016-K4, ", "2017-K2", "2016-K4 passed", "0 of 1 done"):
        assert words in text.replace("</span>", ""), words
    assert f'href="/granby/atgarder/?status=all&amp;activity={activity.pk}"' in text


def test_the_page_asks_the_same_number_of_queries_for_one_goal_and_for_three(
    cast: Cast, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    plan = make.make_plan(cast.council)
    browser = cast.browse(cast.member)

    def cost() -> int:
        with django_assert_max_num_queries(12) as caught:
            browser.get("/granby/plan/")
        return len(caught)

    make.make_action(cast.council, activity=make.make_activity(plan, 1))
    one = cost()
    for number in (2, 3):
        for _ in range(3):
            make.make_action(cast.council, activity=make.make_activity(plan, number))
    assert cost() == one


def test_without_a_plan_the_page_says_what_one_is(cast: Cast) -> None:
    assert "There is no plan yet" in cast.browse(cast.member).get("/granby/plan/").content.decode()


def test_whose_plan_it_is(cast: Cast) -> None:
    plan, foreign = make.make_plan(cast.council), make.make_plan(cast.stranger.council)
    assert cast.browse(cast.member).get(f"/granby/plan/{plan.pk}/").status_code == 200
    assert cast.browse(cast.member).get(f"/granby/plan/{foreign.pk}/").status_code == 404
    assert cast.browse(cast.stranger).get(f"/granby/plan/{plan.pk}/").status_code == 404
    assert cast.browse(cast.owner).get("/granby/plan/").status_code == 404, "an owner sees only their own actions"
