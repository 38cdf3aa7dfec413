"""What Celery runs for this floor. Due work is rows; a message only wakes somebody who looks at them."""

from django.utils import timezone

from actions import reminders
from bra.tasks import send_letters
from celery_app import app


@app.task(name="actions.send_due_reminders")
def send_due_reminders() -> None:
    """Plan the day of each council whose hour has come, and send what waits."""
    reminders.plan_mornings(clock=timezone.now())
    send_letters()
