"""Working copies as colleagues send them back."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from actions.models import Action
from bra.models import Member
from reports import returning, selection, workbook
from reports.models import Language, Report, ReportState, ReturnedFile
from reports.questions import Question
from tests.make import TODAY
from tests.reports.story import Story

HEADER_ROW = 4


def report_of(story: Story, by: Member, **fields: Any) -> Report:
    """A report of the plan so far whose file is there; in English, as the tests read it."""
    question = story.ask()
    values: dict[str, Any] = {
        "council": story.council,
        "plan": story.plan,
        "period_from": question.period_from,
        "period_to": question.period_to,
        "as_of": question.as_of,
        "language": Language.ENGLISH,
        "asked_by": by,
        "state": ReportState.READY,
        "file_name": "x.xlsx",
        "sha256": "0" * 64,
        "size": 1,
    }
    return Report.objects.create(**values | fields)


def content_of(report: Report) -> bytes:
    """The bytes of the report's workbook."""
    return workbook.build(
        selection.load(
            Question(
                report.plan,
                report.period_from,
                report.period_to,
                report.as_of,
                kind=report.kind,
                variant=report.variant,
                language=report.language,
            )
        )
    )


def table_of(book: openpyxl.Workbook) -> tuple[Worksheet, dict[str, int], dict[int, int]]:
    """The sheet of actions: (sheet, {head: column}, {action's key: row})."""
    sheet = next(one for one in book.worksheets if "ID" in [cell.value for cell in one[HEADER_ROW]])
    heads = {str(cell.value): cell.column for cell in sheet[HEADER_ROW] if cell.value}
    rows = {sheet.cell(row, heads["ID"]).value: row for row in range(HEADER_ROW + 1, sheet.max_row + 1)}
    return sheet, heads, {key: row for key, row in rows.items() if isinstance(key, int)}


def filled_in(content: bytes, filled: Mapping[Action, Mapping[str, Any]]) -> bytes:
    """The file with those cells filled in: {action: {head: value}}."""

    def fill(sheet: Worksheet, heads: dict[str, int], rows: dict[int, int]) -> None:
        for action, cells in filled.items():
            for head, value in cells.items():
                sheet.cell(rows[action.pk], heads[head]).value = value

    return changed(content, fill)


def changed(content: bytes, change: Callable[[Worksheet, dict[str, int], dict[int, int]], object]) -> bytes:
    """The file with its sheet of actions changed."""
    book = openpyxl.load_workbook(BytesIO(content))
    change(*table_of(book))
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def taken_up(report: Report, content: bytes, by: Member, name: str = "ifylld.xlsx") -> ReturnedFile:
    """The file, chosen at its report."""
    return returning.take_up(
        report=report, file_name=name, content=content, read=returning.read(content), by=by, on=TODAY
    )


def taken_in(returned: ReturnedFile, by: Member, **how: Any) -> int:
    """Take the file in as its preview shows it; return how many actions it changed."""
    seen = returning.preview(returned, member=by, on=TODAY).seen
    return returning.take_in(returned=returned, by=by, on=TODAY, **{"seen": seen} | how)[1]
