"""Pages of imports: choosing a file, the preview with its questions, bringing in, and taking back."""

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
from imports import lifecycle, reading
from imports.forms import ChoicesForm, UploadForm
from imports.models import ImportBatch, ImportState
from imports.permissions import may_import
from imports.proposing import Fate, Row, choices_of
from imports.selection import Preview, places, preview
from imports.sentences import lines_of

PAGE_SIZE = 25

Trail = list[tuple[str, str | None]]


def batch_for(member: Member, pk: int) -> ImportBatch:
    """The one door to an import, or 404."""
    batches = ImportBatch.objects.visible_to(member).select_related("council", "by", "item__meeting")
    return get_object_or_404(batches, pk=pk)


def _trail(request: CouncilRequest, batch: ImportBatch | None = None) -> Trail:
    slug = request.council.slug
    own = reverse("imports:list", args=[slug]) if batch else None
    trail: Trail = [(_("Actions"), reverse("actions:list", args=[slug])), (_("Bring in a list"), own)]
    return [*trail, (batch.file_name, None)] if batch else trail


@bounded("upload", "POST")
@takes_files
@only_if(may_import)
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: CouncilRequest) -> HttpResponse:
    """Ask for a file, read it and go on to its preview; below, the lists from before."""
    posted = request.method == "POST"
    form = UploadForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        upload = form.cleaned_data["file"]
        with form.refusing():
            batch = _taken_in(request, form, upload.name, upload.read())
        if not form.errors:
            return redirect("imports:detail", request.council.slug, batch.pk)
    batches = (
        ImportBatch.objects.visible_to(request.member).select_related("by").defer("rows", "mapping").with_numbers()[:50]
    )
    context = {"form": form, "batches": batches, "trail": _trail(request)}
    return render(request, "imports/list.html", context, status=status_of(form))


def _taken_in(request: CouncilRequest, form: UploadForm, name: str, content: bytes) -> ImportBatch:
    book = reading.read(content)  # takes its time, so it is outside the transaction
    with transaction.atomic():
        batch = lifecycle.take_in(
            council=request.council, file_name=name, content=content, book=book, by=request.member, on=request.today
        )
        note_override(form, council=request.council, by=request.member, on=request.today, target=batch)
    return batch


@only_if(may_import)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: CouncilRequest, pk: int) -> HttpResponse:
    """The preview of a list that is being prepared, saved with what is said of it; else what came of it."""
    batch = batch_for(request.member, pk)
    if batch.state != ImportState.READ:
        return _told(request, batch)
    found = preview(batch, member=request.member, on=request.today)
    page, shown = _page(request, found)
    offered = places(request.member, request.today)
    posted = request.method == "POST"
    form = ChoicesForm(request.POST if posted else None, found=found, shown=shown, places=offered)
    if posted and form.is_valid():
        with form.refusing():
            changed = _kept(request, batch, form)
        if not form.errors:
            if request.POST.get("do") == "apply":
                return _bring_in(request, batch, changed=changed)
            return redirect(f"{request.get_full_path()}#rader")
    context = _preview_context(request, batch, found) | {
        "form": form,
        "page": page,
        "rows": [(row, form.of_row(row.number) if row in shown else []) for row in page],
        "no_meeting": not offered,
    }
    return render(request, "imports/preview.html", context, status=status_of(form))


def _kept(request: CouncilRequest, batch: ImportBatch, form: ChoicesForm) -> bool:
    """Keep what was said; return whether it is something else than before."""
    choices, heading = form.choices(), form.cleaned_data["heading"]
    with transaction.atomic():
        now = lifecycle.choose(batch=batch, choices=choices, heading=heading, by=request.member, on=request.today)
        note_override(form, council=request.council, by=request.member, on=request.today, target=batch)
    return choices_of(now.mapping) != choices_of(batch.mapping)


def _bring_in(request: CouncilRequest, batch: ImportBatch, *, changed: bool) -> HttpResponse:
    """Make actions of the new rows, all or none, as long as they are those that were shown."""
    here = redirect("imports:detail", request.council.slug, batch.pk)
    if changed:
        messages.info(request, _("What you said is saved. See what the rows become now, then bring them in."))
        return here
    leave_out = bool(request.POST.get("leave_out"))
    try:
        lifecycle.import_actions(batch=batch, by=request.member, on=request.today, leave_out=leave_out)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return here
    number = batch.imported.count()
    said = ngettext("%(n)d action is brought in.", "%(n)d actions are brought in.", number) % {"n": number}
    back = reverse("imports:undo", args=[request.council.slug, batch.pk])
    messages.success(request, said, extra_tags=f"undo={back}")
    return here


def _page(request: CouncilRequest, found: Preview) -> tuple[Any, list[Row]]:
    """The rows of the part and page that the address names, and those of them that can be mended."""
    part = request.GET.get("visa", "")
    rows = [row for row in found.rows if part in ("", row.fate.value)]
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return page, [row for row in page if row.fate != Fate.SAME]


def _preview_context(request: CouncilRequest, batch: ImportBatch, found: Preview) -> dict[str, Any]:
    words = {
        "": pgettext("rows", "All"),
        Fate.NEW: pgettext("rows", "New"),
        Fate.SAME: pgettext("rows", "Here already"),
        Fate.REFUSED: pgettext("rows", "Refused"),
        Fate.OUT: pgettext("rows", "Left out"),
    }
    counts = {"": len(found.rows)} | found.counts
    part = request.GET.get("visa", "")
    return {
        "batch": batch,
        "found": found,
        "counts": found.counts,
        "tabs": [
            (name, label, counts[name], name == part) for name, label in words.items() if counts[name] or not name
        ],
        "masked": found.masked,
        "overdue": len(found.overdue),
        "notes": [reading.note_words(code) for code in found.book.notes],
        "trail": _trail(request, batch),
    }


@only_if(may_import)
@require_POST
def undo(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take the actions of a list back, but for those that somebody has worked with since."""
    batch = batch_for(request.member, pk)
    try:
        kept = lifecycle.undo(batch=batch, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The list is taken back."))
        if kept:
            words = ngettext(
                "%(n)d action stays, because somebody has worked with it since.",
                "%(n)d actions stay, because somebody has worked with them since.",
                len(kept),
            )
            messages.warning(request, words % {"n": len(kept)})
    return redirect("imports:detail", request.council.slug, batch.pk)


@only_if(may_import)
@require_POST
def discard(request: CouncilRequest, pk: int) -> HttpResponse:
    """Forget a list that is being prepared."""
    batch = batch_for(request.member, pk)
    try:
        lifecycle.discard(batch=batch, by=request.member)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return redirect("imports:detail", request.council.slug, batch.pk)
    messages.success(request, _("The list is thrown away. Nothing of it is kept."))
    return redirect("imports:list", request.council.slug)


def _told(request: CouncilRequest, batch: ImportBatch) -> HttpResponse:
    """What came of a list: its actions as they are now."""
    if request.method == "POST":
        raise Http404
    visible = Action.objects.visible_to(request.member).agreed().filter(imported__batch=batch)
    rows = visible.select_related("owner", "imported").order_by("imported__row")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "page": page,
        "applied": batch.state == ImportState.APPLIED,
        "history": lines_of(batch),
        "trail": _trail(request, batch),
    }
    return render(request, "imports/detail.html", context)
