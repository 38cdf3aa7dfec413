"""Agreeing on an action, and mending what was agreed."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actions.lifecycle.common import (
    FIRST_FIELDS,
    change,
    locked_agreed,
    locked_live,
    refuse_activity,
    refuse_deadline,
    refuse_owner,
)
from actions.models import Action, Activity
from bra import history
from bra.errors import RuleBroken
from bra.models import Member
from bra.rows import locked
from meetings.models import AgendaItem, Decision, MeetingState

LONGEST_REPEAT = 24  # months; the database says the same


@transaction.atomic
def agree(
    *,
    agenda_item: AgendaItem,
    title: str,
    owner: Member,
    deadline: date,
    by: Member,
    on: date,
    decision: Decision | None = None,
    activity: Activity | None = None,
) -> Action:
    """Log an action agreed at an item whose meeting is in session; it counts as agreed on the meeting's day."""
    # The meeting before the item, as the verbs of meetings do: so none waits for the other.
    meeting = locked(agenda_item.meeting)
    item = locked(agenda_item)
    if meeting.state != MeetingState.IN_SESSION:
        raise RuleBroken(_("Actions are agreed while the meeting is in session."))
    if item.removed:
        raise RuleBroken(_("The item has been taken off the agenda."))
    title = title.strip()
    if not title:
        raise RuleBroken(_("Write what is to be done."), field="title")
    if deadline < meeting.date:
        raise RuleBroken(
            _("The deadline can't be before the meeting, %(day)s.") % {"day": meeting.date}, field="deadline"
        )
    refuse_owner(owner, item, on)
    if decision is not None and decision.item_id != item.pk:
        raise RuleBroken(_("The decision was taken at another item."), field="decision")
    refuse_activity(activity, meeting.council_id)
    action = Action.objects.create(
        council=meeting.council,
        agenda_item=item,
        decision=decision,
        activity=activity,
        title=title,
        owner=owner,
        agreed_on=meeting.date,
        deadline=deadline,
    )
    history.created(action, council=meeting.council, by=by, on=on, verb="action.agreed", fields=FIRST_FIELDS)
    return action


@transaction.atomic
def amend(
    *,
    action: Action,
    title: str,
    deadline: date,
    activity: Activity | None,
    version: int,
    by: Member,
    on: date,
) -> Action:
    """Change what was agreed; `version` is the one the change was written on."""
    action = locked_agreed(action)
    if action.version != version:
        raise RuleBroken(
            _("Somebody else has changed this action meanwhile. Your text is still here; compare and save again.")
        )
    title = title.strip()
    if not title:
        raise RuleBroken(_("Write what is to be done."), field="title")
    refuse_deadline(action, deadline)
    if activity != action.activity:
        refuse_activity(activity, action.council_id)
    change(action, by=by, on=on, verb="action.amended", title=title, deadline=deadline, activity=activity)
    return action


@transaction.atomic
def remove(*, action: Action, by: Member, on: date, removed: bool = True) -> Action:
    """Remove an action that was logged by mistake; `removed=False` brings it back."""
    action = locked(action)
    if not removed:
        # Its owner's mandate may have ended, or its item been restricted, while it was away.
        refuse_owner(action.owner, action.agenda_item, on)
    verb = "action.removed" if removed else "action.restored"
    change(action, by=by, on=on, verb=verb, removed=removed)
    return action


@transaction.atomic
def set_waits_for(*, action: Action, other: Action | None, by: Member, on: date) -> Action:
    """Say which action must be done before this one; None for none. It is told on the page, it forbids nothing."""
    # The council first: two who tie two actions together at once could otherwise close a ring.
    locked(action.council)
    action = locked_live(action)
    if other is not None:
        if other.council_id != action.council_id or other.removed:
            raise RuleBroken(_("Choose an action of this council."), field="waits_for")
        _refuse_ring(action, other)
    change(action, by=by, on=on, verb="action.waits", waits_for=other)
    return action


def _refuse_ring(action: Action, other: Action) -> None:
    """Refuse to wait for what waits, itself or through others, for this one."""
    seen: set[int] = set()
    pk: int | None = other.pk
    while pk is not None and pk not in seen:
        if pk == action.pk:
            raise RuleBroken(_("That action waits for this one already, itself or through others."), field="waits_for")
        seen.add(pk)
        pk = Action.objects.values_list("waits_for_id", flat=True).get(pk=pk)


@transaction.atomic
def set_repeat(*, action: Action, months: int | None, by: Member, on: date) -> Action:
    """Say that the action is to be done again every so many months; None when it is done once."""
    action = locked_live(action)
    if months is not None and not 1 <= months <= LONGEST_REPEAT:
        raise RuleBroken(
            _("Write a number of months from 1 to %(most)d.") % {"most": LONGEST_REPEAT}, field="repeat_months"
        )
    change(action, by=by, on=on, verb="action.repeats", repeat_months=months)
    return action
