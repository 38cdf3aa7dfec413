"""What is kept of minutes when they are signed, and how it is read back for whom.

Beside the paper's own fields the kept JSON names the item of each point, in their order: "items". So a point finds its
item again however the agenda is renumbered later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bra.models import STOCKHOLM
from bra.shown import note
from meetings.documents.content import Paper, Point, line
from meetings.documents.freezing import checksum, frozen, thawed
from meetings.documents.selection import papers_of
from meetings.models import (
    AgendaItem,
    Meeting,
    PaperKind,
    SignedMinutes,
    Signer,
    SignerAnswer,
    SignOff,
    layout_of,
)

ITEMS = "items"


@dataclass(frozen=True)
class Sealed:
    """The two papers of a meeting as JSON: what stands in the columns of SignedMinutes.

    `digest` is of the very text in `whole`, to hold against that of its round (see digest_of).
    """

    whole: dict[str, Any]
    masked: dict[str, Any]
    digest: str


def seal(meeting: Meeting, sign_off: SignOff) -> Sealed:
    """Return what is to be kept of a meeting whose signers have all signed."""
    papers = papers_of(meeting, _layout(meeting, sign_off.kind))
    items = items_of(meeting)
    with translation.override(settings.LANGUAGE_CODE):
        signed = _signed(sign_off)
    whole, masked = (
        frozen(replace(paper, draft="", across=False, caution="", signatures=(), signed=signed)) | {ITEMS: items}
        for paper in papers
    )
    return Sealed(whole, masked, _digest(papers[0], items))


def digest_of(meeting: Meeting, kind: str) -> str:
    """Return the SHA-256 of what lies before the signers: the whole text without what is printed around it."""
    whole, _masked = papers_of(meeting, _layout(meeting, kind))
    return _digest(whole, items_of(meeting))


def _digest(whole: Paper, items: Sequence[int]) -> str:
    said = replace(
        whole, letterhead=(), footer="", draft="", across=False, caution="", remarks=(), signatures=(), running=""
    )
    return checksum(frozen(said) | {ITEMS: list(items)})


def items_of(meeting: Meeting) -> list[int]:
    """The keys of the meeting's items, as its paper lists them; nothing else of a restricted one is read."""
    return list(AgendaItem.objects.filter(meeting=meeting).order_by("position", "pk").values_list("pk", flat=True))


def is_intact(minutes: SignedMinutes) -> bool:
    """Whether what is kept still has the checksums that were written when it was signed."""
    return (checksum(minutes.whole), checksum(minutes.masked)) == (minutes.sha256, minutes.masked_sha256)


def kept_paper(minutes: SignedMinutes, *, masked: bool) -> tuple[Paper, Sequence[int]]:
    """Return the paper as it was signed, and the key of each point's item. At most one query.

    What was restricted after the signing is left out of a masked copy too; the kept text itself stays as it is.
    """
    kept = minutes.masked if masked else minutes.whole
    paper, items = thawed(kept), kept.get(ITEMS, [])
    if not masked:
        # The masked text leaves out owners' names too, so that it differs says nothing.
        if any(point.masked for point in thawed(minutes.masked).points) or _restricted(items):
            note("signedminutes", minutes.pk)
        return paper, items
    closed = _restricted(items)
    points = tuple(
        _closed(point) if pk in closed and not point.masked else point
        for point, pk in zip(paper.points, items, strict=True)
    )
    remarks = paper.remarks
    if points != paper.points and not remarks:
        with translation.override(settings.LANGUAGE_CODE):
            remarks = (_("Masked copy: parts under secrecy are left out."),)
    return replace(paper, points=points, remarks=remarks), items


def _restricted(items: Sequence[int]) -> set[int]:
    """Those of the items that are restricted now, whatever they were at the signing."""
    return set(AgendaItem.with_removed.filter(pk__in=items, restricted=True).values_list("pk", flat=True))


def _closed(point: Point) -> Point:
    with translation.override(settings.LANGUAGE_CODE):
        return Point(number=point.number, title=_("Masked: secrecy"), masked=True)


def _layout(meeting: Meeting, kind: str) -> Any:
    """The council's layout, with the kind of document that the round was opened for."""
    layout = layout_of(meeting.council)
    layout.kind = PaperKind(kind)
    return layout


def _signed(sign_off: SignOff) -> tuple[str, ...]:
    """Who signed, as what and when, with name and title as they are now."""
    signers = Signer.objects.filter(sign_off=sign_off, answer=SignerAnswer.SIGNED).select_related("member")
    return tuple(
        _("%(name)s, %(role)s, %(day)s")
        % {
            "name": line(signer.member.label),
            "role": str(signer.get_role_display()).lower(),
            "day": date_format(timezone.localtime(signer.answered_at, STOCKHOLM).date()),
        }
        for signer in signers
        if signer.answered_at is not None
    )
