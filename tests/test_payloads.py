"""Three hundred payloads in every text of every row: in what pages and files are made of them they stay text."""

import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from io import BytesIO, StringIO
from itertools import cycle
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pypdf
import pytest
from django.db import transaction
from django.urls import reverse

from reports import formats, selection
from reports.models import Format, ReportKind, Variant
from reports.selection import Question
from tests.cast import Cast
from tests.filling import Filled
from tests.make import TODAY
from tests.payloads import ADDRESSES, LONGEST, PAYLOADS
from tests.test_bad_input import field_names, visitor
from tests.test_doors import DOORS, cast, report_file

pytestmark = [pytest.mark.django_db]
__all__ = ["cast", "report_file"]  # the fixtures of the doors

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
            if name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
                if re.match(r"[\s\x00-\x20]*(javascript|vbscript|data:text|//)", value or "", re.I):
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
            if answer["Content-Type"].startswith("text/html"):
                found[name] = odd(answer.text)
    assert {name: what for name, what in found.items() if what} == {}
    assert len(found) >= 3


def test_every_form_takes_payloads_as_words_and_shows_them_again(filled: Filled, cast: Cast) -> None:
    """What is refused is shown with its faults, in its fields; what is saved is told in a message."""
    client, found, statuses = visitor(cast.coordinator), {}, set[int]()
    turn = cycle(PAYLOADS)
    for name, door in sorted(DOORS.items()):
        if "coordinator" not in door.for_whom:
            continue
        arguments = [filled.objects[door.kind].pk] if door.kind else []
        address = reverse(name, args=[cast.council.slug, *arguments])
        for _n in range(3):
            with transaction.atomic():
                data = dict.fromkeys(field_names(), next(turn)) | dict(door.sends)
                answer = client.post(address, data, follow=True)
                transaction.set_rollback(True)
            statuses.add(answer.status_code)
            if answer["Content-Type"].startswith("text/html"):
                found[name] = odd(answer.text)
    assert {name: what for name, what in found.items() if what} == {}
    assert {200, 422} <= statuses <= {200, 404, 405, 409, 422}


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
                ElementTree.fromstring(packed.read(name))
    for sheet in openpyxl.load_workbook(BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            yield from row


# What a spreadsheet takes for a formula at the beginning of a cell.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\uff1d")


def assert_harmless(kind: str, content: bytes) -> None:
    """The file is one of its kind, and holds nothing that runs."""
    if kind == "xlsx":
        found = list(cells(content))
        own = ("HYPERLINK(", "SUM(", "SUBTOTAL(")
        formulas = [cell.value for cell in found if cell.data_type == "f"]
        assert [one for one in formulas if "__hit" in str(one) or "evil" in str(one) or "cmd" in str(one)] == []
        assert len(found) > 5, own
        links = [cell.hyperlink.target for cell in found if cell.hyperlink and cell.hyperlink.target]
        assert [one for one in links if not one.startswith(("http://127.0.0.1", "https://", "#"))] == []
    elif kind == "csv":
        rows = list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
        begun = [cell for row in rows for cell in row if cell.startswith(DANGEROUS) and not re.fullmatch(r"-?[\d ,.]+", cell)]
        assert (len(rows) > 1, begun) == (True, [])
        assert len({len(row) for row in rows}) <= 2
    elif kind in ("docx", "ods"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist() if name.endswith((".xml", ".rels"))}
        for part in parts.values():
            ElementTree.fromstring(part)
        whole = b"".join(parts.values())
        assert [word for word in (b"<w:instrText", b"<w:altChunk", b"of:=HYPERLINK", b"macro") if word in whole] == []
        assert not re.search(rb'(Target|href)="(?!https?://|#|[\w/.-]+")', whole)
    elif kind == "pdf":
        reader = pypdf.PdfReader(BytesIO(content))
        assert len(reader.pages) > 0
        for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/SubmitForm"):
            assert word not in names_of(reader), word
    else:
        json.loads(content)
    assert b"SECRET_KEY'" not in content


def names_of(reader: pypdf.PdfReader) -> set[bytes]:
    """Every name that some object of a PDF has."""
    return {
        word for number in range(1, len(reader.xref[0]) + 1) for word in re.findall(rb"/\w+", _shown(reader, number))
    }


def _shown(reader: pypdf.PdfReader, number: int) -> bytes:
    thing = reader.get_object(number)
    return repr([key for key in thing] if isinstance(thing, dict) else "").encode()


def test_every_file_of_a_page_holds_them_as_text(filled: Filled, cast: Cast) -> None:
    client, slug, opened = visitor(cast.coordinator), cast.council.slug, []
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
        ("own_data_file", [], "json"),
    ):
        answer = client.get(reverse(name, args=[slug, *arguments]))
        assert (name, answer.status_code) == (name, 200)
        assert "\n" not in str(answer.headers) and "attachment" in answer.get("Content-Disposition", "attachment")
        content = b"".join(answer)
        opened.append(name)
        assert_harmless("zip" if content.startswith(b"PK") and kind == "json" else kind, content)
    assert len(opened) == 16


@pytest.mark.parametrize("file_format", Format.values)
def test_every_report_holds_them_as_text(filled: Filled, file_format: str) -> None:
    for kind in ReportKind.values:
        for variant in Variant.values:
            question = Question(
                filled.objects["plan"], date(2016, 1, 1), TODAY, TODAY, kind=kind, variant=variant, language="sv"
            )
            content = BytesIO()
            formats.write(file_format, selection.load(question), content)
            assert_harmless("zip" if file_format == "csv" and content.getvalue()[:2] == b"PK" else file_format, content.getvalue())
