"""Tables as CSV, as Excel in Sweden reads it by a double click: semicolons, decimal commas, a BOM."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import IO, Any

from reports import workbook
from reports.selection import StatusData
from reports.workbook.book import Described, Progress
from reports.workbook.report import Report
from reports.workbook.texts import plain_text

TYPE = "text/csv; charset=utf-8"
# The table of each kind of report that its rows are about; the first one that the report has.
_MAIN = ("Atgarder", "Oppna", "Extremism", "Arenden")
# What a spreadsheet may take for the beginning of a formula (OWASP, "CSV injection"), full-width signs as well.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class _Line:
    """What a csv.writer writes to: it gives the line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """Return the file of a table in pieces, its header first, in constant memory."""
    yield BOM_UTF8
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    for row in rows:
        yield str(writer.writerow([shown(value) for value in row])).encode()


def write(data: StatusData, target: IO[bytes], progress: Progress = lambda rows: None) -> None:
    """Write the main table."""
    with workbook.laid_out(data, progress) as report:
        table = _main(report)
        target.writelines(lines(chain([[column.header for column in table.columns]], table.rows)))


def _main(report: Report) -> Described:
    by_name = {table.name: table for table in report.tables}
    return next(by_name[name] for name in _MAIN if name in by_name)


def shown(value: Any) -> str:
    """One value as CSV shows it. A text that could be taken for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = plain_text(value)
        return f"'{text}" if text.startswith(_RISKY) else text
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
