"""Log-ins in the audit log: of each council where the user is a member today, else of the installation."""

from datetime import datetime

from bra import history
from bra.models import STOCKHOLM, EntryKind, MailLink, Member, User


def note(user: User | None, verb: str, *, clock: datetime) -> int:
    """Write that something was done with a user's log-in at the instant `clock` (aware); return how many entries.

    An unknown user (None) is one line of the installation's log, without the address that was typed: it may be
    somebody's password. That costs as much time as a line about a known one, so the answer's time tells nothing.
    """
    memberships = _memberships(user, clock)
    for member in memberships:
        history.record(
            council=member.council,
            by=member,
            on=member.council.today(clock),
            verb=verb,
            target=user,
            changes={},
            kind=EntryKind.ACCESS,
            user=user,
        )
    if memberships and user is not None and not user.is_administrator:
        return len(memberships)
    history.record(
        council=None,
        by=None,
        on=clock.astimezone(STOCKHOLM).date(),
        verb=verb,
        target=user,
        changes={},
        kind=EntryKind.ACCESS,
        user=user,
    )
    return len(memberships) + 1


def note_link(link: MailLink, *, clock: datetime) -> None:
    """Write that a link in a mail opened its page for its member, who needed no log-in for that."""
    member = link.member
    history.record(
        council=member.council,
        by=member,
        on=member.council.today(clock),
        verb="link.opened",
        target=link,
        changes={"purpose": (None, link.purpose)},
        kind=EntryKind.ACCESS,
    )


def _memberships(user: User | None, clock: datetime) -> list[Member]:
    # Asked for nobody too: the time of an answer must not tell whether somebody is known.
    rows = Member.objects.filter(user_id=user.pk if user else 0).select_related("council").order_by("pk")
    return [member for member in rows if member.is_active(member.council.today(clock))]
