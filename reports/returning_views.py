"""Pages of filled-in working copies: choosing the file, the preview with its conflicts, taking in, and undoing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from actions.models import Action
from bra.bounds import bounded, takes_files
from bra.errors import RuleBroken
from bra.forms import note_override
from bra.http import CouncilRequest, only_if, status_of
from bra.models import Member
from bra.tasks import wake_sender
from reports import returning
from reports.models import Report, ReturnedAction, ReturnedFile, ReturnState
from reports.permissions import may_take_in
from reports.returning import Fate, Preview, Row
from reports.returning_forms import ReturnForm
from reports.views import report_for

PAGE_SIZE = 25

Trail = list[tuple[str, str | None]]


def returned_for(member: Member, pk: int) -> ReturnedFile:
    """The one door to a file that came back, or 404."""
    files = ReturnedFile.objects.visible_to(member).select_related("council", "by", "report__plan")
    return get_object_or_404(files, pk=pk)


def _trail(request: CouncilRequest, report: Report | None, returned: ReturnedFile | None = None) -> Trail:
    slug = request.council.slug
    trail: Trail = [(_("Reports"), reverse("reports:list", args=[slug]))]
    if report is not None:
        own = reverse("reports:return", args=[slug, report.pk]) if returned else None
        trail.append((_("Filled-in files"), own))
    return [*trail, (returned.file_name, None)] if returned else trail


@bounded("upload", "POST")
@takes_files
@only_if(may_take_in)
@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: CouncilRequest, pk: int) -> HttpResponse:
    """Ask for the working copy of a report that came back, read it and go on to its preview."""
    report = report_for(request.member, pk)
    if not report.comes_back:
        raise Http404
    posted = request.method == "POST"
    form = ReturnForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        upload = form.cleaned_data["file"]
        with form.refusing():
            returned = _taken_up(request, form, report, upload.name, upload.read())
        if not form.errors:
            return redirect("reports:returned", request.council.slug, returned.pk)
    files = ReturnedFile.objects.visible_to(request.member).filter(report=report).select_related("by")[:50]
    context = {"report": report, "form": form, "files": files, "trail": _trail(request, report)}
    return render(request, "reports/return.html", context, status=status_of(form))


def _taken_up(request: CouncilRequest, form: ReturnForm, report: Report, name: str, content: bytes) -> ReturnedFile:
    read = returning.read(content)  # takes its time, so it is outside the transaction
    with transaction.atomic():
        returned = returning.take_up(
            report=report, file_name=name, content=content, read=read, by=request.member, on=request.today
        )
        note_override(form, council=request.council, by=request.member, on=request.today, target=returned)
    return returned


@only_if(may_take_in)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: CouncilRequest, pk: int) -> HttpResponse:
    """The preview of a file, saved with what is chosen of its conflicts; afterwards what came of it."""
    returned = returned_for(request.member, pk)
    if returned.state != ReturnState.READ:
        return _told(request, returned)
    found = returning.preview(returned, member=request.member, on=request.today)
    page = _page(request, found)
    if request.method == "POST":
        return _chosen(request, returned, page)
    return render(request, "reports/returned_preview.html", _preview_context(request, returned, found, page))


def _chosen(request: CouncilRequest, returned: ReturnedFile, page: Any) -> HttpResponse:
    """Keep what was chosen of the conflicts that were shown; take the file in if that was asked for."""
    here = redirect(f"{request.get_full_path()}#rader")
    anyway = set(request.POST.getlist("anyway"))
    shown = {row.number: str(row.number) in anyway for row in page if row.fate == Fate.CONFLICT}
    try:
        with transaction.atomic():
            returned = returning.choose(returned=returned, taken=shown, by=request.member)
            if request.POST.get("do") != "apply":
                return here
            returned, number = returning.take_in(
                returned=returned,
                by=request.member,
                on=request.today,
                seen=request.POST.get("seen", ""),
                leave_out=bool(request.POST.get("leave_out")),
            )
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return here
    wake_sender()  # who is named in a comment is told
    said = ngettext("%(n)d action is changed.", "%(n)d actions are changed.", number) % {"n": number}
    back = reverse("reports:return_undo", args=[request.council.slug, returned.pk])
    messages.success(request, said, extra_tags=f"undo={back}")
    return redirect("reports:returned", request.council.slug, returned.pk)


def _page(request: CouncilRequest, found: Preview) -> Any:
    """The rows of the part and page that the address names; what is unchanged is counted, not listed."""
    part = request.GET.get("visa", "")
    rows = [row for row in found.rows if row.fate != Fate.SAME and part in ("", row.fate.value)]
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def _preview_context(request: CouncilRequest, returned: ReturnedFile, found: Preview, page: Any) -> dict[str, Any]:
    words = {
        "": pgettext("rows", "All"),
        Fate.CHANGED: pgettext("rows", "Changed"),
        Fate.CONFLICT: pgettext("rows", "Moved on since"),
        Fate.REFUSED: pgettext("rows", "Refused"),
    }
    counts = found.counts
    numbers = {"": len(found.rows) - counts[Fate.SAME]} | counts
    part = request.GET.get("visa", "")
    tabs = [(name, label, numbers[name], name == part) for name, label in words.items() if numbers[name] or not name]
    rows: list[tuple[Row, bool]] = [(row, found.is_taken(row)) for row in page]
    return {
        "returned": returned,
        "found": found,
        "counts": counts,
        "number": len(found.to_apply),
        "tabs": tabs,
        "page": page,
        "rows": rows,
        "trail": _trail(request, returned.report, returned),
    }


@only_if(may_take_in)
@require_POST
def undo(request: CouncilRequest, pk: int) -> HttpResponse:
    """Put back what a file has changed, but for actions that somebody has changed since."""
    returned = returned_for(request.member, pk)
    try:
        kept = returning.undo(returned=returned, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("What the file changed is put back."))
        if kept:
            words = ngettext(
                "%(n)d action stays as it is, because somebody has changed it since.",
                "%(n)d actions stay as they are, because somebody has changed them since.",
                len(kept),
            )
            messages.warning(request, words % {"n": len(kept)})
    return redirect("reports:returned", request.council.slug, returned.pk)


@only_if(may_take_in)
@require_POST
def discard(request: CouncilRequest, pk: int) -> HttpResponse:
    """Forget a file that is being looked at."""
    returned = returned_for(request.member, pk)
    try:
        returning.discard(returned=returned, by=request.member)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return redirect("reports:returned", request.council.slug, returned.pk)
    messages.success(request, _("The file is thrown away. Nothing of it is kept."))
    if returned.report_id is None:
        return redirect("reports:list", request.council.slug)
    return redirect("reports:return", request.council.slug, returned.report_id)


def _told(request: CouncilRequest, returned: ReturnedFile) -> HttpResponse:
    """What came of a file: the actions that it changed, as they are now."""
    if request.method == "POST":
        raise Http404
    visible = Action.objects.visible_to(request.member).agreed()
    changed = ReturnedAction.objects.filter(file=returned, action__in=visible).select_related("action__owner")
    page = Paginator(changed.order_by("row"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "returned": returned,
        "page": page,
        "may_undo": returned.state == ReturnState.APPLIED and returned.by_id == request.member.pk,
        "trail": _trail(request, returned.report, returned),
    }
    return render(request, "reports/returned.html", context)
