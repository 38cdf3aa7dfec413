"""The kinds of mail of this floor."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from actions import reminders
from actions.models import REMINDER, Action, Escalation, visible_reminders
from bra import post
from bra.models import Deputy, Letter, Member


def _reminders(member: Member) -> Q:
    """Those with an action that the member may see."""
    return Q(pk__in=visible_reminders(member).order_by().values("pk"))


def _to_owners(member: Member) -> Q:
    """Those to somebody with an action that the member may see, or who stood in for such a one."""
    if member.cleared:
        return Q()
    owners = Action.objects.visible_to(member).agreed().values("owner")
    stood_in = Deputy.objects.filter(member__in=owners, deputy=OuterRef("recipient"), ends__gte=OuterRef("on"))
    return Q(recipient__in=owners) | Q(Exists(stood_in))


def _names_nothing_hidden(member: Member, letter: Letter) -> bool:
    """Whether the member may see every action that the mail may name."""
    if member.cleared:
        return True
    hidden = Action.objects.agreed().filter(council=letter.council_id, agenda_item__restricted=True)
    if not letter.recipient.cleared:
        hidden = hidden.filter(owner=letter.recipient_id)
    # Who is cleared may have stood in for anybody that day, and an absence that was ended leaves no row.
    return not hidden.exists()


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
