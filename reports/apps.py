"""Reports: how it goes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """The figures of a day, and the status reports made from them."""

    name = "reports"
    verbose_name = _("Reports")
