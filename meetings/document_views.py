"""The minutes as a file to take away, and the page where the coordinator decides how they look."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra import readings
from bra.bounds import bounded
from bra.forms import saving
from bra.http import CouncilRequest, only_if, status_of, to_keep
from bra.permissions import may_coordinate, may_log, may_read_council
from bra.recent import recently_authenticated
from meetings import lifecycle
from meetings.document_forms import LayoutForm, RegisterForm
from meetings.document_sentences import history_of_layout
from meetings.documents import docx, pdf
from meetings.documents.content import Paper
from meetings.documents.reading import paper_for
from meetings.documents.selection import paper_of
from meetings.doors import meeting_for
from meetings.models import Addendum, AgendaItem, Meeting, MinutesLayout, PaperKind, layout_of
from meetings.views import Trail, trail_to


def _unmasked(request: CouncilRequest, pk: int) -> bool:
    """Whether the file will hold restricted matter: that leaves the house, so it must still be the same person."""
    if request.GET.get("maskad") or not request.member.cleared:
        return False
    here = {"meeting": pk, "meeting__council": request.council, "restricted": True}
    return AgendaItem.objects.filter(**here).exists() or Addendum.objects.filter(**here).exists()


@bounded("file")
@require_safe
@never_cache
@only_if(may_read_council)
@recently_authenticated(_unmasked)
def paper_pdf(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give the meeting's minutes, or its agenda before it is held, as PDF; `?maskad=1` asks for the masked copy."""
    return _file(request, meeting_for(request.member, pk), pdf.as_pdf, pdf.TYPE, "pdf")


@bounded("file")
@require_safe
@never_cache
@only_if(may_read_council)
@recently_authenticated(_unmasked)
def paper_docx(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give the same as DOCX."""
    return _file(request, meeting_for(request.member, pk), docx.as_docx, docx.TYPE, "docx")


def _file(
    request: CouncilRequest, meeting: Meeting, make: Callable[[Paper], bytes], content_type: str, ending: str
) -> HttpResponse:
    masked = bool(request.GET.get("maskad"))
    layout = layout_of(meeting.council)
    content = make(paper_for(meeting, request.member, masked=masked))
    readings.fetched(request, "minutes.fetched", meeting, ending)
    name = f"{file_name(meeting, layout)}{'-maskad' if masked else ''}.{ending}"
    return to_keep(HttpResponse(content, content_type=content_type), name)


# Names of files, like addresses, are Swedish whatever language the page is read in.
_FILE_NAMES = {PaperKind.MINUTES: "protokoll", PaperKind.NOTES: "minnesanteckningar"}


def file_name(meeting: Meeting, layout: MinutesLayout) -> str:
    """The file's name: kind, council and number; nothing of what was said."""
    kind = "dagordning" if not meeting.opened_at else _FILE_NAMES[PaperKind(layout.kind)]
    return f"{kind}-{meeting.council.slug}-{meeting.number}"


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_log)
def minutes_register(request: CouncilRequest, pk: int) -> HttpResponse:
    """Note the registry number of the minutes."""
    meeting = meeting_for(request.member, pk)
    form = RegisterForm(request.POST or None, initial={"registry_number": meeting.registry_number})
    own_page = reverse("meetings:detail", args=[request.council.slug, meeting.pk])
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            number = form.cleaned_data["registry_number"]
            lifecycle.register_minutes(meeting=meeting, registry_number=number, by=request.member, on=request.today)
            note(meeting)
        if not form.errors:
            messages.success(request, _("The registry number is saved."))
            return redirect(own_page)
    context = {
        "form": form,
        "title": _("Registry number of the minutes"),
        "cancel": own_page,
        "trail": trail_to(request, meeting, _("Registry number")),
    }
    return render(request, "meetings/register.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_coordinate)
def layout(request: CouncilRequest) -> HttpResponse:
    """Decide how the council's minutes look."""
    chosen = layout_of(request.council)
    form = LayoutForm(request.POST or None, initial=LayoutForm.of(chosen))
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            saved = lifecycle.change_layout(
                council=request.council, by=request.member, on=request.today, **form.fields_of_layout()
            )
            note(saved)
        if not form.errors:
            messages.success(request, _("The layout of the minutes is saved."))
            return redirect("meetings:layout", request.council.slug)
    return _layout_page(request, form)


@bounded("file")
@require_POST
@never_cache
@only_if(may_coordinate)
def layout_preview(request: CouncilRequest) -> HttpResponse:
    """Give the latest meeting's document as it would look with what stands in the form; nothing is saved."""
    form = LayoutForm(request.POST, initial=LayoutForm.of(layout_of(request.council)))
    meeting = _latest(request)
    if form.is_valid() and meeting is not None:
        with form.refusing():
            tried = lifecycle.laid_out(request.council, **form.fields_of_layout())
        if not form.errors:
            content = pdf.as_pdf(paper_of(meeting, request.member, layout=tried))
            answer = HttpResponse(content, content_type=pdf.TYPE)
            return to_keep(answer, f"forhandsvisning-{file_name(meeting, tried)}.pdf")
    return _layout_page(request, form)


def _latest(request: CouncilRequest) -> Meeting | None:
    """The meeting to try a layout on: the latest that has begun, else the latest planned."""
    meetings = Meeting.objects.visible_to(request.member).select_related("council")
    return meetings.held().first() or meetings.first()


def _layout_page(request: CouncilRequest, form: LayoutForm) -> HttpResponse:
    trail: Trail = [*trail_to(request, None), (_("Layout of the minutes"), None)]
    context = {"form": form, "trail": trail, "preview_of": _latest(request)}
    context["lines"] = history_of_layout(layout_of(request.council))
    return render(request, "meetings/layout.html", context, status=status_of(form))
