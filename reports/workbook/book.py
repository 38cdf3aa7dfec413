"""A workbook of the house: titled, printable sheets, each with one native table, written cell by cell."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from bra.models import Accent, Council
from reports.workbook.charts import Bars, Lines, draw
from reports.workbook.file import finish
from reports.workbook.streaming import Rows, Stamp
from reports.workbook.styles import ACCENTS, LATE, styles
from reports.workbook.texts import FORMULA_LIKE, cell_text, lines

Progress = Callable[[int], None]

PROGRESS_STEP = 200  # rows
HEADER_ROW = 4
FIRST_ROW = HEADER_ROW + 1
_LINE_HEIGHT, _HIGHEST_ROW = 15.75, 409.0  # points
# A chart beneath a longer table would be cut by the end of the printed page, so it begins a page of its own.
_ROWS_BESIDE_A_CHART = 12


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its header, its width in characters, and the style of its cells."""

    header: str
    width: float
    style: str = "text"


@dataclass(frozen=True, slots=True)
class Described:
    """One table of a book, for who writes it in another format. `rows` of a long one can be read once."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def _height(needed: int) -> float:
    """The height in points of a row whose longest text takes so many lines."""
    return min(needed * _LINE_HEIGHT, _HIGHEST_ROW)


class Book:
    """One workbook of a council, as of a day, while it is being written.

    One that colleagues work in has frozen headers, filter buttons and cells that take their choices from a list; one
    for publication has none of these.
    """

    def __init__(
        self,
        council: Council,
        day: date,
        title: str,
        progress: Progress,
        *,
        working: bool = True,
        language: str = "sv-SE",
    ) -> None:
        self.council = council
        self.day = day
        self.working = working
        self.footer = _("Status report as of %(day)s") % {"day": day}
        self.progress = progress
        self.rows_written = 0
        self._tell_at = PROGRESS_STEP
        self.accent = ACCENTS[Accent(council.accent)]
        self.alt_texts: list[tuple[str, str]] = []
        self.contents: list[tuple[Worksheet, str, int]] = []
        self.streams: dict[str, Rows] = {}
        self.tables: list[Described] = []
        self.book = Workbook()
        for style in styles(self.accent):
            self.book.add_named_style(style)
        first = self.book.active
        assert isinstance(first, Worksheet)  # a new workbook has one
        self.cover = first
        properties = self.book.properties
        properties.title = cell_text(title)
        properties.subject = _("As of %(day)s") % {"day": day}
        properties.creator = properties.lastModifiedBy = cell_text(council.name)
        properties.language = language
        properties.created = datetime.combine(day, time())

    def save(self, target: IO[bytes]) -> None:
        """Write the file of what has been put into the book."""
        raw = BytesIO()
        self.book.save(raw)
        parts = {f"xl/worksheets/sheet{index}.xml": name for index, name in enumerate(self.book.sheetnames, start=1)}
        streams = {part: self.streams[name] for part, name in parts.items() if name in self.streams}
        finish(raw, target, self.alt_texts, streams, self.day)

    def sheet(self, name: str, title: str, explanation: str, columns: Sequence[Column]) -> Worksheet:
        """Add a sheet with its title, its explanation and the widths of its columns."""
        sheet = self.book.create_sheet(name)
        self.dress(sheet, title, explanation)
        for index, column in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = column.width
        return sheet

    def dress(self, sheet: Worksheet, title: str, explanation: str) -> None:
        """Give a sheet its title, its explanation and its printed page."""
        self.put(sheet, 1, 1, title, "title")
        self.put(sheet, 2, 1, explanation, "explanation")
        sheet.row_dimensions[1].height = 30
        sheet.row_dimensions[2].height = 18
        sheet.sheet_view.showGridLines = False
        sheet.sheet_properties.tabColor = self.accent
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9  # A4
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0  # as many pages as the rows need
        assert sheet.sheet_properties.pageSetUpPr is not None  # openpyxl gives every sheet one
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.75
        sheet.print_options.horizontalCentered = False
        # An ampersand begins a code in a footer.
        council = cell_text(self.council.name).replace("&", "&&")
        sheet.oddFooter.left.text = council
        sheet.oddFooter.center.text = self.footer
        sheet.oddFooter.right.text = _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"}
        for part in (sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right):
            part.size = 9

    def put(self, sheet: Worksheet, row: int, column: int, value: Any, style: str) -> Cell:
        """Write one value. A text is a text, whatever it begins with."""
        cell = sheet.cell(row, column)
        assert isinstance(cell, Cell)  # no cells are merged
        cell.style = style
        if isinstance(value, str):
            text = cell_text(value)
            cell.value = text
            cell.data_type = "s"
            if text.startswith(FORMULA_LIKE):
                cell.quotePrefix = True
        elif value is not None:
            cell.value = value
        return cell

    def table(
        self,
        sheet: Worksheet,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        empty: str,
        what: str,
        counted: bool = True,
    ) -> int:
        """Write a native table, or words when there is nothing in it; return its last row. `what` goes on the cover."""
        rows = list(rows)
        self.tables.append(Described(name, what, columns, rows))
        last = HEADER_ROW
        for last, values in enumerate(rows, start=HEADER_ROW + 1):
            for index, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
                self.put(sheet, last, index, value, column.style)
            self.fit(sheet, last, ((value, column.width) for value, column in zip(values, columns, strict=True)))
            if counted:
                self._count(1)
        return self._framed(sheet, name, columns, last, empty, what)

    def long_table(
        self,
        sheet: Worksheet,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        number: int,
        empty: str,
        what: str,
    ) -> int:
        """Do as `table` does with `number` rows that are read while the file is saved; return the last row."""
        last = HEADER_ROW + number
        self.tables.append(Described(name, what, columns, self._told(rows)))
        if number:
            stamps = [
                Stamp(self._style(column.style, quoted=False), self._style(column.style, quoted=True), column.width)
                for column in columns
            ]
            self.streams[sheet.title] = Rows(FIRST_ROW, last, stamps, rows, _height, self._count)
        return self._framed(sheet, name, columns, last, empty, what)

    def _told(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """The rows, counted as they are read by who writes another format."""
        for row in rows:
            yield row
            self._count(1)

    def _count(self, more: int) -> None:
        """Tell now and then how many rows have been written: rarely when they are many, for each telling costs time."""
        self.rows_written += more
        if self.rows_written >= self._tell_at:
            told = self.rows_written - self.rows_written % PROGRESS_STEP
            self._tell_at = told + max(PROGRESS_STEP, told // 50)
            self.progress(told)

    def _style(self, name: str, *, quoted: bool) -> int:
        """The number that cells of the named style refer to it by."""
        cell = Cell(self.cover)
        cell.style = name
        if quoted:
            cell.quotePrefix = True
        return int(cell.style_id)

    def _framed(self, sheet: Worksheet, name: str, columns: Sequence[Column], last: int, empty: str, what: str) -> int:
        """Put the frame of a native table around the rows that end in `last`, or say that there are none."""
        if last == HEADER_ROW:
            self.put(sheet, HEADER_ROW, 1, empty, "empty")
            self.contents.append((sheet, what, 0))
            return last
        for index, column in enumerate(columns, start=1):
            style = "header number" if column.style in ("count", "share") else "header"
            self.put(sheet, HEADER_ROW, index, column.header, style)
        sheet.row_dimensions[HEADER_ROW].height = 33
        table = Table(displayName=name, ref=f"A{HEADER_ROW}:{get_column_letter(len(columns))}{last}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        table._initialise_columns()
        for written, column in zip(table.tableColumns, columns, strict=True):
            assert isinstance(written, TableColumn)
            written.name = column.header
        if not self.working:
            table.autoFilter = None
        sheet.add_table(table)
        self.freeze(sheet, f"A{FIRST_ROW}")
        sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
        self.contents.append((sheet, what, last - HEADER_ROW))
        return last

    def freeze(self, sheet: Worksheet, corner: str) -> None:
        """Let what is above and left of a cell stay in sight where colleagues work."""
        if self.working:
            sheet.freeze_panes = corner

    def fit(self, sheet: Worksheet, row: int, cells: Iterable[tuple[Any, float]]) -> None:
        """Make a row as high as its longest wrapped text needs; not every viewer does so by itself."""
        needed = max((lines(cell_text(value), width) for value, width in cells if isinstance(value, str)), default=1)
        if needed > 1:
            sheet.row_dimensions[row].height = _height(needed)

    def tint(self, sheet: Worksheet, letter: str, last: int, words: dict[str, str]) -> None:
        """Colour the words of a column: {word: colour}."""
        area = f"{letter}{FIRST_ROW}:{letter}{last}"
        for word, tone in words.items():
            rule = FormulaRule(formula=[f'${letter}{FIRST_ROW}="{word}"'], font=Font(color=f"FF{tone}", bold=True))
            sheet.conditional_formatting.add(area, rule)

    def tint_positive(self, sheet: Worksheet, letter: str, last: int) -> None:
        """Colour the numbers above zero of a column that counts what is late."""
        rule = FormulaRule(formula=[f"N(${letter}{FIRST_ROW})>0"], font=Font(color=f"FF{LATE}", bold=True))
        sheet.conditional_formatting.add(f"{letter}{FIRST_ROW}:{letter}{last}", rule)

    def chart(self, sheet: Worksheet, chart: Bars | Lines, alt: str, place: str = "", table_ends: int = 0) -> None:
        """Put a chart beneath the table that ends in the row `table_ends`, or at the cell `place`, on a page whole."""
        if not place and table_ends - HEADER_ROW > _ROWS_BESIDE_A_CHART:
            sheet.row_breaks.append(Break(id=table_ends + 1))
        sheet.add_chart(draw(sheet, chart), place or f"A{table_ends + 3}")
        self.alt_texts.append((chart.title, alt))
