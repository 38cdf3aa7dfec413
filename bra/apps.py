"""The council: who."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BraConfig(AppConfig):
    """Councils, organisations, users, members and the history of what they changed."""

    name = "bra"
    verbose_name = _("Council")

    def ready(self) -> None:
        """Tell the ledger our kind of mail, listen to log-ins, and let `check` know the rules of the house."""
        from bra import checks, login_receivers, receivers, recovery  # noqa: F401  # connected by being imported
