"""The page on which a summons is answered: reached by the secret link in the mail, without log-in.

Following the link changes nothing (see bra.link_doors); only a form with a chosen answer does. The page says no more
of the agenda than the mail.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from bra.bounds import few_guesses
from bra.errors import RuleBroken
from bra.http import REFUSED, refresh
from bra.link_doors import LinkDoor, LinkRequest
from meetings.models import Meeting, MeetingState, SummonsReply
from meetings.outside import agenda_outside
from meetings.summons import REPLY, possible_substitutes
from meetings.summons_forms import AnswerForm, put_back

# What the answer was before this session changed it; belongs to one link.
_BEFORE = "reply_before"
door = LinkDoor(REPLY, "reply:page", gone="meetings/reply_gone.html", forget=(_BEFORE,))


@never_cache
@require_safe
@few_guesses
@sensitive_variables("secret")
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """Exchange the link in the mail for a session and go to the clean address; tell kindly when it doesn't work."""
    return door.enter(request, secret)


def _meeting(request: LinkRequest) -> Meeting:
    meetings = Meeting.objects.visible_to(request.member).select_related("council")
    meeting = meetings.filter(pk=request.about or 0).first()
    if meeting is None:
        raise Http404
    return meeting


def _form(request: LinkRequest, meeting: Meeting, reply: SummonsReply | None) -> AnswerForm:
    return AnswerForm(
        request.POST if request.method == "POST" else None,
        meeting=meeting,
        member=request.member,
        reply=reply,
        substitutes=possible_substitutes(meeting, request.member, request.today),
    )


def _reply(request: LinkRequest, meeting: Meeting) -> SummonsReply | None:
    rows = SummonsReply.objects.filter(meeting=meeting, member=request.member)
    return rows.select_related("substitute").first()


def _page(request: LinkRequest, meeting: Meeting, refused: AnswerForm | None = None) -> HttpResponse:
    reply = _reply(request, meeting)
    open_to_answers = meeting.state == MeetingState.SUMMONED
    context = {
        "meeting": meeting,
        "recipient": request.member,
        "council_name": request.council.name,
        "day": request.today,
        "agenda": agenda_outside(meeting),
        "reply": reply,
        "open": open_to_answers,
        "form": refused or (_form(request, meeting, reply) if open_to_answers else None),
        "undoable": open_to_answers and _BEFORE in request.session,
    }
    return render(request, "meetings/reply.html", context, status=REFUSED if refused else 200)


@never_cache
@require_safe
@door.opened
def page(request: LinkRequest) -> HttpResponse:
    """Show the meeting, its agenda, the answer that stands and the three choices."""
    return _page(request, _meeting(request))


@never_cache
@require_POST
@door.opened
def answer(request: LinkRequest) -> HttpResponse:
    """Record the answer; one without a choice changes nothing."""
    meeting = _meeting(request)
    form = _form(request, meeting, _reply(request, meeting))
    if not form.is_valid():
        return _page(request, meeting, form)
    try:
        before = form.save(at=request.now)
    except RuleBroken as error:
        form.refuse(error)
        refresh(meeting)
        return _page(request, meeting, form)
    request.session[_BEFORE] = before
    messages.success(request, _("Thank you. Your answer is recorded."))
    return redirect("reply:page")


@never_cache
@require_POST
@door.opened
def undo(request: LinkRequest) -> HttpResponse:
    """Let the answer be what it was before this session changed it."""
    if _BEFORE in request.session:
        try:
            put_back(_meeting(request), request.member, request.session[_BEFORE], at=request.now)
        except RuleBroken as error:
            messages.error(request, error.sentence)
        else:
            del request.session[_BEFORE]
            messages.success(request, _("Undone: your answer is what it was before."))
    return redirect("reply:page")
