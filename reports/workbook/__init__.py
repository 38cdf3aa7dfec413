"""The status report as a workbook: figures in, the bytes of an .xlsx file out. Nothing else writes with openpyxl.

The file is always in Swedish, whoever asks for it. The same figures give the same bytes: no clock is read, and the
times that the format wants are those of the report's day.
"""

from django.utils import translation

from reports.selection import StatusData
from reports.workbook import sheets
from reports.workbook.book import Progress
from reports.workbook.report import Report


def build(data: StatusData, progress: Progress = lambda rows: None) -> bytes:
    """Return the workbook of a status report; `progress` is told now and then how many rows are written."""
    with translation.override("sv"):
        report = Report(data, progress)
        sheets.write(report)
        return report.file()
