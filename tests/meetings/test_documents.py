"""The minutes as a document: what stands in it, what must not, and what the files are like."""

import io
import re
import zipfile
import zlib
from datetime import date, timedelta
from typing import Any

import docx
import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import lifecycle as action_verbs
from bra import history
from bra.errors import RuleBroken
from bra.models import Member
from meetings import lifecycle
from meetings.documents.content import Paper, clean, line, paragraphs
from meetings.documents.docx import as_docx
from meetings.documents.pdf import as_pdf
from meetings.documents.prose import blocks
from meetings.documents.selection import paper_of
from meetings.models import (
    AgendaItem,
    AttendanceStatus,
    Decision,
    DecisionKind,
    ItemState,
    Meeting,
    MeetingState,
    MinutesLayout,
    PaperKind,
    layout_of,
)
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.wide, pytest.mark.sqlite]

SECRET = "Hemlighetsfullt"


def pdf_words(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def docx_words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def everything_in_pdf(content: bytes) -> str:
    """The text as read, and every stream of the file, unpacked: metadata, bookmarks, attachments."""
    streams = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            streams.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            streams.append(stream)
    raw = b"\n".join([content, *streams])
    reader = pypdf.PdfReader(io.BytesIO(content))
    # Titles of bookmarks and other strings of the file may be UTF-16.
    return "\n".join(
        [raw.decode("latin-1"), raw.replace(b"\x00", b"").decode("latin-1"), pdf_words(content), str(reader.outline)]
    )


def everything_in_docx(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def hold(cast: Cast, **fields: Any) -> Meeting:
    """An adjourned meeting with one item of everything, and one restricted in the middle."""
    meeting = make.make_meeting(cast.council, year=2017, sequence=2, place="Eken", **fields)
    case = make.make_case(cast.council, registry_number="BRÅ 2016/4")
    first = make.make_item(meeting, title="Klotter vid skolan", presenter="Rektorn", case=case)
    first.notes = "Läget är lugnt.\nMen följs.\n\nNytt stycke."
    first.state = ItemState.TREATED
    first.save()
    secret = make.make_item(
        meeting,
        title=f"{SECRET} rubrik",
        restricted=True,
        notes=f"{SECRET} anteckning",
        presenter=f"{SECRET} person",
        case=make.make_case(cast.council, restricted=True, registry_number=f"{SECRET} 1"),
        state=ItemState.TREATED,
    )
    make.make_item(meeting, title="Övriga frågor")

    def decide(item: AgendaItem, text: str, kind: DecisionKind) -> None:
        lifecycle.record_decision(item=item, kind=kind, text=text, by=cast.secretary, on=TODAY)

    decide(first, "Rådet godkänner planen.", DecisionKind.DECIDED)
    decide(secret, f"{SECRET} beslut", DecisionKind.DECIDED)
    decide(first, "Resten skjuts upp.", DecisionKind.TABLED)
    make.make_action(agenda_item=first, title="Sanera väggen", owner=cast.owner, deadline=date(2017, 4, 1))
    make.make_action(agenda_item=secret, title=f"{SECRET} åtgärd", owner=cast.chair)
    lifecycle.mark_attendance(
        meeting=meeting, member=cast.chair, status=AttendanceStatus.PRESENT, by=cast.secretary, on=TODAY
    )
    lifecycle.mark_attendance(
        meeting=meeting, member=cast.member, status=AttendanceStatus.APOLOGISED, by=cast.secretary, on=TODAY
    )
    return lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW + timedelta(hours=2))


def told(paper: Paper) -> list[tuple[str, str, list[tuple[str, str]], tuple[tuple[str, ...], ...]]]:
    return [
        (
            point.number,
            point.title,
            [(ruling.number, ruling.kind) for ruling in point.rulings],
            point.agreed.rows if point.agreed else (),
        )
        for point in paper.points
    ]


# What stands in it


def test_minutes_hold_what_the_meeting_came_to(cast: Cast) -> None:
    meeting = hold(cast)
    owner = cast.owner
    paper = paper_of(meeting, cast.secretary)
    assert told(paper) == [
        (
            "1",
            "Klotter vid skolan",
            [("§ 1", "Decision"), ("§ 2", "Tabled")],
            (("Sanera väggen", f"{owner.name}, {owner.title}", "1 April 2017"),),
        ),
        ("2", f"{SECRET} rubrik", [("§ 3", "Decision")], ((f"{SECRET} åtgärd", cast.chair.label, "29 March 2017"),)),
        ("3", "Övriga frågor", [], ()),
    ]
    assert paper.points[0].notes == blocks("Läget är lugnt.\nMen följs.\n\nNytt stycke.")
    assert paper.points[0].facts == ("Presented by Rektorn", "Registry number BRÅ 2016/4")
    assert paper.points[2].facts == ("Not treated",)
    assert dict(paper.facts) == {"Date": "Wednesday 15 March 2017", "Time": "13:02–15:02", "Place": "Eken"}
    assert (paper.title, paper.draft, paper.across, paper.remarks) == ("Minutes 2017-2", "Not signed off", False, ())
    assert paper.attendance is not None
    assert [(row[0], row[-1]) for row in paper.attendance.rows] == [
        (cast.chair.name, "Present"),
        (cast.member.name, "Apologised"),
    ]


def test_minutes_tell_who_was_there_for_what(cast: Cast) -> None:
    meeting = lifecycle.reopen_meeting(meeting=hold(cast), by=cast.coordinator, on=TODAY)
    first, second, _third = meeting.items.all()
    common = {"meeting": meeting, "by": cast.secretary, "on": TODAY}
    lifecycle.note_stay(**common, member=cast.chair, substitute_for=cast.member, from_item=first, to_item=second)
    lifecycle.add_guest(**common, name="Gun Gäst", organisation="Länsstyrelsen", from_item=second)
    paper = paper_of(lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW), cast.secretary)
    assert paper.attendance is not None
    assert [(row[0], row[-1]) for row in paper.attendance.rows] == [
        (cast.chair.name, f"Present, stands in for {cast.member.name}, from item 1, up to and including item 2"),
        (cast.member.name, "Apologised"),
        ("Gun Gäst", "Co-opted, from item 2"),
    ]


@pytest.mark.parametrize("words_of", [lambda p: pdf_words(as_pdf(p)), lambda p: docx_words(as_docx(p))])
def test_both_files_say_the_same(cast: Cast, words_of: Any) -> None:
    meeting = hold(cast)
    lifecycle.register_minutes(meeting=meeting, registry_number="BRÅ 2017/9", by=cast.secretary, on=TODAY)
    meeting.refresh_from_db()
    words = " ".join(words_of(paper_of(meeting, cast.secretary)).split())
    expected = ["Minutes 2017-2", "BRÅ 2017/9", "Klotter vid skolan", "Läget är lugnt. Men följs.", "Nytt stycke."]
    expected += ["§ 1", "Rådet godkänner planen.", "Sanera väggen", "1 April 2017", cast.chair.name, "Apologised"]
    assert [part for part in expected if part not in words] == []


def test_what_became_of_an_action_after_the_meeting_is_not_in_its_minutes(cast: Cast) -> None:
    meeting = hold(cast)
    action = make.Action.objects.get(title="Sanera väggen")
    before = paper_of(meeting, cast.secretary)
    action_verbs.postpone(action=action, until=date(2017, 6, 1), by=cast.secretary, on=TODAY)
    action_verbs.hand_over(action=action, to=cast.member, by=cast.secretary, on=TODAY)
    action_verbs.report_done(action=action, by=cast.member, on=TODAY, effect="Rent")
    assert paper_of(meeting, cast.secretary) == before


def test_what_is_removed_is_in_no_document(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    item = make.make_item(meeting)
    decision = lifecycle.record_decision(item=item, kind=DecisionKind.DECIDED, text="Fel", by=cast.secretary, on=TODAY)
    lifecycle.remove_decision(decision=decision, by=cast.secretary, on=TODAY)
    action_verbs.remove(action=make.make_action(agenda_item=item), by=cast.secretary, on=TODAY)
    assert told(paper_of(meeting, cast.secretary)) == [("1", item.title, [], ())]


def test_minutes_of_a_meeting_in_session_are_marked_as_a_draft(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    paper = paper_of(meeting, cast.secretary)
    assert (paper.draft, paper.across, paper.caution.partition(":")[0]) == ("Draft", True, "Draft")
    assert "DRAFT" in pdf_words(as_pdf(paper))
    with zipfile.ZipFile(io.BytesIO(as_docx(paper))) as packed:
        headers = [packed.read(name).decode() for name in packed.namelist() if "header" in name]
    assert [header for header in headers if "DRAFT" in header] != []


def test_before_the_meeting_it_is_the_agenda(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT, year=2017, sequence=3)
    make.make_item(meeting, title="Öppnande")
    paper = paper_of(meeting, cast.member)
    assert (paper.title, paper.draft, paper.attendance, paper.signatures) == ("Agenda 2017-3", "", None, ())
    assert told(paper) == [("1", "Öppnande", [], ())]


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(cast: Cast, number: int) -> None:
    meeting = make.make_meeting(cast.council)
    for _n in range(number):
        item = make.make_item(meeting, case=make.make_case(cast.council))
        lifecycle.record_decision(item=item, kind=DecisionKind.DECIDED, text="Ja", by=cast.secretary, on=TODAY)
        action = make.make_action(agenda_item=item)
        lifecycle.mark_attendance(
            meeting=meeting, member=action.owner, status=AttendanceStatus.PRESENT, by=cast.secretary, on=TODAY
        )
    meeting = lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)
    for action in make.Action.objects.all():
        action_verbs.hand_over(action=action, to=cast.member, by=cast.secretary, on=TODAY)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        paper_of(Meeting.objects.select_related("council").get(pk=meeting.pk), cast.secretary)
    assert len(queries) == 12


# Masked


@pytest.mark.parametrize("who", ["member", "secretary"])
def test_restricted_matter_is_nowhere_in_a_masked_file(cast: Cast, who: str) -> None:
    meeting = hold(cast)
    reader: Member = getattr(cast, who)
    paper = paper_of(meeting, reader, masked=reader.cleared)
    whole = paper_of(meeting, cast.secretary)
    # The searches do find it where it is.
    assert SECRET in everything_in_pdf(as_pdf(whole))
    assert SECRET in everything_in_docx(as_docx(whole))
    assert SECRET not in everything_in_pdf(as_pdf(paper))
    assert SECRET not in everything_in_docx(as_docx(paper))


def test_a_masked_place_says_nothing_of_what_was_there(cast: Cast) -> None:
    meeting = hold(cast)
    point = paper_of(meeting, cast.member).points[1]
    assert (point.number, point.title, point.facts, point.notes, point.rulings, point.agreed) == (
        "2",
        "Masked: secrecy",
        (),
        (),
        (),
        None,
    )
    long = AgendaItem.objects.get(restricted=True)
    AgendaItem.objects.filter(pk=long.pk).update(notes="x" * 40_000)
    assert paper_of(meeting, cast.member).points[1] == point


def test_a_masked_copy_names_owners_by_role_only(cast: Cast) -> None:
    meeting = hold(cast)
    agreed = paper_of(meeting, cast.secretary, masked=True).points[0].agreed
    assert agreed is not None
    assert agreed.rows == (("Sanera väggen", f"{cast.owner.title}, {cast.owner.organisation.name}", "1 April 2017"),)


@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_who_is_not_cleared_gets_the_masked_file_however_they_ask(cast: Cast, ending: str) -> None:
    meeting = hold(cast)
    url = reverse(f"meetings:paper_{ending}", args=[cast.council.slug, meeting.pk])
    client = cast.browse(cast.member)
    unpack = everything_in_pdf if ending == "pdf" else everything_in_docx
    for query in ("", "?maskad=", "?maskad=0", "?maskad=1"):
        assert SECRET not in unpack(client.get(url + query).content)
    assert SECRET in unpack(cast.browse(cast.chair).get(url).content)


# The files


def test_the_pdf_is_tagged_and_follows_the_standards(cast: Cast, settings: Any) -> None:
    settings.LANGUAGE_CODE = "sv"
    content = as_pdf(paper_of(hold(cast), cast.secretary))
    reader = pypdf.PdfReader(io.BytesIO(content))
    root: Any = reader.trailer["/Root"]
    assert str(root["/MarkInfo"]["/Marked"]) == "True"
    assert root["/Lang"] == "sv"
    assert reader.metadata is not None
    assert reader.metadata.title is not None
    assert reader.metadata.title.endswith("2017-2, BRÅ Granby")
    assert b"pdfuaid" in content
    assert b"pdfaid" in content


def test_the_docx_has_headings_header_rows_language_and_properties(cast: Cast, settings: Any) -> None:
    settings.LANGUAGE_CODE = "sv"
    meeting = hold(cast)
    content = as_docx(paper_of(meeting, cast.secretary))
    document = docx.Document(io.BytesIO(content))
    levels = [p.style.name for p in document.paragraphs if p.style is not None and p.style.name.startswith("Heading")]
    assert levels[:2] == ["Heading 1", "Heading 2"]
    assert levels.count("Heading 3") == 3
    assert levels.count("Heading 4") == 3
    xml = everything_in_docx(content)
    assert xml.count("<w:tblHeader/>") == len(document.tables) == 3
    assert set(re.findall(r'w:lang w:val="([^"]+)"', xml)) == {"sv-SE"}
    core = document.core_properties
    assert (core.language, core.author, core.comments) == ("sv-SE", "BRÅ Granby", "")
    assert core.title.endswith("2017-2, BRÅ Granby")
    assert meeting.adjourned_at is not None
    assert core.created is not None
    assert core.created.replace(tzinfo=None) == (NOW + timedelta(hours=1)).replace(tzinfo=None)  # UTC


@pytest.mark.parametrize("make_file", [as_pdf, as_docx])
def test_the_same_minutes_give_the_same_bytes(cast: Cast, make_file: Any) -> None:
    paper = paper_of(hold(cast), cast.secretary)
    assert make_file(paper) == make_file(paper)


HOSTILE = [
    '#panic("x") #sys.inputs *fet* _kursiv_ $x^2$ = Rubrik @ref <etikett> // bort',
    "]#[ } { \\ \" ' ` ~ /* */",
    "</w:t></w:r><w:r><w:t>&amp; <![CDATA[ ]]>",
    "{page} {pages} %(x)s %s {0}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_texts_is_printed_as_it_was_typed(cast: Cast, text: str) -> None:
    meeting = make.make_meeting(cast.council, place=text[:120])
    make.make_item(meeting, title=text, notes=text, presenter=text[:120])
    paper = paper_of(meeting, cast.secretary)

    def squeezed(words: str) -> str:
        return "".join(words.split())

    assert squeezed(pdf_words(as_pdf(paper))).count(squeezed(text)) >= 2
    assert squeezed(docx_words(as_docx(paper))).count(squeezed(text)) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x1b[31m\x7f\x85\ufffe\uffff",
        "🚓👮‍♀️ 日本語 नमस्ते ก",
        "שלום \u202eabc\u202c سلام \u2066x",
        "\ue000\U000f0000 \U000e0001",
        "x" * 40_000,
        "åäö\n" * 8_000,
        "e\u0301" * 300,
        "\u200b\ufeff\xad",
    ],
    ids=["control", "emoji", "bidi", "private", "one word", "lines", "combining", "invisible"],
)
def test_no_text_keeps_the_minutes_from_being_printed(cast: Cast, text: str) -> None:
    meeting = make.make_meeting(cast.council, state=MeetingState.ADJOURNED)
    item = make.make_item(meeting, title="Vanlig")
    item.title, item.notes = text[:200], text
    Decision.objects.create(council=cast.council, item=item, text="x", number=1)
    AgendaItem.objects.filter(pk=item.pk).update(title=text[:200].replace("\x00", ""), notes=text.replace("\x00", ""))
    paper = paper_of(meeting, cast.secretary)
    assert as_pdf(paper).startswith(b"%PDF-1.7")
    assert "Minutes" in docx_words(as_docx(paper))


def test_what_cannot_be_printed_is_taken_out_and_the_rest_kept() -> None:
    assert clean("a\x00b\tc\r\nd\x0ce\u2028f\ud800\ufffe") == "ab\tc\nd\ne\nf"
    assert line(" a \n b ") == "a b"
    assert paragraphs("\n a\n  b\n \n\n\nc\n") == (" a\n  b", "c")


# The pages


@pytest.mark.parametrize(
    ("state", "kind", "query", "name"),
    [
        (MeetingState.ADJOURNED, PaperKind.MINUTES, "", "protokoll-granby-2017-2.pdf"),
        (MeetingState.ADJOURNED, PaperKind.MINUTES, "?maskad=1", "protokoll-granby-2017-2-maskad.pdf"),
        (MeetingState.ADJOURNED, PaperKind.NOTES, "", "minnesanteckningar-granby-2017-2.pdf"),
        (MeetingState.DRAFT, PaperKind.NOTES, "", "dagordning-granby-2017-2.pdf"),
    ],
)
def test_the_name_of_the_file_tells_nothing_of_what_was_said(
    cast: Cast, state: MeetingState, kind: PaperKind, query: str, name: str
) -> None:
    MinutesLayout.objects.create(council=cast.council, kind=kind)
    meeting = make.make_meeting(cast.council, state=state, year=2017, sequence=2, title="Om Kalle")
    url = reverse("meetings:paper_pdf", args=[cast.council.slug, meeting.pk])
    answer = cast.browse(cast.secretary).get(url + query)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert "no-store" in answer.headers["Cache-Control"]


LAYOUT = {
    "kind": "notes",
    "heading": "Granby kommun\n\n BRÅ Granby ",
    "footer": "granby.example.org",
    "signatures": "Ordförande\nJusterare",
    "with_organisation": "",
}


def test_the_coordinator_decides_how_minutes_look(cast: Cast) -> None:
    meeting = hold(cast)
    url = reverse("meetings:layout", args=[cast.council.slug])
    answer = cast.browse(cast.coordinator).post(url, LAYOUT)
    assert answer.status_code == 302
    paper = paper_of(meeting, cast.member)
    assert (paper.title, paper.letterhead, paper.footer, paper.signatures) == (
        "Meeting notes 2017-2",
        ("Granby kommun", "BRÅ Granby"),
        "granby.example.org",
        ("Ordförande", "Justerare"),
    )
    assert paper.attendance is not None
    assert len(paper.attendance.columns) == 3
    cast.browse(cast.coordinator).post(url, LAYOUT | {"footer": "annan"})
    entries = history.entries_of(MinutesLayout.objects.get())
    assert [(entry.verb, entry.actor_id) for entry in entries] == [
        ("layout.chosen", cast.coordinator.pk),
        ("layout.changed", cast.coordinator.pk),
    ]
    assert entries[1].changes == {"footer": ["granby.example.org", "annan"]}


def test_without_a_choice_the_council_and_two_signatures_are_printed(cast: Cast) -> None:
    layout = layout_of(cast.council)
    assert (layout.pk, layout.heading, layout.signatures) == (None, "BRÅ Granby", "Chair\nSecretary")


def test_a_preview_shows_what_is_typed_and_saves_nothing(cast: Cast) -> None:
    hold(cast)
    url = reverse("meetings:layout_preview", args=[cast.council.slug])
    answer = cast.browse(cast.coordinator).post(url, LAYOUT)
    assert "granby.example.org" in pdf_words(answer.content)
    assert MinutesLayout.objects.count() == 0


@pytest.mark.parametrize("name", ["layout", "layout_preview"])
@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("heading", "\n".join("abcdefg"), "At most 6 lines."),
        ("signatures", "\n".join("abcdefghi"), "At most 8 lines."),
        ("footer", "701063-2391", "There is a personal identity number in this text."),
    ],
)
def test_a_layout_that_cannot_be_keeps_what_was_typed(
    cast: Cast, name: str, field: str, text: str, sentence: str
) -> None:
    hold(cast)
    answer = cast.browse(cast.coordinator).post(
        reverse(f"meetings:{name}", args=[cast.council.slug]), LAYOUT | {field: text}
    )
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors[field][0].startswith(sentence)
    assert form[field].value() == text
    assert MinutesLayout.objects.count() == 0


def test_the_registry_number_is_noted_once_the_meeting_has_begun(cast: Cast) -> None:
    planned = make.make_meeting(cast.council, MeetingState.DRAFT)
    with pytest.raises(RuleBroken):
        lifecycle.register_minutes(meeting=planned, registry_number="1", by=cast.secretary, on=TODAY)
    held = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    url = reverse("meetings:minutes_register", args=[cast.council.slug, held.pk])
    assert cast.browse(cast.secretary).post(url, {"registry_number": "BRÅ 2017/9"}).status_code == 302
    held.refresh_from_db()
    assert held.registry_number == "BRÅ 2017/9"
    assert [entry.changes for entry in history.entries_of(held)] == [{"registry_number": ["", "BRÅ 2017/9"]}]


def test_the_page_offers_the_masked_copy_to_the_cleared_only(cast: Cast) -> None:
    meeting = hold(cast)
    url = reverse("meetings:detail", args=[cast.council.slug, meeting.pk])
    assert "?maskad=1" in cast.browse(cast.chair).get(url).content.decode()
    assert "maskad" not in cast.browse(cast.member).get(url).content.decode()
