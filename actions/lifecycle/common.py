"""What the verbs of actions share: locks, refusals, and the one way to change an action."""

from collections.abc import Sequence
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from actions import permissions
from actions.models import LIVE, Action, Activity
from bra import history
from bra.errors import RuleBroken
from bra.models import HistoryEntry, Member
from bra.rows import locked
from meetings.models import AgendaItem

# What history keeps of a new action; reports of an earlier day are read back from it.
FIRST_FIELDS = ("title", "owner", "deadline", "status", "activity")


def change(action: Action, *, by: Member, on: date, verb: str, **new: object) -> None:
    """Change and record; a change counts the version up, so that who edits an older one is told."""
    if any(getattr(action, field) != value for field, value in new.items()):
        new["version"] = action.version + 1
        history.change(action, council=action.council, by=by, on=on, verb=verb, **new)


def change_all(actions: Sequence[Action], *, by: Member, on: date, verb: str, **new: object) -> Sequence[HistoryEntry]:
    """Change actions of one council, locked and each different from `new`, in two statements however many they are."""
    if not actions:
        return []
    changes = [
        (
            action,
            {"version": (action.version, action.version + 1)} | {f: (getattr(action, f), v) for f, v in new.items()},
        )
        for action in actions
    ]
    Action.objects.filter(pk__in=[action.pk for action in actions]).update(version=F("version") + 1, **new)
    for action in actions:
        action.version += 1
        for field, value in new.items():
            setattr(action, field, value)
    return history.record_all(council=actions[0].council, by=by, on=on, verb=verb, rows=changes)


def locked_agreed(action: Action) -> Action:
    """Lock an action that hasn't been removed."""
    action = locked(action)
    if action.removed:
        raise RuleBroken(_("The action has been removed."))
    return action


def locked_live(action: Action) -> Action:
    """Lock an action that is still to be done."""
    action = locked_agreed(action)
    if action.status not in LIVE:
        raise RuleBroken(_("The action is closed. Reopen it first."))
    return action


def locked_unsettled(action: Action) -> Action:
    """Lock an action that is still to be done, or done but not approved yet."""
    action = locked_agreed(action)
    if action.status not in LIVE and not action.awaits_approval:
        raise RuleBroken(_("The action is closed. Reopen it first."))
    return action


def refuse_owner(owner: Member, item: AgendaItem, on: date) -> None:
    """Refuse whoever can't own an action of the item."""
    if owner.council_id != item.meeting.council_id:
        raise RuleBroken(_("Choose an owner of this council."), field="owner")
    if not owner.is_active(on):
        raise RuleBroken(
            _("The mandate of %(owner)s has ended. Choose another owner.") % {"owner": owner.label}
            if owner.mandate_from <= on
            else _("The mandate of %(owner)s hasn't begun. Choose another owner.") % {"owner": owner.label},
            field="owner",
        )
    if not permissions.may_own(owner, item, on):
        raise RuleBroken(
            _("The item is restricted and %(owner)s may not see it. Choose another owner.") % {"owner": owner.label},
            field="owner",
        )


def refuse_activity(activity: Activity | None, council_pk: int) -> None:
    """Refuse an activity of another council's plan, or one that was taken out of the plan."""
    if activity is None:
        return
    if activity.goal.plan.council_id != council_pk:
        raise RuleBroken(_("Choose an activity of this council's plan."), field="activity")
    # Under its lock, so that it isn't taken out of the plan meanwhile.
    if not locked(activity).is_live:
        raise RuleBroken(_("The activity has been removed from the plan."), field="activity")


def refuse_deadline(action: Action, deadline: date) -> None:
    """Refuse a deadline before the day on which the action was agreed."""
    if deadline < action.agreed_on:
        raise RuleBroken(
            _("The deadline can't be before the meeting, %(day)s.") % {"day": action.agreed_on},
            field="deadline",
        )
