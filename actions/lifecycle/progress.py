"""How an action goes: begun, done, put off, cancelled, taken up again."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actions.lifecycle.closing import settle, unsettle
from actions.lifecycle.comments import comment
from actions.lifecycle.common import change, locked_agreed, locked_live
from actions.models import LIVE, Action, ReminderRules, Status
from bra.errors import RuleBroken
from bra.models import Member


@transaction.atomic
def start(*, action: Action, by: Member, on: date) -> Action:
    """Say that work goes on."""
    action = locked_live(action)
    change(action, by=by, on=on, verb="action.started", status=Status.IN_PROGRESS)
    return action


@transaction.atomic
def report_done(*, action: Action, by: Member, on: date, effect: str = "", closed_on: date | None = None) -> Action:
    """Say that the action is done, and what it led to. It awaits the council's approval, if the council wants that.

    `closed_on` is the day on which it was done, where that was an earlier one.
    """
    action = locked_live(action)
    day = closed_on or on
    if closed_on is not None:
        refuse_closing_day(action, closed_on, on)
    approved = None if ReminderRules.of(action.council).two_steps else on
    change(
        action,
        by=by,
        on=on,
        verb="action.done",
        status=Status.DONE,
        closed_on=day,
        approved_on=approved,
        effect=effect.strip() or action.effect,
    )
    if approved is not None:
        settle(action, by=by, on=on)
    return action


@transaction.atomic
def tell_effect(*, action: Action, by: Member, on: date, effect: str) -> Action:
    """Say afterwards what an action that is done led to."""
    action = locked_agreed(action)
    if action.status != Status.DONE:
        raise RuleBroken(_("What it led to is told when the action is done."), field="effect")
    change(action, by=by, on=on, verb="action.effect_told", effect=effect.strip() or action.effect)
    return action


@transaction.atomic
def postpone(*, action: Action, until: date, by: Member, on: date, reason: str = "") -> Action:
    """Put the action off to a new deadline, later than the one it has."""
    action = locked_live(action)
    refuse_until(action, until, on)
    change(action, by=by, on=on, verb="action.postponed", status=Status.POSTPONED, deadline=until)
    if reason.strip():
        comment(action=action, text=reason, by=by, on=on)
    return action


@transaction.atomic
def cancel(*, action: Action, by: Member, on: date, reason: str) -> Action:
    """End the action without its being done; the reason is kept as a comment. A series that repeats ends with it."""
    action = locked_live(action)
    if not reason.strip():
        raise RuleBroken(_("Say why the action is cancelled."), field="text")
    change(action, by=by, on=on, verb="action.cancelled", status=Status.CANCELLED, closed_on=on)
    comment(action=action, text=reason, by=by, on=on)
    return action


@transaction.atomic
def reopen(*, action: Action, by: Member, on: date) -> Action:
    """Take a closed action up again, approved or not."""
    action = locked_agreed(action)
    if action.status in LIVE:
        raise RuleBroken(_("The action is open already."))
    was_approved = action.approved_on is not None
    change(action, by=by, on=on, verb="action.reopened", status=Status.IN_PROGRESS, closed_on=None, approved_on=None)
    if was_approved:
        unsettle(action, by=by, on=on)
    return action


def refuse_closing_day(action: Action, day: date, on: date) -> None:
    """Refuse a day of closing that hasn't come, or was before the action was agreed."""
    if day > on:
        raise RuleBroken(_("The action can't have been closed in the future: today is %(day)s.") % {"day": on})
    if day < action.agreed_on:
        raise RuleBroken(
            _("The action can't have been closed before it was agreed, %(day)s.") % {"day": action.agreed_on}
        )


def refuse_until(action: Action, until: date, on: date) -> None:
    """Refuse a new deadline that isn't later than the one there is, or lies in the past."""
    if until <= action.deadline or until <= on:
        raise RuleBroken(
            _("Choose a new deadline after %(day)s.") % {"day": max(action.deadline, on)}, field="deadline"
        )
