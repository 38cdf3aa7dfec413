"""The rows of a plan in a status report: it as it reads today, with what its indicators had shown by the day."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, Q

from actions.indicators import Measured, measure
from actions.models import Activity, DueQuarter, Goal, Indicator, IndicatorOutcome, WorkPlan
from reports.rows import ActivityRow, GoalRow


def plan_rows(plan: WorkPlan, day: date) -> tuple[tuple[GoalRow, ...], tuple[ActivityRow, ...]]:
    """Return the goals and the activities, with what its indicators had shown by `day`; five queries."""
    goals = tuple(
        GoalRow(number, title)
        for number, title in Goal.objects.live().filter(plan=plan).order_by("number").values_list("number", "title")
    )
    measured = _measured(plan, day)
    quarters: dict[int, list[DueQuarter]] = {}
    for due in DueQuarter.objects.filter(activity__goal__plan=plan).order_by("year", "quarter"):
        quarters.setdefault(due.activity_id, []).append(due)
    activities = tuple(
        ActivityRow(
            pk=activity.pk,
            goal=activity.goal.number,
            code=activity.code,
            title=activity.title,
            responsible_role=activity.responsible_role,
            indicator=activity.indicator,
            quarters=tuple(str(due) for due in quarters.get(activity.pk, ())),
            ends=tuple(due.last_day for due in quarters.get(activity.pk, ())),
            indicators=tuple(measured.get(activity.pk, ())),
        )
        for activity in Activity.objects.live()
        .filter(goal__plan=plan)
        .select_related("goal")
        .order_by("goal__number", "number", "pk")
    )
    return goals, activities


def _measured(plan: WorkPlan, day: date) -> dict[int, list[Measured]]:
    """The indicators of the plan's activities as of `day`, by activity."""
    outcomes = Prefetch("outcomes", IndicatorOutcome.objects.filter(removed=False))
    rows: dict[int, list[Measured]] = {}
    for one in Indicator.objects.filter(activity__goal__plan=plan, removed=False).prefetch_related(outcomes):
        rows.setdefault(one.activity_id, []).append(measure(one, one.outcomes.all(), day))
    return rows


def own_activities(plan: WorkPlan, activities: Iterable[ActivityRow]) -> dict[int, int | None]:
    """Return the plan's activities by key: itself; None for one taken out, whose actions are outside the plan."""
    gone = Activity.objects.filter(Q(removed=True) | Q(goal__removed=True), goal__plan=plan)
    return dict.fromkeys(gone.values_list("pk", flat=True)) | {row.pk: row.pk for row in activities}
