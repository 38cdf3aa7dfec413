"""The kinds of mail of this floor."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actions.models import REMINDER, visible_reminders
from actions.reminders import write_reminders
from bra import post
from bra.models import Member


def _reminders(member: Member) -> Q:
    """Those with an action that the member may see."""
    return Q(pk__in=visible_reminders(member).order_by().values("pk"))


post.register(post.Kind(REMINDER, _("Reminder"), write_reminders, _reminders))
