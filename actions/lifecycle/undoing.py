"""Taking back what one has just done: an action is put back as it was, if nobody has touched it since."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from actions.lifecycle.closing import unsettle
from actions.lifecycle.common import change, locked_agreed, refuse_owner
from actions.models import Action
from bra.errors import RuleBroken
from bra.models import Member

_DAYS = ("deadline", "closed_on", "approved_on")
_REST = ("status", "effect")


def as_it_is(action: Action) -> dict[str, Any]:
    """Return what `take_back` needs to put the action back as it is now; plain values, for a session."""
    days = {name: day.isoformat() if (day := getattr(action, name)) else None for name in _DAYS}
    return {**days, **{name: getattr(action, name) for name in _REST}, "owner": action.owner_id}


@transaction.atomic
def take_back(*, action: Action, before: dict[str, Any], version: int, by: Member, on: date) -> Action:
    """Put the action back as it was `before` (see as_it_is), if it still is as `version` left it."""
    action = locked_agreed(action)
    if action.version != version:
        raise RuleBroken(_("Somebody has changed the action since, so this can't be undone here. Ask the coordinator."))
    owner = Member.objects.get(pk=before["owner"], council=action.council_id)
    if owner.pk != action.owner_id:
        refuse_owner(owner, action.agenda_item, on)
    was_approved = action.approved_on is not None
    days = {name: parse_date(before[name]) if before[name] else None for name in _DAYS}
    rest = {name: before[name] for name in _REST}
    change(action, by=by, on=on, verb="action.undone", owner=owner, **days, **rest)
    if was_approved and action.approved_on is None:
        unsettle(action, by=by, on=on)
    return action
