"""Imports: the lists that a council kept before."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """Reading somebody's own list of actions, showing what it would become, applying it and taking it back."""

    name = "imports"
    verbose_name = _("Imports")
