"""The pages of signing off: naming adjusters, sending, commenting, signing, and what holds once it is signed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra.errors import RuleBroken
from bra.forms import GuardedForm, saving
from bra.http import REFUSED, CouncilRequest, only_if, refresh, status_of
from bra.permissions import may_coordinate, may_log, may_read_council
from bra.tasks import wake_sender
from bra.text import key_of
from meetings import lifecycle
from meetings.doors import item_for, meeting_for
from meetings.models import ItemComment, Meeting, SignedMinutes, SignOff, Unlocking, open_round
from meetings.permissions import may_name_adjusters, may_tidy, may_unlock
from meetings.signing_forms import AddendumForm, AdjustersForm, CommentForm, MeetingRulesForm, ReasonForm, SendForm
from meetings.signing_sheet import parts_signed, parts_to_sign, signing_sheet
from meetings.views import trail_to


def _own_page(request: CouncilRequest, meeting: Meeting) -> str:
    return reverse("meetings:detail", args=[request.council.slug, meeting.pk])


def _sign_page(request: CouncilRequest, meeting: Meeting) -> str:
    return reverse("meetings:sign_off", args=[request.council.slug, meeting.pk])


def _form_page(request: CouncilRequest, meeting: Meeting, form: forms.Form, **words: Any) -> HttpResponse:
    """One form on a page of its own: title, lead and submit are the words around it."""
    context = {"cancel": _own_page(request, meeting), "trail": trail_to(request, meeting, words["title"])} | words
    context |= {"form": form, "meeting": meeting}
    return render(request, "meetings/signing_form.html", context, status=status_of(form))


# Before the minutes are sent


@only_if(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def adjusters(request: CouncilRequest, pk: int) -> HttpResponse:
    """Name those who are to sign beside the chair."""
    meeting = meeting_for(request.member, pk)
    if request.method != "POST" and not may_name_adjusters(request.member, meeting):
        messages.error(request, _("The minutes are being signed or have been, so adjusters can't be named now."))
        return redirect(_own_page(request, meeting))
    form = AdjustersForm(request.POST if request.method == "POST" else None, meeting=meeting, on=request.today)
    if form.is_valid():
        with form.refusing():
            lifecycle.name_adjusters(
                meeting=meeting, members=list(form.cleaned_data["adjusters"]), by=request.member, on=request.today
            )
        if not form.errors:
            messages.success(request, _("The adjusters are saved."))
            return redirect(_own_page(request, meeting))
    title, lead = _("Adjusters"), _("They sign the minutes beside the chair, and get a mail when it is time.")
    return _form_page(request, meeting, form, title=title, lead=lead, submit=_("Save"))


@only_if(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: CouncilRequest, pk: int) -> HttpResponse:
    """Send the minutes to those who are to sign them."""
    meeting = meeting_for(request.member, pk)
    if request.method != "POST" and not may_tidy(request.member, meeting):
        return redirect(_own_page(request, meeting))
    form = SendForm(request.POST if request.method == "POST" else None, meeting=meeting, on=request.today)
    if form.is_valid():
        with form.refusing():
            lifecycle.send_for_sign_off(meeting=meeting, by=request.member, on=request.today, **form.sent())
        if not form.errors:
            _mailed(request, _("The minutes lie with those who are to sign them. Each gets a mail."))
            return redirect(_own_page(request, meeting))
    sheet = signing_sheet(meeting, request.member, request.today)
    chair = lifecycle.presiding(meeting, request.today)
    title = _("Send for approval") if sheet.is_notes else _("Send for signing off")
    words = {
        "title": title,
        "lead": _("Until all have answered nobody changes the text. You can take it back."),
        "submit": title,
        "chair": chair,
    }
    return _form_page(request, meeting, form, **words)


def _mailed(request: CouncilRequest, words: str) -> None:
    """Say so, and wake the sender of mail; when it is away it sends within ten minutes by itself."""
    wake_sender()
    messages.success(request, words)


# While they lie with their signers


@only_if(may_read_council)
@require_safe
def sign_off(request: CouncilRequest, pk: int) -> HttpResponse:
    """The text that is to be signed, with comments at its items; for signers, the two answers."""
    meeting = meeting_for(request.member, pk)
    if open_round(meeting) is None:
        return redirect(_own_page(request, meeting))
    return _sign_off_page(request, meeting)


def _sign_off_page(
    request: CouncilRequest,
    meeting: Meeting,
    *,
    decline_form: GuardedForm | None = None,
    comment_form: GuardedForm | None = None,
    commented: int = 0,
) -> HttpResponse:
    """The page, with a form that was refused where it stands; `commented` is the key of its item."""
    sheet = signing_sheet(meeting, request.member, request.today)
    try:
        paper, parts = parts_to_sign(meeting, request.member, sheet.open)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return redirect(_own_page(request, meeting))
    refused = decline_form or comment_form
    context = {
        "meeting": meeting,
        "trail": trail_to(request, meeting, _("Approval") if sheet.is_notes else _("Signing off")),
        "signing": sheet,
        "paper": paper,
        "parts": parts,
        "decline_form": decline_form or ReasonForm(auto_id="decline-%s"),
        "comment_form": CommentForm(auto_id=False),
        "refused_comment": comment_form,
        "commented": commented,
    }
    return render(request, "meetings/sign_off.html", context, status=REFUSED if refused and refused.errors else 200)


def _round_shown(request: CouncilRequest, meeting: Meeting) -> SignOff:
    """The round whose text the page showed, which the verb refuses when it is over.

    So nobody signs, from a page that was left open, a text that was changed and sent again meanwhile.
    """
    found = SignOff.objects.filter(meeting=meeting, pk=key_of(request.POST.get("round", "")) or 0).first()
    if found is None:
        raise RuleBroken(_("The page was of another round of signing. Nothing has been changed: read the text again."))
    return found


@only_if(may_read_council)
@require_POST
def sign(request: CouncilRequest, pk: int) -> HttpResponse:
    """Sign."""
    meeting = meeting_for(request.member, pk)
    try:
        signed = lifecycle.sign(sign_off=_round_shown(request, meeting), by=request.member, at=request.now)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return redirect(_own_page(request, meeting))
    refresh(meeting)
    if signed.state == "open":
        messages.success(request, _("You have signed. The others are still to sign."))
    else:
        _mailed(request, _("The minutes are signed off."))
    return redirect(_own_page(request, meeting))


@only_if(may_read_council)
@require_POST
def decline(request: CouncilRequest, pk: int) -> HttpResponse:
    """Decline to sign, with a reason."""
    meeting = meeting_for(request.member, pk)
    form = ReasonForm(request.POST, auto_id="decline-%s")
    if form.is_valid():
        with saving(form, request) as note:
            lifecycle.decline(
                sign_off=_round_shown(request, meeting),
                reason=form.cleaned_data["reason"],
                by=request.member,
                at=request.now,
            )
            note(meeting)
        if not form.errors:
            _mailed(request, _("The minutes have gone back to the secretary with your reason."))
            return redirect(_own_page(request, meeting))
    return _sign_off_page(request, meeting, decline_form=form)


@only_if(may_log)
@require_POST
def withdraw(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take the minutes back from their signers."""
    meeting = meeting_for(request.member, pk)
    _done(
        request,
        lambda: lifecycle.withdraw_sign_off(
            sign_off=_round_shown(request, meeting), by=request.member, on=request.today
        ),
        _("The minutes are taken back. Change what is needed and send them again."),
    )
    return redirect(_own_page(request, meeting))


def _done(request: CouncilRequest, verb: Callable[[], object], words: str) -> None:
    """Call a verb without a form of its own, and say what came of it."""
    try:
        verb()
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, words)


@only_if(may_read_council)
@require_POST
def comment(request: CouncilRequest, pk: int) -> HttpResponse:
    """Comment on an item of minutes that lie with their signers."""
    item = item_for(request.member, pk)
    form = CommentForm(request.POST, auto_id=f"comment-{item.pk}-%s")
    form.fields["text"].widget.attrs["data-draft"] = f"remark-{item.pk}"
    if form.is_valid():
        with saving(form, request) as note:
            made = lifecycle.comment_on_item(
                item=item, text=form.cleaned_data["text"], by=request.member, on=request.today
            )
            note(made)
        if not form.errors:
            messages.success(request, _("Your comment is saved."))
            return redirect(f"{_sign_page(request, item.meeting)}#item-{item.pk}")
    return _sign_off_page(request, item.meeting, comment_form=form, commented=item.pk)


@only_if(may_read_council)
@require_POST
def comment_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take an own comment away; `?tillbaka=1` in the address brings it back."""
    own = ItemComment.objects.visible_to(request.member).filter(author=request.member)
    found = get_object_or_404(own.select_related("item__meeting__council"), pk=pk)
    back = request.GET.get("tillbaka") == "1"
    try:
        lifecycle.remove_comment(comment=found, by=request.member, on=request.today, removed=not back)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        undo = reverse("meetings:comment_remove", args=[request.council.slug, found.pk])
        if back:
            messages.success(request, _("Your comment is back."))
        else:
            messages.success(request, _("Your comment is removed."), extra_tags=f"undo={undo}?tillbaka=1")
    return redirect(f"{_sign_page(request, found.item.meeting)}#item-{found.item_id}")


# Once they are signed


@only_if(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def addendum(request: CouncilRequest, pk: int) -> HttpResponse:
    """Put a correction beside signed minutes."""
    meeting = meeting_for(request.member, pk)
    form = AddendumForm(request.POST if request.method == "POST" else None, member=request.member)
    if form.is_valid():
        with saving(form, request) as note:
            made = lifecycle.add_addendum(
                meeting=meeting,
                text=form.cleaned_data["text"],
                ground=form.cleaned_data.get("ground"),
                by=request.member,
                on=request.today,
            )
            note(made)
        if not form.errors:
            messages.success(request, _("The addendum stands beside the minutes."))
            return redirect(f"{_own_page(request, meeting)}#addenda")
    title, lead = _("Addendum"), _("The signed text stays as it is. An addendum can't be changed afterwards.")
    return _form_page(request, meeting, form, title=title, lead=lead, submit=_("Add the addendum"))


@only_if(may_unlock)
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: CouncilRequest, pk: int) -> HttpResponse:
    """Ask that signed minutes are opened again."""
    meeting = meeting_for(request.member, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with saving(form, request) as note:
            lifecycle.ask_unlock(
                meeting=meeting, reason=form.cleaned_data["reason"], by=request.member, on=request.today
            )
            note(meeting)
        if not form.errors:
            messages.success(request, _("Another must confirm before the minutes are opened again."))
            return redirect(_own_page(request, meeting))
    lead = _("An addendum is the usual way to correct signed minutes. Opening them again takes two, and all sign anew.")
    return _form_page(request, meeting, form, title=_("Open the minutes again"), lead=lead, submit=_("Ask for it"))


@only_if(may_unlock)
@require_POST
def unlock_answer(request: CouncilRequest, pk: int) -> HttpResponse:
    """Answer the question whether signed minutes are opened again: field `answer`, "yes" or "no"."""
    meetings = Meeting.objects.visible_to(request.member)
    asked = get_object_or_404(
        Unlocking.objects.filter(minutes__meeting__in=meetings).select_related("minutes__meeting__council"), pk=pk
    )
    yes = request.POST.get("answer") == "yes"
    verb: Callable[..., object] = lifecycle.confirm_unlock if yes else lifecycle.refuse_unlock
    words = _("The minutes are open again. Their signed edition is kept.") if yes else _("The minutes stay signed.")
    _done(request, lambda: verb(unlocking=asked, by=request.member, on=request.today), words)
    return redirect(_own_page(request, asked.minutes.meeting))


@only_if(may_read_council)
@require_safe
def edition(request: CouncilRequest, pk: int) -> HttpResponse:
    """One edition of signed minutes, as it was signed."""
    meetings = Meeting.objects.visible_to(request.member)
    minutes = get_object_or_404(
        SignedMinutes.objects.filter(meeting__in=meetings).select_related("meeting__council"), pk=pk
    )
    meeting = minutes.meeting
    title = _("Edition %(number)d") % {"number": minutes.edition}
    paper, parts = parts_signed(minutes, meeting, request.member)
    context = {"meeting": meeting, "minutes": minutes, "title": title, "paper": paper, "parts": parts}
    context |= {"trail": trail_to(request, meeting, title)}
    context["checksum"] = minutes.sha256 if request.member.cleared else minutes.masked_sha256
    return render(request, "meetings/edition.html", context)


# What the council has chosen


@only_if(may_coordinate)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_rules(request: CouncilRequest) -> HttpResponse:
    """Choose the days of the council's meetings."""
    bound = request.POST if request.method == "POST" else None
    form = MeetingRulesForm(bound, initial=MeetingRulesForm.of(request.council))
    if form.is_valid():
        with form.refusing():
            lifecycle.choose_meeting_rules(
                council=request.council, by=request.member, on=request.today, **form.cleaned_data
            )
        if not form.errors:
            messages.success(request, _("The settings are saved."))
            return redirect("meetings:meeting_rules", request.council.slug)
    context = {
        "form": form,
        "title": _("Settings for meetings"),
        "lead": _("They hold for the whole council."),
        "submit": _("Save"),
        "cancel": reverse("meetings:list", args=[request.council.slug]),
        "trail": trail_to(request, None, _("Settings for meetings")),
    }
    return render(request, "meetings/signing_form.html", context, status=status_of(form))
