"""What a person decides: to send the day's reminders now."""

from datetime import date

from django.db import transaction

from actions.models import visible_reminders
from actions.reminders.planning import plan_day
from bra import history
from bra.models import Council, Member


@transaction.atomic
def send_now(*, council: Council, by: Member, on: date) -> int:
    """Plan the day without waiting for its hour; return how many reminders `by` knows of are waiting to be sent."""
    plan_day(council=council, on=on)
    history.record(council=council, by=by, on=on, verb="reminders.sent_now", target=council, changes={"on": (None, on)})
    return visible_reminders(by).waiting().count()
