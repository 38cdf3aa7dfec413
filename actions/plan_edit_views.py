"""The plan as it is changed: the plan itself, its goals and activities, their order."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions import plan_lifecycle as lifecycle
from actions.models import Activity, Goal, WorkPlan
from actions.permissions import may_edit_plan
from actions.plan_figures import quarter_of, with_what_shows
from actions.plan_forms import ActivityForm, GoalForm, PlanForm
from actions.plan_sentences import history_of_plan
from actions.plan_views import activity_for, goal_for, plan_for, trail_to
from bra.errors import RuleBroken
from bra.forms import GuardedForm, note_override, saving
from bra.http import CouncilRequest, only_if, status_of


def _outline_context(shown: WorkPlan) -> dict[str, Any]:
    goals = list(shown.goals.all())
    activities: dict[int, list[Activity]] = {}
    # Of a goal that was removed, the activities come back with it.
    for activity in with_what_shows(Activity.objects.filter(goal__plan=shown).select_related("goal")):
        activities.setdefault(activity.goal_id, []).append(activity)
    live = [goal for goal in goals if not goal.removed]
    return {
        "plan": shown,
        "goals": [(goal, [one for one in activities.get(goal.pk, ()) if not one.removed]) for goal in live],
        "gone_goals": [goal for goal in goals if goal.removed],
        "gone_activities": [one for goal in live for one in activities.get(goal.pk, ()) if one.removed],
    }


@only_if(may_edit_plan)
@require_safe
def outline(request: CouncilRequest, pk: int) -> HttpResponse:
    """The plan's goals and activities in order, with what changes them."""
    shown = plan_for(request, pk)
    context = _outline_context(shown) | {
        "trail": [*trail_to(request, shown), (_("Change the plan"), None)],
        "lines": history_of_plan(shown),
    }
    return render(request, "actions/plan_outline.html", context)


@only_if(may_edit_plan)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_new(request: CouncilRequest) -> HttpResponse:
    """Begin a plan, empty or as a copy of another."""
    plans = WorkPlan.objects.filter(council=request.council)
    form = PlanForm(request.POST or None, plans=plans, initial=PlanForm.first_values(plans.first(), request.today))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with saving(form, request) as note:
            made = lifecycle.start_plan(
                council=request.council,
                name=said["name"],
                starts=said["starts"],
                ends=said["ends"],
                copy_of=said.get("copy_of"),
                by=request.member,
                on=request.today,
            )
            note(made)
        if not form.errors:
            messages.success(request, _("The plan %(name)s is begun.") % {"name": made.name})
            return redirect("actions:plan_outline", request.council.slug, made.pk)
    trail = [(_("Work plan"), reverse("actions:plan", args=[request.council.slug])), (_("New plan"), None)]
    return form_page(request, form, _("New plan"), trail, reverse("actions:plan", args=[request.council.slug]))


@only_if(may_edit_plan)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change the name and the period of a plan."""
    shown = plan_for(request, pk)
    first = {"name": shown.name, "starts": shown.starts, "ends": shown.ends}
    form = PlanForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with saving(form, request) as note:
            changed = lifecycle.edit_plan(
                plan=shown,
                name=said["name"],
                starts=said["starts"],
                ends=said["ends"],
                by=request.member,
                on=request.today,
            )
            note(changed)
        if not form.errors:
            messages.success(request, _("The plan is changed."))
            return redirect(_outline_of(request, shown))
    return _part_form(request, form, _("Name and period of the plan"), shown)


@only_if(may_edit_plan)
@require_http_methods(["GET", "HEAD", "POST"])
def goal_add(request: CouncilRequest, pk: int) -> HttpResponse:
    """Add a goal last."""
    shown = plan_for(request, pk)
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            goal = lifecycle.add_goal(plan=shown, title=form.cleaned_data["title"], by=request.member, on=request.today)
            note_override(form, council=request.council, by=request.member, on=request.today, target=goal)
        messages.success(request, _("The goal “%(title)s” is in the plan.") % {"title": goal.title})
        return redirect(_outline_of(request, shown, goal))
    return _part_form(request, form, _("New goal"), shown)


@only_if(may_edit_plan)
@require_http_methods(["GET", "HEAD", "POST"])
def goal_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change the words of a goal."""
    goal = goal_for(request, pk)
    form = GoalForm(request.POST or None, initial={"title": goal.title})
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            lifecycle.edit_goal(goal=goal, title=form.cleaned_data["title"], by=request.member, on=request.today)
            note(goal)
        if not form.errors:
            messages.success(request, _("The goal is changed."))
            return redirect(_outline_of(request, goal.plan, goal))
    return _part_form(request, form, _("Change goal %(number)d") % {"number": goal.number}, goal.plan)


@only_if(may_edit_plan)
@require_http_methods(["GET", "HEAD", "POST"])
def activity_add(request: CouncilRequest, pk: int) -> HttpResponse:
    """Add an activity last to a goal."""
    goal = goal_for(request, pk)
    form = ActivityForm(request.POST or None, goal=goal)
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            made = lifecycle.add_activity(
                goal=goal, quarters=form.quarters, by=request.member, on=request.today, **_words(form)
            )
            note(made)
        if not form.errors:
            messages.success(request, _("The activity “%(title)s” is in the plan.") % {"title": made.title})
            _warn_outside(request, goal.plan, form)
            return redirect("actions:plan_activity", request.council.slug, made.pk)
    return _part_form(request, form, _("New activity of goal %(number)d") % {"number": goal.number}, goal.plan)


@only_if(may_edit_plan)
@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change an activity: its words, its goal, when it is due."""
    found = activity_for(request, pk)
    form = ActivityForm(request.POST or None, goal=found.goal, activity=found, initial=ActivityForm.of(found))
    if request.method == "POST" and form.is_valid():
        here: dict[str, Any] = {"by": request.member, "on": request.today}
        with saving(form, request) as note:
            lifecycle.edit_activity(activity=found, goal=form.cleaned_data["goal"], **_words(form), **here)
            lifecycle.set_due_quarters(activity=found, quarters=form.quarters, **here)
            note(found)
        if not form.errors:
            messages.success(request, _("The activity is changed."))
            _warn_outside(request, found.goal.plan, form)
            return redirect("actions:plan_activity", request.council.slug, found.pk)
    trail = [*trail_to(request, found.goal.plan, found), (_("Change"), None)]
    back = reverse("actions:plan_activity", args=[request.council.slug, found.pk])
    return form_page(request, form, _("Change activity %(code)s") % {"code": found.code}, trail, back)


def _words(form: ActivityForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("title", "responsible_role", "indicator")}


def _warn_outside(request: CouncilRequest, plan: WorkPlan, form: ActivityForm) -> None:
    """Say so when an activity is due in a quarter that isn't the plan's."""
    first, last = quarter_of(plan.starts), quarter_of(plan.ends)
    outside = [f"{year}-K{quarter}" for year, quarter in form.quarters if not first <= (year, quarter) <= last]
    if outside:
        words = _("%(quarters)s is outside the plan, which runs from %(first)s to %(last)s.")
        said = {"quarters": ", ".join(outside), "first": plan.starts, "last": plan.ends}
        messages.warning(request, words % said)


@only_if(may_edit_plan)
@require_POST
def goal_move(request: CouncilRequest, pk: int) -> HttpResponse:
    """Move a goal: `way` is "up" or "down", or `place` says where, 1 the first."""
    goal = goal_for(request, pk)
    try:
        lifecycle.place_goal(goal=goal, place=_place(request, goal), by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    return _answer(request, goal.plan, goal)


@only_if(may_edit_plan)
@require_POST
def activity_move(request: CouncilRequest, pk: int) -> HttpResponse:
    """Move an activity within its goal: `way` is "up" or "down", or `place` says where, 1 the first."""
    found = activity_for(request, pk)
    try:
        lifecycle.place_activity(activity=found, place=_place(request, found), by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    return _answer(request, found.goal.plan, found)


def _place(request: CouncilRequest, row: Goal | Activity) -> int:
    sent, way = request.POST.get("place", ""), request.POST.get("way")
    step = {"up": row.number - 1, "down": row.number + 1}
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 5 else step.get(way or "", row.number)


@only_if(may_edit_plan)
@require_POST
def goal_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take a goal out of the plan; `?tillbaka=1` brings it back."""
    goal = goal_for(request, pk)
    back = request.GET.get("tillbaka") == "1"
    try:
        lifecycle.remove_goal(goal=goal, by=request.member, on=request.today, removed=not back)
    except RuleBroken as error:
        messages.error(request, f"{goal.title}: {error.sentence}")
    else:
        _say_removed(request, goal.title, back, reverse("actions:plan_goal_remove", args=[request.council.slug, pk]))
    return _answer(request, goal.plan)


@only_if(may_edit_plan)
@require_POST
def activity_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take an activity out of the plan; `?tillbaka=1` brings it back."""
    found = activity_for(request, pk)
    back = request.GET.get("tillbaka") == "1"
    try:
        lifecycle.remove_activity(activity=found, by=request.member, on=request.today, removed=not back)
    except RuleBroken as error:
        messages.error(request, f"{found.title}: {error.sentence}")
    else:
        undo = reverse("actions:plan_activity_remove", args=[request.council.slug, pk])
        _say_removed(request, found.title, back, undo)
    return _answer(request, found.goal.plan)


def _say_removed(request: CouncilRequest, title: str, back: bool, undo: str) -> None:
    if back:
        messages.success(request, _("“%(title)s” is back in the plan.") % {"title": title})
    else:
        words = _("“%(title)s” is removed from the plan.") % {"title": title}
        messages.success(request, words, extra_tags=f"undo={undo}?tillbaka=1")


def _answer(request: CouncilRequest, shown: WorkPlan, row: Goal | Activity | None = None) -> HttpResponse:
    """The outline anew to htmx, else the page."""
    if request.htmx:
        return render(request, "actions/_plan_outline.html", _outline_context(shown) | {"with_messages": True})
    return redirect(_outline_of(request, shown, row))


def _outline_of(request: CouncilRequest, shown: WorkPlan, row: Goal | Activity | None = None) -> str:
    url = reverse("actions:plan_outline", args=[request.council.slug, shown.pk])
    return f"{url}#{row._meta.model_name}-{row.pk}" if row else url


def _part_form(request: CouncilRequest, form: GuardedForm, title: str, shown: WorkPlan) -> HttpResponse:
    own = _outline_of(request, shown)
    trail = [*trail_to(request, shown), (_("Change the plan"), own), (title, None)]
    return form_page(request, form, title, trail, own)


def form_page(request: CouncilRequest, form: GuardedForm, title: str, trail: Any, cancel: str) -> HttpResponse:
    """The page of one form of the plan."""
    context = {"form": form, "title": title, "trail": trail, "cancel": cancel}
    return render(request, "actions/plan_form.html", context, status=status_of(form))
