"""The kinds of mail of this floor."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actions import reminders
from actions.models import REMINDER, Action, Escalation, visible_reminders
from bra import post
from bra.models import Letter, Member


def _reminders(member: Member) -> Q:
    """Those with an action that the member may see."""
    return Q(pk__in=visible_reminders(member).order_by().values("pk"))


def _to_owners(member: Member) -> Q:
    """Those to somebody with an action that the member may see."""
    return Q(recipient__in=Action.objects.visible_to(member).agreed().values("owner"))


def _names_nothing_hidden(member: Member, letter: Letter) -> bool:
    """Whether the member may see every action that the mail may name."""
    if member.cleared:
        return True
    return not Action.objects.agreed().filter(owner=letter.recipient_id, agenda_item__restricted=True).exists()


def _of_days(member: Member) -> Q:
    """Those of days on which an action that the member may see was put before the council."""
    seen = Escalation.objects.filter(action__in=Action.objects.visible_to(member))
    return Q(on__in=seen.values("on"))


def _nothing_hidden_that_day(member: Member, letter: Letter) -> bool:
    """Whether the member may see everything that was put before the council on the letter's day."""
    hidden = Escalation.objects.filter(
        action__council=letter.council_id, on=letter.on, action__agenda_item__restricted=True
    )
    return member.cleared or not hidden.exists()


post.register(
    post.Kind(
        REMINDER,
        _("Reminder"),
        reminders.write_reminders,
        _reminders,
        recurring=True,
        dropped=reminders.untell,
    )
)
post.register(
    post.Kind(
        reminders.DIGEST,
        _("Before a meeting"),
        reminders.write_digests,
        _to_owners,
        _names_nothing_hidden,
        optional=True,
    )
)
post.register(
    post.Kind(reminders.UPDATE, _("Round of updates"), reminders.write_updates, _to_owners, _names_nothing_hidden)
)
post.register(
    post.Kind(
        reminders.ESCALATED, _("Before the council"), reminders.write_escalated, _of_days, _nothing_hidden_that_day
    )
)
