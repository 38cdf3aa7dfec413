"""What a person decides: to send the day's reminders now, and what becomes of those that didn't go out."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import Reminder, ReminderState
from actions.reminders.planning import plan_day
from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked


def failure_words(failure: str) -> str:
    """Return in words what a Reminder's `failure` says; empty for none."""
    code, _space, detail = failure.partition(" ")
    words = {
        "": "",
        "away": _("The mail server can't be reached. The reminder goes out as soon as it answers."),
        "refused": _("The mail server refused the mail (code %(code)s).") % {"code": detail},
        "broken": _("The connection broke while the mail server had the mail. It may have been sent."),
        "lease": _("The sending was interrupted while the mail server had the mail. It may have been sent."),
        "unsendable": _("No mail can be written to the owner's address. Check it."),
        "closed": _("There was nothing left to remind of when it was to go out."),
        "no_owner": _("The owner has no e-mail address or no mandate any more."),
        "judged": _("A coordinator decided that it isn't to be sent."),
    }
    return words.get(code, failure)


@transaction.atomic
def send_now(*, council: Council, by: Member, on: date) -> int:
    """Plan the day without waiting for its hour; return how many reminders `by` knows of are waiting to be sent."""
    plan_day(council=council, on=on)
    history.record(council=council, by=by, on=on, verb="reminders.sent_now", target=council, changes={"on": (None, on)})
    return Reminder.objects.waiting().visible_to(by).count()


@transaction.atomic
def resend(*, reminder: Reminder, by: Member, on: date) -> Reminder:
    """Let a reminder that failed, or of which nobody knows, wait again; its mail keeps its Message-ID."""
    reminder = _locked_to_judge(reminder)
    history.change(
        reminder,
        council=reminder.council,
        by=by,
        on=on,
        verb="reminder.resent",
        state=ReminderState.PENDING,
        attempts=0,
        failure="",
    )
    return reminder


@transaction.atomic
def dismiss(*, reminder: Reminder, by: Member, on: date) -> Reminder:
    """Settle that a reminder that failed, or of which nobody knows, isn't to be sent again."""
    reminder = _locked_to_judge(reminder)
    history.change(
        reminder,
        council=reminder.council,
        by=by,
        on=on,
        verb="reminder.dismissed",
        state=ReminderState.DROPPED,
        failure="judged",
    )
    return reminder


def _locked_to_judge(reminder: Reminder) -> Reminder:
    reminder = locked(reminder)
    if reminder.state not in (ReminderState.FAILED, ReminderState.UNKNOWN):
        raise RuleBroken(_("The reminder has been dealt with already."))
    return reminder
