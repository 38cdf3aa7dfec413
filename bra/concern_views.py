"""The page where a coordinator says where a concern about an individual is reported."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bra import lifecycle
from bra.concern_forms import ConcernForm
from bra.errors import RuleBroken
from bra.forms import note_override
from bra.http import CouncilRequest, only_if
from bra.permissions import may_coordinate


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_coordinate)
def concern(request: CouncilRequest) -> HttpResponse:
    """Choose the words and the link that stand wherever one writes freely."""
    council = request.council
    initial = {"contact": council.concern_contact, "link": council.concern_link}
    form = ConcernForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                lifecycle.set_concern(council=council, by=request.member, on=request.today, **form.cleaned_data)
                note_override(form, council=council, by=request.member, on=request.today, target=council)
        except RuleBroken as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. It stands wherever one writes freely."))
            return redirect("concern", council.slug)
    return render(request, "members/concern.html", {"form": form}, status=422 if form.errors else 200)
