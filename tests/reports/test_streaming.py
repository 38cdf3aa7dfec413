"""Rows written as XML are the cells that openpyxl would have written, for whatever texts."""

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bra.models import Council
from reports.rows import ActionRow
from reports.spool import Spool
from reports.workbook.book import FIRST_ROW, Book, Column
from reports.workbook.streaming import Rows, Stamp, encoded
from tests.reports.test_status import row

DAY = date(2017, 3, 15)
COLUMNS = [Column("Text", 20), Column("Tal", 9, "count"), Column("Dag", 12, "date"), Column("Till", 42, "strong")]
TEXT = st.one_of(
    st.text(min_size=1, max_size=60),  # an empty one is given as None
    st.sampled_from(["=1+1", "@a", "_x0041_", "a\r\nb", "<b>&amp;", " blank ", "å" * 90]),
)
VALUES = st.tuples(
    st.none() | TEXT, st.none() | st.integers(-(10**9), 10**9), st.none() | st.dates(min_value=date(1901, 1, 1)), TEXT
)


def written(rows: list[tuple[Any, ...]], *, streamed: bool) -> bytes:
    """A file of one table, either streamed or written cell by cell with openpyxl."""
    book = Book(Council(name="BRÅ", slug="bra"), DAY, "Prov", lambda rows: None)
    sheet = book.sheet("Prov", "Prov", "Prov", COLUMNS)
    if streamed:
        book.long_table(sheet, "Prov", COLUMNS, rows, len(rows), "Inget", "Prov")
    else:
        book.table(sheet, "Prov", COLUMNS, rows, "Inget", "Prov")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def cells(content: bytes) -> list[Any]:
    """Value, type, style and quoting of each cell, the heights of rows, and what belongs to the sheet."""
    sheet = openpyxl.load_workbook(BytesIO(content))["Prov"]
    found: list[Any] = [
        (cell.coordinate, cell.value, cell.data_type, cell.style, cell.number_format, cell.quotePrefix)
        for line in sheet.iter_rows()
        for cell in line
    ]
    heights = {number: sheet.row_dimensions[number].height for number in range(1, sheet.max_row + 1)}
    return [
        *found,
        heights,
        sheet.tables.items(),
        sheet.freeze_panes,
        sheet.dimensions,
        sheet.column_dimensions["A"].width,
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(VALUES, max_size=12))
def test_a_streamed_table_is_the_one_that_openpyxl_writes(rows: list[tuple[Any, ...]]) -> None:
    assert cells(written(rows, streamed=True)) == cells(written(rows, streamed=False))


@settings(max_examples=10, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=12))
def test_a_second_reader_finds_the_same_values(rows: list[tuple[Any, ...]]) -> None:
    streamed, plain = (
        CalamineWorkbook.from_filelike(BytesIO(written(rows, streamed=how))).get_sheet_by_name("Prov").to_python()
        for how in (True, False)
    )
    assert streamed == plain


@pytest.mark.parametrize("foretold", [1, 3])
def test_another_number_of_rows_than_was_foretold_is_an_error(foretold: int) -> None:
    rows = Rows(FIRST_ROW, FIRST_ROW + foretold - 1, [Stamp(0, 1, 10)], [("a",), ("b",)], float)
    with pytest.raises(ValueError, match="is the last row"):
        list(encoded(rows))


def test_a_spool_gives_its_rows_back_in_order_as_often_as_wanted() -> None:
    spool = Spool(ActionRow._make)
    rows = [row(pk=n, title="å" * (n % 50)) for n in range(2500)]
    for one in rows:
        spool.append(one)
    assert (len(spool), list(spool), list(spool)) == (2500, rows, rows)
    # Two readers at a time don't disturb each other.
    assert list(zip(spool, spool, strict=True)) == list(zip(rows, rows, strict=True))
