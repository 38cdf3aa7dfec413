"""What becomes of the reports in the list: made again, taken away by hand or by rule, and told of in history."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra.errors import RuleBroken
from bra.forms import GuardedForm, note_override
from bra.http import REFUSED, CouncilRequest, only_if
from reports import lifecycle, permissions, purging, sentences, tasks
from reports.models import WAITING, Report, ReportState
from reports.schedule_forms import DeleteForm
from reports.views import report_for

PER_PAGE = 50


@require_POST
@only_if(permissions.may_ask)
def again(request: CouncilRequest, pk: int) -> HttpResponse:
    """Make a report that failed or was cancelled again."""
    try:
        with transaction.atomic():
            # The clock of the wall, as `asked_at` has it: a council's day may be pinned.
            report = lifecycle.ask_again(report=report_for(request.member, pk), by=request.member, at=timezone.now())
            tasks.wake_after_commit(report)
    except RuleBroken as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("The report is made again."))
    return redirect(_list(request))


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_ask)
def delete(request: CouncilRequest, pk: int) -> HttpResponse:
    """Ask whether a report is to be taken away, and by which decision; then take it away."""
    report = report_for(request.member, pk)
    form = _delete_form(request, report)
    if request.method == "POST" and (form is None or form.is_valid()):
        decision = form.cleaned_data["decision"] if form else ""
        try:
            with transaction.atomic():
                if form:
                    note_override(form, council=request.council, by=request.member, on=request.today, target=report)
                purging.delete(report=report, decision=decision, by=request.member, on=request.today)
        except RuleBroken as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, _("The report was deleted. History keeps that it was there."))
        return redirect(_list(request))
    title = _("Delete the report as of %(day)s") % {"day": report.as_of.isoformat()}
    context = {
        "form": form,
        "report": report,
        "waiting": report.state in WAITING,
        "title": title,
        "cancel": _list(request),
        "trail": [*_trail(request), (title, None)],
        "submit": _("Delete the report"),
    }
    return render(request, "reports/delete.html", context, status=REFUSED if form and form.errors else 200)


@require_safe
@only_if(permissions.may_read_reports)
def history(request: CouncilRequest) -> HttpResponse:
    """Tell what became of the council's reports, the latest first, those that are gone among them."""
    page = Paginator(sentences.entries(request.council), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "lines": sentences.lines_of(page.object_list),
        "trail": [*_trail(request), (_("History"), None)],
    }
    return render(request, "reports/history.html", context)


def _list(request: CouncilRequest) -> str:
    return reverse("reports:list", args=[request.council.slug]) + "#reports"


def _trail(request: CouncilRequest) -> list[tuple[str, str | None]]:
    return [(_("Reports"), reverse("reports:list", args=[request.council.slug]))]


def _delete_form(request: CouncilRequest, report: Report) -> GuardedForm | None:
    """The form that asks for the decision; None for a report without a file, which needs none."""
    if report.state != ReportState.READY:
        return None
    return DeleteForm(request.POST or None)
