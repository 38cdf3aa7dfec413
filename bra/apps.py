"""The council: who."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BraConfig(AppConfig):
    """Councils, organisations, users, members and the history of what they changed."""

    name = "bra"
    verbose_name = _("Council")

    def ready(self) -> None:
        """Listen to log-ins."""
        from bra import receivers  # noqa: F401  # models must be loaded first
