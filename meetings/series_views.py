"""Recurring meetings: a rule, the dates that follow from it, and all of them planned in one go."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from bra.errors import RuleBroken
from bra.forms import note_override
from bra.http import CouncilRequest, only_if, status_of
from meetings import lifecycle
from meetings.models import Meeting
from meetings.permissions import may_plan_meetings
from meetings.planning_forms import SeriesForm
from meetings.series import Occasion
from meetings.views import trail_to


@dataclass(frozen=True)
class Row:
    """One line of the preview: the day the rule gives, the day of the meeting (None: none), what is in its way."""

    occasion: Occasion
    day: date | None
    clash: Meeting | None
    twice: bool
    chosen: bool

    @property
    def can_be_planned(self) -> bool:
        """Whether a meeting can be held then."""
        return self.day is not None and self.clash is None and not self.twice


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def series(request: CouncilRequest) -> HttpResponse:
    """Ask for the rule, show the dates (`do=preview`), and plan those that are chosen (`do=plan`, fields `day`)."""
    initial = SeriesForm.first_values(request.council, request.today)
    form = SeriesForm(request.POST or None, initial=initial)
    rows: list[Row] = []
    if request.method == "POST" and form.is_valid():
        planning = request.POST.get("do") == "plan"
        rows = _rows(request, form, set(request.POST.getlist("day")) if planning else None)
        if planning and _planned(request, form, rows):
            return redirect("meetings:list", request.council.slug)
    context = {
        "form": form,
        "rows": rows,
        "previewed": request.method == "POST" and "rule" in form.data and not form.errors,
        "possible": sum(row.can_be_planned for row in rows),
        "cancel": reverse("meetings:list", args=[request.council.slug]),
        "trail": trail_to(request, None, _("Plan a year of meetings")),
    }
    return render(request, "meetings/series.html", context, status=status_of(form))


def _rows(request: CouncilRequest, form: SeriesForm, chosen: set[str] | None) -> list[Row]:
    """The preview; `chosen` are the days ticked, None for all. One query: the meetings of the days concerned."""
    said = form.cleaned_data
    occasions = form.occasions()
    days = [form.day_of(occasion) for occasion in occasions]
    taken = lifecycle.clashes(request.council, [day for day in days if day], said["starts_at"], said["ends_at"])
    rows: list[Row] = []
    seen: set[date] = set()
    for occasion, day in zip(occasions, days, strict=True):
        ticked = day is not None and (chosen is None or day.isoformat() in chosen)
        rows.append(Row(occasion, day, taken.get(day) if day else None, day in seen, ticked))
        if day is not None:
            seen.add(day)
    return rows


def _planned(request: CouncilRequest, form: SeriesForm, rows: list[Row]) -> bool:
    """Plan the ticked days; False with a sentence in the form when a rule says no."""
    days = [row.day for row in rows if row.chosen and row.can_be_planned and row.day]
    hours: dict[str, Any] = {name: form.cleaned_data[name] for name in ("starts_at", "ends_at", "place")}
    try:
        with transaction.atomic():
            meetings = lifecycle.plan_series(
                council=request.council, by=request.member, on=request.today, days=days, **hours
            )
            note_override(form, council=request.council, by=request.member, on=request.today, target=meetings[0])
    except RuleBroken as error:
        form.refuse(error)
        return False
    said = ngettext("%(n)d meeting is planned.", "%(n)d meetings are planned.", len(meetings))
    messages.success(request, said % {"n": len(meetings)})
    return True
