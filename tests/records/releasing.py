"""Requests for records and signed minutes, for the tests of releases."""

import io
import zipfile
from typing import Any

import pypdf

from meetings.models import Decision, Meeting, MeetingState, current_minutes
from records import lifecycle
from records.models import Release
from records.release_documents import Source, source_for
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.signed import sign

SECRET = "Hemlighetsfullt"
NUMBER = "701063-2391"


def a_release(cast: Cast, **overrides: Any) -> Release:
    """A request of today, entered by the secretary."""
    fields = {"received_on": TODAY, "way": "mail", "asked": "Protokoll från mars", "requester": "", "notes": ""}
    given = fields | {"handler": cast.secretary} | overrides
    return lifecycle.register_release(council=cast.council, by=cast.secretary, on=TODAY, **given)


def signed_meeting(cast: Cast, **overrides: Any) -> Meeting:
    """A signed meeting with a restricted item and one, with `overrides`, with something to mask by hand."""
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, year=2017, sequence=2)
    notes = f"Skolan berättar. **Fritidsledaren** Berit såg bilen på Storgatan. Polisen ser över det.\n\nRing {NUMBER}."
    item = make.make_item(meeting, title="Klotter", notes=notes, **overrides)
    Decision.objects.create(council=cast.council, item=item, text="Berits uppgift lämnas till polisen.", number=1)
    closed = make.make_item(
        meeting, title=f"{SECRET} rubrik", notes=f"{SECRET} om källaren på Norrgatan i stan.", restricted=True
    )
    Decision.objects.create(council=cast.council, item=closed, text=f"{SECRET} beslut.", number=2)
    sign(meeting, cast.coordinator)
    assert current_minutes(meeting) is not None
    return meeting


def minutes_of(cast: Cast, meeting: Meeting) -> Source:
    """The meeting's minutes as a document to make copies of."""
    source = source_for(cast.secretary, f"minutes-{meeting.pk}")
    assert source is not None
    return source


def everything(content: bytes) -> str:
    """What a reader finds in a PDF or a DOCX: the text, the metadata, and each part as it is."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return "\n".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())
    reader = pypdf.PdfReader(io.BytesIO(content))
    return "\n".join([*(page.extract_text() for page in reader.pages), str(reader.metadata), str(reader.xmp_metadata)])


def copied(cast: Cast, release: Release, source: Source, **overrides: Any) -> Any:
    """A copy of the document, made by the secretary."""
    given = {"masks": lifecycle.Masks(), "by": cast.secretary, "on": TODAY, "file_format": "pdf"} | overrides
    produced = lifecycle.produce(source=source, **given)
    return lifecycle.keep_copy(release=release, produced=produced, by=given["by"], on=TODAY, at=NOW)
