"""The recycle bin: what was removed lately, and the way back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bra.errors import RuleBroken
from bra.http import CouncilRequest, only_if
from records import bin as recycling
from records.lifecycle.bin import bring_back as bring
from records.permissions import may_purge, may_use_bin


def _trail(request: CouncilRequest) -> list[tuple[str, str | None]]:
    above = [(_("Retention"), reverse("retention", args=[request.council.slug]))] if may_purge(request.member) else []
    return [*above, (_("Recycle bin"), None)]


@require_safe
@only_if(may_use_bin)
def contents(request: CouncilRequest) -> HttpResponse:
    """What was removed, by whom, and when it goes for good."""
    context = {
        "rows": recycling.contents(request.council, request.member),
        "days": recycling.DAYS,
        "trail": _trail(request),
    }
    return render(request, "records/bin.html", context)


@require_POST
@only_if(may_use_bin)
def bring_back(request: CouncilRequest) -> HttpResponse:
    """Bring one thing back, by the rules of its own page."""
    key = request.POST.get("key", "")
    sort = request.POST.get("sort", "")
    found = recycling.one_of(request.council, request.member, sort, int(key)) if _is_key(key) else None
    if found is None:
        messages.info(request, _("It isn't in the recycle bin any longer."))
        return redirect("bin", request.council.slug)
    try:
        bring(removed=found, by=request.member, on=request.today)
    except RuleBroken as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("“%(words)s” is brought back.") % {"words": found.words})
    return redirect("bin", request.council.slug)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
