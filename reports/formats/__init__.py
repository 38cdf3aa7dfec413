"""The kinds of file that a report can be: for each its media type, and who writes it.

Every writer takes the same rows and figures and, but for JSON, the same description of the tables as the workbook.
The same question gives the same bytes in each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from reports import workbook
from reports.formats import csv_file, json_file, ods_file, pdf_file
from reports.models import Format
from reports.selection import StatusData
from reports.workbook.book import Progress

Writer = Callable[[StatusData, IO[bytes], Progress], None]


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file: its media type, and its writer, which is told where to write and tells how many rows it has."""

    content_type: str
    write: Writer


KINDS: Mapping[str, FileKind] = {
    Format.XLSX: FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.write),
    Format.ODS: FileKind(ods_file.TYPE, ods_file.write),
    Format.CSV: FileKind(csv_file.TYPE, csv_file.write),
    Format.PDF: FileKind(pdf_file.TYPE, pdf_file.write),
    Format.JSON: FileKind(json_file.TYPE, json_file.write),
}


def write(file_format: str, data: StatusData, target: IO[bytes], progress: Progress = lambda rows: None) -> None:
    """Write the report as a file of that format; `progress` is told now and then how many rows are written."""
    KINDS[file_format].write(data, target, progress)
