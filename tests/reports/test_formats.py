"""Every format holds the same rows and figures, opened by a second reader, and the same bytes for the same question."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from copy import deepcopy
from dataclasses import replace
from datetime import date
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pypdf
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree
from python_calamine import CalamineWorkbook

from actions.models import WorkPlan
from meetings.models import Case, Decision
from reports import formats, selection, workbook
from reports.formats import ods_file
from reports.formats.csv_file import shown
from reports.models import Format, Language, ReportKind, Variant
from reports.questions import plan_so_far
from reports.selection import StatusData
from reports.workbook.texts import LONGEST_TEXT
from tests import make
from tests.reports.story import DAY, Story
from tests.reports.test_workbook import HOSTILE, invented, told_story, with_title

pytestmark = [pytest.mark.wide, pytest.mark.sqlite]

SCHEMA = Path(settings.BASE_DIR) / "docs" / "status-report.schema.json"
OTHERS = [Format.ODS, Format.CSV, Format.PDF, Format.JSON]


@pytest.fixture
def story(db: None) -> Story:
    return told_story()


@pytest.fixture
def data(story: Story) -> StatusData:
    return selection.load(story.ask())


def made(file_format: str, data: StatusData) -> bytes:
    target = BytesIO()
    formats.write(file_format, data, target)
    return target.getvalue()


def csv_rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """The cells of a spreadsheet, by sheet, as another reader finds them."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def pdf_words(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def everything(file_format: str, content: bytes) -> str:
    """All that is in a file, unpacked."""
    if file_format in (Format.XLSX, Format.ODS):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            return "\n".join(packed.read(name).decode("utf-8") for name in packed.namelist())
    if file_format == Format.PDF:
        reader = pypdf.PdfReader(BytesIO(content))
        root: Any = reader.trailer["/Root"]
        told = _alternatives(root["/StructTreeRoot"])
        return "\n".join([pdf_words(content), str(reader.metadata), str(reader.outline), *told])
    return content.decode("utf-8")


def test_csv_has_the_rows_of_the_workbooks_actions(data: StatusData) -> None:
    with workbook.laid_out(data) as report:
        table = next(table for table in report.tables if table.name == "Atgarder")
        header, rows = [column.header for column in table.columns], [list(map(shown, row)) for row in table.rows]
    content = made(Format.CSV, data)
    assert csv_rows(content) == [header, *rows]
    assert (len(rows), content.count(b"\r\n")) == (3, 4)


def test_csv_writes_numbers_and_days_as_a_swedish_spreadsheet_reads_them() -> None:
    assert [shown(value) for value in (None, 3, 0.625, 1.0, date(2017, 3, 15), "a\x00b", "a\r\nb")] == [
        "",
        "3",
        "0,625",
        "1",
        "2017-03-15",
        "a\N{REPLACEMENT CHARACTER}b",
        "a\nb",
    ]


@given(st.text(max_size=40), st.sampled_from("=+-@\t\r\n＝＋－＠"))
def test_no_field_of_csv_begins_like_a_formula(text: str, sign: str) -> None:
    field = shown(sign + text)
    assert field == "'" + field[1:]
    rows = list(csv.reader(StringIO(_as_csv([field, "x"]), newline=""), delimiter=";"))
    assert rows == [[field, "x"]]


def _as_csv(row: list[str]) -> str:
    target = StringIO(newline="")
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerow(row)
    return target.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_come_through_as_text(story: Story, text: str) -> None:
    data = with_title(story, text)
    guarded = f"'{text}" if text[0] in "=+-@\t" else text
    assert guarded in [field for row in csv_rows(made(Format.CSV, data)) for field in row]
    content = made(Format.ODS, data)
    # This reader passes over tabs; LibreOffice doesn't.
    assert text.replace("\t", "") in [cell for rows in sheets(content).values() for row in rows for cell in row]
    assert "table:formula" not in everything(Format.ODS, content)
    actions = json.loads(made(Format.JSON, data))["tables"]["actions"]
    assert text in [action["title"] for action in actions]


@pytest.mark.parametrize("text", ["å" * 40_000, "🎨" * 20_000])
def test_what_is_too_long_for_a_cell_is_cut_where_one_sees_it(story: Story, text: str) -> None:
    data = with_title(story, text)
    with translation.override("sv"):
        mark = translation.gettext("cut: the whole text is in the application")
    for rows in (csv_rows(made(Format.CSV, data)), *sheets(made(Format.ODS, data)).values()):
        for cell in (cell for row in rows for cell in row if isinstance(cell, str) and cell.startswith(text[:100])):
            assert (len(cell.encode("utf-16-le")) // 2 <= LONGEST_TEXT, cell.endswith(f" … [{mark}]")) == (True, True)
    assert [row["title"] for row in json.loads(made(Format.JSON, data))["tables"]["actions"]].count(text) == 1
    assert made(Format.PDF, data).startswith(b"%PDF-1.7")


@hypothesis_settings(max_examples=300)
@given(st.text(max_size=80))
def test_any_text_makes_a_cell_that_xml_can_hold(text: str) -> None:
    space = "".join(f' xmlns:{name}="{name}"' for name in ("table", "office", "text"))
    cell = etree.fromstring(f"<x{space}>{ods_file.written('text', text)}</x>".encode())
    kinds = set(cell[0].attrib) - {"{table}style-name"}
    assert kinds == ({"{office}value-type"} if text else set())


def test_ods_has_the_sheets_and_cells_of_the_workbook(data: StatusData) -> None:
    theirs, ours = sheets(made(Format.XLSX, data)), sheets(made(Format.ODS, data))
    assert list(ours) == list(theirs)

    def trimmed(rows: list[list[Any]]) -> list[list[Any]]:
        found = [[float(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]
        while found and not any(cell != "" for cell in found[-1]):
            found.pop()
        return found

    # One line more on the cover: where the charts are.
    cover = next(iter(ours.values()))
    assert next(cell for cell in cover.pop() if cell) in ("Charts", "Diagram")
    assert [cell for row in cover for cell in row if "chart" in str(cell) or "diagram" in str(cell)] == []
    for name, rows in ours.items():
        width = len(rows[0])
        assert trimmed(rows) == trimmed([row[:width] for row in theirs[name]]), name


def test_ods_is_typed_and_its_mimetype_stands_first_and_unpacked(data: StatusData) -> None:
    content = made(Format.ODS, data)
    assert content[30 : 38 + len(ods_file.TYPE)] == b"mimetype" + ods_file.TYPE.encode()
    with zipfile.ZipFile(BytesIO(content)) as packed:
        names = [entry.filename for entry in packed.infolist()]
        stored = [entry.filename for entry in packed.infolist() if entry.compress_type == zipfile.ZIP_STORED]
        assert {entry.date_time for entry in packed.infolist()} == {(2017, 3, 15, 0, 0, 0)}
        for name in names[1:]:
            etree.fromstring(packed.read(name))
        body = packed.read("content.xml").decode()
    assert (names, stored) == (
        ["mimetype", "META-INF/manifest.xml", "meta.xml", "settings.xml", "styles.xml", "content.xml"],
        ["mimetype"],
    )
    assert 'office:value-type="date" office:date-value="2017-02-15"' in body
    assert body.count("<table:table-header-rows>") == body.count("<table:database-range ")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice isn't installed")
def test_libreoffice_reads_the_spreadsheet(data: StatusData, tmp_path: Path) -> None:
    path = tmp_path / "F.ods"
    path.write_bytes(made(Format.ODS, data))
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/home", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(path)],  # noqa: E501 - one command
        check=True,
        capture_output=True,
        timeout=120,
    )  # fmt: skip
    theirs, ours = sheets((tmp_path / "F.xlsx").read_bytes()), sheets(path.read_bytes())
    assert list(theirs) == list(ours)
    name = list(ours)[4]
    assert [row[:3] for row in theirs[name][3:]] == [row[:3] for row in ours[name][3:]]


def strict(schema: Any) -> Any:
    """The schema, allowing no name that it doesn't describe."""
    if isinstance(schema, dict):
        found = {name: strict(part) for name, part in schema.items()}
        if found.get("type") == "object":
            found["additionalProperties"] = False
        return found
    return [strict(part) for part in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("kind", ReportKind.values)
@pytest.mark.parametrize("variant", Variant.values)
def test_json_is_as_its_schema_says(story: Story, kind: str, variant: str) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    asked = replace(story.ask(), kind=kind, variant=variant, counts_left_out=variant == Variant.WORKING)
    content = json.loads(made(Format.JSON, selection.load(asked)))
    jsonschema.Draft202012Validator(strict(deepcopy(schema))).validate(content)
    assert (content["question"]["kind"], content["question"]["variant"]) == (kind, variant)


def test_json_says_the_same_in_both_languages(story: Story) -> None:
    swedish, english = (
        json.loads(made(Format.JSON, selection.load(replace(story.ask(), language=language))))
        for language in Language.values
    )
    assert (swedish.pop("question")["language"], english.pop("question")["language"]) == ("sv", "en")
    assert swedish == english


def test_the_totals_of_each_format_are_the_figures(data: StatusData) -> None:
    total = data.figures.total
    figures = [total.total, total.open, total.done, total.overdue]
    assert figures == [3, 2, 1, 1]
    found = json.loads(made(Format.JSON, data))
    assert [found["figures"]["total"][name] for name in ("total", "open", "done", "overdue")] == figures
    actions = found["tables"]["actions"]
    done = sum(action["status"] == "done" for action in actions)
    late = sum(action["days_overdue"] > 0 for action in actions)
    assert [len(actions), len(actions) - done, done, late] == figures
    assert len(csv_rows(made(Format.CSV, data))) == total.total + 1
    summary = list(sheets(made(Format.ODS, data)).values())[1]
    done_in, *_rest, total_in, open_in, overdue_in, share = next(row[1:] for row in reversed(summary) if any(row[1:]))
    assert [total_in, open_in, done_in, overdue_in] == figures
    assert share == pytest.approx(1 / 3)
    with translation.override("sv"):
        word = translation.gettext("Total")
    assert f"{word} 3 1 2 1 33 %" in " ".join(pdf_words(made(Format.PDF, data)).split())


def test_the_pdf_of_a_follow_up_tells_no_share_done(story: Story) -> None:
    """It leaves out what the council has approved, so what is done in it is no share of what was to be done."""
    question = replace(story.ask(), kind=ReportKind.FOLLOW_UP, language="en")
    words = " ".join(pdf_words(made(Format.PDF, selection.load(question))).split())
    assert ("Share done" in words, "Waiting for approval" in words) == (False, True)


def test_the_pdf_is_tagged_titled_and_says_what_its_charts_show(data: StatusData) -> None:
    content = made(Format.PDF, data)
    reader = pypdf.PdfReader(BytesIO(content))
    root: Any = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (
        True,
        "sv",
        True,
    )
    assert str(reader.metadata and reader.metadata.title).endswith(data.question.council.name)
    assert (b"pdfuaid" in content, b"pdfaid" in content) == (True, True)
    fonts = {font["/BaseFont"] for page in reader.pages for font in _fonts(page)}
    assert {font[7:8] for font in fonts} == {"+"}  # a part of each font is in the file
    alternatives = [text for text in _alternatives(root["/StructTreeRoot"]) if "1 Mål 1" in text]
    assert len(alternatives) == 1


def _fonts(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


def _alternatives(element: Any) -> list[str]:
    """Every alternative text in a PDF's structure."""
    element = element.get_object()
    if isinstance(element, list):
        return [text for part in element for text in _alternatives(part)]
    if not isinstance(element, dict):
        return []
    own = [str(element["/Alt"])] if "/Alt" in element else []
    return own + (_alternatives(element["/K"]) if "/K" in element else [])


def test_a_long_role_leaves_room_for_what_is_to_be_done_on_paper(story: Story) -> None:
    owner = story.owners[0]
    owner.title = "säkerhets- och beredskapssamordnare vid kommunledningskontoret"
    owner.save(update_fields=["title"])
    story.agree(date(2017, 1, 9), title="Utse en kunskapsbärare på varje förskola")
    question = replace(story.ask(), kind=ReportKind.FOLLOW_UP)
    lines = pdf_words(made(Format.PDF, selection.load(question))).splitlines()
    assert sum("Utse en kunskapsbärare på varje förskola" in line for line in lines) == 1


def test_a_long_list_on_paper_says_how_much_more_there_is(story: Story) -> None:
    item = story.meet(date(2017, 1, 9))
    for number in range(152):
        story.agree(date(2017, 1, 9), item=item, title=f"Nummer {number}")
    words = pdf_words(made(Format.PDF, selection.load(replace(story.ask(), language="en"))))
    assert "3 more rows are in the workbook." in words
    assert words.count("Nummer ") == 150


@pytest.mark.parametrize("kind", ReportKind.values)
@pytest.mark.parametrize("file_format", [*OTHERS, Format.XLSX])
def test_a_file_that_counts_nothing_restricted_is_the_same_whether_there_is_any(
    story: Story, kind: str, file_format: str
) -> None:
    topic = make.make_topic(story.council, name="Extremism 2", extremism=True)
    meeting = story.meet(date(2017, 1, 20)).meeting

    def files() -> list[bytes]:
        asked = [replace(story.ask(), kind=kind, variant=variant) for variant in Variant.values]
        return [made(file_format, selection.load(question)) for question in asked]

    before = files()
    case = make.make_case(story.council, restricted=True, topics=[topic])
    item = make.make_item(meeting, restricted=True, case=case, topics=[topic], state="treated")
    make.make_action(agenda_item=item, owner=story.owners[0], activity=story.activities[0])
    Decision.objects.create(council=story.council, item=item, text="x")
    assert selection.load(replace(story.ask(), kind=kind)).left_out.total > 0
    assert files() == before
    if file_format == Format.JSON:
        assert [json.loads(file)["left_out"] for file in before] == [None, None]
    elif file_format != Format.CSV:
        with translation.override("sv"):
            sentence = gettext("Restricted matter is no part of this report.")
        assert all(sentence in " ".join(unescape(everything(file_format, file)).split()) for file in before)


@pytest.mark.parametrize("kind", ReportKind.values)
@pytest.mark.parametrize("file_format", [*OTHERS, Format.XLSX])
def test_restricted_text_is_in_no_format_of_any_kind(story: Story, kind: str, file_format: str) -> None:
    topic = make.make_topic(story.council, name="Extremism 2", extremism=True)
    case = make.make_case(story.council, title="Fjolårskvasten", restricted=True)
    item = story.meet(date(2017, 1, 20), restricted=True, title="Fjolårskvasten", case=case, topics=[topic])
    story.agree(date(2017, 1, 20), item=item, title="Fjolårskvasten")
    data = selection.load(replace(story.ask(), kind=kind))
    assert data.left_out.total > 0
    assert "Fjolårskvasten" not in everything(file_format, made(file_format, data))
    Case.objects.update(**make.OPEN)
    type(item).objects.update(**make.OPEN)
    shown = everything(file_format, made(file_format, selection.load(replace(story.ask(), kind=kind))))
    neutral = kind == ReportKind.EXTREMISM
    assert ("Fjolårskvasten" in shown) is (not neutral)


@pytest.mark.parametrize("file_format", [*OTHERS, Format.XLSX])
@pytest.mark.parametrize("kind", ReportKind.values)
def test_a_copy_for_publication_names_no_owner(story: Story, kind: str, file_format: str) -> None:
    name = story.owners[0].name
    working, publish = (
        everything(file_format, made(file_format, selection.load(replace(story.ask(), kind=kind, variant=variant))))
        for variant in (Variant.WORKING, Variant.PUBLISH)
    )
    assert name not in publish
    if kind == ReportKind.FOLLOW_UP:
        assert name.split()[0] in working


@pytest.mark.parametrize("file_format", OTHERS)
def test_an_empty_plan_is_a_file_too(db: None, file_format: str) -> None:
    council = make.make_council()
    plan = WorkPlan.objects.create(council=council, name="2016-2017", starts=date(2016, 1, 1), ends=date(2017, 12, 31))
    data = [selection.load(replace(plan_so_far(plan, DAY), kind=kind)) for kind in ReportKind.values]
    assert [bool(made(file_format, one)) for one in data] == [True] * len(data)


@pytest.mark.parametrize("file_format", OTHERS)
def test_the_same_question_gives_the_same_bytes(story: Story, data: StatusData, file_format: str) -> None:
    with translation.override("en"):
        again = made(file_format, selection.load(story.ask()))
    assert made(file_format, data) == again


SCRIPT = """
import hashlib, django
django.setup()
from tests.reports.test_formats import OTHERS, made
from tests.reports.test_workbook import invented
print(*(hashlib.sha256(made(name, invented())).hexdigest() for name in OTHERS))
"""


def test_another_process_gives_the_same_bytes() -> None:
    environment = os.environ | {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env=environment, timeout=120
    )
    assert ran.stdout.split() == [hashlib.sha256(made(name, invented())).hexdigest() for name in OTHERS]


@pytest.mark.parametrize("file_format", [*OTHERS, Format.XLSX])
def test_it_tells_how_far_it_is(story: Story, file_format: str) -> None:
    item = story.meet(date(2017, 1, 9))
    for number in range(200):
        story.agree(date(2017, 1, 9), item=item, title=f"Nummer {number}")
    told: list[int] = []
    formats.write(file_format, selection.load(story.ask()), BytesIO(), told.append)
    assert told[:1] == [200]
    assert told == sorted(set(told))
