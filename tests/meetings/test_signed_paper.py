"""The document of signed minutes: the text as it was signed, who signed it, its checksum, and what was added since."""

import io
import zipfile
import zlib
from dataclasses import replace
from datetime import date, datetime

import pypdf
import pytest

from meetings.documents.content import Addition, Block, Paper, Run
from meetings.documents.docx import as_docx
from meetings.documents.freezing import frozen, thawed
from meetings.documents.pdf import as_pdf
from meetings.documents.reading import paper_for
from meetings.documents.selection import paper_of
from meetings.models import Addendum, AgendaItem, Meeting, MeetingState, MinutesLayout, PaperKind
from tests import make
from tests.cast import Cast
from tests.meetings.signed import WHO, sign

pytestmark = pytest.mark.django_db

SECRET = "Hemlighetsfullt"


def adjourned(cast: Cast) -> Meeting:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, year=2017, sequence=2)
    make.make_item(meeting, title="Klotter", notes="1. **ett**\n2. två\n\n> citat\n\na\tb\nc\td")
    make.make_item(meeting, title=f"{SECRET} rubrik", restricted=True)
    return meeting


def whole_pdf(paper: Paper) -> str:
    """Every stream of the PDF, unpacked, and the text as read."""
    content = as_pdf(paper)
    parts = [content]
    for part in content.split(b"stream\n")[1:]:
        try:
            parts.append(zlib.decompressobj().decompress(part))
        except zlib.error:
            continue
    words = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return b"\n".join(parts).replace(b"\x00", b"").decode("latin-1") + words


def whole_docx(paper: Paper) -> str:
    with zipfile.ZipFile(io.BytesIO(as_docx(paper))) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def test_a_paper_comes_back_from_json_as_it_was(cast: Cast) -> None:
    paper = paper_of(adjourned(cast), cast.secretary)
    assert any(point.notes for point in paper.points)
    assert thawed(frozen(paper)) == paper
    # What a later version adds has its default in an old snapshot; what it no longer knows does no harm.
    old = {name: value for name, value in frozen(paper).items() if name != "addenda"} | {"unknown": [1]}
    assert thawed(old) == paper


def test_the_signed_text_is_printed_whatever_becomes_of_the_rows(cast: Cast) -> None:
    meeting = adjourned(cast)
    assert paper_for(meeting, cast.secretary).draft == "Not signed off"
    minutes = sign(meeting, cast.secretary)
    before = paper_for(meeting, cast.secretary)
    AgendaItem.objects.filter(meeting=meeting, restricted=False).update(title="Annat", notes="Annat")
    MinutesLayout.objects.create(council=cast.council, kind=PaperKind.NOTES, footer="annan")
    after = paper_for(meeting, cast.secretary)
    assert after == before
    assert (after.draft, after.caution, after.signatures, after.signed) == ("", "", (), WHO)
    assert after.seal == ("Checksum (SHA-256) of the signed text:", minutes.sha256)
    assert paper_for(meeting, cast.member).seal[-1] == minutes.masked_sha256
    assert whole_docx(after).count(minutes.sha256) == 1
    assert minutes.sha256 in whole_pdf(after)
    url = f"/granby/moten/{meeting.pk}/handling.pdf"
    assert cast.browse(cast.secretary).get(url).content == as_pdf(after)


def test_a_later_edition_says_so_and_opened_minutes_are_no_longer_signed(cast: Cast) -> None:
    meeting = adjourned(cast)
    sign(meeting, cast.secretary)
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.ADJOURNED)
    meeting.refresh_from_db()
    assert (paper_for(meeting, cast.chair).draft, paper_for(meeting, cast.chair).seal) == ("Not signed off", ())
    sign(meeting, cast.secretary, edition=2)
    assert paper_for(meeting, cast.chair).seal[0] == "Edition 2"


def test_addenda_stand_below_and_restricted_ones_are_in_no_masked_file(cast: Cast) -> None:
    meeting = adjourned(cast)
    sign(meeting, cast.secretary)
    common = {"meeting": meeting, "author": cast.secretary}
    Addendum.objects.create(**common, on=date(2017, 4, 1), text="Antalet är 4.\n\nInte 3.")
    addendum = Addendum.objects.create(
        **common, on=date(2017, 4, 2), text=f"{SECRET} tillägg", **make.lock_of(cast.council)
    )
    whole, masked = (paper_for(meeting, cast.secretary, masked=masked) for masked in (False, True))
    label, role = cast.secretary.label, f"{cast.secretary.title}, {cast.secretary.organisation.name}"
    assert whole.addenda == (
        Addition(f"Addendum of 1 April 2017, by {label}", ("Antalet är 4.", "Inte 3.")),
        Addition(f"Addendum of 2 April 2017, by {label}. {addendum.secrecy}", (f"{SECRET} tillägg",)),
    )
    assert masked.addenda == (
        Addition(f"Addendum of 1 April 2017, by {role}", ("Antalet är 4.", "Inte 3.")),
        Addition("Addendum", ("An addendum under secrecy is left out.",), masked=True),
    )
    assert paper_for(meeting, cast.member) == masked
    assert [SECRET in read(paper) for read in (whole_pdf, whole_docx) for paper in (whole, masked)] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("state", "kind", "draft", "across", "title"),
    [
        (MeetingState.DRAFT, PaperKind.MINUTES, "", False, "Agenda"),
        (MeetingState.CANCELLED, PaperKind.MINUTES, "Cancelled", True, "Agenda"),
        (MeetingState.IN_SESSION, PaperKind.MINUTES, "Draft", True, "Minutes"),
        (MeetingState.ADJOURNED, PaperKind.MINUTES, "Not signed off", False, "Minutes"),
        (MeetingState.ADJOURNED, PaperKind.NOTES, "Not approved", False, "Meeting notes"),
    ],
)
def test_each_page_says_how_far_the_document_has_come(
    cast: Cast, state: MeetingState, kind: PaperKind, draft: str, across: bool, title: str
) -> None:
    MinutesLayout.objects.create(council=cast.council, kind=kind)
    opened = None if title == "Agenda" else make.NOW
    meeting = make.make_meeting(cast.council, state, year=2017, sequence=2, opened_at=opened)
    paper = paper_for(meeting, cast.secretary)
    assert (paper.draft, paper.across, paper.title, bool(paper.caution)) == (
        draft,
        across,
        f"{title} 2017-2",
        bool(draft),
    )
    words = pypdf.PdfReader(io.BytesIO(as_pdf(paper))).pages[0].extract_text()
    assert words.count(draft.upper()) == bool(draft) + across if draft else True
    name = "dagordning" if title == "Agenda" else "protokoll" if kind == PaperKind.MINUTES else "minnesanteckningar"
    answer = cast.browse(cast.secretary).get(f"/granby/moten/{meeting.pk}/handling.pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="{name}-granby-2017-2.pdf"'


def test_a_block_within_a_block_survives_freezing(cast: Cast) -> None:
    deep = Block("quote", parts=(Block("bullets", parts=(Block("item", parts=(Block("paragraph", (Run("x"),)),)),)),))
    paper = paper_of(adjourned(cast), cast.secretary)
    paper = replace(
        paper, points=(replace(paper.points[0], notes=(deep,)),), made=datetime(2017, 3, 15, tzinfo=make.STOCKHOLM)
    )
    assert thawed(frozen(paper)).points == paper.points
