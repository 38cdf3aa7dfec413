"""The sheets of what has been decided and agreed about each case."""

from typing import Any

from django.utils.translation import gettext as _

from actions.models import Status
from meetings.models import DecisionKind
from reports.rows import ActionRow, CaseRow
from reports.workbook.book import FIRST_ROW, Column
from reports.workbook.report import Report
from reports.workbook.sheets.actions import dress_status, owner_column


def _cases(report: Report) -> dict[int | None, tuple[int, CaseRow]]:
    """Each case by its key, with its place in the report."""
    return {row.pk: (place, row) for place, row in enumerate(report.data.cases)}


def case_actions(report: Report) -> None:
    """Write the actions of each case."""
    columns = [
        Column(_("Registry number"), 18, "strong"),
        Column(_("Case"), 34),
        Column(_("No."), 7, "number"),
        Column(_("Action"), 42),
        Column(_("Status"), 15),
        Column(_("Deadline"), 12, "date"),
        Column(_("Days overdue"), 11, "count"),
        owner_column(report),
        Column(_("Organisation"), 25),
        Column(_("Meeting"), 10),
        Column("§", 8),
        Column(_("Agreed"), 12, "date"),
        Column(_("Closed"), 12, "date"),
        Column(_("What it led to"), 36),
    ]
    sheet = report.sheet(
        _("Actions per case"),
        _("Actions per case"),
        _("Agreed in the period, and earlier ones that were still open when it began, as they were on %(day)s.")
        % {"day": report.day},
        columns,
    )
    words = {str(state.value): str(state.label) for state in Status}
    cases = _cases(report)
    # In the order of the cases; of one case in the order of the agreeing, in which they come.
    rows = sorted(report.data.actions, key=lambda row: cases[row.case][0])

    def cells(row: ActionRow) -> tuple[Any, ...]:
        _place, case = cases[row.case]
        return (
            case.registry_number,
            case.title,
            row.pk,
            row.title,
            words[row.status],
            row.deadline,
            row.days_overdue(report.day) or None,
            row.owner,
            row.organisation,
            row.meeting_number,
            f"§ {row.decision}" if row.decision else None,
            row.agreed_on,
            row.closed_on,
            row.effect or None,
        )

    last = report.long_table(
        sheet,
        "Arendeatgarder",
        columns,
        map(cells, rows),
        len(rows),
        _("No action of the period belongs to a case."),
        _("What was agreed for each case"),
    )
    if rows:
        report.freeze(sheet, f"E{FIRST_ROW}")
        report.tint_positive(sheet, "G", last)
        dress_status(report, sheet, "E", last)


def case_decisions(report: Report) -> None:
    """Write the decisions about each case."""
    columns = [
        Column(_("Registry number"), 18, "strong"),
        Column(_("Case"), 34),
        Column(_("Date"), 12, "date"),
        Column(_("Meeting"), 10),
        Column("§", 8),
        Column(_("Kind"), 16),
        Column(_("Decision"), 80),
    ]
    sheet = report.sheet(
        _("Decisions per case"), _("Decisions per case"), _("Taken at the period's meetings."), columns
    )
    kinds = {str(kind.value): str(kind.label) for kind in DecisionKind}
    cases = _cases(report)
    rows = (
        (
            cases[row.case][1].registry_number,
            cases[row.case][1].title,
            row.day,
            row.meeting_number,
            f"§ {row.number}" if row.number else None,
            kinds[row.kind],
            row.text,
        )
        for row in report.data.decisions
    )
    report.long_table(
        sheet,
        "Arendebeslut",
        columns,
        rows,
        len(report.data.decisions),
        _("No decision of the period is about a case."),
        _("What was decided about each case"),
    )
