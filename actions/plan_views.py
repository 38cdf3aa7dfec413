"""The plan: goals with how far they have come, and their activities."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from actions.models import Action, Activity, DueQuarter, Goal, Status, WorkPlan
from actions.status import OVERDUE, PARTS, bar, is_behind
from bra.http import CouncilRequest, only_if
from bra.models import Member
from bra.permissions import may_read_council


@dataclass
class Counts:
    """Actions by how they stand. One still to be done with a passed deadline counts as overdue and nothing else."""

    by_state: dict[str, int] = field(default_factory=lambda: dict.fromkeys(map(str, PARTS), 0))

    def add(self, state: str, number: int) -> None:
        """Count `number` more."""
        self.by_state[state] += number

    @property
    def all(self) -> int:
        """All of them."""
        return sum(self.by_state.values())

    @property
    def total(self) -> int:
        """Those that count: the cancelled ones don't."""
        return self.all - self.by_state[Status.CANCELLED]

    @property
    def done(self) -> int:
        """Those done."""
        return self.by_state[Status.DONE]

    @property
    def late(self) -> int:
        """Those overdue."""
        return self.by_state[OVERDUE]

    @property
    def open(self) -> int:
        """Those still to be done, overdue or not."""
        return self.total - self.done

    def bars(self) -> list[tuple[str, int, str]]:
        """(state, number, word) in the order of drawing."""
        return bar(self.by_state)


@dataclass
class ActivityRow:
    """An activity, its due quarters and its actions."""

    activity: Activity
    quarters: list[DueQuarter]
    counts: Counts
    missed: DueQuarter | None


@dataclass
class GoalRow:
    """A goal with its activities."""

    goal: Goal
    activities: list[ActivityRow]
    counts: Counts

    @property
    def label(self) -> str:
        """The number and the title."""
        return str(self.goal)

    @property
    def url(self) -> str:
        """The goal's own part of the page."""
        return f"#goal-{self.goal.number}"


def goals_of(plan: WorkPlan, member: Member, today: date) -> list[GoalRow]:
    """Return the plan's goals with their figures, as far as the member may see the actions; four queries."""
    counted = Action.objects.visible_to(member).agreed().filter(activity__goal__plan=plan).by_activity_and_state(today)
    of_activity: dict[int, Counts] = {}
    for activity_id, status, is_late, number in counted:
        of_activity.setdefault(activity_id, Counts()).add(OVERDUE if is_late else status, number)
    rows = []
    for goal in plan.goals.prefetch_related("activities__due_quarters"):
        row = GoalRow(goal, [], Counts())
        for activity in sorted(goal.activities.all(), key=lambda one: one.number):
            activity.goal = goal
            counts = of_activity.get(activity.pk, Counts())
            quarters = list(activity.due_quarters.all())
            row.activities.append(ActivityRow(activity, quarters, counts, missed(quarters, counts, today)))
            for state, number in counts.by_state.items():
                row.counts.add(state, number)
        rows.append(row)
    return rows


def missed(quarters: Iterable[DueQuarter], counts: Counts, today: date) -> DueQuarter | None:
    """Return the last due quarter that has passed of an activity that is behind; None when it isn't."""
    passed = [quarter for quarter in quarters if quarter.last_day < today]
    return passed[-1] if is_behind((quarter.last_day for quarter in passed), counts.done, today) else None


@require_safe
@only_if(may_read_council)
def current(request: CouncilRequest) -> HttpResponse:
    """The plan of today; without one, the latest; without any, a word about what a plan is."""
    found = WorkPlan.objects.filter(council=request.council).current(request.today)
    if found is None:
        return render(request, "actions/plan.html", {"plan": None})
    return _plan(request, found)


@require_safe
@only_if(may_read_council)
def plan(request: CouncilRequest, pk: int) -> HttpResponse:
    """One plan of the council."""
    return _plan(request, get_object_or_404(WorkPlan, pk=pk, council=request.council))


def _plan(request: CouncilRequest, shown: WorkPlan) -> HttpResponse:
    goals = goals_of(shown, request.member, request.today)
    whole = Counts()
    for goal in goals:
        for state, number in goal.counts.by_state.items():
            whole.add(state, number)
    context = {
        "plan": shown,
        "plans": WorkPlan.objects.filter(council=request.council),
        "goals": goals,
        "whole": whole,
        "bars": [
            {
                "label": goal.label,
                "url": goal.url,
                "counts": goal.counts.bars(),
                "done": goal.counts.done,
                "total": goal.counts.total,
            }
            for goal in goals
        ],
    }
    return render(request, "actions/plan.html", context)
