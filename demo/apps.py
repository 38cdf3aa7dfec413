"""The demonstration: a council of a small municipality, 2016-2017."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """Builds the council that `make run` shows."""

    name = "demo"
    verbose_name = _("Demonstration")
