"""The council: who."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BraConfig(AppConfig):
    """Councils, organisations, users, members and the history of what they changed."""

    name = "bra"
    verbose_name = _("Council")

    def ready(self) -> None:
        """Tell the ledger our kinds of mail, and listen to what users do with their second step."""
        from bra import second_step_letters, second_step_receivers  # noqa: F401  # registered by being imported
