"""Which sheets a report of each kind has, in their order. docs/report.md says what each sheet holds."""

from collections.abc import Callable

from reports.models import ReportKind
from reports.workbook.report import Report
from reports.workbook.sheets.actions import actions, lists
from reports.workbook.sheets.activities import activities
from reports.workbook.sheets.case_life import case_actions, case_decisions
from reports.workbook.sheets.changes import changes, months
from reports.workbook.sheets.council import cases, extremism, meetings
from reports.workbook.sheets.cover import cover
from reports.workbook.sheets.follow_up import decisions, open_actions, organisations, waiting
from reports.workbook.sheets.summary import distribution, goals

SHEETS: dict[str, tuple[Callable[[Report], None], ...]] = {
    ReportKind.STATUS: (goals, distribution, activities, actions, cases, extremism, meetings, months, changes, lists),
    ReportKind.FOLLOW_UP: (organisations, open_actions, waiting, decisions, lists),
    ReportKind.EXTREMISM: (goals, distribution, extremism, cases, months, lists),
    ReportKind.CASES: (cases, case_actions, case_decisions, lists),
}


def write(report: Report) -> None:
    """Write the sheets of the report's kind. The cover stands first and is written last, for it counts the others."""
    for sheet in SHEETS[report.question.kind]:
        sheet(report)
    cover(report)
