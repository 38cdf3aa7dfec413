"""Records: what is kept, what is let out and what is thrown away."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """The audit log to be read, the register of releases, the recycle bin, and retention."""

    name = "records"
    verbose_name = _("Records")

    def ready(self) -> None:
        """Tell the ledger our kind of mail, and retention its kinds of records; listen to the floors below."""
        from records import own_letters, receivers, retention  # noqa: F401  # connected by being imported
