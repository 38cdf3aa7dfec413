"""The sheet of actions, and that of the words it chooses from."""

from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from actions.models import Status
from reports import status
from reports.models import ReportKind
from reports.workbook.book import FIRST_ROW, HEADER_ROW, Column
from reports.workbook.report import Report
from reports.workbook.styles import LATE, TONES


def actions(report: Report) -> None:
    """Write every action."""
    columns = [
        Column(_("No."), 7, "number"),
        Column(_("Action"), 42, "strong"),
        Column(_("Status"), 15),
        Column(_("Overdue"), 12),
        Column(_("Days overdue"), 11, "count"),
        Column(_("Deadline"), 12, "date"),
        owner_column(report),
        Column(_("Organisation"), 25),
        Column(_("Goal"), 19),
        Column(_("Activity"), 10),
        Column(_("Meeting"), 10),
        Column("§", 8),
        Column(_("Agreed"), 12, "date"),
        Column(_("Closed"), 12, "date"),
        Column(_("What it led to"), 36),
    ]
    sheet = report.sheet(
        _("Actions"),
        _("Actions"),
        _("One row for each action, as it was on %(day)s.") % {"day": report.day},
        columns,
    )
    # Looked up once: there may be a hundred thousand rows.
    yes, no, outside = _("Yes"), _("No"), (_("Outside the plan"), None)
    words = {str(state.value): str(state.label) for state in Status}
    goals = {goal.number: goal.label for goal in report.data.goals}
    place = {activity.pk: (goals[activity.goal], activity.code) for activity in report.data.activities}

    def row(action: status.ActionRow) -> tuple[Any, ...]:
        late = action.days_overdue(report.day)
        goal, code = outside if action.activity is None else place.get(action.activity, outside)
        return (
            action.pk,
            action.title,
            words[action.status],
            yes if late else no,
            late or None,
            action.deadline,
            action.owner,
            action.organisation,
            goal,
            code,
            action.meeting_number,
            f"§ {action.decision}" if action.decision else None,
            action.agreed_on,
            action.closed_on,
            action.effect or None,
        )

    last = report.long_table(
        sheet,
        "Atgarder",
        columns,
        map(row, report.data.actions),
        len(report.data.actions),
        _("No actions belong to the period."),
        _("Every action with owner, deadline and status"),
    )
    if report.data.actions:
        report.freeze(sheet, f"C{FIRST_ROW}")
        dress_status(report, sheet, "C", last)
        report.tint(sheet, "D", last, {_("Yes"): LATE})
        report.tint_positive(sheet, "E", last)


def owner_column(report: Report) -> Column:
    """The column of the owners, who are named in what colleagues work in."""
    return Column(_("Owner") if report.working else _("Owner (role)"), 24)


def dress_status(report: Report, sheet: Worksheet, letter: str, last: int) -> None:
    """Colour the words of a status column, and let it take its choices from the list where colleagues work."""
    report.tint(sheet, letter, last, {str(state.label): tone for state, tone in TONES.items()})
    if report.working:
        _validate_status(sheet, f"{letter}{FIRST_ROW}:{letter}{last}")


def _validate_status(sheet: Worksheet, area: str) -> None:
    lists = quote_sheetname(_("Lists"))
    first, last = HEADER_ROW + 1, HEADER_ROW + len(Status)
    validation = DataValidation(
        type="list", formula1=f"{lists}!$A${first}:$A${last}", allow_blank=False, showErrorMessage=True
    )
    validation.errorTitle = _("Unknown status")
    validation.error = _("Choose one of the words in the list.")
    validation.add(area)
    sheet.add_data_validation(validation)


def lists(report: Report) -> None:
    """Write the words that other sheets take their choices from."""
    columns = [Column(_("Status"), 20, "strong"), Column(_("Meaning"), 80)]
    sheet = report.sheet(
        _("Lists"),
        _("Words used in this workbook"),
        _("The status column of the actions takes its choices from here.")
        if report.working and report.question.kind == ReportKind.STATUS
        else _("What the words of the status column mean."),
        columns,
    )
    meanings = {
        Status.NOT_STARTED: _("Agreed, but nobody has begun."),
        Status.IN_PROGRESS: _("Work goes on."),
        Status.POSTPONED: _("Put off to a later deadline."),
        Status.DONE: _("Reported as done."),
        Status.CANCELLED: _("Ended without being done; the reason is kept in the application."),
    }
    rows = [(str(state.label), meanings[state]) for state in Status]
    last = report.table(sheet, "Statusord", columns, rows, "", _("What each status means"), counted=False)
    report.tint(sheet, "A", last, {str(state.label): tone for state, tone in TONES.items()})
    place = f"{quote_sheetname(sheet.title)}!$A${FIRST_ROW}:$A${last}"
    report.book.defined_names["Statuslista"] = DefinedName("Statuslista", attr_text=place)
