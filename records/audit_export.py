"""The audit log as a file: all rows of a choice, with whole seals, read as they are written."""

from collections.abc import Iterator
from typing import IO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.properties import PageSetupProperties

from bra.models import HistoryEntry, HistoryEntryQuerySet
from records import audit_words
from records.audit_tables import AuditTable
from reports.formats.csv_file import shown

# A sheet of more rows takes longer to write than anybody waits; CSV has no such bound.
MOST_ROWS_OF_A_SHEET = 50_000
CHUNK = 2000


def rows(entries: HistoryEntryQuerySet) -> Iterator[list[str | int | None]]:
    """Return the header, then a row of each entry, the oldest first; in constant memory."""
    columns = [str(column.verbose_name) for column in AuditTable.base_columns.values()]
    yield [columns[0], _("Clock"), *columns[1:]]
    words = audit_words.things()
    for entry in entries.order_by("on", "pk").iterator(chunk_size=CHUNK):
        yield _row(entry, words)


def _row(entry: HistoryEntry, words: dict[str, str]) -> list[str | int | None]:
    return [
        entry.on.isoformat(),
        timezone.localtime(entry.at).isoformat(timespec="seconds"),
        audit_words.who(entry.actor, by_somebody=entry.user_id is not None),
        audit_words.done(entry.verb),
        audit_words.thing(entry, words),
        str(entry.get_kind_display()),
        entry.sequence,
        entry.seal,
    ]


def write_xlsx(entries: HistoryEntryQuerySet, target: IO[bytes]) -> None:
    """Write the workbook: one sheet, its header frozen, and repeated on each page when it is printed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Audit log"))
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", (12, 26, 40, 34, 26, 26, 10, 68), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.right.text = "&P (&N)"
    table = rows(entries)
    sheet.append([_bold(sheet, str(word)) for word in next(table)])
    for row in table:
        # A text that begins like a formula is no formula.
        sheet.append([shown(value) if isinstance(value, str) else value for value in row])
    book.save(target)


def _bold(sheet: WriteOnlyWorksheet, word: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, word)
    cell.font = Font(bold=True)
    return cell
