"""The report as an OpenDocument spreadsheet: the workbook's sheets, written as XML while their rows are read.

The libraries at hand hold the whole document as a tree or know no styles (docs/report.md says more), so the few parts
that a spreadsheet needs are written here. The zip is the same whenever and wherever it is made.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from html import escape
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from reports import workbook
from reports.formats import ods_parts
from reports.selection import StatusData
from reports.workbook.book import HEADER_ROW, Progress
from reports.workbook.report import Report
from reports.workbook.streaming import Rows
from reports.workbook.texts import plain_text, unescaped

TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_REMEMBERED = 4096  # values per column
_LEVEL = 3  # as the workbook's
# Above this many rows the parts may need the large sizes of a zip, which old readers don't know.
_MANY_ROWS = 200_000

_RUN_OF_SPACES = re.compile(r"^ | {2,}| $")


def write(data: StatusData, target: IO[bytes], progress: Progress = lambda rows: None) -> None:
    """Write the sheets of the workbook as a spreadsheet; its charts stay in the workbook."""
    with workbook.laid_out(data, progress) as report, zipfile.ZipFile(target, "w") as packed:
        _put(packed, report.day, "mimetype", [TYPE], stored=True)
        _put(packed, report.day, "META-INF/manifest.xml", [ods_parts.manifest(TYPE)])
        _put(packed, report.day, "meta.xml", [ods_parts.meta(report)])
        _put(packed, report.day, "settings.xml", [ods_parts.settings(report)])
        _put(packed, report.day, "styles.xml", [ods_parts.styles(report)])
        _put(packed, report.day, "content.xml", _content(report), large=data.rows > _MANY_ROWS)


def _put(
    packed: zipfile.ZipFile, day: date, name: str, pieces: Iterable[str], stored: bool = False, large: bool = False
) -> None:
    entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    entry._compresslevel = _LEVEL  # type: ignore[attr-defined]  # zipfile takes it from there when it streams
    entry.create_system = 3  # else the file would tell where it was made
    entry.external_attr = 0o600 << 16
    with packed.open(entry, "w", force_zip64=large) as part:
        for piece in pieces:
            part.write(piece.encode("utf-8"))


def _content(report: Report) -> Iterator[str]:
    sheets = report.book.worksheets
    widths = sorted({width for sheet in sheets for width in ods_parts.widths(sheet)})
    yield ods_parts.content_begins(sheets, widths)
    for place, sheet in enumerate(sheets, start=1):
        yield from _sheet(sheet, place, report.streams.get(sheet.title), widths)
    yield ods_parts.content_ends(report)


def _sheet(sheet: Worksheet, place: int, stream: Rows | None, widths: list[float]) -> Iterator[str]:
    own = ods_parts.widths(sheet)
    yield f'<table:table table:name="{escape(sheet.title)}" table:style-name="sheet{place}">'
    for width in own:
        yield f'<table:table-column table:style-name="column{widths.index(width)}"/>'
    headed = bool(sheet.print_title_rows)
    for number, cells in enumerate(sheet.iter_rows(max_col=len(own)), start=1):
        if headed and number == HEADER_ROW:
            yield "<table:table-header-rows>"
        row = "".join(_written(cell) for cell in cells if isinstance(cell, Cell))
        yield f'<table:table-row table:style-name="{_row_style(number)}">{row}</table:table-row>'
        if headed and number == HEADER_ROW:
            yield "</table:table-header-rows>"
    if place == 1:
        note = written("label", _("Charts")) + written("fact", _("They are in the Excel file and in the PDF."))
        yield f'<table:table-row table:style-name="row">{note}</table:table-row>'
    if stream is not None:
        columns = [_Column(_style_of(sheet, stamp.plain)) for stamp in stream.stamps]
        for values in stream.values:
            row = "".join([column[value] for column, value in zip(columns, values, strict=True)])
            yield f'<table:table-row table:style-name="row">{row}</table:table-row>'
            for column in columns:
                column.forget_some()
            stream.told(1)
    yield "</table:table>"


def _row_style(number: int) -> str:
    return "title-row" if number == 1 else "row"


def _style_of(sheet: Worksheet, number: int) -> str:
    """The name of the style that the workbook knows by a number."""
    cell = Cell(sheet)
    cell._style = sheet.parent._cell_styles[number]
    return str(cell.style)


def _written(cell: Cell) -> str:
    """One cell of a small table, or of the cover."""
    if cell.value is None and not cell.has_style:
        return "<table:table-cell/>"
    link = cell.hyperlink.location if cell.hyperlink else ""
    value = unescaped(cell.value) if isinstance(cell.value, str) else cell.value
    return written(ods_parts.style_name(cell.style), value, link or "")


class _Column(dict[Any, str]):
    """What has been written of a column's values; a new one is written."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self.style = ods_parts.style_name(style)

    def forget_some(self) -> None:
        """Hold no more than some thousand values; names and states repeat, titles don't."""
        if len(self) > _REMEMBERED:
            self.clear()

    def __missing__(self, value: Any) -> str:
        self[value] = cell = written(self.style, value)
        return cell


def written(style: str, value: Any, link: str = "") -> str:
    """One cell. A text is a text whatever it begins with: its type is said, and no formula is ever written."""
    begin = f'<table:table-cell table:style-name="{style}"'
    if value is None or value == "":
        return f"{begin}/>"
    if isinstance(value, str):
        text = _paragraphs(value)
        if link:
            target = escape("#" + link.replace("!", "."))
            words = _inline(plain_text(value))
            text = f'<text:p><text:a xlink:type="simple" xlink:href="{target}">{words}</text:a></text:p>'
        return f'{begin} office:value-type="string">{text}</table:table-cell>'
    if isinstance(value, date):
        day = value.isoformat()[:10]
        return f'{begin} office:value-type="date" office:date-value="{day}"><text:p>{day}</text:p></table:table-cell>'
    kind = "percentage" if style.endswith("share") else "float"
    shown = f"{value * 100:.0f} %" if kind == "percentage" else f"{value}"
    return f'{begin} office:value-type="{kind}" office:value="{value}"><text:p>{shown}</text:p></table:table-cell>'


def _paragraphs(text: str) -> str:
    return "".join(f"<text:p>{_inline(line)}</text:p>" for line in plain_text(text).split("\n"))


def _inline(line: str) -> str:
    """One line, with the spaces and tabs that XML would lose."""
    safe = escape(line, quote=False)
    safe = _RUN_OF_SPACES.sub(lambda run: f'<text:s text:c="{len(run[0])}"/>', safe)
    return safe.replace("\t", "<text:tab/>")
