"""The sheets of a status report, in their order. docs/report.md says what each holds."""

from reports.workbook.report import Report
from reports.workbook.sheets.actions import actions, lists
from reports.workbook.sheets.activities import activities
from reports.workbook.sheets.changes import changes, months
from reports.workbook.sheets.council import cases, extremism, meetings
from reports.workbook.sheets.cover import cover
from reports.workbook.sheets.summary import distribution, goals


def write(report: Report) -> None:
    """Write all of them. The cover stands first and is written last."""
    for sheet in (
        goals,
        distribution,
        activities,
        actions,
        cases,
        extremism,
        meetings,
        months,
        changes,
        lists,
        cover,
    ):
        sheet(report)
