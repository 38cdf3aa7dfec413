"""The figures of a report as a page of their own, and the actions that one of its numbers counts."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.models import Status
from bra.bounds import bounded
from bra.http import CouncilRequest, only_if
from reports import charts, lifecycle, permissions, selection
from reports.forms import QuestionForm, initial
from reports.kinds import change_words
from reports.models import ReportKind, Variant
from reports.rows import ActionRow, ChangeRow
from reports.views import presets_of, question_form
from reports.web import Pick, Reader

PER_PAGE = 50


@bounded("file")
@require_safe
@only_if(permissions.may_read_reports)
def figures(request: CouncilRequest) -> HttpResponse:
    """Show the figures of a question with their pictures; htmx gets them without the page around."""
    form = question_form(request, request.GET)
    context: dict[str, Any] = {"form": form, "may_ask": permissions.may_ask(request.member)}
    if form is not None:
        reader = _reader(request, form)
        plan = form.cleaned_data.get("plan")
        context |= {"presets": presets_of(request, plan, form)} | (_figures(reader) if reader else {})
    alone = request.htmx and request.htmx.target == "figures"
    return render(request, "reports/_figures.html" if alone else "reports/figures.html", context)


@bounded("file")
@require_safe
@only_if(permissions.may_read_reports)
def figure_rows(request: CouncilRequest) -> HttpResponse:
    """Show the actions that a number of the figures counts, as they were on the report's day."""
    form = question_form(request, request.GET)
    reader = _reader(request, form) if form is not None else None
    pick = reader.pick_of(request.GET) if reader else Pick()
    if pick is None:
        raise Http404
    context: dict[str, Any] = {"form": form}
    if reader:
        page = Paginator(list(reader.rows(pick)), PER_PAGE).get_page(request.GET.get("page"))
        context |= {
            "question": reader.question,
            "words": reader.words(pick) or [_("All actions")],
            "page_obj": page,
            "rows": [_shown(reader, row, change) for row, change in page],
            "changes": bool(pick.change),
            "figures_url": f"{reverse('reports:figures', args=[request.council.slug])}?{urlencode(reader.asked)}",
        }
    return render(request, "reports/figure_rows.html", context)


def _reader(request: CouncilRequest, form: QuestionForm) -> Reader | None:
    """The report's rows; None for a question that can't be answered. For colleagues, compared with the last report."""
    if not form.is_valid():
        return None
    asked = form.question_of(form.cleaned_data)
    language = get_language() or asked.language
    question = replace(asked, previous=lifecycle.previous_day(asked), variant=Variant.WORKING, language=language)
    slug = request.council.slug
    return Reader(
        selection.load(question),
        request.today,
        list_url=reverse("actions:list", args=[slug]),
        rows_url=reverse("reports:figure_rows", args=[slug]),
        asked=initial(asked),
    )


def _figures(reader: Reader) -> dict[str, Any]:
    data = reader.data
    total = reader.by_state(_("All actions"), data.figures.total)
    return {
        "question": reader.question,
        "data": data,
        # It holds only what is open and what waits, so nothing in it is a share of what was to be done.
        "follows_up": reader.question.kind == ReportKind.FOLLOW_UP,
        "total": total,
        "open": reader.cell(data.figures.total.open, Pick(part="open")),
        "states": charts.parts(data.figures.total),
        "goals": reader.goals_table(),
        "by_goal": reader.by_goal(),
        "organisations": reader.organisations_table(),
        "delays": reader.delays_table(),
        "months": reader.months_table(),
        "months_drawn": charts.months_drawn(data.figures.months),
        "changes": reader.changes_table(),
    }


def _shown(reader: Reader, row: ActionRow, change: ChangeRow | None) -> dict[str, Any]:
    """What a table shows of an action as it was on the report's day, and what of it has changed."""
    before = change.before if change else None
    words = {str(state.value): str(state.label) for state in Status}
    return {
        "row": row,
        "status": words[row.status],
        "late": row.days_overdue(reader.question.as_of),
        "change": change_words()[change.kind] if change else "",
        "status_before": words[before.status] if before and before.status != row.status else "",
        "deadline_before": before.deadline if before and before.deadline != row.deadline else None,
    }
