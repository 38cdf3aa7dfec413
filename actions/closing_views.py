"""Approving what owners reported as done, answering their requests, and handing everything over at once."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from actions import lifecycle, permissions
from actions.closing_forms import AnswerForm, HandOverAllForm, SendBackForm, TiesForm
from actions.doors import action_for
from actions.item_views import live_page
from actions.models import Action, DeadlineRequest
from actions.templatetags.follow_up import reported_context
from actions.views import action_page, perform
from bra.errors import RuleBroken
from bra.forms import GuardedForm, saving
from bra.http import REFUSED, CouncilRequest, only_if
from bra.member_views import member_for
from bra.permissions import may_log
from bra.tasks import wake_sender
from bra.text import key_of
from meetings.doors import item_for
from meetings.models import AgendaItem, ItemKind


def _item(request: CouncilRequest) -> AgendaItem | None:
    """The follow-up item in whose list the button stood; None on the action's own page."""
    sent = request.POST.get("item") or request.GET.get("item", "")
    if not sent.isdecimal():
        return None
    item = item_for(request.member, int(sent))
    if item.kind != ItemKind.FOLLOW_UP:
        raise Http404
    return item


def _back(
    request: CouncilRequest, action: Action | None, refused: tuple[int, GuardedForm] | None = None
) -> HttpResponse:
    """Where one was: the list of the meeting's item, or the page of the action."""
    item = _item(request)
    if item is not None and request.htmx:
        status = REFUSED if refused else 200
        context = reported_context(request, item, refused=refused)
        return render(request, "actions/_reported_answer.html", context, status=status)
    if item is not None:
        return redirect(live_page(request, item))
    if action is not None:
        return redirect("actions:detail", request.council.slug, action.pk)
    return redirect("actions:list", request.council.slug)


def _undo(request: CouncilRequest, name: str, *args: int, **query: list[int]) -> str:
    """The address that undoes, and leads back to the item in whose list the button stood."""
    item = _item(request)
    asked = urlencode(query | ({"item": [item.pk]} if item else {}), doseq=True)
    path = reverse(f"actions:{name}", args=[request.council.slug, *args])
    return f"{path}?{asked}" if asked else path


@require_POST
@only_if(may_log)
def approve(request: CouncilRequest, pk: int) -> HttpResponse:
    """Approve that an action is done."""
    action = action_for(request, pk)
    try:
        lifecycle.approve(action=action, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        undo = _undo(request, "unapprove", pk)
        messages.success(request, _("The action is approved as done."), extra_tags=f"undo={undo}")
    return _back(request, action)


@require_POST
@only_if(may_log)
def unapprove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take an approval back."""
    action = action_for(request, pk)
    lifecycle.unapprove(action=action, by=request.member, on=request.today)
    messages.success(request, _("The approval is taken back."))
    return _back(request, action)


def _keys(sent: list[str]) -> list[int]:
    return [key for one in sent if (key := key_of(one)) is not None]


@require_POST
@only_if(may_log)
def approve_all(request: CouncilRequest) -> HttpResponse:
    """Approve all that the list showed."""
    approved = lifecycle.approve_all(pks=_keys(request.POST.getlist("action")), by=request.member, on=request.today)
    if approved:
        undo = _undo(request, "unapprove_all", action=[action.pk for action in approved])
        number = len(approved)
        words = ngettext("%(n)d action is approved as done.", "%(n)d actions are approved as done.", number)
        messages.success(request, words % {"n": number}, extra_tags=f"undo={undo}")
    else:
        messages.success(request, _("Nothing waited for approval any more."))
    return _back(request, None)


@require_POST
@only_if(may_log)
def unapprove_all(request: CouncilRequest) -> HttpResponse:
    """Take the approvals of one act back."""
    lifecycle.unapprove_all(pks=_keys(request.GET.getlist("action")), by=request.member, on=request.today)
    messages.success(request, _("The approvals are taken back."))
    return _back(request, None)


@require_POST
@only_if(may_log)
def send_back(request: CouncilRequest, pk: int) -> HttpResponse:
    """Send what was reported as done back, with a word on what is left."""
    action = action_for(request, pk)
    form = SendBackForm(request.POST, auto_id=f"send_back-{pk}-%s")
    if form.is_valid():
        with saving(form, request) as note:
            lifecycle.send_back(action=action, reason=form.cleaned_data["text"], by=request.member, on=request.today)
            note(action)
        if not form.errors:
            wake_sender()
            messages.success(request, _("The action is open again, and its owner gets a mail."))
            return _back(request, action)
    if request.htmx and _item(request):
        return _back(request, action, (pk, form))
    return action_page(request, action_for(request, pk), ("send_back", form))


@require_POST
@only_if(may_log)
def tie(request: CouncilRequest, pk: int) -> HttpResponse:
    """Say what the action waits for and how often it is repeated."""
    action = action_for(request, pk)
    form = TiesForm(request.POST, action=action, member=request.member, auto_id="ties-%s")
    if form.hides:
        raise Http404
    return perform(request, action, "ties", form, _tie, _("What it waits for and how often it is repeated is saved."))


def _tie(*, action: Action, waits_for: Action | None, repeat_months: int | None, **how: Any) -> Action:
    lifecycle.set_waits_for(action=action, other=waits_for, **how)
    return lifecycle.set_repeat(action=action, months=repeat_months, **how)


# Requests for more time


def _request_for(request: CouncilRequest, pk: int) -> DeadlineRequest:
    """The door to a request: it exists for whoever its action exists for."""
    found = DeadlineRequest.objects.open_to(request.member, request.today).select_related("action__council")
    asked: DeadlineRequest = get_object_or_404(found, pk=pk, action__removed=False)
    return asked


@require_POST
@only_if(permissions.may_answer_request)
def answer_request(request: CouncilRequest, pk: int) -> HttpResponse:
    """Grant or refuse more time."""
    asked = _request_for(request, pk)
    form = AnswerForm(request.POST, auto_id="answer-%s")
    action = action_for(request, asked.action_id)
    if form.is_valid():
        with saving(form, request) as note:
            lifecycle.answer_deadline(
                request=asked,
                grant=form.granted(),
                answer=form.cleaned_data["answer"],
                by=request.member,
                on=request.today,
            )
            note(action)
        if not form.errors:
            wake_sender()
            words = _("The deadline is changed, and the owner gets a mail.")
            messages.success(request, words if form.granted() else _("The owner gets a mail with your answer."))
            return redirect("actions:detail", request.council.slug, asked.action_id)
    return action_page(request, action, ("answer", form))


@require_POST
def withdraw_request(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take the own request back."""
    asked = _request_for(request, pk)
    if asked.asked_by_id != request.member.pk:
        raise Http404
    try:
        lifecycle.withdraw_deadline(request=asked, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The request is withdrawn."))
    return redirect("actions:detail", request.council.slug, asked.action_id)


# Everything that somebody owns


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_hand_over_all)
def hand_over_all(request: CouncilRequest, pk: int) -> HttpResponse:
    """Hand over everything that a member owns, before the mandate ends."""
    member = member_for(request.member, pk)
    owned = Action.objects.visible_to(request.member).unsettled().owned_by(member).order_by("deadline", "pk")
    actions = list(owned.select_related("agenda_item"))
    posted = request.method == "POST"
    form = HandOverAllForm(
        request.POST if posted else None,
        member=member,
        on=request.today,
        cleared_only=any(action.agenda_item.restricted for action in actions),
    )
    if posted and form.is_valid():
        to = form.cleaned_data["owner"]
        with form.refusing():
            number = lifecycle.hand_over_all(member=member, to=to, by=request.member, on=request.today)
        if not form.errors:
            wake_sender()
            words = ngettext("%(n)d action now belongs to %(to)s.", "%(n)d actions now belong to %(to)s.", number)
            messages.success(request, words % {"n": number, "to": to.label})
            return redirect("member_edit", request.council.slug, member.pk)
    back = reverse("member_edit", args=[request.council.slug, member.pk])
    context = {
        "form": form,
        "target": member,
        "actions": actions,
        "back": back,
        "trail": [
            (_("Members"), reverse("members", args=[request.council.slug])),
            (member.display_name, back),
            (_("Hand over everything"), None),
        ],
    }
    return render(request, "actions/hand_over_all.html", context, status=REFUSED if posted else 200)
