"""The minutes for those who don't log in: reached by the secret link in a mail, to read and to take along.

Whoever reads here gets the masked copy, whatever they may see otherwise: a link in a mail proves less than a log-in.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from bra import readings
from bra.bounds import bounded, few_guesses
from bra.http import to_keep
from bra.link_doors import LinkDoor, LinkRequest
from meetings.document_views import file_name
from meetings.documents import docx, pdf
from meetings.documents.content import Paper
from meetings.documents.reading import paper_for
from meetings.mailing import MINUTES
from meetings.models import ENDED, Meeting, layout_of

door = LinkDoor(MINUTES, "reading:page", gone="meetings/reading_gone.html")


@never_cache
@require_safe
@few_guesses
@sensitive_variables("secret")
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """Exchange the link in the mail for a session and go to the clean address; tell kindly when it doesn't work."""
    return door.enter(request, secret)


def _meeting(request: LinkRequest) -> Meeting | None:
    """The meeting of the link; None while it has no minutes, because it was taken back into session."""
    meetings = Meeting.objects.filter(council=request.council, state__in=ENDED).select_related("council")
    return meetings.filter(pk=request.about).first() if request.about else None


@never_cache
@require_safe
@door.opened
def page(request: LinkRequest) -> HttpResponse:
    """Show the minutes, masked."""
    meeting = _meeting(request)
    if meeting is None:
        return door.gone(request, status=410)
    paper = paper_for(meeting, request.member, masked=True)
    return render(request, "meetings/reading.html", {"paper": paper, "meeting": meeting, "reader": request.member})


@bounded("file")
@never_cache
@require_safe
@door.opened
def paper_pdf(request: LinkRequest) -> HttpResponse:
    """Give the masked minutes as PDF."""
    return _file(request, pdf.as_pdf, pdf.TYPE, "pdf")


@bounded("file")
@never_cache
@require_safe
@door.opened
def paper_docx(request: LinkRequest) -> HttpResponse:
    """Give the same as a Word file."""
    return _file(request, docx.as_docx, docx.TYPE, "docx")


def _file(request: LinkRequest, make: Callable[[Paper], bytes], content_type: str, ending: str) -> HttpResponse:
    meeting = _meeting(request)
    if meeting is None:
        return door.gone(request, status=410)
    content = make(paper_for(meeting, request.member, masked=True))
    readings.fetched(request, "minutes.fetched", meeting, ending)
    name = f"{file_name(meeting, layout_of(request.council))}-maskad.{ending}"
    return to_keep(HttpResponse(content, content_type=content_type), name)
