"""When a session begins: noted at log-in, whichever way it went."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

# What the session keeps: when its user logged in, and when the last request was noted, in seconds since 1970.
BEGAN, SEEN = "began", "seen"


@receiver(user_logged_in)
def begin(request: HttpRequest, **_rest: Any) -> None:
    """Note the instant in the session."""
    request.session[BEGAN] = request.session[SEEN] = timezone.now().timestamp()
