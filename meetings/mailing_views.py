"""Mailing the minutes: who is to get them, and who got them when."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from bra import post
from bra.errors import Removed, RuleBroken
from bra.http import CouncilRequest, only_if, status_of
from bra.models import NO_ADDRESS, Letter
from bra.permissions import may_log
from bra.tasks import wake_sender
from bra.text import key_of
from meetings import lifecycle
from meetings.doors import meeting_for
from meetings.mailing import MINUTES, mailable, mailings, minutes_cause, unreached
from meetings.mailing_forms import MailMinutesForm
from meetings.models import PaperKind, current_minutes, layout_of
from meetings.permissions import may_mail_minutes
from meetings.views import trail_to

# How the ticks are set at first, by the address: `?valda=alla` or `?valda=inga`.
_TICKED, _NOBODY = "valda", "inga"


@only_if(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_mail(request: CouncilRequest, pk: int) -> HttpResponse:
    """Mail the minutes to those who are ticked: at first everybody who hasn't got them."""
    meeting = meeting_for(request.member, pk)
    if not may_mail_minutes(request.member, meeting):
        raise Http404
    minutes = current_minutes(meeting)
    sent = mailings(meeting)
    cause = minutes_cause(meeting, minutes, request.today)
    told = (letter for one in sent for letter in one.letters if post.first_cause(letter) == cause)
    reached = {letter.recipient_id for letter in told if not letter.missed and letter.failure != NO_ADDRESS}
    everybody = list(mailable(request.council, request.today).select_related("organisation", "user"))
    waiting = [member for member in everybody if member.address and member.pk not in reached]
    ticked = [] if request.GET.get(_TICKED) == _NOBODY else [member.pk for member in waiting]
    form = MailMinutesForm(
        request.POST or None, members=waiting, is_final=minutes is not None, initial={"recipients": ticked}
    )
    if request.method == "POST" and form.is_valid():
        with form.refusing():
            posted = lifecycle.mail_minutes(
                meeting=meeting, recipients=form.chosen, by=request.member, on=request.today
            )
        if not form.errors:
            _tell(request, posted)
            return redirect("meetings:minutes_mail", request.council.slug, meeting.pk)
    kind = PaperKind(layout_of(request.council).kind)
    context = {
        "form": form,
        "meeting": meeting,
        "kind": kind.label,
        "is_notes": kind == PaperKind.NOTES,
        "waiting": waiting,
        "without_address": [member for member in everybody if not member.address],
        "mailings": sent,
        "again": unreached(sent, cause),
        "cancel": reverse("meetings:detail", args=[request.council.slug, meeting.pk]),
        "trail": trail_to(request, meeting, _("Mail")),
    }
    return render(request, "meetings/minutes_mail.html", context, status=status_of(form))


@only_if(may_log)
@require_POST
def minutes_mail_again(request: CouncilRequest, pk: int) -> HttpResponse:
    """Mail the minutes again to one whom they didn't reach: field `letter` is the mail's key."""
    meeting = meeting_for(request.member, pk)
    if not may_mail_minutes(request.member, meeting):
        raise Http404
    mails = Letter.objects.filter(council=request.council, kind=MINUTES, about=meeting.pk)
    letter = mails.filter(pk=key_of(request.POST.get("letter", "")) or 0).first()
    try:
        if letter is None:
            raise Removed
        lifecycle.mail_minutes_again(meeting=meeting, letter=letter, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        _tell(request, 1)
    return redirect("meetings:minutes_mail", request.council.slug, meeting.pk)


def _tell(request: CouncilRequest, posted: int) -> None:
    if not posted:
        messages.success(request, _("They had all got them already. Nothing was mailed."))
        return
    if wake_sender():
        words = ngettext("%(n)d mail is going out now.", "%(n)d mails are going out now.", posted)
    else:
        words = ngettext("%(n)d mail goes out within ten minutes.", "%(n)d mails go out within ten minutes.", posted)
    messages.success(request, words % {"n": posted})
