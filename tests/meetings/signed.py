"""Signed minutes for tests: a snapshot as signing makes it."""

from dataclasses import replace
from typing import Any

from bra.models import Member
from meetings.documents.freezing import frozen
from meetings.documents.selection import paper_of
from meetings.models import Meeting, MeetingState, PaperKind, SignedMinutes, SignOff, SignOffState
from tests.make import NOW, TODAY

WHO = ("Olle Ordförande, chair, 20 March 2017",)


def sign(meeting: Meeting, by: Member, edition: int = 1) -> SignedMinutes:
    """Sign an adjourned meeting's minutes as they are; `by` is a cleared member."""

    def kept(masked: bool) -> dict[str, Any]:
        items = list(meeting.items.order_by("position", "pk").values_list("pk", flat=True))
        return frozen(replace(paper_of(meeting, by, masked=masked), signed=WHO)) | {"items": items}

    sign_off = SignOff.objects.create(
        meeting=meeting, kind=PaperKind.MINUTES, opened_on=TODAY, comments_until=TODAY, state=SignOffState.SIGNED
    )
    minutes = SignedMinutes.objects.create(
        meeting=meeting,
        edition=edition,
        sign_off=sign_off,
        signed_at=NOW,
        whole=kept(False),
        masked=kept(True),
        sha256="a" * 64,
        masked_sha256="b" * 64,
    )
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.SIGNED)
    meeting.refresh_from_db()
    return minutes
