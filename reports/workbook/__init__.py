"""The status report as a workbook: figures in, the bytes of an .xlsx file out. Nothing else writes with openpyxl.

The file is in the language that was asked for, whoever reads the page. The same figures give the same bytes: no clock
is read, and the times that the format wants are those of the report's day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO

from django.utils import translation

from reports.selection import StatusData
from reports.workbook import kinds
from reports.workbook.book import Progress
from reports.workbook.report import Report


@contextmanager
def laid_out(data: StatusData, progress: Progress = lambda rows: None) -> Iterator[Report]:
    """The report with its sheets, not yet a file; long tables are still to be read, within the `with`.

    Other formats take their tables from it, so that a sheet is described once for all of them.
    """
    with translation.override(data.question.language):
        report = Report(data, progress)
        kinds.write(report)
        yield report


def write(data: StatusData, target: IO[bytes], progress: Progress = lambda rows: None) -> None:
    """Write the workbook of a status report; `progress` is told now and then how many rows are written."""
    with laid_out(data, progress) as report:
        report.save(target)


def build(data: StatusData) -> bytes:
    """Return the workbook, for who wants it whole."""
    target = BytesIO()
    write(data, target)
    return target.getvalue()
