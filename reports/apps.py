"""Reports: how it goes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """The figures of a day, and the status reports made from them."""

    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Tell the ledger our kind of mail."""
        from reports import letters  # noqa: F401  # registered by being imported, once the models are there
