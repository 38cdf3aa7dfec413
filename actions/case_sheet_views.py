"""The sheet of a case as a PDF."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.case_sheet import sheet_of
from bra import pdf, readings
from bra.bounds import bounded
from bra.http import CouncilRequest, only_if
from bra.permissions import may_read_council
from bra.recent import recently_authenticated
from meetings.case_views import case_for


def _with_restricted(request: CouncilRequest, pk: int) -> bool:
    return bool(request.GET.get("restricted")) and request.member.cleared


@bounded("file")
@require_safe
@only_if(may_read_council)
@recently_authenticated(_with_restricted)
def case_sheet(request: CouncilRequest, pk: int) -> HttpResponse:
    """Send the case's sheet; with `?restricted=on` restricted matter is on it, for a member who is cleared."""
    case = case_for(request.member, pk)
    restricted = bool(request.GET.get("restricted")) and request.member.cleared
    if case.restricted and not restricted:
        messages.error(request, _("The case is restricted: there is no sheet of it without restricted matter."))
        return redirect("meetings:case_detail", request.council.slug, case.pk)
    data = sheet_of(case, request.member, on=request.today, restricted=restricted)
    readings.fetched(request, "case.fetched", case, "pdf")
    # The registry number tells which case it is without saying what it is about.
    name = slugify(case.registry_number.replace("/", "-"))
    marked = "-sekretess" if data["mark"] else ""
    return HttpResponse(
        pdf.render("case.typ", data, title=f"{case.registry_number} {case.title}"),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="arende-{name}{marked}.pdf"', "Cache-Control": "no-store"},
    )
