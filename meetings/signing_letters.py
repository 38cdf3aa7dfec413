"""The mails of signing off. They say which meeting, and lead to a page that takes a log-in: no word of its text."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bra import post
from bra.models import Letter
from bra.post import Desk, Written
from meetings.lifecycle.signing import TO_SIGN, TOLD
from meetings.models import PaperKind, Signer, SignerAnswer, SignOff, SignOffState


def write_to_sign(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write to those who are to sign; not to who has answered meanwhile, nor of a round that is over. Two queries."""
    rounds = _rounds(letters)
    waiting = set(
        Signer.objects.filter(sign_off__in=rounds, answer=SignerAnswer.WAITING).values_list("sign_off", "member")
    )
    written = []
    for letter in letters:
        sign_off = rounds.get(letter.about or 0)
        due = sign_off is not None and sign_off.state == SignOffState.OPEN
        if sign_off is None or not due or (sign_off.pk, letter.recipient_id) not in waiting:
            written.append(Written(letter, None, "closed"))
        else:
            written.append(desk.write(letter, "sign", _context(sign_off, "meetings:sign_off")))
    return written


def write_told(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write to the secretary what became of a round. One query."""
    rounds = _rounds(letters)
    written = []
    for letter in letters:
        sign_off = rounds.get(letter.about or 0)
        if sign_off is None:
            written.append(Written(letter, None, "closed"))
        else:
            written.append(desk.write(letter, "signed", _context(sign_off, "meetings:detail")))
    return written


def _rounds(letters: Sequence[Letter]) -> dict[int, SignOff]:
    keys = [letter.about for letter in letters if letter.about is not None]
    return SignOff.objects.select_related("meeting__council").in_bulk(keys)


def _context(sign_off: SignOff, page: str) -> dict[str, Any]:
    meeting = sign_off.meeting
    return {
        "meeting": meeting,
        "sign_off": sign_off,
        "is_notes": sign_off.kind == PaperKind.NOTES,
        "is_signed": sign_off.state == SignOffState.SIGNED,
        "path": reverse(page, args=[meeting.council.slug, meeting.pk]),
    }


post.register(post.Kind(TO_SIGN, _("Minutes to sign"), write_to_sign))
post.register(post.Kind(TOLD, _("Answer about the minutes"), write_told))
