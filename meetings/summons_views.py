"""The pages of the summons: sending it, calling the meeting off, and answering for who logs in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from bra.errors import RuleBroken
from bra.forms import saving
from bra.http import CouncilRequest, only_if, status_of
from bra.permissions import may_read_council
from bra.tasks import wake_sender
from meetings import lifecycle
from meetings.doors import meeting_for
from meetings.models import ItemProposal, Meeting, MeetingState, SummonsReply
from meetings.outside import agenda_outside
from meetings.permissions import may_plan_meetings
from meetings.summons import NOTHING_NEW, again_of, deadline_of, possible_substitutes, reach_of
from meetings.summons_forms import AnswerForm, CancelForm, put_back
from meetings.views import trail_to

# What each meeting's answer was before this session changed it.
_BEFORE = "summons_before"


def _detail(request: CouncilRequest, meeting: Meeting) -> str:
    return reverse("meetings:detail", args=[request.council.slug, meeting.pk])


def _refused(request: CouncilRequest, meeting: Meeting, error: RuleBroken) -> HttpResponse:
    messages.error(request, error.sentence)
    return redirect(_detail(request, meeting))


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def summon(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show who gets the summons and what it says, then send it; or send it anew, once it has been sent."""
    meeting = meeting_for(request.member, pk)
    if request.method == "POST":
        return _send(request, meeting)
    if not meeting.is_planned:
        messages.error(request, _("Only a planned meeting is summoned."))
        return redirect(_detail(request, meeting))
    again = again_of(meeting, request.today) if meeting.state == MeetingState.SUMMONED else None
    if again and not again.is_of_use:
        messages.info(request, NOTHING_NEW)
        return redirect(_detail(request, meeting))
    title = _("Send the changed agenda") if again and again.changed else _("Send the summons")
    reach = reach_of(meeting, request.today)
    context = {
        "meeting": meeting,
        "again": again,
        "reach": reach,
        "reached": again.missing if again and not again.changed else reach.reached,
        "deadline": deadline_of(meeting, request.today),
        # Better answered before the agenda goes out than after.
        "proposals": ItemProposal.objects.visible_to(request.member).waiting().filter(meeting=meeting).count(),
        "agenda": agenda_outside(meeting),
        "title": title,
        "trail": trail_to(request, meeting, title),
    }
    return render(request, "meetings/summon.html", context)


def _send(request: CouncilRequest, meeting: Meeting) -> HttpResponse:
    sequence = request.POST.get("sequence", "")
    again = again_of(meeting, request.today)
    number = len(reach_of(meeting, request.today).reached if again.changed else again.missing)
    try:
        if sequence:
            seen = int(sequence) if sequence.isdecimal() and len(sequence) < 6 else -1
            lifecycle.summon_again(meeting=meeting, sequence=seen, by=request.member, at=request.now)
        else:
            lifecycle.summon(meeting=meeting, by=request.member, at=request.now)
    except RuleBroken as error:
        return _refused(request, meeting, error)
    said = ngettext("The summons goes to %(n)d member.", "The summons goes to %(n)d members.", number) % {"n": number}
    messages.success(request, _with_delay(said))
    return redirect(_detail(request, meeting))


def _with_delay(said: str) -> str:
    """What was said, and that the mails wait, where nobody could be woken to send them."""
    if wake_sender():
        return said
    return said + " " + _("The mails go out within ten minutes.")


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: CouncilRequest, pk: int) -> HttpResponse:
    """Call the meeting off, with the reason."""
    meeting = meeting_for(request.member, pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" and not meeting.is_planned:
        messages.error(request, _("Only a planned meeting can be cancelled."))
        return redirect(_detail(request, meeting))
    if form.is_valid():
        with saving(form, request) as note:
            meeting = lifecycle.cancel(
                meeting=meeting, reason=form.cleaned_data["reason"], by=request.member, at=request.now
            )
            note(meeting)
        if not form.errors:
            said = _("Meeting %(label)s is cancelled.") % {"label": meeting.label}
            if meeting.summoned_at is not None:
                said = _with_delay(said + " " + _("Those summoned are told by mail."))
            messages.success(request, said)  # its undo stands on the page itself: "Hold it after all"
            return redirect(_detail(request, meeting))
    title = _("Cancel the meeting")
    context = {
        "meeting": meeting,
        "form": form,
        "reach": reach_of(meeting, request.today) if meeting.summoned_at else None,
        "title": title,
        "cancel": _detail(request, meeting),
        "trail": trail_to(request, meeting, title),
    }
    return render(request, "meetings/cancel.html", context, status=status_of(form))


@only_if(may_plan_meetings)
@require_POST
def uncancel(request: CouncilRequest, pk: int) -> HttpResponse:
    """Hold the cancelled meeting after all."""
    meeting = meeting_for(request.member, pk)
    try:
        meeting = lifecycle.uncancel(meeting=meeting, by=request.member, at=request.now)
    except RuleBroken as error:
        return _refused(request, meeting, error)
    said = _("Meeting %(label)s is held after all.") % {"label": meeting.label}
    if meeting.state == MeetingState.SUMMONED:
        said = _with_delay(said + " " + _("Those summoned get a new summons."))
    messages.success(request, said)
    return redirect(_detail(request, meeting))


# Answering, logged in


@only_if(may_read_council)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: CouncilRequest, pk: int) -> HttpResponse:
    """Answer the summons for oneself."""
    meeting = meeting_for(request.member, pk)
    try:
        lifecycle.refuse_unanswerable(meeting)
    except RuleBroken as error:
        return _refused(request, meeting, error)
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        meeting=meeting,
        member=request.member,
        reply=SummonsReply.objects.filter(meeting=meeting, member=request.member).first(),
        substitutes=possible_substitutes(meeting, request.member, request.today),
    )
    if form.is_valid():
        with form.refusing():
            before = form.save(at=request.now)
        if not form.errors:
            request.session[_BEFORE] = request.session.get(_BEFORE, {}) | {str(meeting.pk): before}
            undo = reverse("meetings:answer_undo", args=[request.council.slug, meeting.pk])
            messages.success(request, _("Your answer is recorded."), extra_tags=f"undo={undo}")
            return redirect(_detail(request, meeting))
    title = _("Answer the summons")
    context = {
        "meeting": meeting,
        "form": form,
        "title": title,
        "cancel": _detail(request, meeting),
        "trail": trail_to(request, meeting, title),
    }
    return render(request, "meetings/answer.html", context, status=status_of(form))


@only_if(may_read_council)
@require_POST
def answer_undo(request: CouncilRequest, pk: int) -> HttpResponse:
    """Let one's answer be what it was before."""
    meeting = meeting_for(request.member, pk)
    answers = request.session.get(_BEFORE, {})
    if str(pk) in answers:
        try:
            put_back(meeting, request.member, answers[str(pk)], at=request.now)
        except RuleBroken as error:
            return _refused(request, meeting, error)
        request.session[_BEFORE] = {key: was for key, was in answers.items() if key != str(pk)}
        messages.success(request, _("Undone: your answer is what it was before."))
    return redirect(_detail(request, meeting))
