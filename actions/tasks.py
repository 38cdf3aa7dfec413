"""What Celery runs for this floor. Due work is rows; a message only wakes somebody who looks at them."""

import logging

from django.utils import timezone
from kombu.exceptions import OperationalError

from actions import reminders
from bra.models import Council
from celery_app import app

log = logging.getLogger(__name__)


@app.task(name="actions.send_due_reminders")
def send_due_reminders() -> None:
    """Plan the day of each council whose hour has come, and send what waits; a council's failure stops no other."""
    for council in Council.objects.order_by("pk"):
        try:
            now = council.now(timezone.now())
            reminders.plan_once(council=council, now=now)
            reminders.deliver(council, today=now.date(), clock=timezone.now)
        except Exception:
            log.exception("reminders failed council=%s", council.pk)


def wake_sender() -> bool:
    """Wake a worker to send what waits; False when the broker is away, and beat does it within ten minutes."""
    try:
        with app.connection_for_write() as broker:
            app.send_task(send_due_reminders.name, connection=broker)
    except (OperationalError, OSError):
        log.warning("broker away, reminders wait for beat")
        return False
    return True
