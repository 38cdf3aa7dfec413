"""Pages of personal data: what is held about oneself, as page and file, and the removal of a former member's."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.owner_views import door
from bra import readings
from bra.errors import RuleBroken
from bra.forms import saving
from bra.http import CouncilRequest, only_if, status_of, to_keep
from bra.link_doors import LinkRequest
from bra.member_views import member_for
from bra.models import Member
from bra.permissions import may_coordinate
from bra.recent import is_sent, recently_authenticated
from records import erasing, own_lifecycle
from records.own_forms import EraseForm, OwnDataForm
from records.own_selection import as_json, held, held_by_link


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: CouncilRequest) -> HttpResponse:
    """Show what is held about the member; one's name and address are corrected here."""
    member = request.member
    initial = {"name": member.name, "email": member.email}
    form = OwnDataForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            own_lifecycle.correct(member=member, by=member, on=request.today, **form.cleaned_data)
            note(member)
        if not form.errors:
            messages.success(request, _("Your data is saved."))
            return redirect("own_data", request.council.slug)
    context = {
        "form": form,
        "sections": held(member, on=request.today),
        "asked_on": own_lifecycle.asked_on(member),
    }
    return render(request, "records/own_data.html", context, status=status_of(form))


def _with_restricted(request: CouncilRequest) -> bool:
    """Whether the file may quote what the member wrote of restricted matter."""
    return request.member.cleared


@require_safe
@recently_authenticated(_with_restricted)
def own_data_json(request: CouncilRequest) -> HttpResponse:
    """The same as a file for machines."""
    said = as_json(request.member, held(request.member, on=request.today), on=request.today)
    readings.fetched(request, "member.data_fetched", request.member, "json")
    return _file(request, said, "json", "application/json")


@require_safe
@recently_authenticated(_with_restricted)
def own_data_file(request: CouncilRequest) -> HttpResponse:
    """The same as a page to keep, which needs nothing else to be read."""
    readings.fetched(request, "member.data_fetched", request.member, "html")
    return _to_read(request, request.member)


@require_POST
@only_if(may_coordinate)
@recently_authenticated()
def member_data(request: CouncilRequest, pk: int) -> HttpResponse:
    """The same of a member who doesn't log in, to be handed to them by the coordinator; the log tells that it was."""
    member = member_for(request.member, pk)
    try:
        own_lifecycle.hand_out(member=member, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return redirect("member_edit", request.council.slug, member.pk)
    return _to_read(request, member)


@never_cache
@require_safe
@door.opened
def by_link(request: LinkRequest) -> HttpResponse:
    """Show the part of it that a link in a mail opens, to owners who don't log in."""
    context = {"owner": request.member, "sections": held_by_link(request.member)}
    return render(request, "records/own_by_link.html", context)


@never_cache
@require_safe
@door.opened
def by_link_json(request: LinkRequest) -> HttpResponse:
    """The same as a file for machines."""
    said = as_json(request.member, held_by_link(request.member), on=request.today)
    readings.fetched(request, "member.data_fetched", request.member, "json")
    return _file(request, said, "json", "application/json")


def _to_read(request: CouncilRequest, member: Member) -> HttpResponse:
    context = {"sections": held(member, on=request.today), "council": request.council, "on": request.today}
    return _file(request, render_to_string("records/own_file.html", context), "html", "text/html")


def _file(request: CouncilRequest | LinkRequest, content: str, ending: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    return to_keep(answer, f"mina-uppgifter-{request.council.slug}-{request.today}.{ending}")


@require_POST
def ask_for_removal(request: CouncilRequest) -> HttpResponse:
    """Ask the coordinator to remove one's personal data."""
    try:
        own_lifecycle.ask_for_removal(member=request.member, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The coordinator has been told, and answers you within a month."))
    return redirect("own_data", request.council.slug)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_coordinate)
@recently_authenticated(is_sent)
def erase(request: CouncilRequest, pk: int) -> HttpResponse:
    """Say what goes and what stays; remove a former member's personal data once that is confirmed."""
    member = member_for(request.member, pk)
    refused = erasing.why_not(member, by=request.member, on=request.today)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            gone = erasing.erase(member=member, reason=form.cleaned_data["reason"], by=request.member, on=request.today)
            note(gone)
        if not form.errors:
            messages.success(
                request, _("The personal data is removed. The seat stays: %(title)s.") % {"title": gone.title}
            )
            return redirect("member_edit", request.council.slug, gone.pk)
    slug = request.council.slug
    context = {
        "form": form,
        "target": member,
        "refused": refused,
        "cancel": reverse("member_edit", args=[slug, member.pk]),
        "trail": [
            (_("Members"), reverse("members", args=[slug])),
            (member.display_name, reverse("member_edit", args=[slug, member.pk])),
            (_("Remove personal data"), ""),
        ],
    }
    return render(request, "records/erase.html", context, status=status_of(form))
