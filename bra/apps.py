"""The council: who."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BraConfig(AppConfig):
    """Councils, organisations, users, members and the history of what they changed."""

    name = "bra"
    verbose_name = _("Council")

    def ready(self) -> None:
        """Tell the ledger our kinds of mail, listen to log-ins, and let `check` know the rules of the house."""
        from bra import (  # noqa: F401  # connected by being imported
            checks,
            login_receivers,
            receivers,
            recovery,
            second_step_letters,
            second_step_receivers,
        )
