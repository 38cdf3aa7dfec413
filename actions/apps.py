"""Actions: what the council agreed to do."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionsConfig(AppConfig):
    """The work plan, the actions and the reminders of their owners."""

    name = "actions"
    verbose_name = _("Actions")

    def ready(self) -> None:
        """Listen to what the floor below asks, and tell the ledger our kinds of mail."""
        from actions import letters, minutes, news_letters, receivers  # noqa: F401  # connected by being imported
