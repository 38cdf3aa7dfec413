"""The pages of the members: the list, who may be seated and changed, mandates and log-ins."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra import invitations, lifecycle, mail, second_step
from bra.errors import RuleBroken
from bra.forms import saving
from bra.http import REFUSED, CouncilRequest, only_if
from bra.member_forms import MandateEndForm, MemberForm
from bra.member_sentences import lines_of
from bra.models import Member
from bra.permissions import may_clear, may_coordinate, may_read_council
from bra.recent import recently_authenticated
from bra.tasks import wake_sender

ACTIVE, COMING, ENDED = "active", "coming", "ended"


def member_for(member: Member, pk: int) -> Member:
    """Return the member of the same council, else 404."""
    return get_object_or_404(
        Member.objects.select_related("council", "organisation", "user"), council_id=member.council_id, pk=pk
    )


def _standing(member: Member, today: date) -> str:
    if member.is_active(today):
        return ACTIVE
    return COMING if member.mandate_from > today else ENDED


@require_safe
@only_if(may_read_council)
def member_list(request: CouncilRequest) -> HttpResponse:
    """List the members by organisation, those with a mandate today first in view."""
    everybody = (
        Member.objects.filter(council=request.council)
        .select_related("organisation", "user")
        .order_by("organisation__sort_key", "sort_key", "pk")
    )
    by_standing: dict[str, list[Member]] = {ACTIVE: [], COMING: [], ENDED: []}
    for member in everybody:
        by_standing[_standing(member, request.today)].append(member)
    tab = request.GET.get("state", ACTIVE)
    tab = tab if tab in by_standing else ACTIVE
    words = {ACTIVE: _("Active"), COMING: _("Coming"), ENDED: _("Ended")}
    tabs = [(key, words[key], len(rows)) for key, rows in by_standing.items() if rows or key != COMING]
    return render(
        request,
        "members/list.html",
        {"members": by_standing[tab], "tab": tab, "tabs": tabs, "may_edit": may_coordinate(request.member)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_coordinate)
def member_new(request: CouncilRequest) -> HttpResponse:
    """Seat a member."""
    form = MemberForm(
        request.POST or None,
        initial={"mandate_from": request.today},
        council=request.council,
        may_clear=may_clear(request.member),
    )
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            fields = {"cleared": False} | _fields(request, form)
            member = lifecycle.seat_member(council=request.council, by=request.member, on=request.today, **fields)
            note(member)
        if not form.errors:
            messages.success(request, _("%(member)s is on the council.") % {"member": member.label})
            return redirect("member_edit", request.council.slug, member.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_coordinate)
def member_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change a member; the same page ends the mandate and gives or takes the log-in."""
    member = member_for(request.member, pk)
    form = MemberForm(
        request.POST or None,
        initial=MemberForm.initial_of(member),
        council=request.council,
        may_clear=may_clear(request.member),
    )
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            lifecycle.edit_member(member=member, by=request.member, on=request.today, **_fields(request, form))
            note(member)
        if not form.errors:
            messages.success(
                request, _("%(member)s is saved.") % {"member": form.cleaned_data["name"] or form.cleaned_data["title"]}
            )
            return redirect("members", request.council.slug)
    return _form_page(request, form, member)


def _fields(request: CouncilRequest, form: MemberForm) -> dict[str, Any]:
    """Return what the verbs take; makes the organisation that was written."""
    fields = dict(form.cleaned_data)
    new = fields.pop("new_organisation")
    if new:
        fields["organisation"] = lifecycle.organisation_named(
            council=request.council, name=new, by=request.member, on=request.today
        )
    return fields


def _form_page(
    request: CouncilRequest, form: MemberForm, member: Member | None, ending: MandateEndForm | None = None
) -> HttpResponse:
    slug = request.council.slug
    title = member.display_name if member else _("New member")
    context = {
        "form": form,
        "target": member,
        "title": title,
        "trail": [(_("Members"), reverse("members", args=[slug])), (title, "")],
        "cancel": reverse("members", args=[slug]),
        "ending": ending or MandateEndForm(initial={"mandate_to": request.today}, prefix="end"),
        "standing": _standing(member, request.today) if member else "",
        "lines": lines_of(member) if member else [],
        "second_step": _second_step(member, request.member) if member else "",
    }
    failed = form.errors or (ending is not None and ending.errors)
    return render(request, "members/form.html", context, status=REFUSED if failed else 200)


def _second_step(member: Member, by: Member) -> str:
    """What the page says of the member's second step: "reset" where `by` may do that, "theirs", "none" or ""."""
    if member.user is None:
        return ""
    if not second_step.factors_of(member.user).exists():
        return "none"
    return "reset" if second_step.may_reset(member, by) else "theirs"


@require_POST
@only_if(may_coordinate)
def member_end(request: CouncilRequest, pk: int) -> HttpResponse:
    """End the mandate with the day that was chosen as its last."""
    member = member_for(request.member, pk)
    ending = MandateEndForm(request.POST, prefix="end")
    if ending.is_valid():
        last_day = ending.cleaned_data["mandate_to"]
        try:
            lifecycle.end_mandate(member=member, last_day=last_day, by=request.member, on=request.today)
        except RuleBroken as error:
            ending.add_error("mandate_to", error)
        else:
            messages.success(
                request,
                _("The mandate of %(member)s ends on %(day)s.") % {"member": member.label, "day": last_day},
            )
            return redirect("members", request.council.slug)
    form = MemberForm(
        initial=MemberForm.initial_of(member), council=request.council, may_clear=may_clear(request.member)
    )
    return _form_page(request, form, member, ending)


@require_POST
@only_if(may_coordinate)
@recently_authenticated()
def member_login(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give the log-in, and send the mail that says so; or take it away; or send the mail again."""
    member = member_for(request.member, pk)
    try:
        if request.POST.get("do") == "take":
            lifecycle.take_login(member=member, by=request.member, on=request.today)
            messages.success(request, _("%(member)s can no longer log in here.") % {"member": member.label})
        else:
            if request.POST.get("do") != "send" or member.user is None:
                lifecycle.give_login(member=member, by=request.member, on=request.today)
            _send_invitation(request, member_for(request.member, pk))
    except RuleBroken as error:
        messages.error(request, error.sentence)
    return redirect("member_edit", request.council.slug, member.pk)


@require_POST
@only_if(may_coordinate)
@recently_authenticated()
def member_second_step(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take the member's second step of logging in away: the telephone is lost."""
    member = member_for(request.member, pk)
    try:
        if member.user is None:
            raise RuleBroken(_("%(member)s has no log-in.") % {"member": member.label})
        second_step.reset_second_step(user=member.user, by=request.member, at=timezone.now())
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        wake_sender()
        messages.success(
            request,
            _("The second step of %(member)s is reset. They are logged out, and set up a new one at the next log-in.")
            % {"member": member.label},
        )
    return redirect("member_edit", request.council.slug, member.pk)


def _send_invitation(request: CouncilRequest, member: Member) -> None:
    assert member.user is not None
    try:
        invitations.invite(member)
    except (mail.ServerAway, mail.Refused, mail.Uncertain):
        messages.warning(
            request,
            _("%(member)s can log in, but the mail couldn't be sent. Send it again later.") % {"member": member.label},
        )
    else:
        messages.success(
            request,
            _("%(member)s can log in. A mail that tells how is on its way to %(address)s.")
            % {"member": member.label, "address": member.user.email},
        )
