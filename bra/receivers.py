"""What Django and allauth tell of log-ins goes into the audit log."""

from typing import Any

from django.apps import apps
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal, receiver
from django.utils import timezone

from bra import access
from bra.models import User


def _changes() -> list[tuple[Signal, str]]:
    """The signals that tell what was done with a user's log-in, and what the log calls it."""
    told: list[tuple[Signal, str]] = [(user_logged_in, "login.in"), (user_logged_out, "login.out")]
    if apps.is_installed("allauth.account"):
        from allauth.account import signals as accounts

        told += [
            (accounts.password_set, "login.password_changed"),
            (accounts.password_changed, "login.password_changed"),
            (accounts.password_reset, "login.password_reset"),
        ]
    if apps.is_installed("allauth.mfa"):
        from allauth.mfa import signals as steps

        told += [
            (steps.authenticator_added, "login.step_added"),
            (steps.authenticator_removed, "login.step_removed"),
            (steps.authenticator_reset, "login.step_renewed"),
            (steps.authentication_failed, "login.step_failed"),
        ]
    return told


def _noting(verb: str) -> Any:
    def told(sender: Any, user: Any = None, **_kwargs: Any) -> None:
        # Whoever logs out without being logged in is nobody.
        if isinstance(user, User):
            access.note(user, verb, clock=timezone.now())

    return told


for _signal, _verb in _changes():
    _signal.connect(_noting(_verb), weak=False)


@receiver(user_login_failed)
def login_failed(sender: Any, credentials: dict[str, Any], **_kwargs: Any) -> None:
    """Note that somebody was refused; by whose address, if it is a user's, and nothing of what was typed."""
    typed = credentials.get("email") or credentials.get("username") or ""
    user = User.objects.filter(email=str(typed).strip().lower()).first()
    access.note(user, "login.failed", clock=timezone.now())
