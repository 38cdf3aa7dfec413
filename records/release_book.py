"""The register as a workbook."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bra.models import Council
from reports.workbook.book import Book, Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """Columns as (header, width in characters), and rows of texts and days."""

    columns: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[Any]]


def as_xlsx(council: Council, day: date, title: str, table: Table) -> bytes:
    """Return the workbook, with one sheet."""
    book = Book(council, day, title, lambda rows: None)
    book.footer = title
    columns = [
        Column(header, width, "date" if any(isinstance(row[place], date) for row in table.rows) else "text")
        for place, (header, width) in enumerate(table.columns)
    ]
    words = _("The register as it was on %(day)s.") % {"day": day}
    sheet = book.sheet(title[:31], title, words, columns)
    book.book.remove(book.cover)
    book.table(sheet, "Utlamnanden", columns, table.rows, _("No request."), title)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
