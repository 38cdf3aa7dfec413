"""What members choose about their mail: how often, a pause, which kinds not at all, and who stands in for them."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Deputy, Frequency, MailChoice, Member, Unsubscription
from bra.post.dropping import drop_waiting
from bra.post.kinds import KINDS
from bra.rows import locked

# Nobody is let be for ever: after a year somebody else should own the action.
LONGEST_AWAY = timedelta(days=366)


@transaction.atomic
def choose_mail(
    *, member: Member, frequency: Frequency, paused_until: date | None, by: Member | None, on: date
) -> MailChoice:
    """Choose how often the member is reminded, and until when not at all; None for no pause.

    A pause begins at once: reminders that wait to be sent are dropped, and fall due again after it.
    """
    # The council too, so that nobody who plans a day meanwhile writes reminders without knowing of the pause.
    locked(member.council)
    member = locked(member)
    if frequency not in Frequency.values:
        raise RuleBroken(_("Choose how often you want reminders."), field="frequency")
    if paused_until is not None:
        if paused_until < on:
            raise RuleBroken(_("The last day of the pause has passed already."), field="paused_until")
        if paused_until - on > LONGEST_AWAY:
            raise RuleBroken(_("A pause can last a year at most. Hand the actions over instead."), field="paused_until")
    choice = MailChoice.objects.filter(member=member).first() or MailChoice(member=member)
    old = {"frequency": choice.frequency, "paused_until": choice.paused_until}
    new = {"frequency": str(frequency), "paused_until": paused_until}
    changes = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
    if changes:
        choice.frequency, choice.paused_until = str(frequency), paused_until
        choice.save()
        history.record(council=member.council, by=by, on=on, verb="member.mail_chosen", target=member, changes=changes)
        if paused_until is not None:
            drop_waiting(member, [one.name for one in KINDS.values() if one.recurring], "paused")
    return choice


@transaction.atomic
def unsubscribe(*, member: Member, kind: str, by: Member | None, on: date) -> None:
    """Send the member no more mail of a kind that may be unsubscribed; twice changes nothing."""
    member = locked(member)
    known = KINDS.get(kind)
    if known is None or not known.optional:
        raise RuleBroken(_("This kind of mail belongs to the council's work and can't be unsubscribed."))
    _row, new = Unsubscription.objects.get_or_create(member=member, kind=kind, defaults={"on": on})
    if new:
        _record(member, "member.unsubscribed", by, on, kind=(None, kind))


@transaction.atomic
def resubscribe(*, member: Member, kind: str, by: Member | None, on: date) -> None:
    """Send the member mail of the kind again; twice changes nothing."""
    member = locked(member)
    gone, _by_model = Unsubscription.objects.filter(member=member, kind=kind).delete()
    if gone:
        _record(member, "member.resubscribed", by, on, kind=(kind, None))


@transaction.atomic
def name_deputy(*, member: Member, deputy: Member, starts: date, ends: date, by: Member | None, on: date) -> Deputy:
    """Say who gets the member's reminders from `starts` to `ends`, both included."""
    member = locked(member)
    if deputy.pk == member.pk or deputy.council_id != member.council_id:
        raise RuleBroken(_("Choose somebody else of the council."), field="deputy")
    if not deputy.is_active(max(starts, on)):
        raise RuleBroken(
            _("The mandate of %(deputy)s doesn't cover those days.") % {"deputy": deputy.label}, field="deputy"
        )
    if ends < starts:
        raise RuleBroken(_("The last day can't be before the first."), field="ends")
    if ends < on:
        raise RuleBroken(_("Those days have passed already."), field="ends")
    if ends - max(starts, on) > LONGEST_AWAY:
        raise RuleBroken(_("A deputy can be named for a year at most. Hand the actions over instead."), field="ends")
    if Deputy.objects.filter(member=member, starts__lte=ends, ends__gte=starts).exists():
        raise RuleBroken(_("Somebody stands in on some of those days already. End that first."), field="starts")
    made = Deputy.objects.create(member=member, deputy=deputy, starts=starts, ends=ends)
    _record(member, "member.deputy_named", by, on, deputy=(None, deputy.pk), starts=(None, starts), ends=(None, ends))
    return made


@transaction.atomic
def end_deputy(*, deputy: Deputy, by: Member | None, on: date) -> None:
    """End a deputy's time: from today on the member gets the own reminders again."""
    member = locked(deputy.member)
    row = Deputy.objects.filter(pk=deputy.pk).first()
    if row is None or row.ends < on:
        raise RuleBroken(_("It has ended already."))
    _record(member, "member.deputy_ended", by, on, deputy=(row.deputy_id, None), ends=(row.ends, on))
    if row.starts >= on:
        row.delete()
    else:
        row.ends = on - timedelta(days=1)
        row.save(update_fields=["ends"])


def _record(member: Member, verb: str, by: Member | None, on: date, **changes: tuple[object, object]) -> None:
    history.record(council=member.council, by=by, on=on, verb=verb, target=member, changes=changes)
