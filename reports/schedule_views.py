"""The page of the reports that are made by themselves."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from bra.errors import RuleBroken
from bra.http import CouncilRequest, only_if, status_of
from reports import permissions, schedule, scheduling
from reports.models import ReportSchedule
from reports.schedule_forms import RecipientsForm, ScheduleForm


def planned_for(request: CouncilRequest, pk: int) -> ReportSchedule:
    """The one door to a planned report: of the request's own council; else 404."""
    return get_object_or_404(ReportSchedule.objects.select_related("council"), council=request.council, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_ask)
def schedule_list(request: CouncilRequest) -> HttpResponse:
    """List the days whose report is made by itself, and plan one more."""
    readers = schedule.readers(request.council, request.today)
    form = ScheduleForm(readers, request.POST or None, initial={"recipients": [request.member.pk]})
    if request.method == "POST" and form.is_valid():
        with form.refusing():
            planned = scheduling.plan_report(
                council=request.council, by=request.member, on=request.today, **form.cleaned_data
            )
        if not form.errors:
            day = planned.on.isoformat()
            messages.success(request, _("The report as of %(day)s is made by itself.") % {"day": day})
            return redirect("reports:schedule", request.council.slug)
    return render(request, "reports/schedule.html", _context(request, form), status=status_of(form))


@require_POST
@only_if(permissions.may_ask)
def schedule_usual(request: CouncilRequest) -> HttpResponse:
    """Plan the usual days of the plan; whoever asks is told."""
    planned = scheduling.plan_usual_reports(
        council=request.council, recipients=[request.member], by=request.member, on=request.today
    )
    if planned:
        words = ngettext("%(n)d day was added.", "%(n)d days were added.", len(planned)) % {"n": len(planned)}
        messages.success(request, words)
    else:
        messages.info(request, _("The plan has no more usual days to add."))
    return redirect("reports:schedule", request.council.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_ask)
def schedule_recipients(request: CouncilRequest, pk: int) -> HttpResponse:
    """Choose anew who is told of a planned report."""
    planned = planned_for(request, pk)
    readers = schedule.readers(request.council, request.today)
    form = RecipientsForm(readers, request.POST or None, initial={"recipients": planned.recipients.all()})
    if request.method == "POST" and form.is_valid():
        with form.refusing():
            scheduling.change_recipients(
                planned=planned, recipients=form.cleaned_data["recipients"], by=request.member, on=request.today
            )
        if not form.errors:
            messages.success(request, _("The recipients are saved."))
            return redirect("reports:schedule", request.council.slug)
    title = _("Recipients of the report as of %(day)s") % {"day": planned.on.isoformat()}
    page = reverse("reports:schedule", args=[request.council.slug])
    context = {
        "form": form,
        "title": title,
        "cancel": page,
        "trail": [*_trail(request), (_("Automatic reports"), page), (title, None)],
        "submit": _("Save"),
    }
    return render(request, "reports/form.html", context, status=status_of(form))


@require_POST
@only_if(permissions.may_ask)
def schedule_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Let a planned report not be made after all."""
    planned = planned_for(request, pk)
    day = planned.on.isoformat()
    try:
        scheduling.unplan_report(planned=planned, by=request.member, on=request.today)
    except RuleBroken as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("The report as of %(day)s isn't made by itself any more.") % {"day": day})
    return redirect("reports:schedule", request.council.slug)


def _trail(request: CouncilRequest) -> list[tuple[str, str | None]]:
    return [(_("Reports"), reverse("reports:list", args=[request.council.slug]))]


def _context(request: CouncilRequest, form: ScheduleForm) -> dict[str, Any]:
    rows = ReportSchedule.objects.filter(council=request.council).select_related("report")
    rows = rows.prefetch_related("recipients").order_by("on", "pk")
    return {
        "form": form,
        "coming": [row for row in rows if not row.made],
        "made": [row for row in reversed(rows) if row.made],
        "unmade": {row.pk for row in schedule.unmade(request.council, request.today)},
        "usual": schedule.unplanned_usual_days(request.council, request.today),
        "trail": [*_trail(request), (_("Automatic reports"), None)],
    }
