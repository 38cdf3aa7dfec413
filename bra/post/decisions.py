"""What a person decides of mails that didn't go out, or may not have."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import NO_ADDRESS, Letter, LetterState, Member
from bra.post.kinds import KINDS
from bra.post.ledger import post_anew
from bra.rows import locked

_TO_JUDGE = (LetterState.FAILED, LetterState.UNKNOWN)


def failure_words(failure: str) -> str:
    """Return in words what a Letter's `failure` says; empty for none."""
    code, _space, detail = failure.partition(" ")
    words = {
        "": "",
        "away": _("The mail server can't be reached. The mail goes out as soon as it answers."),
        "refused": _("The mail server refused the mail (code %(code)s).") % {"code": detail},
        "broken": _("The connection broke while the mail server had the mail. It may have been sent."),
        "lease": _("The sending was interrupted while the mail server had the mail. It may have been sent."),
        "unsendable": _("No mail can be written to the recipient's address. Check it."),
        "closed": _("There was nothing left to tell when it was to go out."),
        NO_ADDRESS: _("The recipient had no e-mail address, so nothing was sent."),
        "no_recipient": _("The recipient has no e-mail address or no mandate any more."),
        "stopped": _("The address has refused mail before, so nothing is sent there. Check it, or lift the stop."),
        "unsubscribed": _("The recipient doesn't want mail of this kind."),
        "paused": _("The recipient has paused mail; what is still to be done follows after the pause."),
        "judged": _("A coordinator decided that it isn't to be sent."),
    }
    return words.get(code, failure)


def may_resend(letter: Letter) -> bool:
    """Whether a person may send it again: it failed, nobody knows, or it missed its recipient, whose address is new."""
    if letter.state == LetterState.SENT:
        return letter.missed and KINDS[letter.kind].anew
    return letter.state in _TO_JUDGE or letter.missed


@transaction.atomic
def resend(*, letter: Letter, by: Member, on: date) -> Letter:
    """Let a mail that didn't reach its recipient wait again; it keeps its Message-ID.

    One that was sent to an address which its recipient has left stays as it was, and another is posted.
    """
    letter = locked(letter)
    if letter.state == LetterState.SENT and may_resend(letter):
        if not post_anew(letters=[letter], on=on):
            raise RuleBroken(_("The mail has been posted to the new address already."))
        changes = {"on": (letter.on, on)}
        history.record(council=letter.council, by=by, on=on, verb="letter.posted_anew", target=letter, changes=changes)
        return letter
    return _judge(letter, by=by, on=on, verb="letter.resent", state=LetterState.PENDING, attempts=0, failure="")


@transaction.atomic
def dismiss(*, letter: Letter, by: Member, on: date) -> Letter:
    """Settle that a mail that failed, or of which nobody knows, isn't to be sent again."""
    return _judge(letter, by=by, on=on, verb="letter.dismissed", state=LetterState.DROPPED, failure="judged")


def _judge(letter: Letter, *, by: Member, on: date, verb: str, **new: object) -> Letter:
    letter = locked(letter)
    unsent = letter.missed and letter.state == LetterState.DROPPED and new["state"] == LetterState.PENDING
    if letter.state not in _TO_JUDGE and not unsent:
        raise RuleBroken(_("The mail has been dealt with already."))
    history.change(letter, council=letter.council, by=by, on=on, verb=verb, **new)
    return letter
