"""An owner asks for a later deadline; the coordinator or the secretary answers."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actions.lifecycle.common import change, locked_live
from actions.lifecycle.progress import refuse_until
from actions.models import DEADLINE, Action, DeadlineRequest, RequestState, Status
from bra import history, post
from bra.errors import RuleBroken
from bra.models import Member
from bra.rows import locked


@transaction.atomic
def ask_deadline(*, action: Action, until: date, by: Member, on: date, reason: str = "") -> DeadlineRequest:
    """Ask for a later deadline, instead of what was asked for before. The same request sent twice is one."""
    action = locked_live(action)
    refuse_until(action, until, on)
    earlier = action.deadline_requests.filter(state=RequestState.WAITING).first()
    if earlier is not None:
        if (earlier.until, earlier.reason) == (until, reason.strip()):
            return earlier
        _end(earlier, action, by=by, on=on, verb="action.deadline_withdrawn", state=RequestState.WITHDRAWN)
    asked = DeadlineRequest.objects.create(action=action, asked_by=by, asked_on=on, until=until, reason=reason.strip())
    _record(asked, action, by=by, on=on, verb="action.deadline_asked")
    return asked


@transaction.atomic
def answer_deadline(*, request: DeadlineRequest, grant: bool, by: Member, on: date, answer: str = "") -> Action:
    """Grant or refuse; the owner is told."""
    # The action before its requests, as when one is asked for.
    action = locked_live(request.action)
    request = _waiting(request)
    if grant:
        refuse_until(action, request.until, on)
        change(action, by=by, on=on, verb="action.deadline_granted", status=Status.POSTPONED, deadline=request.until)
    request.state = RequestState.GRANTED if grant else RequestState.REFUSED
    request.answer = answer.strip()
    request.save(update_fields=["state", "answer"])
    if not grant:
        _record(request, action, by=by, on=on, verb="action.deadline_refused")
    post.post(
        council=action.council,
        kind=DEADLINE,
        recipients=[action.owner],
        cause=f"request {request.pk}",
        on=on,
        about=action.pk,
    )
    return action


@transaction.atomic
def withdraw_deadline(*, request: DeadlineRequest, by: Member, on: date) -> DeadlineRequest:
    """Take a request back that nobody has answered."""
    action = locked(request.action)
    request = _waiting(request)
    _end(request, action, by=by, on=on, verb="action.deadline_withdrawn", state=RequestState.WITHDRAWN)
    return request


def _waiting(request: DeadlineRequest) -> DeadlineRequest:
    request = locked(request)
    if request.state != RequestState.WAITING:
        raise RuleBroken(_("The request has been answered already."))
    return request


def _end(request: DeadlineRequest, action: Action, *, by: Member, on: date, verb: str, state: RequestState) -> None:
    request.state = state
    request.save(update_fields=["state"])
    _record(request, action, by=by, on=on, verb=verb)


def _record(request: DeadlineRequest, action: Action, *, by: Member, on: date, verb: str) -> None:
    changes = {"request": (None, request.pk), "until": (None, request.until)}
    history.record(council=action.council, by=by, on=on, verb=verb, target=action, changes=changes)
