"""The sheet of actions, and that of the words it chooses from."""

from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from actions.models import Status
from reports import marks
from reports.models import ReportKind, comes_back
from reports.rows import ActionRow
from reports.workbook.book import FIRST_ROW, HEADER_ROW, Column
from reports.workbook.report import Report
from reports.workbook.styles import LATE, TONES


def actions(report: Report) -> None:
    """Write every action. A working copy can be filled in: its light columns are open, the others are locked."""
    returns = comes_back(report.question.kind, report.question.variant)
    filled = " open" if returns else ""
    columns = [
        Column(_("ID") if returns else _("No."), 7, "number"),
        Column(_("Action"), 42, "strong"),
        Column(_("Status"), 15, f"text{filled}"),
        Column(_("Overdue"), 12),
        Column(_("Days overdue"), 11, "count"),
        Column(_("Deadline"), 12, "date"),
        owner_column(report),
        Column(_("Organisation"), 28),
        Column(_("Goal"), 19),
        Column(_("Activity"), 12),
        Column(_("Meeting"), 10),
        Column("§", 8),
        Column(_("Agreed"), 12, "date"),
        Column(_("Closed"), 12, f"date{filled}"),
        Column(_("What it led to"), 36, f"text{filled}"),
    ]
    if returns:
        columns += filled_in_columns()[2:]
    sheet = report.sheet(
        _("Actions"),
        _("Actions"),
        _("One row for each action, as it was on %(day)s.") % {"day": report.day}
        + (" " + _("Fill in the light cells and send the file to the coordinator.") if returns else ""),
        columns,
    )
    slug = report.council.slug
    # Looked up once: there may be a hundred thousand rows.
    yes, no, outside = _("Yes"), _("No"), (_("Outside the plan"), None)
    words = {str(state.value): str(state.label) for state in Status}
    goals = {goal.number: goal.label for goal in report.data.goals}
    place = {activity.pk: (goals[activity.goal], activity.code) for activity in report.data.activities}

    def row(action: ActionRow) -> tuple[Any, ...]:
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
            *((None, marks.mark(slug, action.pk, action.version)) if returns else ()),
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
        if returns:
            let_fill_in(sheet, last, agreed="M", closed="N", texts="OP")


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


def filled_in_columns() -> list[Column]:
    """The columns that a table gets at its end to be filled in, and that which tells its rows' versions."""
    return [
        Column(_("Closed"), 12, "date open"),
        Column(_("What it led to"), 36, "text open"),
        Column(_("Comment"), 30, "text open"),
        Column(_("Version"), 10),
    ]


def let_fill_in(sheet: Worksheet, last: int, *, agreed: str, closed: str, texts: str) -> None:
    """Lock what isn't open, with no password, and say at once what can't be taken in when the file comes back.

    The columns by their letters: the day of agreeing, that of closing, and from the first to the last text.
    """
    protection = sheet.protection
    protection.sheet = True
    # False: it stays allowed.
    protection.autoFilter = protection.sort = protection.formatColumns = protection.formatRows = False
    day = DataValidation(
        type="date", operator="between", formula1=f"${agreed}{FIRST_ROW}", formula2="TODAY()", showErrorMessage=True
    )
    day.errorTitle, day.error = _("Not such a day"), _("Write a day from when the action was agreed until today.")
    day.add(f"{closed}{FIRST_ROW}:{closed}{last}")
    text = DataValidation(
        type="textLength", operator="lessThanOrEqual", formula1=str(marks.LONGEST), showErrorMessage=True
    )
    text.errorTitle = _("Too long")
    text.error = _("At most %(most)d characters can be taken in.") % {"most": marks.LONGEST}
    text.add(f"{texts[0]}{FIRST_ROW}:{texts[-1]}{last}")
    sheet.add_data_validation(day)
    sheet.add_data_validation(text)


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
