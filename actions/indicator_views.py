"""Indicators and their outcomes as they are changed; their page is read in actions.plan_views."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actions import indicator_lifecycle as lifecycle
from actions.models import IndicatorOutcome
from actions.permissions import may_edit_plan
from actions.plan_edit_views import form_page
from actions.plan_forms import IndicatorForm, OutcomeForm
from actions.plan_views import activity_for, indicator_for, indicator_page, trail_to
from bra.errors import RuleBroken
from bra.forms import saving
from bra.http import CouncilRequest, only_if

_FIELDS = ("name", "kind", "unit", "target_number", "target_day", "target_by")


def _fields(form: IndicatorForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in _FIELDS}


@only_if(may_edit_plan)
@require_http_methods(["GET", "HEAD", "POST"])
def indicator_add(request: CouncilRequest, pk: int) -> HttpResponse:
    """Add an indicator to an activity."""
    activity = activity_for(request, pk)
    form = IndicatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            made = lifecycle.add_indicator(activity=activity, by=request.member, on=request.today, **_fields(form))
            note(made)
        if not form.errors:
            messages.success(request, _("The indicator “%(name)s” is added.") % {"name": made.name})
            return redirect("actions:plan_indicator", request.council.slug, made.pk)
    back = reverse("actions:plan_activity", args=[request.council.slug, activity.pk])
    trail = [*trail_to(request, activity.goal.plan, activity), (_("New indicator"), None)]
    return form_page(request, form, _("New indicator"), trail, back)


@only_if(may_edit_plan)
@require_http_methods(["GET", "HEAD", "POST"])
def indicator_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change an indicator and its target."""
    indicator = indicator_for(request, pk)
    form = IndicatorForm(request.POST or None, initial=IndicatorForm.of(indicator))
    page = reverse("actions:plan_indicator", args=[request.council.slug, indicator.pk])
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            lifecycle.edit_indicator(indicator=indicator, by=request.member, on=request.today, **_fields(form))
            note(indicator)
        if not form.errors:
            messages.success(request, _("The indicator is changed."))
            return redirect(page)
    trail = [
        *trail_to(request, indicator.activity.goal.plan, indicator.activity),
        (indicator.name, page),
        (_("Change"), None),
    ]
    return form_page(request, form, _("Change the indicator"), trail, page)


@only_if(may_edit_plan)
@require_POST
def indicator_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take an indicator off its activity; `?tillbaka=1` brings it back."""
    indicator = indicator_for(request, pk)
    back = request.GET.get("tillbaka") == "1"
    try:
        lifecycle.remove_indicator(indicator=indicator, by=request.member, on=request.today, removed=not back)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return redirect("actions:plan", request.council.slug)
    if back:
        messages.success(request, _("The indicator “%(name)s” is back.") % {"name": indicator.name})
    else:
        undo = reverse("actions:plan_indicator_remove", args=[request.council.slug, pk])
        words = _("The indicator “%(name)s” is removed.") % {"name": indicator.name}
        messages.success(request, words, extra_tags=f"undo={undo}?tillbaka=1")
    return redirect("actions:plan_activity", request.council.slug, indicator.activity_id)


@only_if(may_edit_plan)
@require_POST
def outcome_note(request: CouncilRequest, pk: int) -> HttpResponse:
    """Note what an indicator showed on a day, or correct what was noted for it."""
    indicator = indicator_for(request, pk)
    form = OutcomeForm(request.POST, indicator=indicator)
    if form.is_valid():
        with saving(form, request) as note:
            outcome = lifecycle.note_outcome(indicator=indicator, by=request.member, on=request.today, **form.said)
            note(outcome)
        if not form.errors:
            messages.success(request, _("The outcome as of %(day)s is noted.") % {"day": outcome.on})
            plan = indicator.activity.goal.plan
            if not plan.starts <= outcome.on <= plan.ends:
                words = _("%(day)s is outside the plan, which runs from %(first)s to %(last)s.")
                messages.warning(request, words % {"day": outcome.on, "first": plan.starts, "last": plan.ends})
            return redirect("actions:plan_indicator", request.council.slug, indicator.pk)
    return indicator_page(request, indicator, form)


@only_if(may_edit_plan)
@require_POST
def outcome_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take back an outcome noted by mistake; `?tillbaka=1` brings it back."""
    outcomes = IndicatorOutcome.objects.select_related("indicator__activity__goal__plan__council")
    outcome = get_object_or_404(outcomes, pk=pk, indicator__activity__goal__plan__council=request.council)
    back = request.GET.get("tillbaka") == "1"
    try:
        lifecycle.remove_outcome(outcome=outcome, by=request.member, on=request.today, removed=not back)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        if back:
            messages.success(request, _("The outcome as of %(day)s is back.") % {"day": outcome.on})
        else:
            undo = reverse("actions:plan_outcome_remove", args=[request.council.slug, pk])
            words = _("The outcome as of %(day)s is removed.") % {"day": outcome.on}
            messages.success(request, words, extra_tags=f"undo={undo}?tillbaka=1")
    return redirect("actions:plan_indicator", request.council.slug, outcome.indicator_id)
