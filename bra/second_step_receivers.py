"""What users do with their own second step is told to them by mail: it may have been somebody else."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from bra import second_step
from bra.models import User
from bra.tasks import wake_sender


def _tell(user: User, what: str) -> None:
    if second_step.tell(user=user, what=what, at=timezone.now()):
        transaction.on_commit(wake_sender)


@receiver(signals.authenticator_added)
def added(sender: object, user: User, authenticator: Authenticator, **_rest: Any) -> None:
    """An app or a passkey was set up; recovery codes that come with it go without saying."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _tell(user, second_step.ADDED)


@receiver(signals.authenticator_removed)
def removed(sender: object, user: User, authenticator: Authenticator, **_rest: Any) -> None:
    """An app or a passkey was taken away."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _tell(user, second_step.REMOVED)


@receiver(signals.authenticator_reset)
def renewed(sender: object, user: User, **_rest: Any) -> None:
    """There are new recovery codes."""
    _tell(user, second_step.RENEWED)
