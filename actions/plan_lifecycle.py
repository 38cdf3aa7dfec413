"""The verbs of the work plan, its goals and its activities.

The plan is locked before anything of it is changed. What stands in the plan is numbered 1, 2, 3 in its order; what is
removed keeps the place that it had, and comes back to it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from actions.models import Action, ActionQuerySet, Activity, DueQuarter, Goal, Indicator, WorkPlan
from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked

LONGEST_PLAN = 6  # calendar years; the timeline shows each of their quarters
# Beyond every number in use: where rows wait while others take their numbers.
_ASIDE = 10_000

Quarters = Iterable[tuple[int, int]]
Numbered = TypeVar("Numbered", Goal, Activity)


@transaction.atomic
def start_plan(
    *,
    council: Council,
    name: str,
    starts: date,
    ends: date,
    by: Member,
    on: date,
    copy_of: WorkPlan | None = None,
) -> WorkPlan:
    """Begin a plan, empty or with the goals, activities and indicators of another, moved on by whole years."""
    council = locked(council)
    name = _plan_words(council, name, starts, ends)
    plan = WorkPlan.objects.create(council=council, name=name, starts=starts, ends=ends)
    history.created(plan, council=council, by=by, on=on, verb="plan.started", fields=("name", "starts", "ends"))
    if copy_of is not None:
        if copy_of.council_id != council.pk:
            raise RuleBroken(_("Choose a plan of this council."), field="copy_of")
        _copy(copy_of, plan)
        history.record(
            council=council, by=by, on=on, verb="plan.copied", target=plan, changes={"copy_of": (None, copy_of.name)}
        )
    return plan


@transaction.atomic
def edit_plan(*, plan: WorkPlan, name: str, starts: date, ends: date, by: Member, on: date) -> WorkPlan:
    """Change the name and the period of a plan."""
    council = locked(plan.council)
    plan = locked(plan)
    name = _plan_words(council, name, starts, ends, but=plan)
    history.change(plan, council=council, by=by, on=on, verb="plan.edited", name=name, starts=starts, ends=ends)
    return plan


@transaction.atomic
def add_goal(*, plan: WorkPlan, title: str, by: Member, on: date) -> Goal:
    """Add a goal last."""
    plan = locked(plan)
    goal = Goal.objects.create(
        plan=plan, number=_last(plan.goals.live()) + 1, title=_said(title, _("Write the goal."), "title")
    )
    history.created(goal, council=plan.council, by=by, on=on, verb="goal.added", fields=("title", "number"))
    return goal


@transaction.atomic
def edit_goal(*, goal: Goal, title: str, by: Member, on: date) -> Goal:
    """Change the words of a goal."""
    goal = locked_goal(goal)
    title = _said(title, _("Write the goal."), "title")
    history.change(goal, council=goal.plan.council, by=by, on=on, verb="goal.edited", title=title)
    return goal


@transaction.atomic
def place_goal(*, goal: Goal, place: int, by: Member, on: date) -> Goal:
    """Move a goal to a place of its plan, 1 the first; beyond an end is that end."""
    goal = locked_goal(goal)
    return _place(goal, list(goal.plan.goals.live()), place, council=goal.plan.council, by=by, on=on)


@transaction.atomic
def remove_goal(*, goal: Goal, by: Member, on: date, removed: bool = True) -> Goal:
    """Take a goal with its activities out of the plan; `removed=False` brings it back to its place."""
    plan = locked(goal.plan)
    goal = locked(goal)
    if goal.removed == removed:
        return goal
    if removed:
        _refuse_served(Action.objects.serving_goal(goal.pk), by)
    _put(goal, list(plan.goals.live()), council=plan.council, by=by, on=on, removed=removed)
    return goal


@transaction.atomic
def add_activity(
    *,
    goal: Goal,
    title: str,
    responsible_role: str,
    by: Member,
    on: date,
    indicator: str = "",
    quarters: Quarters = (),
) -> Activity:
    """Add an activity last to a goal; `quarters` are those in which it is due, as (year, 1 to 4)."""
    goal = locked_goal(goal)
    activity = Activity.objects.create(
        goal=goal,
        number=_last(goal.activities.live()) + 1,
        title=_said(title, _("Write the activity."), "title"),
        responsible_role=_said(responsible_role, _("Write which role is responsible."), "responsible_role"),
        indicator=indicator.strip(),
    )
    history.created(
        activity,
        council=goal.plan.council,
        by=by,
        on=on,
        verb="activity.added",
        fields=("title", "number", "goal", "responsible_role", "indicator"),
    )
    set_due_quarters(activity=activity, quarters=quarters, by=by, on=on)
    return activity


@transaction.atomic
def edit_activity(
    *,
    activity: Activity,
    title: str,
    responsible_role: str,
    by: Member,
    on: date,
    indicator: str = "",
    goal: Goal | None = None,
) -> Activity:
    """Change an activity; with another `goal` of its plan it is moved there, last."""
    activity = locked_activity(activity)
    left = activity.goal
    new: dict[str, object] = {
        "title": _said(title, _("Write the activity."), "title"),
        "responsible_role": _said(responsible_role, _("Write which role is responsible."), "responsible_role"),
        "indicator": indicator.strip(),
    }
    moved = goal is not None and goal.pk != left.pk
    if goal is not None and moved:
        goal = locked(goal)
        if goal.plan_id != left.plan_id or goal.removed:
            raise RuleBroken(_("Choose a goal of this plan."), field="goal")
        new |= {"goal": goal, "number": _last(goal.activities.live()) + 1}
    history.change(activity, council=left.plan.council, by=by, on=on, verb="activity.edited", **new)
    if moved:
        _renumber(list(left.activities.live()))
    return activity


@transaction.atomic
def set_due_quarters(*, activity: Activity, quarters: Quarters, by: Member, on: date) -> Activity:
    """Say in which quarters an activity is due, instead of those said before."""
    activity = locked_activity(activity)
    new = sorted(set(quarters))
    if any(quarter not in (1, 2, 3, 4) for _year, quarter in new):
        raise RuleBroken(_("A year has the quarters 1 to 4."), field="quarters")
    kept = list(activity.due_quarters.all())
    old = [(due.year, due.quarter) for due in kept]
    if old != new:
        DueQuarter.objects.filter(pk__in=[due.pk for due in kept if (due.year, due.quarter) not in new]).delete()
        DueQuarter.objects.bulk_create(
            DueQuarter(activity=activity, year=year, quarter=quarter)
            for year, quarter in new
            if (year, quarter) not in old
        )
        history.record(
            council=activity.goal.plan.council,
            by=by,
            on=on,
            verb="activity.due",
            target=activity,
            changes={"due_quarters": tuple([f"{year}-K{quarter}" for year, quarter in them] for them in (old, new))},
        )
    return activity


@transaction.atomic
def place_activity(*, activity: Activity, place: int, by: Member, on: date) -> Activity:
    """Move an activity to a place of its goal, 1 the first; beyond an end is that end."""
    activity = locked_activity(activity)
    council = activity.goal.plan.council
    return _place(activity, list(activity.goal.activities.live()), place, council=council, by=by, on=on)


@transaction.atomic
def remove_activity(*, activity: Activity, by: Member, on: date, removed: bool = True) -> Activity:
    """Take an activity out of the plan; `removed=False` brings it back to its place."""
    plan = locked(activity.goal.plan)
    activity = locked(activity)
    if activity.removed == removed:
        return activity
    if removed:
        _refuse_served(Action.objects.filter(activity=activity), by)
    elif activity.goal.removed:
        raise RuleBroken(_("Its goal has been removed. Bring the goal back first."))
    _put(activity, list(activity.goal.activities.live()), council=plan.council, by=by, on=on, removed=removed)
    return activity


def locked_goal(goal: Goal) -> Goal:
    """Lock a goal that is in the plan, the plan before it."""
    locked(goal.plan)
    goal = locked(goal)
    if goal.removed:
        raise RuleBroken(_("The goal has been removed from the plan."))
    return goal


def locked_activity(activity: Activity) -> Activity:
    """Lock an activity that is in the plan, the plan before it."""
    locked(activity.goal.plan)
    activity = locked(activity)
    if not activity.is_live:
        raise RuleBroken(_("The activity has been removed from the plan."))
    return activity


def _plan_words(council: Council, name: str, starts: date, ends: date, but: WorkPlan | None = None) -> str:
    """Return the name without spaces around; refuse what a plan can't be."""
    name = _said(name, _("Write what the plan is called."), "name")
    if ends <= starts:
        raise RuleBroken(_("The plan must end after it starts."), field="ends")
    if ends.year - starts.year >= LONGEST_PLAN:
        raise RuleBroken(_("A plan covers at most %(n)d calendar years.") % {"n": LONGEST_PLAN}, field="ends")
    namesakes = WorkPlan.objects.filter(council=council, name=name)
    if (namesakes.exclude(pk=but.pk) if but else namesakes).exists():
        raise RuleBroken(_("There is a plan with this name already."), field="name")
    return name


def _said(text: str, demand: str, field: str) -> str:
    if not text.strip():
        raise RuleBroken(demand, field=field)
    return text.strip()


def _refuse_served(actions: ActionQuerySet, by: Member) -> None:
    """Refuse while actions are still to be done. Of one that `by` may not see nothing is said: it doesn't refuse."""
    if actions.visible_to(by).live().exists():
        raise RuleBroken(
            _("Actions still to be done serve it. Close them, or let them serve another activity, and try again.")
        )


def _last(rows: "Iterable[Numbered]") -> int:
    return max((row.number for row in rows), default=0)


def _place(row: Numbered, order: list[Numbered], place: int, *, council: Council, by: Member, on: date) -> Numbered:
    old = order.index(row)
    new = min(max(place - 1, 0), len(order) - 1)
    if new != old:
        order.insert(new, order.pop(old))
        _renumber(order)
        history.record(
            council=council,
            by=by,
            on=on,
            verb=f"{row._meta.model_name}.moved",
            target=row,
            changes={"number": (old + 1, new + 1)},
        )
    return order[new]


def _put(row: Numbered, others: list[Numbered], *, council: Council, by: Member, on: date, removed: bool) -> None:
    """Take the row from among the others, or put it back to its place there."""
    if removed:
        others.remove(row)
    else:
        others.insert(row.number - 1, row)
        row.number = 2 * _ASIDE
        row.save(update_fields=["number"])
    verb = f"{row._meta.model_name}.{'removed' if removed else 'restored'}"
    history.change(row, council=council, by=by, on=on, verb=verb, removed=removed)
    _renumber(others)


def _renumber(rows: Sequence[Numbered]) -> None:
    """Number the rows 1, 2, 3. No two may share a number even for a moment, so those that move step aside first."""
    moving = [row for number, row in enumerate(rows, start=1) if row.number != number]
    if not moving:
        return
    everything = type(moving[0])._base_manager
    aside = everything.filter(pk__in=[row.pk for row in moving])
    aside.filter(number__lt=_ASIDE).update(number=F("number") + _ASIDE)
    for number, row in enumerate(rows, start=1):
        row.number = number
    everything.bulk_update(moving, ["number"])


def _copy(source: WorkPlan, plan: WorkPlan) -> None:
    """Copy what stands in `source`; days and quarters are moved on by as many years as the plans lie apart."""
    years = plan.starts.year - source.starts.year
    goals = {
        goal.pk: Goal.objects.create(plan=plan, number=number, title=goal.title)
        for number, goal in enumerate(source.goals.live(), start=1)
    }
    for activity in Activity.objects.live().filter(goal__plan=source).prefetch_related("due_quarters", "indicators"):
        copy = Activity.objects.create(
            goal=goals[activity.goal_id],
            number=activity.number,
            title=activity.title,
            responsible_role=activity.responsible_role,
            indicator=activity.indicator,
        )
        DueQuarter.objects.bulk_create(
            DueQuarter(activity=copy, year=due.year + years, quarter=due.quarter) for due in activity.due_quarters.all()
        )
        Indicator.objects.bulk_create(
            Indicator(
                activity=copy,
                name=one.name,
                kind=one.kind,
                unit=one.unit,
                target_number=one.target_number,
                target_day=_later(one.target_day, years),
                target_by=_later(one.target_by, years),
            )
            for one in activity.indicators.all()
            if not one.removed
        )


def _later(day: date | None, years: int) -> date | None:
    """Return the same day `years` later; the 28th of February for a leap day."""
    if day is None:
        return None
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)
