"""The mail about a second step of logging in that was added, removed, renewed or reset: neutral, without a link.

It goes to the address that the user logs in with, whatever address a council has written down for the member.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from bra import mail, post
from bra.models import Letter, User
from bra.second_step import NOTICE


def _write(desk: post.Desk, letters: Sequence[Letter]) -> list[post.Written]:
    users = User.objects.in_bulk({letter.about for letter in letters})
    return [_written(desk, letter, users.get(letter.about or 0)) for letter in letters]


def _written(desk: post.Desk, letter: Letter, user: User | None) -> post.Written:
    if user is None:
        return post.Written(letter, None, "no_recipient")
    written = mail.build(
        NOTICE,
        {
            "council": desk.council,
            "recipient": letter.recipient,
            "what": post.first_cause(letter).partition(" ")[0],
            "address": user.email,
        },
        to=user.email,
        message_id=post.message_id(letter),
        sender_name=desk.council.name,
        reply_to=desk.reply_to,
        council_pk=desk.council.pk,
    )
    return post.Written(letter, written)


post.register(post.Kind(NOTICE, _("Log-in in two steps"), _write))
