"""The kinds of mail, and what a floor gives for each: its name, and the one who writes it."""

import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from bra import mail
from bra.models import Council, Letter, LetterQuerySet, Member
from bra.moulds import Words

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Written:
    """A mail ready to be sent; without one, `failure` says why it won't be (a code of bra.post.failure_words).

    `claimed` is called in the transaction that claims the letter, so that rows tell what the mail told.
    """

    letter: Letter
    mail: mail.Mail | None
    failure: str = ""
    claimed: Callable[[], None] | None = None


@dataclass(frozen=True)
class Desk:
    """Where the council's mails are written on a day. `reply_to`: where an answer goes, "" for nowhere.

    `at` is the instant (aware) at which they are written, by the real clock.
    `unsubscribe` maps a letter's key to the address where its kind is unsubscribed, for kinds that may be.
    """

    council: Council
    today: date
    reply_to: str
    at: datetime
    unsubscribe: Mapping[int, str] = field(default_factory=dict)

    def write(
        self,
        letter: Letter,
        template: str,
        context: dict[str, Any],
        *,
        claimed: Callable[[], None] | None = None,
        slots: Mapping[str, Words] | None = None,
        key: Hashable = None,
        **rest: Any,
    ) -> Written:
        """Write the letter's mail from templates/emails/<template>.*; `rest` goes to bra.mail.Mail.

        With a `key` the template is rendered once for all letters of the key, which differ in their `slots` alone
        (bra.moulds).

        What can't be written as a mail fails alone, and is logged without a word of its text.
        """
        unsubscribe = self.unsubscribe.get(letter.pk, "")
        if key is not None:
            key = (key, self.council.pk, self.council.name, self.reply_to)
        shared = {
            "council": self.council,
            "recipient": letter.recipient,
            "reply_to": self.reply_to,
            "unsubscribe": unsubscribe,
        }
        try:
            written = mail.build(
                template,
                shared | context,
                to=letter.recipient.address,
                message_id=message_id(letter),
                sender_name=self.council.name,
                reply_to=self.reply_to,
                council_pk=self.council.pk,
                unsubscribe=unsubscribe,
                slots=slots,
                key=key,
                **rest,
            )
        except Exception as error:
            log.warning("mail unsendable letter=%s error=%s", letter.pk, type(error).__name__)
            return Written(letter, None, "unsendable")
        return Written(letter, written, claimed=claimed)


def message_id(letter: Letter) -> str:
    """The Message-ID of the letter's mail, the same at every attempt: a mailbox shows a mail that came twice once."""
    return f"{letter.kind}-{letter.pk}-{letter.on:%Y%m%d}@{mail.domain()}"


def everything(_member: Member) -> Q:
    """No letter of the kind is hidden from those who read the mail log."""
    return Q()


def in_full(_member: Member, _letter: Letter) -> bool:
    """The text of a mail of the kind may be read by all who know of it."""
    return True


def nothing(_letter: Letter) -> None:
    """Nothing hangs on a letter of the kind."""


@dataclass(frozen=True)
class Kind:
    """One kind of mail.

    `write` makes the mails of a batch of its letters, with the same number of queries however many they are, and
    returns one Written for each, in their order. `visible` narrows the letters to those of which the member may know,
    `readable` says whether that member may read the text too. `optional`: the recipient may unsubscribe it, and it
    waits while mail is paused. `recurring`: what it tells is told anew after a pause, so that a pause drops it.
    `dropped` is called in the transaction that drops a letter which nobody will get, so that what it was to tell isn't
    taken for told. `anew`: one that was sent may be posted again to a new address of its recipient; its writer reads no
    more of the cause than bra.post.first_cause.
    """

    name: str
    label: str | Promise
    write: Callable[[Desk, Sequence[Letter]], Sequence[Written]]
    visible: Callable[[Member], Q] = everything
    readable: Callable[[Member, Letter], bool] = in_full
    optional: bool = False
    recurring: bool = False
    dropped: Callable[[Letter], None] = nothing
    anew: bool = False


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make the kind known; called once, from the `ready` of its app."""
    KINDS[kind.name] = kind


def optional_kinds() -> list[str]:
    """The names of the kinds that may be unsubscribed."""
    return [kind.name for kind in KINDS.values() if kind.optional]


def visible_letters(member: Member) -> LetterQuerySet:
    """The letters of the member's council of which the member may know."""
    seen = Q(pk=None)
    for kind in KINDS.values():
        seen |= Q(kind=kind.name) & kind.visible(member)
    return Letter.objects.filter(seen, council_id=member.council_id)
