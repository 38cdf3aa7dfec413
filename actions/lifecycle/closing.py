"""The second step of closing: the council approves what its owner reported as done, or sends it back."""

import calendar
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actions import permissions
from actions.lifecycle.comments import comment
from actions.lifecycle.common import FIRST_FIELDS, change, change_all, locked_agreed, refuse_owner
from actions.models import SENT_BACK, Action, Status
from bra import history, post
from bra.errors import RuleBroken
from bra.models import Member


@transaction.atomic
def approve(*, action: Action, by: Member, on: date) -> Action:
    """Agree that the action is done. What repeats is agreed anew."""
    action = locked_agreed(action)
    if action.approved_on is not None:
        return action
    _refuse_unreported(action)
    change(action, by=by, on=on, verb="action.approved", approved_on=on)
    settle(action, by=by, on=on)
    return action


@transaction.atomic
def approve_all(*, pks: Iterable[int], by: Member, on: date) -> list[Action]:
    """Approve those of the listed actions that await it and exist for `by`; return them.

    Only what was listed: one that is reported a moment later is nobody's yet. The number of statements doesn't grow
    with the actions, but for those that repeat.
    """
    listed = Action.objects.visible_to(by).awaiting_approval().filter(pk__in=list(pks))
    # In one order everywhere, so that two who approve at once don't wait for each other.
    held = Action._base_manager.select_for_update(no_key=True, of=("self",)).select_related("council", "agenda_item")
    rows = held.filter(pk__in=list(listed.values_list("pk", flat=True))).order_by("pk")
    approved = [action for action in rows if action.awaits_approval]
    change_all(approved, by=by, on=on, verb="action.approved", approved_on=on)
    for action in approved:
        if action.repeat_months:
            settle(action, by=by, on=on)
    return approved


@transaction.atomic
def unapprove(*, action: Action, by: Member, on: date) -> Action:
    """Take an approval back: the action awaits it again."""
    action = locked_agreed(action)
    if action.approved_on is None:
        return action
    change(action, by=by, on=on, verb="action.unapproved", approved_on=None)
    unsettle(action, by=by, on=on)
    return action


@transaction.atomic
def unapprove_all(*, pks: Iterable[int], by: Member, on: date) -> int:
    """Take back the approvals of one act; return how many."""
    approved = Action.objects.visible_to(by).agreed().filter(pk__in=list(pks)).exclude(approved_on=None)
    number = 0
    for action in approved.order_by("pk"):
        unapprove(action=action, by=by, on=on)
        number += 1
    return number


@transaction.atomic
def send_back(*, action: Action, reason: str, by: Member, on: date) -> Action:
    """Open again what was reported as done but isn't; the reason is kept as a comment, and the owner is told."""
    action = locked_agreed(action)
    _refuse_unreported(action)
    if not reason.strip():
        raise RuleBroken(_("Say what is left to be done."), field="text")
    refuse_owner(action.owner, action.agenda_item, on)
    change(action, by=by, on=on, verb="action.sent_back", status=Status.IN_PROGRESS, closed_on=None)
    comment(action=action, text=reason, by=by, on=on)
    post.post(
        council=action.council,
        kind=SENT_BACK,
        recipients=[action.owner],
        cause=f"{action.pk} {action.version}",
        on=on,
        about=action.pk,
    )
    return action


def _refuse_unreported(action: Action) -> None:
    if not action.awaits_approval:
        raise RuleBroken(_("The action isn't waiting for approval any more."))


def settle(action: Action, *, by: Member, on: date) -> Action | None:
    """Agree anew on what repeats, once, now that `action` is approved; return the next one, if there is one.

    It is agreed today at the same item; its owner is the same, or `by` when the owner can't own it any longer.
    """
    if not action.repeat_months:
        return None
    made = Action.objects.filter(repeats=action).first()
    if made is not None:
        if made.removed:
            change(made, by=by, on=on, verb="action.restored", removed=False)
        return made
    deadline = _months_on(action.deadline, action.repeat_months)
    times = 1
    while deadline <= on:
        times += 1
        deadline = _months_on(action.deadline, times * action.repeat_months)
    able = permissions.may_own(action.owner, action.agenda_item, on)
    following = Action.objects.create(
        council=action.council,
        agenda_item=action.agenda_item,
        decision=action.decision,
        activity=action.activity if action.activity and action.activity.is_live else None,
        title=action.title,
        owner=action.owner if able else by,
        agreed_on=on,
        deadline=deadline,
        repeat_months=action.repeat_months,
        repeats=action,
    )
    history.created(following, council=action.council, by=by, on=on, verb="action.agreed", fields=FIRST_FIELDS)
    return following


def unsettle(action: Action, *, by: Member, on: date) -> None:
    """Take away the next one of a series that an approval made, unless somebody has begun with it."""
    made = Action.objects.filter(repeats=action, removed=False, status=Status.NOT_STARTED).first()
    if made is None:
        return
    made = locked_agreed(made)
    if made.status == Status.NOT_STARTED and not made.comments.exists():
        change(made, by=by, on=on, verb="action.removed", removed=True)


def _months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
