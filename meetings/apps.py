"""Meetings: what the council says."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """Cases, meetings, agenda items and decisions."""

    name = "meetings"
    verbose_name = _("Meetings")
