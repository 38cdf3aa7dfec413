"""The ledger of mail: what is to go out is a row, written with its cause; here it is claimed and sent.

Each kind of mail is told to KINDS by the floor that writes it. No clock ticks here. See docs/mail.md.
"""

from bra.post.choices import choose_mail, end_deputy, name_deputy
from bra.post.decisions import dismiss, failure_words, resend
from bra.post.delivery import Delivered, claim, deliver, flag_lapsed
from bra.post.kinds import KINDS, Desk, Kind, Written, message_id, register, visible_letters
from bra.post.ledger import post

__all__ = [
    "KINDS",
    "Delivered",
    "Desk",
    "Kind",
    "Written",
    "choose_mail",
    "claim",
    "deliver",
    "dismiss",
    "end_deputy",
    "failure_words",
    "flag_lapsed",
    "message_id",
    "name_deputy",
    "post",
    "register",
    "resend",
    "visible_letters",
]
