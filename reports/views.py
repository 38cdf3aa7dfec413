"""The report page: the figures at once, the file when it is built, and the reports made before."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.models import WorkPlan
from bra.bounds import bounded
from bra.errors import RuleBroken
from bra.http import REFUSED, CouncilRequest, only_if
from bra.models import Member
from reports import charts, formats, kinds, lifecycle, permissions, selection, tasks
from reports.forms import CHOICES, QuestionForm, initial, plans_of
from reports.models import WAITING, Download, Report, ReportKind, ReportState
from reports.questions import Question, plan_so_far, presets
from reports.schedule_forms import ListForm

PER_PAGE = 20
# Nearly every report is ready by then, so the page asks more often until it has passed.
_SOON = timedelta(seconds=5)


def report_for(member: Member, pk: int) -> Report:
    """The one door to a report: of the member's own council, for those who read reports; else 404."""
    if permissions.may_read_reports(member):
        found = Report.objects.of(member.council).select_related("plan", "council").filter(pk=pk).first()
        if found is not None:
            return found
    raise Http404


@bounded("report", "POST")
@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_read_reports)
def report_list(request: CouncilRequest) -> HttpResponse:
    """Show the figures of a question and the reports made; a POST asks for the file."""
    if request.method == "POST":
        return _ask(request)
    return _page(request, question_form(request, request.GET))


@never_cache
@require_safe
@only_if(permissions.may_read_reports)
def progress(request: CouncilRequest) -> HttpResponse:
    """The list alone, for the page that waits for a report. Without htmx: the page."""
    if not request.htmx:
        return redirect("reports:list", request.council.slug)
    return render(request, "reports/_reports.html", _reports(request))


@bounded("file")
@never_cache
@require_safe
@only_if(permissions.may_read_reports)
def download(request: CouncilRequest, pk: int) -> HttpResponseBase:
    """Give the file of a report that is ready."""
    report = report_for(request.member, pk)
    if report.state != ReportState.READY:
        raise Http404
    try:
        file = lifecycle.stored_path(report).open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    if request.method == "GET":
        lifecycle.log_download(report=report, by=request.member, on=request.today, at=request.now)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=lifecycle.download_name(report),
        content_type=formats.KINDS[report.format].content_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@only_if(permissions.may_ask)
def cancel(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give up a report that isn't ready yet."""
    try:
        lifecycle.cancel(report=report_for(request.member, pk), by=request.member, on=request.today)
    except RuleBroken as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("The report was cancelled."))
    return redirect(f"{_address(request)}#reports")


def question_form(request: CouncilRequest, data: QueryDict) -> QuestionForm | None:
    """Return the form with what was asked, filled up with what is asked most often; None when there is no plan."""
    plans = plans_of(request.council)
    chosen = data.get("plan", "")
    plan = plans.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
    shown = plan or plans.current(request.today)
    if shown is None:
        return None
    values = initial(plan_so_far(shown, request.today))
    return QuestionForm(request.council, request.today, values | {name: data[name] for name in values if name in data})


def _ask(request: CouncilRequest) -> HttpResponse:
    if not permissions.may_ask(request.member):
        raise Http404
    form = QuestionForm(request.council, request.today, request.POST)
    if form.is_valid():
        question = form.question_of(form.cleaned_data)
        with form.refusing():
            report = lifecycle.request_report(
                council=request.council,
                question=question,
                by=request.member,
                on=request.today,
                file_format=form.cleaned_data["file_format"],
            )
        if not form.errors:
            tasks.wake_after_commit(report)
            return redirect(f"{_address(request)}?{urlencode(initial(question, report.format))}#reports")
    return _page(request, form, status=REFUSED)


def _address(request: CouncilRequest) -> str:
    return reverse("reports:list", args=[request.council.slug])


def _page(request: CouncilRequest, form: QuestionForm | None, status: int = 200) -> HttpResponse:
    context = _reports(request) | {"form": form, "asked": status != 200}
    if form is not None:
        question = form.question_of(form.cleaned_data) if form.is_valid() else None
        plan = form.cleaned_data.get("plan") or plans_of(request.council).current(request.today)
        context |= {"presets": presets_of(request, plan, form)} | (_preview(question) if question else {})
    if request.htmx and request.htmx.target == "preview":
        return render(request, "reports/_preview.html", context)
    return render(request, "reports/list.html", context, status=status)


def _preview(question: Question) -> dict[str, Any]:
    # On the page in the language of the page, whatever language the file is asked for in.
    data = selection.load(replace(question, language=get_language() or question.language))
    by_goal = question.kind in (ReportKind.STATUS, ReportKind.EXTREMISM)
    return {
        "question": question,
        "query": urlencode(initial(question)),
        "data": data,
        "total": data.figures.total,
        "facts": kinds.in_short(data),
        "meetings": kinds.meeting_facts(data),
        "by_goal": by_goal,
        "bars": charts.goal_bars(data.figures) if by_goal else [],
    }


def presets_of(request: CouncilRequest, plan: WorkPlan | None, form: QuestionForm) -> list[dict[str, Any]]:
    """Links to the periods that are asked for most often; what else was chosen stays."""
    if plan is None:
        return []
    chosen = {name: form.cleaned_data[name] for name in CHOICES if form.cleaned_data.get(name)}
    words = {"plan": _("The plan so far"), "half": _("This half-year"), "before": _("The half-year before")}
    found = []
    for name, first, last in presets(plan, request.today):
        values = initial(Question(plan, first, last, request.today)) | chosen
        found.append({"words": words[name], "query": urlencode(values)})
    return found


def _reports(request: CouncilRequest) -> dict[str, Any]:
    """The page of the list of reports that is asked for, filtered when there is more than a page of them."""
    listed = ListForm(request.GET)
    chosen = listed.chosen()
    reports = (
        Report.objects.of(request.council)
        .filter(**chosen)
        .select_related("plan", "asked_by")
        .prefetch_related(Prefetch("downloads", Download.objects.select_related("by")))
        .order_by("-pk")
    )
    page: Page[Report] = Paginator(reports, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "page_obj": page,
        "waiting": any(report.state in WAITING for report in page),
        # By the real clock, as it was asked: a council may live on a day of its own.
        "is_soon": any(timezone.now() - report.asked_at < _SOON for report in page if report.state in WAITING),
        "listed": listed if chosen or page.paginator.num_pages > 1 else None,
        "chosen": chosen,
        "may_ask": permissions.may_ask(request.member),
    }
