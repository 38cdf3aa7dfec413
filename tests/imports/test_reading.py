"""Files of any kind, honest and hostile: read within bounds, or refused with the sentence that helps."""

import contextlib
import random
import subprocess
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bra.errors import RuleBroken
from imports import grids, reading
from tests.imports import lists

pytestmark = [pytest.mark.wide, pytest.mark.sqlite]

HEADS = ["Åtgärd", "Ansvarig"]
PLAIN = lists.workbook([HEADS, ["Sanera klotter", "Polisen"]])


def rows_of(content: bytes) -> dict[int, list[reading.Cell]]:
    return reading.read(content).sheets[0].rows


def refusal(content: bytes) -> str:
    """Return the sentence, which came in ten seconds. Memory is a limit of the process itself."""
    began = time.monotonic()
    with pytest.raises(RuleBroken) as refused:
        reading.read(content)
    assert time.monotonic() - began < 10
    assert refused.value.field == "file"
    return refused.value.sentence


def test_the_legacy_list_is_read_cell_by_cell() -> None:
    book = reading.read(lists.LEGACY.read_bytes())
    assert [sheet.name for sheet in book.sheets] == ["Åtgärdslista"]
    assert book.sheets[0].rows == {
        1: ["BRÅ åtgärdslista 2016-2017 (uppdaterad av samordnaren)"],
        3: ["Nr", "Vad ska göras", "Ansvarig", "Klart senast", "Status", "Kommentar"],
        4: [1, "Fotografera och sanera klotter vid skolan", "Teknisk chef", "2016-11-30", "Klar"],
        5: [2, "Boka genomgång av Samtalskompassen för fritidsledare", "Kultur- och fritidschef", "2017-02-15", "Pågår",
            "väntar på lokal"],
        6: [3, "Föräldramöte om klistermärken", "Polisen", "15/5 2017", "Ej påbörjad"],
        7: [4, "Underlag till lägesbilden", "Socialchef, skolchef", "v. 10", "Försenad", "=summa saknas"],
        8: [5, "Kontaktväg på webben, även kväll och helg", "Kommunikatör", None, "klar?"],
        9: [3, "Föräldramöte om klistermärken", "Polisen", "15/5 2017", "Ej påbörjad", "dubblett"],
        10: [None, "Summa", None, None, "6 st"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        "Åtgärd;Ansvarig\r\nSanera klotter;Polisen\r\n".encode("cp1252"),
        "\ufeffÅtgärd;Ansvarig\nSanera klotter;Polisen".encode(),
        'Åtgärd,Ansvarig\n"Sanera klotter",Polisen\n'.encode(),
        "Åtgärd\tAnsvarig\nSanera klotter\tPolisen".encode("utf-16"),
        lists.ods(
            "<table:table-row><table:table-cell><text:p>Åtgärd</text:p></table:table-cell>"
            "<table:table-cell><text:p>Ansvarig</text:p></table:table-cell>"
            '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
            "<table:table-row><table:table-cell><text:p>Sanera klotter</text:p></table:table-cell>"
            "<table:table-cell><text:p>Polisen</text:p></table:table-cell></table:table-row>"
            '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
        ),
        PLAIN,
    ],
    ids=["csv of Excel in Sweden", "csv in UTF-8", "csv with commas", "tabs in UTF-16", "ods", "xlsx"],
)
def test_every_kind_gives_the_same_cells(content: bytes) -> None:
    assert rows_of(content) == {1: HEADS, 2: ["Sanera klotter", "Polisen"]}


def test_days_numbers_and_truth_in_an_ods() -> None:
    content = lists.ods(
        '<table:table-row><table:table-cell office:date-value="2017-05-15"><text:p>15 maj</text:p></table:table-cell>'
        '<table:table-cell office:value="0.5"/></table:table-row>'
    )
    assert rows_of(content) == {1: ["2017-05-15", 0.5]}


def test_what_looks_like_a_personnummer_is_never_kept() -> None:
    content = lists.workbook([["Ring 701063-2391", 197010632391, 7010632391, 1234567890, "701063-2391, 19821105-9954"]])
    mask = reading.MASK
    assert rows_of(content) == {1: [f"Ring {mask}", mask, mask, 1234567890, f"{mask}, {mask}"]}


SAID = {
    "old": (
        b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        "The file is in Excel's old format (.xls). Open it and save it as .xlsx.",
    ),
    "encrypted": (
        b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "The file is protected by a password. Save a copy without one.",
    ),
    "pdf": (b"%PDF-1.7 ...", "This isn't a file that can be read. Save the list as .xlsx, .ods or .csv."),
    "html": (b"<html><table>", "This isn't a file that can be read. Save the list as .xlsx, .ods or .csv."),
    "prose": (b"hej", "This isn't a file that can be read. Save the list as .xlsx, .ods or .csv."),
    "zip": (lists.packed({"a.txt": b"a"}), "This isn't a file that can be read. Save the list as .xlsx, .ods or .csv."),
    "empty": (b" \n", "There is nothing in the file."),
    "empty sheet": (lists.workbook([[]]), "There is nothing in the file."),
    "cut off": (
        PLAIN[: len(PLAIN) // 2],
        "The file is damaged or cut off. Open it in Excel, save it anew, and choose the new file.",
    ),
    "no worksheet": (
        lists.packed({"xl/workbook.xml": b"<workbook/>"}),
        "The file is damaged or cut off. Open it in Excel, save it anew, and choose the new file.",
    ),
    "broken XML": (
        lists.repacked(PLAIN, xl__worksheets__sheet1_x=lists.sheet_xml("<row><c>")[:-40]),
        "The file is damaged or cut off. Open it in Excel, save it anew, and choose the new file.",
    ),
    "bomb": (
        lists.packed({"xl/workbook.xml": b"<w/>", "xl/media/a.bin": b"\0" * 40_000_000}),
        "The file unpacks to much more than a list of actions holds, so it isn't opened.",
    ),
    **{
        f"disguised: {what}": (
            content,
            "The file is packed in a way that no spreadsheet program does, so it isn't opened.",
        )
        for what, content in lists.disguised(PLAIN).items()
    },
    "laughs": (
        lists.repacked(
            PLAIN,
            xl__sharedStrings_x=b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
            + b"".join(
                b'<!ENTITY lol%d "%s">' % (n, b"&lol%d;" % (n - 1) * 10 if n > 1 else b"&lol;" * 10)
                for n in range(1, 10)
            )
            + b"]><sst><si><t>&lol9;</t></si></sst>",
        ),
        "The file holds declarations that no workbook needs, so it isn't opened.",
    ),
    "laughs in UTF-16": (
        lists.repacked(PLAIN, xl__sharedStrings_x='<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16")),
        "The file holds declarations that no workbook needs, so it isn't opened.",
    ),
    "rows": (
        ("Åtgärd;Ansvarig\n" + "a;b\n" * 5_000).encode(),
        "The file has more than 5000 rows. Divide the list into several files.",
    ),
    "repeated rows": (
        lists.ods(
            '<table:table-row table:number-rows-repeated="99999999"><table:table-cell><text:p>a</text:p>'
            "</table:table-cell></table:table-row>"
        ),
        "The file has more than 5000 rows. Divide the list into several files.",
    ),
    "columns": (
        lists.workbook([["a"] * 61]),
        "The list has more than 60 columns. Take away those that aren't about actions.",
    ),
    "a far column": (
        lists.repacked(
            PLAIN,
            xl__worksheets__sheet1_x=lists.sheet_xml(
                '<row r="1"><c r="XFD1" t="inlineStr"><is><t>a</t></is></c></row>'
            ),
        ),
        "The list has more than 60 columns. Take away those that aren't about actions.",
    ),
    "a long cell": (
        lists.workbook([["a"], ["a" * 2_001]]),
        "A cell of row 2 holds more than 2000 characters. Shorten it.",
    ),
    "much text": (
        lists.workbook([["a" * 2_000] * 60] * 17),
        "The file holds more text than a list of actions does.",
    ),
    "sheets": (
        lists.workbook(*[[["a"]]] * 21),
        "The file has more than 20 sheets. Take away those that aren't about actions.",
    ),
    "large": (b"a;b\n" * 1_400_000, "The file is larger than 5 MB. A list of actions is a small file."),
}


@pytest.mark.parametrize("name", SAID)
def test_a_file_that_cannot_be_read_says_why(name: str) -> None:
    content, sentence = SAID[name]
    assert refusal(content) == sentence


def test_a_million_empty_rows_and_a_lie_about_the_size_cost_nothing() -> None:
    row = '<row r="{}"><c r="A{}" t="inlineStr"><is><t>Klotter</t></is></c></row>'
    for rows in (
        row.format(1, 1) + row.format(1_048_576, 1_048_576),
        row.format(1, 1) + "".join(f'<row r="{number}"/>' for number in range(2, 200_000)),
    ):
        content = lists.repacked(PLAIN, xl__worksheets__sheet1_x=lists.sheet_xml(rows, "A1:XFD1048576"))
        began = time.monotonic()
        book = reading.read(content)
        assert time.monotonic() - began < 10
        assert book.peak < grids.MEMORY // 1024
        assert book.sheets[0].rows == {1: ["Klotter"]}
        assert [reading.note_words(code) for code in book.notes] == ["Nothing is read below two thousand empty rows."]


def test_the_largest_list_that_is_taken_is_read_in_time() -> None:
    rows = [["Nr", "Åtgärd", "Ansvarig"], *([n, f"Åtgärd {n} " + "lång text " * 30, "Polisen"] for n in range(4_999))]
    began = time.monotonic()
    book = reading.read(lists.workbook(rows))
    assert time.monotonic() - began < 10
    assert (len(book.sheets[0].rows), book.peak < grids.MEMORY // 1024) == (5_000, True)


def test_one_text_of_sixty_megabytes_breaks_on_a_limit_and_not_on_the_machine() -> None:
    block = random.Random(1).randbytes(15_000).hex()
    row = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{block * 2_000}</t></is></c></row>'
    content = lists.repacked(PLAIN, xl__worksheets__sheet1_x=lists.sheet_xml(row))
    assert refusal(content) in {
        "The file needs more memory than a list of actions does. Copy the rows into a new workbook.",
        "A cell of row 1 holds more than 2000 characters. Shorten it.",
    }


@pytest.mark.service
def test_who_takes_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "endless.py"
    monkeypatch.setattr(reading, "PROGRAM", program)
    monkeypatch.setattr(reading, "SECONDS", 0.5)
    program.write_text("while True: pass")
    assert refusal(b"a;b") == "The file takes too long to read. Copy the rows into a new workbook and choose that."
    program.write_text("import os; os.abort()")
    assert refusal(b"a;b") == (
        "The file needs more memory than a list of actions does. Copy the rows into a new workbook."
    )


@pytest.mark.service
def test_the_process_that_reads_has_given_up_memory_and_files() -> None:
    asked = (
        "import sys; sys.path.insert(0, sys.argv[1]); import grids, resource; grids.limit();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_FSIZE)[0])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", asked, str(reading.PROGRAM.parent)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(256 * 2**20), "0"]


def test_links_and_macros_are_told_and_left_alone() -> None:
    book = openpyxl.load_workbook(BytesIO(PLAIN))
    kept = BytesIO()
    book.save(kept)
    with zipfile.ZipFile(kept, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
        archive.writestr("xl/vbaProject.bin", b"x")
    found = reading.read(kept.getvalue())
    assert found.sheets[0].rows == {1: HEADS, 2: ["Sanera klotter", "Polisen"]}
    assert [reading.note_words(code) for code in found.notes] == [
        "The list refers to other workbooks. None of them was opened: what was saved last is shown.",
        "The file holds macros. None of them was run.",
    ]


def test_a_hidden_sheet_stays_out() -> None:
    book = openpyxl.load_workbook(BytesIO(PLAIN))
    hidden = book.create_sheet("Listor")
    hidden.append(["Klar"])
    hidden.sheet_state = "hidden"
    kept = BytesIO()
    book.save(kept)
    assert len(reading.read(kept.getvalue()).sheets) == 1


def test_what_is_kept_is_read_back() -> None:
    book = reading.read(lists.LEGACY.read_bytes())
    assert reading.book_of(book.as_json()).sheets == book.sheets


@settings(max_examples=300)
@given(st.binary(max_size=400) | st.builds(lambda cut, extra: PLAIN[:cut] + extra, st.integers(0, 5_000), st.binary()))
@example(PLAIN[:4872] + b"\x01\x00\x00")  # its parts begin before the file does
def test_no_bytes_are_too_strange(content: bytes) -> None:
    """In this process, without its limits: whatever it is, it is read, or refused with words."""
    code = "empty"
    with contextlib.suppress(grids.Refused):
        try:
            grids.read(content)
        except grids.Refused as refused:
            code = refused.code
            raise
    assert reading._why(code)
