"""Ten thousand cells as nasty as they come: what is streamed is what openpyxl writes, for three readers."""

import csv
import random
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from reports.workbook.texts import FORMULA_LIKE, LONGEST_TEXT, cell_text
from tests.reports.test_streaming import COLUMNS, DAY, written

NUMBER = 2500  # rows of four cells
PIECES = [
    *("=1+1", "=cmd|' /C calc'!A0", "+46 8 123", "-1", "@SUM(A1)", "\t", "\r", "\n", "\r\n", "'", '"', ";", ",", "|"),
    *("<b>", "&amp;", "&#10;", "]]>", "<![CDATA[", "</t></is></c></row>", "<?xml?>", "<f>1+1</f>"),
    *("_x000D_", "_x0041_", "_x005F_x000D_", "_xZZZZ_", "_x", "_X0041_"),
    *("\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\xa0", "\xad", "\u2028", "\ufeff"),
    *("\ufffe", "\uffff", "\ud800", "\udc00", "\udfff", "\U0001f6b2", "\U0001f469\u200d\U0001f692", "\U0010ffff"),
    *("\u202eomvänt", "\u200fשלום", "السلام", "\u0301", "e\u0301", "å", "ÅÄÖ", "中文", "  ", " ", "", "1e5", "0705"),
    *("TRUE", "#REF!", "2017-03-15", "1/2", "KS 2016/168", "https://example.org/?a=1&b=<2>", "Prata med ägaren"),
]


@cache
def rows() -> list[tuple[Any, ...]]:
    """The same rows every time: texts of some pieces each, now and then one too long for a cell."""
    dice = random.Random(705)
    long = [character * 40_000 for character in ("å", "\U0001f6b2", "=", "<", "_x0041_", "\x00", "ord ")]

    def text() -> str:
        return "".join(dice.choices(PIECES, k=dice.randint(1, 6))) or "tom"

    found: list[tuple[Any, ...]] = []
    for number in range(NUMBER):
        first = long[number // 300 % len(long)] if number % 300 == 0 else text()
        day = DAY - timedelta(days=dice.randint(-90_000, 40_000)) if number % 3 else None
        found.append((first, dice.choice([None, 0, -1, 10**9]), day, text()))
    return found


@cache
def file(*, streamed: bool) -> bytes:
    return written(rows(), streamed=streamed)


def openpyxl_cells(content: bytes) -> Iterator[tuple[Any, ...]]:
    for line in openpyxl.load_workbook(BytesIO(content))["Prov"].iter_rows(min_row=5):
        for cell in line:
            yield cell.coordinate, cell.value, cell.data_type, cell.style, cell.quotePrefix


def calamine_cells(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("Prov").to_python()


def test_openpyxl_reads_what_openpyxl_writes() -> None:
    assert list(openpyxl_cells(file(streamed=True))) == list(openpyxl_cells(file(streamed=False)))


def test_calamine_reads_what_openpyxl_writes() -> None:
    assert calamine_cells(file(streamed=True)) == calamine_cells(file(streamed=False))


def test_every_text_comes_back_and_none_is_a_formula() -> None:
    found = list(openpyxl_cells(file(streamed=True)))
    assert len(found) == NUMBER * len(COLUMNS)
    texts = {place: (value, kind, quoted) for place, value, kind, _style, quoted in found if place[0] in "AD"}
    for number, row in enumerate(rows(), start=5):
        for letter, typed in (("A", row[0]), ("D", row[3])):
            shown = cell_text(typed)
            value, kind, quoted = texts[f"{letter}{number}"]
            # openpyxl gives an escaped underscore as it stands in the file; calamine and Excel undo it.
            assert (value, kind, quoted) == (shown, "s", shown.startswith(FORMULA_LIKE))


def test_nothing_is_cut_silently() -> None:
    texts = [typed for row in rows() for typed in (row[0], row[3])]
    cut = [cell_text(typed) for typed in texts if units(typed) > LONGEST_TEXT]
    assert len(cut) == 9
    assert {shown.partition(" … ")[2] for shown in cut} == {"[cut: the whole text is in the application]"}
    # Half a pair isn't kept, so the cut may be one unit early.
    assert {units(shown) for shown in cut} <= {LONGEST_TEXT - 1, LONGEST_TEXT}
    assert [typed for typed in texts if units(typed) <= LONGEST_TEXT and "[cut" in cell_text(typed)] == []


def units(text: str) -> int:
    """The length as Excel counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.service
def test_libreoffice_reads_the_same_cells(tmp_path: Path) -> None:
    """As text: a third reader, which has its own mind about escapes and about what a text of 40,000 characters is."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice isn't here: make test installs it as root on Debian")
    found = []
    for name, streamed in (("streamed", True), ("plain", False)):
        source = tmp_path / f"{name}.xlsx"
        source.write_bytes(file(streamed=streamed))
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        # 44, 34: comma and quotation mark; 76: UTF-8; the last: the first sheet but one, cells as shown.
        target = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
        command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(tmp_path), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        [made] = tmp_path.glob(f"{name}*.csv")
        with made.open(encoding="utf-8", newline="") as lines:
            found.append(list(csv.reader(lines)))
    streamed_rows, plain_rows = found
    assert len(streamed_rows) == NUMBER + 4
    assert streamed_rows == plain_rows
