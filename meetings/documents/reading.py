"""What a reader of a meeting's document gets: the text as it was signed, or as it stands now.

A signed text is read from its snapshot, with who signed it. Below it stand its checksum and what was added since.
"""

from dataclasses import replace

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bra.models import Member
from meetings.documents.content import Addition, Paper, line, paragraphs
from meetings.documents.sealing import kept_paper
from meetings.documents.selection import paper_of
from meetings.models import Addendum, Meeting, SignedMinutes, current_minutes


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
        seal=_seal(minutes, masked),
        addenda=_addenda(minutes.meeting, masked),
    )


def _seal(minutes: SignedMinutes, masked: bool) -> tuple[str, ...]:
    digest = minutes.masked_sha256 if masked else minutes.sha256
    checksum = (_("Checksum (SHA-256) of the signed text:"), digest)
    if minutes.edition == 1:
        return checksum
    return (_("Edition %(number)d") % {"number": minutes.edition}, *checksum)


def _addenda(meeting: Meeting, masked: bool) -> tuple[Addition, ...]:
    """The corrections in order; of what is restricted a masked copy reads only that it is there."""
    shown = Addendum.objects.filter(meeting=meeting)
    rows = list(
        (shown.filter(restricted=False) if masked else shown).select_related(
            "author__organisation", "legal_ground", "restricted_by"
        )
    )
    placed = [(row.pk, Addition(_heading(row, masked), paragraphs(row.text))) for row in rows]
    if masked:
        left_out = (_("An addendum under secrecy is left out."),)
        hidden = shown.filter(restricted=True).values_list("pk", flat=True)
        placed += [(pk, Addition(_("Addendum"), left_out, masked=True)) for pk in hidden]
    return tuple(addition for _pk, addition in sorted(placed, key=lambda pair: pair[0]))


def _heading(row: Addendum, masked: bool) -> str:
    author = f"{row.author.title}, {row.author.organisation.name}" if masked else row.author.label
    words = {"day": date_format(row.on), "author": line(author)}
    heading = _("Addendum of %(day)s, by %(author)s") % words
    return f"{heading}. {line(row.secrecy)}" if row.restricted else heading
