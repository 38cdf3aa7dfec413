"""What a reader of a meeting's document gets: the text as it was signed, or as it stands now.

A signed text is read from its snapshot. Below it stand, each time anew, who signed it, its checksum and its addenda.
"""

from dataclasses import replace

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bra.models import STOCKHOLM, Member
from meetings.documents.content import Addition, Paper, line, paragraphs
from meetings.documents.sealing import kept_paper
from meetings.documents.selection import paper_of
from meetings.models import Addendum, Meeting, Signer, SignedMinutes, SignerAnswer, current_minutes


def paper_for(meeting: Meeting, member: Member, *, masked: bool = False) -> Paper:
    """Return the meeting's document for the member; masked if so asked, and always for who isn't cleared."""
    masked = masked or not member.cleared
    minutes = current_minutes(meeting)
    if minutes is None:
        return paper_of(meeting, member, masked=masked)
    with translation.override(settings.LANGUAGE_CODE):
        paper, _items = kept_paper(minutes, masked=masked)
        return _sealed(paper, minutes, masked)


def _sealed(paper: Paper, minutes: SignedMinutes, masked: bool) -> Paper:
    # The paper was put together before the last had signed, and may say so.
    return replace(
        paper,
        draft="",
        across=False,
        caution="",
        signatures=(),
        signed=paper.signed or _signed(minutes),
        seal=_seal(minutes, masked),
        addenda=_addenda(minutes.meeting, masked),
    )


def _signed(minutes: SignedMinutes) -> tuple[str, ...]:
    """Who signed, as what and when."""
    signers = Signer.objects.filter(sign_off=minutes.sign_off_id, answer=SignerAnswer.SIGNED).select_related("member")
    return tuple(
        _("%(name)s, %(role)s, %(day)s")
        % {
            "name": line(signer.member.display_name),
            "role": signer.get_role_display().lower(),
            "day": date_format(timezone.localtime(signer.answered_at, STOCKHOLM).date()),
        }
        for signer in signers
        if signer.answered_at is not None
    )


def _seal(minutes: SignedMinutes, masked: bool) -> tuple[str, ...]:
    digest = minutes.masked_sha256 if masked else minutes.sha256
    words = _("Checksum (SHA-256) of the signed text: %(digest)s") % {"digest": digest}
    if minutes.edition == 1:
        return (words,)
    return (_("Edition %(number)d") % {"number": minutes.edition}, words)


def _addenda(meeting: Meeting, masked: bool) -> tuple[Addition, ...]:
    """The corrections in order; of what is restricted a masked copy reads only that it is there."""
    shown = Addendum.objects.filter(meeting=meeting)
    rows = list((shown.filter(restricted=False) if masked else shown).select_related("author__organisation"))
    placed = [(row.pk, Addition(_heading(row, masked), paragraphs(row.text))) for row in rows]
    if masked:
        left_out = (_("An addendum under secrecy is left out."),)
        hidden = shown.filter(restricted=True).values_list("pk", flat=True)
        placed += [(pk, Addition(_("Addendum"), left_out, masked=True)) for pk in hidden]
    return tuple(addition for _pk, addition in sorted(placed, key=lambda pair: pair[0]))


def _heading(row: Addendum, masked: bool) -> str:
    author = f"{row.author.title}, {row.author.organisation.name}" if masked else row.author.label
    words = {"day": date_format(row.on), "author": line(author)}
    return _("Addendum of %(day)s, by %(author)s") % words
