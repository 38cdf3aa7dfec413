"""Finding: what was said, decided and agreed, and when the next thing is."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindingConfig(AppConfig):
    """Search, the history of a topic, and calendar feeds."""

    name = "finding"
    verbose_name = _("Finding")
