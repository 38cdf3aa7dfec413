"""Three hundred payloads in every text of every row: in what pages and files are made of them they stay text."""

import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from email import message_from_bytes
from email.policy import SMTP
from html.parser import HTMLParser
from io import BytesIO, StringIO
from itertools import cycle
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import icalendar
import openpyxl
import pypdf
import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from actions import reminders
from actions.models import Action
from bra import post
from bra.forms import GuardedForm, LongText
from bra.models import Council
from finding import feed
from meetings import lifecycle as meetings
from records import lifecycle as records
from records.release_documents import source_for
from reports import formats, selection
from reports.models import Format, ReportKind, Variant
from reports.questions import Question
from tests.cast import Cast
from tests.filling import Filled
from tests.make import NOW, TODAY
from tests.payloads import ADDRESSES, LINES, LONGEST, PAYLOADS
from tests.test_bad_input import field_names, visitor
from tests.test_canary import unpacked
from tests.test_doors import DOORS, cast, report_file

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.wide]
__all__ = ["cast", "report_file"]  # the fixtures of the doors

OF_A_CALENDAR = {"VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT"}
# What would end a header.
BREAKS = [one.format(r="__hit=1", n=1) for one in LINES if len(one.splitlines()) > 1]
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def filled(cast: Cast, report_file: Callable[[str], Any]) -> Filled:
    """The council with payloads in every text."""
    return Filled(cast, report_file)


def test_there_are_three_hundred_of_them() -> None:
    assert len(set(PAYLOADS)) >= 300
    assert [one for one in PAYLOADS if len(one) > LONGEST] == []


def test_every_script_of_a_template_has_a_nonce() -> None:
    """Without one the browser doesn't run it, and what the page promises isn't there."""
    scripts = [
        (path.name, tag)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for tag in re.findall(r"<script\b[^>]*>", path.read_text(encoding="utf-8"))
    ]
    assert [(name, tag) for name, tag in scripts if 'nonce="{{ csp_nonce }}"' not in tag] == []


def test_fill(filled: Filled) -> None:
    assert filled.filler.given >= set(PAYLOADS)


class Elements(HTMLParser):
    """Tells what a page has in it that runs: scripts without a nonce, handlers, addresses that are scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        names = dict(attrs)
        if tag == "script" and not names.get("nonce"):
            self.odd.append(f"script {names}")
        if tag in ("iframe", "object", "embed", "base", "style", "img"):
            self.odd.append(tag)
        for name, value in attrs:
            if name.startswith(("on", "style", "srcdoc", "hx-on", "hx-vals", "data-hx")):
                self.odd.append(f"{tag} {name}")
            leads = name in ("href", "src", "action", "formaction", "hx-get", "hx-post")
            if leads and re.match(r"[\x00-\x20]*(javascript|vbscript|data:text|//)", value or "", re.I):
                self.odd.append(f"{tag} {name}={value}")


def odd(html: str) -> list[str]:
    """What a page has in it that runs."""
    elements = Elements()
    elements.feed(html)
    return elements.odd


@pytest.mark.parametrize("role", ["coordinator", "owner", "auditor"])
def test_no_page_has_a_handler_or_a_script_of_its_own(filled: Filled, cast: Cast, role: str) -> None:
    client, found = visitor(getattr(cast, role)), {}
    for name, door in DOORS.items():
        if door.method == "GET" and role in door.for_whom:
            arguments = [filled.objects[door.kind].pk] if door.kind else []
            answer = client.get(reverse(name, args=[cast.council.slug, *arguments]))
            b"".join(answer)
            if answer["Content-Type"].startswith("text/html"):
                found[name] = odd(answer.text)
    assert {name: what for name, what in found.items() if what} == {}
    assert len(found) >= 2


@pytest.mark.service
def test_every_form_takes_payloads_as_words_and_shows_them_again(filled: Filled, cast: Cast) -> None:
    """What is refused is shown with its faults, in its fields; what is saved is told in a message."""
    client, found, statuses = visitor(cast.coordinator), {}, dict[int, str]()
    turn = cycle(PAYLOADS)
    for name, door in sorted(DOORS.items()):
        if "coordinator" not in door.for_whom:
            continue
        arguments = [filled.objects[door.kind].pk] if door.kind else []
        address = reverse(name, args=[cast.council.slug, *arguments])
        with transaction.atomic():
            data = dict.fromkeys(field_names(), next(turn)) | dict(door.sends)
            answer = client.post(address, data, follow=True)
            b"".join(answer)
            transaction.set_rollback(True)
        statuses[answer.status_code] = name
        if answer["Content-Type"].startswith("text/html"):
            found[name] = odd(answer.content.decode())
    assert {name: what for name, what in found.items() if what} == {}
    assert {200, 422} <= set(statuses) <= {200, 400, 404, 405, 422}


@pytest.mark.parametrize("payload", [one for one in ADDRESSES if not one.startswith("https:")])
def test_no_address_of_a_page_is_a_script(cast: Cast, payload: str) -> None:
    """The one address that somebody may write: where a concern is reported."""
    link = payload.format(r="__hit=1", n=1)
    answer = visitor(cast.coordinator).post(reverse("concern", args=[cast.council.slug]), {"contact": "", "link": link})
    cast.council.refresh_from_db()
    # What has no scheme is taken for a page's name: https:// is put before it.
    assert not cast.council.concern_link or cast.council.concern_link.startswith("https://")
    assert odd(answer.text) == []
    assert answer.status_code in (302, 422)


def cells(content: bytes) -> Iterator[Any]:
    """Every cell of a workbook; each of its parts is well-formed."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        for name in packed.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(packed.read(name))  # noqa: S314  # our own file
    for sheet in openpyxl.load_workbook(BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            yield from row


# What a spreadsheet takes for a formula at the beginning of a cell.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\uff1d")


def assert_harmless(kind: str, content: bytes) -> None:
    """The file is one of its kind, and holds nothing that runs."""
    if kind == "xlsx":
        found = list(cells(content))
        formulas = [cell.value for cell in found if cell.data_type == "f"]
        assert [one for one in formulas if "__hit" in str(one) or "evil" in str(one) or "cmd" in str(one)] == []
        assert len(found) > 5
        links = [cell.hyperlink.target for cell in found if cell.hyperlink and cell.hyperlink.target]
        assert [one for one in links if not one.startswith(("http://127.0.0.1", "https://", "#"))] == []
    elif kind == "csv" and content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            for name in packed.namelist():
                assert_harmless(name.rpartition(".")[2], packed.read(name))
    elif kind == "csv":
        rows = list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
        begun = [
            cell for row in rows for cell in row if cell.startswith(DANGEROUS) and not re.fullmatch(r"-?[\d ,.]+", cell)
        ]
        assert (len(rows) > 0, begun) == (True, [])
        assert len({len(row) for row in rows}) <= 2
    elif kind in ("docx", "ods"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist() if name.endswith((".xml", ".rels"))}
        for part in parts.values():
            ElementTree.fromstring(part)  # noqa: S314  # our own file
        whole = b"".join(parts.values())
        assert [word for word in (b"<w:instrText", b"<w:altChunk", b"of:=HYPERLINK") if word in whole] == []
        assert not re.search(rb'(Target|href)="(?!https?://|#|[\w/.-]+")', whole)
    elif kind == "pdf":
        reader = pypdf.PdfReader(BytesIO(content))
        assert len(reader.pages) > 0
        for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/SubmitForm"):
            assert word not in names_of(reader), word
        assert [one for one in addresses_in(reader) if not one.startswith(("http://127.0.0.1", "https://"))] == []
    elif kind == "json":
        json.loads(content)
    else:
        content.decode()


def names_of(reader: pypdf.PdfReader) -> set[bytes]:
    """Every name that some object of a PDF has."""
    things: list[Any] = [reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1)]
    return {name.encode() for thing in things if isinstance(thing, dict) for name in thing}


def addresses_in(reader: pypdf.PdfReader) -> list[str]:
    """Where the links of a PDF lead out of it."""
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", ())]
    return [str(note["/A"]["/URI"]) for note in notes if "/URI" in note.get("/A", {})]


def test_every_file_of_a_page_holds_them_as_text(filled: Filled, cast: Cast) -> None:
    client, slug, holding = visitor(cast.coordinator), cast.council.slug, set[str]()
    signed, o = filled.signed, filled.objects
    for name, arguments, kind in (
        ("meetings:paper_pdf", [o["meeting"].pk], "pdf"),
        ("meetings:paper_docx", [o["meeting"].pk], "docx"),
        ("meetings:paper_pdf", [signed.meeting_id], "pdf"),
        ("meetings:paper_docx", [signed.meeting_id], "docx"),
        ("meetings:paper_pdf", [filled.planned.pk], "pdf"),
        ("meetings:paper_docx", [filled.planned.pk], "docx"),
        ("actions:case_sheet", [o["case"].pk], "pdf"),
        ("release_letter", [o["refused"].pk], "pdf"),
        ("release_export_xlsx", [], "xlsx"),
        ("release_export_csv", [], "csv"),
        ("release_extract", [], "csv"),
        ("audit_xlsx", [], "xlsx"),
        ("audit_csv", [], "csv"),
        ("purge_log_csv", [], "csv"),
        ("own_data_json", [], "json"),
        ("own_data_file", [], "txt"),
    ):
        answer = client.get(reverse(name, args=[slug, *arguments]))
        assert (name, answer.status_code) == (name, 200)
        assert re.fullmatch(r'(attachment|inline); filename="[\w.-]+"', answer["Content-Disposition"])
        content = b"".join(answer)
        assert_harmless(kind, content)
        if "__hit" in unpacked(content):
            holding.add(name)
    assert len(holding) >= 9, holding


@pytest.mark.parametrize("file_format", Format.values)
def test_every_report_holds_them_as_text(filled: Filled, file_format: str) -> None:
    whole = ""
    for kind in ReportKind.values:
        for variant in Variant.values:
            question = Question(
                filled.objects["plan"], date(2016, 1, 1), TODAY, TODAY, kind=kind, variant=variant, language="sv"
            )
            content = BytesIO()
            formats.write(file_format, selection.load(question), content)
            assert_harmless(file_format, content.getvalue())
            whole += unpacked(content.getvalue())
    assert "__hit" in whole


class Titled(GuardedForm):
    """A field of one line, and one of several."""

    title = forms.CharField()
    text = LongText(longest=None)


@pytest.mark.parametrize("line", BREAKS)
def test_a_field_of_one_line_holds_one(line: str) -> None:
    form = Titled({"title": line, "text": line})
    assert form.is_valid()
    assert len(form.cleaned_data["title"].splitlines()) == 1


def waiting_mail(filled: Filled) -> None:
    """Ask for a mail of every kind that a verb sends, in a council of payloads."""
    council, cast = filled.cast.council, filled.cast
    Action.objects.filter(removed=False, status="agreed").update(deadline=TODAY)
    meetings.summon(meeting=filled.planned, by=cast.coordinator, at=NOW)
    reminders.plan_day(council=council, on=TODAY)
    for kind, about in (
        ("minutes", filled.signed.meeting_id),
        ("cancelled", filled.planned.pk),
        ("sign", filled.objects["adjourned"].pk),
    ):
        post.post(council=council, kind=kind, recipients=[cast.chair], cause="x", on=TODAY, about=about)


@pytest.mark.parametrize("name", [*PAYLOADS[::24], *BREAKS, "\ue0000\ue001<script>__hit=1</script>\ue0001\ue001"])
def test_no_mail_has_a_header_or_an_element_out_of_them(
    filled: Filled, cast: Cast, mailoutbox: list[Any], name: str
) -> None:
    """The council's name stands in the subject, the sender and the text of its mails."""
    Council.objects.filter(pk=cast.council.pk).update(name=name)
    cast.council.refresh_from_db()
    waiting_mail(filled)
    done = post.deliver(cast.council, today=TODAY, clock=timezone.now)
    assert (done.failed, done.sent) == (0, len(mailoutbox))
    assert len(mailoutbox) > 5
    for mail in mailoutbox:
        read = message_from_bytes(mail.message().as_bytes(), policy=SMTP)
        assert {header for header in read if header.lower() in ("bcc", "cc", "set-cookie")} == set()
        for part in read.walk():
            if part.get_content_type() == "text/html":
                assert odd_in_mail(part.get_content()) == []
            elif part.get_content_type() == "text/calendar":
                calendar = icalendar.Calendar.from_ical(part.get_content())
                assert {one.name for one in calendar.walk()} <= {
                    "VCALENDAR",
                    "VTIMEZONE",
                    "STANDARD",
                    "DAYLIGHT",
                    "VEVENT",
                }


def odd_in_mail(html: str) -> list[str]:
    """What a mail has in it that runs; the frame of our mails has a style of its own."""
    return [one for one in odd(html) if not one.endswith("style")]


def test_a_calendar_holds_them_as_text(filled: Filled, cast: Cast) -> None:
    Action.objects.filter(removed=False).update(deadline=TODAY)
    for member in (cast.coordinator, cast.owner):
        calendar = icalendar.Calendar.from_ical(feed.write(member, clock=timezone.now()))
        assert calendar.errors == []
        kinds = {one.name for one in calendar.walk()}
        assert {"VCALENDAR", "VEVENT"} <= kinds <= OF_A_CALENDAR
        for event in calendar.events:
            assert {"ATTACH", "ATTENDEE", "ALTREP"} & set(event) == set()
            assert str(event.get("url", "http://127.0.0.1:8000/")).startswith("http://127.0.0.1:8000/")


def test_a_line_break_in_a_councils_name_adds_nothing_to_its_calendar(cast: Cast) -> None:
    cast.council.name = "Granby\r\nSet-Cookie: a=1\nATTACH:x"
    cast.council.save()
    written = feed.write(cast.coordinator, clock=timezone.now()).decode()
    assert icalendar.Calendar.from_ical(written).calendar_name == "Granby Set-Cookie: a=1 ATTACH:x"
    assert not re.search(r"^(Set-Cookie|ATTACH)", written, re.MULTILINE)


@pytest.mark.parametrize("kind", ["minutes", "case"])
@pytest.mark.parametrize("file_format", ["pdf", "docx"])
def test_a_copy_for_release_holds_them_as_text(filled: Filled, cast: Cast, kind: str, file_format: str) -> None:
    row = filled.signed.meeting_id if kind == "minutes" else filled.objects["case"].pk
    source = source_for(cast.secretary, f"{kind}-{row}")
    assert source is not None
    if file_format in source.formats:
        produced = records.produce(
            source=source, masks=records.Masks(), by=cast.secretary, on=TODAY, file_format=file_format
        )
        assert_harmless(file_format, produced.content)


def test_what_is_imported_is_shown_as_text(filled: Filled, cast: Cast) -> None:
    """Cells, and the file's own name."""
    client, slug = visitor(cast.coordinator), cast.council.slug
    rows = [["Åtgärd", "Vem", "När", "Status"]]
    rows += [[PAYLOADS[n], PAYLOADS[n + 1], PAYLOADS[n + 2], PAYLOADS[n + 3]] for n in range(0, len(PAYLOADS) - 3, 4)]
    text = StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    name = '"><img src=x onerror=__hit=1>.csv'
    file = SimpleUploadedFile(name, text.getvalue().encode())
    answer = client.post(reverse("imports:list", args=[slug]), {"file": file}, follow=True)
    page = answer.content.decode()
    assert (answer.status_code, odd(page)) == (200, [])
    assert "&lt;script&gt;__hit=1000&lt;/script&gt;" in page
    assert "&lt;img src=x onerror=__hit=1&gt;.csv" in page
