"""Where a meeting stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MeetingState(models.TextChoices):
    """Where a meeting stands. It goes down this list; a cancelled one is never held."""

    DRAFT = "draft", _("Planned")
    SUMMONED = "summoned", _("Summoned")
    IN_SESSION = "in_session", _("In session")
    ADJOURNED = "adjourned", _("To be signed off")
    SIGNED = "signed", _("Signed off")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")


# Still to be held: the agenda is being made.
PLANNED = (MeetingState.DRAFT, MeetingState.SUMMONED)
# Those that have begun.
HELD = (MeetingState.IN_SESSION, MeetingState.ADJOURNED, MeetingState.SIGNED)
# Over: what was said there is on paper.
ENDED = (MeetingState.ADJOURNED, MeetingState.SIGNED)
