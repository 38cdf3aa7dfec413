"""The page where a coordinator says where a concern about an individual is reported."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bra import lifecycle
from bra.concern_forms import ConcernForm
from bra.forms import saving
from bra.http import CouncilRequest, only_if, status_of
from bra.permissions import may_coordinate


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_coordinate)
def concern(request: CouncilRequest) -> HttpResponse:
    """Choose the words and the link that stand wherever one writes freely."""
    council = request.council
    initial = {"contact": council.concern_contact, "link": council.concern_link}
    form = ConcernForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            lifecycle.set_concern(council=council, by=request.member, on=request.today, **form.cleaned_data)
            note(council)
        if not form.errors:
            messages.success(request, _("Saved. It stands wherever one writes freely."))
            return redirect("concern", council.slug)
    return render(request, "members/concern.html", {"form": form}, status=status_of(form))
