"""What log-in keeps besides the user."""

from django.db import models


class RecoveryRequest(models.Model):
    """Somebody has asked for a new password; whether the address is anybody's is looked up afterwards.

    So the page does the same for every address. The row goes when it has been looked at, within minutes.
    """

    email = models.EmailField()
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pk}"
