"""The verbs of actions: each checks the state, changes it and writes history in one transaction.

All take `by`, the acting member, and `on`, the council's day. They raise RuleBroken with a sentence for the user
when a rule says no.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actions import permissions
from actions.models import LIVE, Action, Activity, Comment, Status
from bra import history
from bra.errors import RuleBroken
from bra.models import Member
from bra.rows import locked
from meetings.models import AgendaItem, Decision, MeetingState

# What history keeps of a new action; reports of an earlier day are read back from it.
_FIRST_FIELDS = ("title", "owner", "deadline", "status", "activity")


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
    title = title.strip()
    if not title:
        raise RuleBroken(_("Write what is to be done."), field="title")
    if deadline < meeting.date:
        raise RuleBroken(
            _("The deadline can't be before the meeting, %(day)s.") % {"day": meeting.date}, field="deadline"
        )
    _refuse_owner(owner, item, on)
    if decision is not None and decision.item_id != item.pk:
        raise RuleBroken(_("The decision was taken at another item."), field="decision")
    _refuse_activity(activity, meeting.council_id)
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
    history.created(action, council=meeting.council, by=by, on=on, verb="action.agreed", fields=_FIRST_FIELDS)
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
    action = _locked_agreed(action)
    if action.version != version:
        raise RuleBroken(
            _("Somebody else has changed this action meanwhile. Your text is still here; compare and save again.")
        )
    title = title.strip()
    if not title:
        raise RuleBroken(_("Write what is to be done."), field="title")
    _refuse_deadline(action, deadline)
    if activity != action.activity:
        _refuse_activity(activity, action.council_id)
    _change(action, by=by, on=on, verb="action.amended", title=title, deadline=deadline, activity=activity)
    return action


@transaction.atomic
def start(*, action: Action, by: Member, on: date) -> Action:
    """Say that work goes on."""
    action = _locked_live(action)
    _change(action, by=by, on=on, verb="action.started", status=Status.IN_PROGRESS)
    return action


@transaction.atomic
def report_done(*, action: Action, by: Member, on: date, effect: str = "") -> Action:
    """Say that the action is done, and what it led to."""
    action = _locked_live(action)
    _change(
        action,
        by=by,
        on=on,
        verb="action.done",
        status=Status.DONE,
        closed_on=on,
        effect=effect.strip() or action.effect,
    )
    return action


@transaction.atomic
def postpone(*, action: Action, until: date, by: Member, on: date, reason: str = "") -> Action:
    """Put the action off to a new deadline, later than the one it has."""
    action = _locked_live(action)
    if until <= action.deadline or until <= on:
        raise RuleBroken(
            _("Choose a new deadline after %(day)s.") % {"day": max(action.deadline, on)}, field="deadline"
        )
    _change(action, by=by, on=on, verb="action.postponed", status=Status.POSTPONED, deadline=until)
    if reason.strip():
        comment(action=action, text=reason, by=by, on=on)
    return action


@transaction.atomic
def cancel(*, action: Action, by: Member, on: date, reason: str) -> Action:
    """End the action without its being done; the reason is kept as a comment."""
    action = _locked_live(action)
    if not reason.strip():
        raise RuleBroken(_("Say why the action is cancelled."), field="text")
    _change(action, by=by, on=on, verb="action.cancelled", status=Status.CANCELLED, closed_on=on)
    comment(action=action, text=reason, by=by, on=on)
    return action


@transaction.atomic
def reopen(*, action: Action, by: Member, on: date) -> Action:
    """Take a closed action up again."""
    action = _locked_agreed(action)
    if action.status in LIVE:
        raise RuleBroken(_("The action is open already."))
    _change(action, by=by, on=on, verb="action.reopened", status=Status.IN_PROGRESS, closed_on=None)
    return action


@transaction.atomic
def hand_over(*, action: Action, to: Member, by: Member, on: date) -> Action:
    """Give the action to another owner."""
    action = _locked_live(action)
    if to.pk == action.owner_id:
        raise RuleBroken(_("%(owner)s owns the action already.") % {"owner": to.label}, field="owner")
    _refuse_owner(to, action.agenda_item, on)
    _change(action, by=by, on=on, verb="action.handed_over", owner=to)
    return action


@transaction.atomic
def comment(*, action: Action, text: str, by: Member, on: date) -> Comment:
    """Say something of an action, whatever its state."""
    text = text.strip()
    if not text:
        raise RuleBroken(_("Write a comment."), field="text")
    said = Comment.objects.create(action=action, author=by, on=on, text=text)
    history.record(
        council=action.council,
        by=by,
        on=on,
        verb="action.commented",
        target=action,
        changes={"comment": (None, said.pk)},
    )
    return said


@transaction.atomic
def remove(*, action: Action, by: Member, on: date, removed: bool = True) -> Action:
    """Remove an action that was logged by mistake; `removed=False` brings it back."""
    action = locked(action)
    if not removed:
        # Its owner's mandate may have ended, or its item been restricted, while it was away.
        _refuse_owner(action.owner, action.agenda_item, on)
    verb = "action.removed" if removed else "action.restored"
    _change(action, by=by, on=on, verb=verb, removed=removed)
    return action


def _refuse_owner(owner: Member, item: AgendaItem, on: date) -> None:
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


def _refuse_activity(activity: Activity | None, council_pk: int) -> None:
    if activity is None:
        return
    if activity.goal.plan.council_id != council_pk:
        raise RuleBroken(_("Choose an activity of this council's plan."), field="activity")
    # Under its lock, so that it isn't taken out of the plan meanwhile.
    if not locked(activity).is_live:
        raise RuleBroken(_("The activity has been removed from the plan."), field="activity")


def _refuse_deadline(action: Action, deadline: date) -> None:
    if deadline < action.agreed_on:
        raise RuleBroken(
            _("The deadline can't be before the meeting, %(day)s.") % {"day": action.agreed_on},
            field="deadline",
        )


def _change(action: Action, *, by: Member, on: date, verb: str, **new: object) -> None:
    """Change and record; a change counts the version up, so that who edits an older one is told."""
    if any(getattr(action, field) != value for field, value in new.items()):
        new["version"] = action.version + 1
        history.change(action, council=action.council, by=by, on=on, verb=verb, **new)


def _locked_agreed(action: Action) -> Action:
    action = locked(action)
    if action.removed:
        raise RuleBroken(_("The action has been removed."))
    return action


def _locked_live(action: Action) -> Action:
    action = _locked_agreed(action)
    if action.status not in LIVE:
        raise RuleBroken(_("The action is closed. Reopen it first."))
    return action
