"""The plan as it is read: a list, a board, a timeline, and the pages of an activity and of an indicator."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions import plan_figures, plan_sentences
from actions.indicators import HEIGHT, RIM, WIDTH, measure, trend, value_words
from actions.models import Activity, Goal, Indicator, IndicatorKind, IndicatorOutcome, WorkPlan
from actions.permissions import may_edit_plan
from actions.plan_figures import Counts, GoalRow, goals_of, row_of, with_what_shows
from actions.plan_forms import OutcomeForm
from bra.http import CouncilRequest, only_if, status_of
from bra.permissions import may_read_council

Trail = list[tuple[str, str | None]]
STATE, GOAL = "state", "goal"


def plan_for(request: CouncilRequest, pk: int) -> WorkPlan:
    """The one door to a plan: 404 outside the council."""
    return get_object_or_404(WorkPlan.objects.select_related("council"), pk=pk, council=request.council)


def goal_for(request: CouncilRequest, pk: int) -> Goal:
    """The one door to a goal: 404 outside the council. A removed one is there too, to be brought back."""
    goals = Goal.objects.select_related("plan__council")
    return get_object_or_404(goals, pk=pk, plan__council=request.council)


def activity_for(request: CouncilRequest, pk: int) -> Activity:
    """The one door to an activity: 404 outside the council. A removed one is there too, to be brought back."""
    activities = with_what_shows(Activity.objects.select_related("goal__plan__council"))
    return get_object_or_404(activities, pk=pk, goal__plan__council=request.council)


def indicator_for(request: CouncilRequest, pk: int) -> Indicator:
    """The one door to an indicator: 404 outside the council. A removed one is there too, to be brought back."""
    indicators = Indicator.objects.select_related("activity__goal__plan__council")
    return get_object_or_404(indicators, pk=pk, activity__goal__plan__council=request.council)


@require_safe
@only_if(may_read_council)
def current(request: CouncilRequest) -> HttpResponse:
    """The plan of today; without one, the latest; without any, a word about what a plan is."""
    found = WorkPlan.objects.filter(council=request.council).current(request.today)
    if found is None:
        return render(request, "actions/plan.html", {"plan": None, "may_edit": may_edit_plan(request.member)})
    return _list(request, found)


@require_safe
@only_if(may_read_council)
def plan(request: CouncilRequest, pk: int) -> HttpResponse:
    """One plan of the council, as a list."""
    return _list(request, plan_for(request, pk))


@require_safe
@only_if(may_read_council)
def board(request: CouncilRequest, pk: int) -> HttpResponse:
    """A plan as a board: a card for each activity, by goal or, with ?efter=state, by how it goes."""
    shown = plan_for(request, pk)
    goals = goals_of(shown, request.member, request.today)
    by = STATE if request.GET.get("efter") == STATE else GOAL
    words = {
        "late": _("Late"),
        "none": _("No open action"),
        "todo": _("Not started"),
        "ongoing": _("In progress"),
        "done": _("Done"),
    }
    columns = [(words[state], None, rows) for state, rows in plan_figures.by_state(goals)]
    if by == GOAL:
        columns = [(goal.label, goal, goal.activities) for goal in goals]  # type: ignore[misc]  # a goal, or no goal
    context = _shared(request, shown, goals, "board") | {"columns": columns, "by": by}
    return render(request, "actions/plan_board.html", context)


@require_safe
@only_if(may_read_council)
def timeline(request: CouncilRequest, pk: int) -> HttpResponse:
    """A plan as a timeline: its quarters across, its activities down."""
    shown = plan_for(request, pk)
    goals = goals_of(shown, request.member, request.today)
    laid = plan_figures.timeline(shown, goals, request.member, request.today)
    return render(
        request, "actions/plan_timeline.html", _shared(request, shown, goals, "timeline") | {"timeline": laid}
    )


def _list(request: CouncilRequest, shown: WorkPlan) -> HttpResponse:
    goals = goals_of(shown, request.member, request.today)
    bars = [
        {
            "label": goal.label,
            "url": goal.url,
            "counts": goal.counts.bars(),
            "done": goal.counts.done,
            "total": goal.counts.total,
        }
        for goal in goals
    ]
    context = _shared(request, shown, goals, "list") | {
        "bars": bars,
        "after": plan_figures.due_after(shown, request.member),
    }
    return render(request, "actions/plan.html", context)


def _shared(request: CouncilRequest, shown: WorkPlan, goals: list[GoalRow], view: str) -> dict[str, Any]:
    """What the list, the board and the timeline have in common."""
    whole = Counts()
    for goal in goals:
        for state, number in goal.counts.by_state.items():
            whole.add(state, number)
    return {
        "plan": shown,
        "plans": WorkPlan.objects.filter(council=request.council),
        "goals": goals,
        "whole": whole,
        "view": view,
        "here": {"list": "actions:plan_detail"}.get(view, f"actions:plan_{view}"),
        "may_edit": may_edit_plan(request.member),
    }


@require_safe
@only_if(may_read_council)
def activity(request: CouncilRequest, pk: int) -> HttpResponse:
    """An activity: when it is due, how it goes, what shows it."""
    found = activity_for(request, pk)
    if not found.is_live:
        raise Http404
    context = {
        "row": row_of(found, request.member, request.today),
        "may_edit": may_edit_plan(request.member),
        "gone": Indicator.objects.filter(activity=found, removed=True) if may_edit_plan(request.member) else (),
        "lines": plan_sentences.history_of_activity(found),
        "trail": [*trail_to(request, found.goal.plan), (found.code, None)],
    }
    return render(request, "actions/plan_activity.html", context)


@require_safe
@only_if(may_read_council)
def indicator(request: CouncilRequest, pk: int) -> HttpResponse:
    """An indicator: its target and its outcomes, with a form for the next one."""
    found = indicator_for(request, pk)
    if found.removed or not found.activity.is_live:
        raise Http404
    return indicator_page(request, found, OutcomeForm(indicator=found, initial={"measured": request.today}))


def indicator_page(request: CouncilRequest, found: Indicator, form: OutcomeForm) -> HttpResponse:
    """The page of an indicator, with the form as it was sent when it was refused."""
    outcomes = list(found.outcomes.all())
    live = [one for one in outcomes if not one.removed]
    may_edit = may_edit_plan(request.member)
    drawn = trend(found, live)
    context = {
        "measured": measure(found, live, request.today),
        "outcomes": [_row(found, one) for one in reversed(live)],
        "gone": [_row(found, one) for one in outcomes if one.removed and may_edit],
        "trend": drawn,
        "trend_box": (0, 0, WIDTH, HEIGHT),
        "trend_rim": (RIM, WIDTH - RIM, HEIGHT - RIM),
        "trend_words": (
            value_words(found, drawn.first.number, None),
            value_words(found, drawn.last.number, None),
        )
        if drawn
        else (),
        "is_day": found.kind == IndicatorKind.DAY,
        "may_edit": may_edit,
        "form": form if may_edit else None,
        "lines": plan_sentences.history_of_indicator(found),
        "trail": [*trail_to(request, found.activity.goal.plan, found.activity), (found.name, None)],
    }
    return render(request, "actions/plan_indicator.html", context, status=status_of(form))


def _row(found: Indicator, outcome: IndicatorOutcome) -> tuple[IndicatorOutcome, str]:
    return outcome, value_words(found, outcome.number, outcome.day)


def trail_to(request: CouncilRequest, to: WorkPlan, through: Activity | None = None) -> Trail:
    """The way to what is below a plan, or below an activity of it."""
    slug = request.council.slug
    plan_words = _("Work plan %(name)s") % {"name": to.name}
    trail: Trail = [(plan_words, reverse("actions:plan_detail", args=[slug, to.pk]))]
    if through is not None:
        trail.append((f"{through.code} {through.title}", reverse("actions:plan_activity", args=[slug, through.pk])))
    return trail
