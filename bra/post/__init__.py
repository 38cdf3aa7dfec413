"""The ledger of mail: what is to go out is a row, written with its cause; here it is claimed and sent.

Each kind of mail is told to KINDS by the floor that writes it. No clock ticks here. See docs/mail.md.
"""

from bra.post.addresses import lift_address, stop_address
from bra.post.choices import choose_mail, end_deputy, name_deputy, resubscribe, unsubscribe
from bra.post.decisions import dismiss, failure_words, may_resend, resend
from bra.post.delivery import Delivered, claim, deliver, flag_lapsed
from bra.post.kinds import KINDS, Desk, Kind, Written, message_id, optional_kinds, register, visible_letters
from bra.post.ledger import first_cause, post, post_anew
from bra.post.reach import able_deputies, deputies, paused, stopped_addresses, stopped_members, weekly

__all__ = [
    "KINDS",
    "Delivered",
    "Desk",
    "Kind",
    "Written",
    "able_deputies",
    "choose_mail",
    "claim",
    "deliver",
    "deputies",
    "dismiss",
    "end_deputy",
    "failure_words",
    "first_cause",
    "flag_lapsed",
    "lift_address",
    "may_resend",
    "message_id",
    "name_deputy",
    "optional_kinds",
    "paused",
    "post",
    "post_anew",
    "register",
    "resend",
    "resubscribe",
    "stop_address",
    "stopped_addresses",
    "stopped_members",
    "unsubscribe",
    "visible_letters",
    "weekly",
]
