"""A forgotten password: what was asked for is a row, the same for every address; a worker looks whose it is.

The mail goes to the address that the user logs in with, never to one that a council has written down for the member:
otherwise one council could open the doors of another.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from bra import mail, post
from bra.invitations import password_link
from bra.models import Letter, Member, RecoveryRequest, User

RECOVERY = "recovery"
# Who has waited longer has asked again, or doesn't expect a mail any more.
LONGEST_WAIT = timedelta(hours=1)


def ask(*, email: str, at: datetime) -> None:
    """Note that a new password was asked for, at the instant `at` (aware). The same work for every address."""
    RecoveryRequest.objects.create(email=email.strip().lower(), asked_at=at)


def answer(*, at: datetime) -> int:
    """Post a letter for each request whose address is a user's; forget the requests. Return how many were posted."""
    posted = 0
    for request in RecoveryRequest.objects.order_by("pk"):
        with transaction.atomic():
            mine, _rows = RecoveryRequest.objects.filter(pk=request.pk).delete()
            if mine and request.asked_at > at - LONGEST_WAIT:
                posted += _post(request, at)
    return posted


def _post(request: RecoveryRequest, at: datetime) -> int:
    user = User.objects.filter(email=request.email, is_active=True).first()
    if user is None:
        return 0
    member = _membership(user, at)
    if member is None:
        return 0
    return post.post(
        council=member.council,
        kind=RECOVERY,
        recipients=[member],
        cause=f"asked {request.asked_at.isoformat()}",
        on=member.council.today(at),
        about=user.pk,
    )


def _membership(user: User, at: datetime) -> Member | None:
    """The membership in whose council's name the mail goes: one that has the user's address, if there is one."""
    rows = Member.objects.filter(user=user).select_related("council", "user").order_by("pk")
    active = [member for member in rows if member.is_active(member.council.today(at))]
    return min(active, key=lambda member: member.address.lower() != user.email, default=None)


def write_recoveries(desk: post.Desk, letters: Sequence[Letter]) -> list[post.Written]:
    """Write the mails with their links; each link is made now, so that it lives from when it is sent."""
    users = User.objects.annotate(councils=Count("memberships")).in_bulk({row.about for row in letters})
    return [_written(desk, letter, users.get(letter.about or 0)) for letter in letters]


def _written(desk: post.Desk, letter: Letter, user: User | None) -> post.Written:
    if user is None or not user.is_active or letter.recipient.user_id != user.pk:
        return post.Written(letter, None, "no_recipient")
    alone = getattr(user, "councils", 0) == 1 and not user.is_administrator
    written = mail.build(
        "recovery",
        {
            "council": desk.council,
            "recipient": letter.recipient,
            "reply_to": desk.reply_to,
            "address": user.email,
            "link": password_link(user),
        },
        to=user.email,
        message_id=post.message_id(letter),
        sender_name=desk.council.name,
        reply_to=desk.reply_to,
        # A link that opens another council's door too isn't for this one's mail log.
        council_pk=desk.council.pk if alone else None,
    )
    return post.Written(letter, written)


post.register(post.Kind(RECOVERY, _("New password"), write_recoveries))
