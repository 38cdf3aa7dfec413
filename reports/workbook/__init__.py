"""The status report as a workbook: figures in, the bytes of an .xlsx file out. Nothing else writes with openpyxl.

The file is in the language that was asked for, whoever reads the page. The same figures give the same bytes: no clock
is read, and the times that the format wants are those of the report's day.
"""

from io import BytesIO
from typing import IO

from django.utils import translation

from reports.selection import StatusData
from reports.workbook import kinds
from reports.workbook.book import Progress
from reports.workbook.report import Report


def write(data: StatusData, target: IO[bytes], progress: Progress = lambda rows: None) -> None:
    """Write the workbook of a status report; `progress` is told now and then how many rows are written."""
    with translation.override(data.question.language):
        report = Report(data, progress)
        kinds.write(report)
        report.save(target)


def build(data: StatusData) -> bytes:
    """Return the workbook, for who wants it whole."""
    target = BytesIO()
    write(data, target)
    return target.getvalue()
