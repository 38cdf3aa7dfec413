"""The owner's page: reached by the secret link in a mail, without log-in, narrow on purpose.

Following the link changes nothing (see bra.link_doors); only a form with a chosen answer does.
"""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from actions import lifecycle, reminders
from actions.models import Action, Status
from actions.owner_forms import Outcome, OutcomeForm
from actions.owner_links import OWNER
from bra.errors import RuleBroken
from bra.link_doors import LinkDoor, LinkRequest

UNDO_FOR = timedelta(minutes=30)
_RECORDED = "owner_recorded"
door = LinkDoor(OWNER, "owner:page", gone="actions/owner_gone.html", forget=(_RECORDED,))


@never_cache
@require_safe
@sensitive_variables("secret")
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """Exchange the link in the mail for a session and go to the clean address; tell kindly when it doesn't work."""
    return door.enter(request, secret)


def _own(request: LinkRequest) -> Any:
    """The owner's actions, as far as the owner may see them."""
    actions = Action.objects.agreed().visible_to(request.member).owned_by(request.member)
    return actions.select_related("agenda_item__meeting", "council").order_by("deadline", "pk")


def _own_action(request: LinkRequest, pk: int) -> Action:
    action: Action | None = _own(request).filter(pk=pk).first()
    if action is None:
        raise Http404
    return action


def shown_title(action: Action) -> str:
    """The action's title; the neutral one when it is restricted, because a link in a mail proves less than a log-in."""
    return reminders.neutral_title(action) if action.agenda_item.restricted else action.title


def _form(action: Action, data: Any = None) -> OutcomeForm:
    return OutcomeForm(data, prefix=f"a{action.pk}", initial={"text": action.effect})


def _undoable(request: LinkRequest) -> list[int]:
    """What this session has recorded as done within the last half hour, as pks."""
    since = timezone.now().timestamp() - UNDO_FOR.total_seconds()
    return [int(pk) for pk, at in request.session.get(_RECORDED, {}).items() if at > since]


def _page(request: LinkRequest, refused: OutcomeForm | None = None) -> HttpResponse:
    rows = []
    for action in _own(request).live():
        own = refused is not None and refused.prefix == f"a{action.pk}"
        form = refused if own else _form(action)
        rows.append(
            {
                "action": action,
                "title": shown_title(action),
                "neutral": reminders.neutral_title(action),
                "form": form,
                "overdue_days": action.days_overdue(request.today),
            }
        )
    listed = any(row["form"] is refused for row in rows)
    closed = _own(request).filter(pk__in=_undoable(request), status=Status.DONE)
    context = {
        "owner": request.member,
        "today": request.today,
        "rows": rows,
        "recorded": [{"action": action, "title": shown_title(action)} for action in closed],
        "lost": _lost(refused) if refused is not None and not listed else None,
    }
    return render(request, "actions/owner_page.html", context, status=422 if refused else 200)


def _lost(form: OutcomeForm) -> dict[str, Any]:
    """What an answer said, and why it isn't recorded, when its action was closed or handed over meanwhile."""
    sentences = [sentence for field in form.errors.values() for sentence in field]
    return {"sentences": sentences, "text": form.data.get(form.add_prefix("text"), "").strip()}


@never_cache
@require_safe
@door.opened
def page(request: LinkRequest) -> HttpResponse:
    """Show the owner's open actions, each with its form, and what was just recorded."""
    return _page(request)


@never_cache
@require_POST
@door.opened
def report(request: LinkRequest, pk: int) -> HttpResponse:
    """Record how an action goes, as the owner; an answer without a choice changes nothing."""
    action = _own_action(request, pk)
    form = _form(action, request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        form.save(action, by=request.member, on=request.today)
    except RuleBroken as error:
        form.refuse(error)
        return _page(request, form)
    outcome = form.cleaned_data["outcome"]
    if outcome == Outcome.DONE:
        recorded = request.session.get(_RECORDED, {})
        request.session[_RECORDED] = recorded | {str(pk): timezone.now().timestamp()}
    words = _("Thank you. It is recorded: %(outcome)s, %(action)s")
    messages.success(request, words % {"outcome": Outcome(outcome).label, "action": shown_title(action)})
    return redirect("owner:page")


@never_cache
@require_POST
@door.opened
def undo(request: LinkRequest, pk: int) -> HttpResponse:
    """Take back, within half an hour, that an action was recorded as done."""
    action = _own_action(request, pk)
    if pk not in _undoable(request):
        messages.error(request, _("Half an hour has passed, so it can't be undone here. Ask the coordinator."))
    elif action.status == Status.DONE:
        try:
            lifecycle.reopen(action=action, by=request.member, on=request.today)
        except RuleBroken as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("Undone: the action is open again."))
    return redirect("owner:page")
