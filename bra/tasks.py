"""What Celery runs for this floor. What is to be sent are rows; a message only wakes somebody who looks at them."""

import logging

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from kombu.exceptions import OperationalError

from bra import post, recovery
from bra.models import Council
from celery_app import app

log = logging.getLogger(__name__)


@app.task(name="bra.send_letters")
def send_letters() -> None:
    """Send what waits, council by council; a council's failure stops no other.

    Before that, look whose the addresses are for which a new password was asked.
    """
    try:
        recovery.answer(at=timezone.now())
    except Exception:
        log.exception("answering who forgot the password failed")
    for council in Council.objects.order_by("pk"):
        try:
            post.deliver(council, today=council.today(timezone.now()), clock=timezone.now)
        except Exception:
            log.exception("sending failed council=%s", council.pk)


@app.task(name="bra.clear_sessions")
def clear_sessions() -> None:
    """Delete the sessions that have ended, with what they kept, and the list's rows of them."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def wake_sender() -> bool:
    """Wake a worker to send what waits; False when the broker is away, and beat does it within ten minutes."""
    try:
        with app.connection_for_write() as broker:
            app.send_task(send_letters.name, connection=broker)
    except (OperationalError, OSError):
        log.warning("broker away, mails wait for beat")
        return False
    return True
