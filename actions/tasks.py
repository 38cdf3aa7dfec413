"""What Celery runs for this floor. Due work is rows; a message only wakes somebody who looks at them."""

import logging

from django.utils import timezone

from actions import reminders
from bra.models import Council
from bra.tasks import send_letters
from celery_app import app

log = logging.getLogger(__name__)


@app.task(name="actions.send_due_reminders")
def send_due_reminders() -> None:
    """Plan the day of each council whose hour has come, and send what waits; a council's failure stops no other."""
    for council in Council.objects.order_by("pk"):
        try:
            reminders.plan_once(council=council, now=council.now(timezone.now()))
        except Exception:
            log.exception("planning reminders failed council=%s", council.pk)
    send_letters()
