"""The pages of secrecy: the register of what is restricted, and the legal grounds to choose from."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra import grounds
from bra.forms import saving
from bra.http import CouncilRequest, only_if, status_of
from bra.models import LegalGround
from meetings.ground_forms import LegalGroundForm
from meetings.permissions import may_restrict_any
from meetings.secrecy_selection import entries_of, register_of, uses_of

PER_PAGE = 50


def ground_for(request: CouncilRequest, pk: int) -> LegalGround:
    """Return the council's legal ground, removed ones too, or 404."""
    return get_object_or_404(LegalGround.objects.filter(council=request.council).select_related("council"), pk=pk)


@require_safe
@only_if(may_restrict_any)
def secrecy(request: CouncilRequest) -> HttpResponse:
    """List everything that is restricted, with ground, day and who decided; `ground` in the address keeps to one."""
    offered = list(LegalGround.objects.filter(council=request.council))
    sent = request.GET.get("ground", "")
    chosen = next((ground for ground in offered if str(ground.pk) == sent), None)
    page = Paginator(register_of(request.member, chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "grounds": offered,
        "chosen": chosen,
        "page": page,
        "entries": entries_of(list(page), request.member),
    }
    return render(request, "meetings/secrecy.html", context)


@require_safe
@only_if(may_restrict_any)
def ground_list(request: CouncilRequest) -> HttpResponse:
    """List the legal grounds, with how many restrictions use each."""
    uses = uses_of(request.member)
    rows = [(ground, uses.get(ground.pk, 0)) for ground in LegalGround.objects.filter(council=request.council)]
    context = {
        "offered": [row for row in rows if not row[0].removed],
        "removed": [row for row in rows if row[0].removed],
        "trail": [_register(request), (_("Legal grounds"), None)],
    }
    return render(request, "meetings/grounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_restrict_any)
def ground_add(request: CouncilRequest) -> HttpResponse:
    """Add a legal ground."""
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_restrict_any)
def ground_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change how a legal ground is cited."""
    return _form(request, ground_for(request, pk))


def _form(request: CouncilRequest, ground: LegalGround | None) -> HttpResponse:
    initial = {"reference": ground.reference, "summary": ground.summary} if ground else None
    form = LegalGroundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            how = {"by": request.member, "on": request.today, **form.cleaned_data}
            if ground is None:
                saved = grounds.add_ground(council=request.council, **how)
            else:
                saved = grounds.amend_ground(ground=ground, **how)
            note(saved)
        if not form.errors:
            messages.success(request, _("The legal ground is saved."))
            return redirect("meetings:grounds", request.council.slug)
    page = reverse("meetings:grounds", args=[request.council.slug])
    title = _("Change the legal ground") if ground else _("New legal ground")
    context = {
        "form": form,
        "title": title,
        "cancel": page,
        "trail": [_register(request), (_("Legal grounds"), page), (title, None)],
    }
    return render(request, "meetings/register.html", context, status=status_of(form))


@require_POST
@only_if(may_restrict_any)
def ground_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Stop offering a legal ground; `?tillbaka=1` in the address offers it again."""
    ground, back = ground_for(request, pk), request.GET.get("tillbaka") == "1"
    grounds.remove_ground(ground=ground, by=request.member, on=request.today, back=back)
    words = {"ground": ground.reference}
    if back:
        messages.success(request, _("%(ground)s can be chosen again.") % words)
    else:
        undo = reverse("meetings:ground_remove", args=[request.council.slug, pk])
        sentence = _("%(ground)s is no longer offered. What it restricts keeps it.") % words
        messages.success(request, sentence, extra_tags=f"undo={undo}?tillbaka=1")
    return redirect("meetings:grounds", request.council.slug)


def _register(request: CouncilRequest) -> tuple[str, str]:
    return _("Restricted matter"), reverse("meetings:secrecy", args=[request.council.slug])
