"""What the page of one action shows around the action itself: approval, requests, ties, who can be named."""

from typing import Any

from actions import lifecycle, permissions
from actions.closing_forms import AnswerForm, SendBackForm, TiesForm
from actions.models import LIVE, Action, DeadlineRequest, RequestState
from bra.forms import GuardedForm
from bra.http import CouncilRequest
from bra.models import Member

# Nobody answers more at a time.
MOST_REQUESTS = 50


def more_forms(request: CouncilRequest, action: Action) -> dict[str, GuardedForm]:
    """The empty forms of approval and ties that the member may use now, by the name of the verb."""
    forms: dict[str, GuardedForm] = {}
    if permissions.may_approve(request.member, action):
        forms["send_back"] = SendBackForm(auto_id="send_back-%s")
    if permissions.may_amend(request.member, action) and action.status in LIVE:
        ties = TiesForm(action=action, member=request.member, auto_id="ties-%s")
        # Saving would take away what the member can't see.
        if not ties.hides:
            forms["ties"] = ties
    return forms


def around(request: CouncilRequest, action: Action) -> dict[str, Any]:
    """The rest of the page's context; the same number of queries however much there is."""
    visible = Action.objects.visible_to(request.member).agreed().select_related("owner")
    asked = list(action.deadline_requests.exclude(state=RequestState.WITHDRAWN).select_related("asked_by"))
    waiting = next((one for one in asked if one.state == RequestState.WAITING), None) if action.is_live else None
    may_answer = waiting is not None and permissions.may_answer_request(request.member)
    return {
        "may_approve": permissions.may_approve(request.member, action),
        "asks_for_time": not permissions.may_answer_request(request.member),
        "answered": [one for one in asked if one.state != RequestState.WAITING],
        "waiting": waiting,
        "answer_form": AnswerForm(auto_id="answer-%s") if may_answer else None,
        "may_withdraw": waiting is not None and waiting.asked_by_id == request.member.pk,
        "waits_for": visible.filter(pk=action.waits_for_id).first() if action.waits_for_id else None,
        "awaited_by": visible.live().filter(waits_for=action),
        "earlier": visible.filter(pk=action.repeats_id).first() if action.repeats_id else None,
        "later": visible.filter(repeats=action).first(),
        "mentionable": lifecycle.mentionable(action, request.today).order_by("sort_key", "pk"),
    }


def requests_to_answer(member: Member) -> list[DeadlineRequest]:
    """The requests for more time that wait for the member's answer, oldest first; none for who doesn't answer any."""
    if not permissions.may_answer_request(member):
        return []
    waiting = DeadlineRequest.objects.waiting().visible_to(member)
    return list(waiting.select_related("action__owner", "asked_by").order_by("pk")[:MOST_REQUESTS])
