"""What history tells of signing off, as sentences."""

from django.utils.translation import gettext as _


def signing_words() -> dict[str, str]:
    """The sentence of each verb of a meeting."""
    return {
        "meeting.adjusters": _("named the adjusters"),
        "meeting.sent_for_sign_off": _("sent the minutes to those who are to sign them"),
        "meeting.signed_by": _("signed the minutes"),
        "meeting.signed": _("signed off: the text is kept as it was signed"),
        "meeting.sign_off_declined": _("sent the minutes back without signing"),
        "meeting.sign_off_withdrawn": _("took the minutes back from their signers"),
        "meeting.unlock_asked": _("asked that the signed minutes be opened again"),
        "meeting.unlocked": _("confirmed that the signed minutes be opened again"),
        "meeting.unlock_refused": _("answered that the minutes stay signed"),
        "meeting.addendum": _("wrote an addendum to the signed minutes"),
    }


def comment_words() -> dict[str, str]:
    """The sentence of each verb of an item's comments; it takes `item`."""
    return {
        "item.commented": _("commented on item %(item)s"),
        "item.comment_removed": _("removed a comment on item %(item)s"),
        "item.comment_restored": _("brought a comment on item %(item)s back"),
    }
