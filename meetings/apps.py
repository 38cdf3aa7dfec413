"""Meetings: what the council says."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """Cases, meetings, agenda items and decisions."""

    name = "meetings"
    verbose_name = _("Meetings")

    def ready(self) -> None:
        """Tell the ledger our kinds of mail."""
        from meetings import letters, minutes_letters, signing_letters  # noqa: F401  # registered by being imported
