"""The status report as a workbook: figures in, the bytes of an .xlsx file out. Nothing else writes with openpyxl.

The file is always in Swedish, whoever asks for it. The same figures give the same bytes: no clock is read, and the
times that the format wants are those of the report's day. docs/report.md says what each sheet holds.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from html import escape
from io import BytesIO
from itertools import islice
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, NumData, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from actions.models import LIVE, Status
from bra.models import Accent
from meetings.models import CaseState, ItemState
from reports import status
from reports.selection import StatusData
from reports.status import ActivityRow, Counts

Progress = Callable[[int], None]

LONGEST_TEXT = 32_767  # UTF-16 code units; Excel's limit for a cell
PROGRESS_STEP = 200  # rows
_FIRST_COLUMN_OF_TABLE, _HEADER_ROW = 1, 4
_LINE_HEIGHT, _HIGHEST_ROW = 15.75, 409.0  # points
# A chart beneath a longer table would be cut by the end of the printed page, so it begins a page of its own.
_ROWS_BESIDE_A_CHART = 12

_ACCENTS = {
    Accent.TEAL: "0E5A61",
    Accent.BLUE: "1F4F92",
    Accent.GREEN: "2B5F3D",
    Accent.PLUM: "6A3A72",
    Accent.RUST: "8A2F27",
    Accent.SLATE: "3B4F63",
}
_INK, _MUTED, _LINE, _PALE, _WHITE = "17201E", "52605C", "D0D8D5", "F1F4F3", "FFFFFF"
# The app's own tones; each at least 4.5:1 on white, as text in a cell too.
_TONES = {
    Status.DONE: "1D6B3C",
    Status.IN_PROGRESS: "1C579C",
    Status.NOT_STARTED: "52605C",
    Status.POSTPONED: "6B4FA0",
    Status.CANCELLED: "5C5F61",
}
_LATE = "A71D17"
# As fill of a bar: what isn't begun and what was given up stand back.
_FILLS = _TONES | {Status.NOT_STARTED: "A9B6B2", Status.CANCELLED: "DDE2E0"}
_BAR_ORDER = (Status.DONE, Status.IN_PROGRESS, Status.NOT_STARTED, Status.POSTPONED, Status.CANCELLED)

# What XML 1.0 can't carry, and the halves of surrogate pairs.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x0041_ in a text as the character A; with its underscore escaped it stays as it was typed.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its header, its width in characters, and the style of its cells."""

    header: str
    width: float
    style: str = "text"


def build(data: StatusData, progress: Progress = lambda rows: None) -> bytes:
    """Return the workbook of a status report; `progress` is told now and then how many rows are written."""
    with translation.override("sv"):
        return _Book(data, progress).file()


def cell_text(text: str) -> str:
    """Return the text as a cell can hold it: what can't be shown is marked, what is too long is cut visibly."""
    clean = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))
    clean = _LOOKS_ESCAPED.sub("_x005F_", clean)
    if len(clean) * 2 > LONGEST_TEXT and (units := clean.encode("utf-16-le")) and len(units) > LONGEST_TEXT * 2:
        mark = " … [" + _("cut: the whole text is in the application") + "]"
        kept = units[: (LONGEST_TEXT - len(mark)) * 2].decode("utf-16-le", errors="ignore")
        return kept + mark
    return clean


class _Book:
    """One workbook while it is being written."""

    def __init__(self, data: StatusData, progress: Progress) -> None:
        self.data = data
        self.question = data.question
        self.day = data.question.as_of
        self.council = data.question.council
        self.progress = progress
        self.rows_written = 0
        self.accent = _ACCENTS[Accent(self.council.accent)]
        self.alt_texts: list[tuple[str, str]] = []
        self.contents: list[tuple[Worksheet, str, int]] = []
        self.book = Workbook()
        for style in _styles(self.accent):
            self.book.add_named_style(style)
        first = self.book.active
        assert isinstance(first, Worksheet)  # a new workbook has one
        self.cover = first

    def file(self) -> bytes:
        """Write all sheets and return the file."""
        self._cover_sheet_named()
        self._goals()
        self._distribution()
        self._activities()
        self._actions()
        self._cases()
        self._extremism()
        self._meetings()
        self._lists()
        self._fill_cover()
        self._properties()
        raw = BytesIO()
        self.book.save(raw)
        return _finished(raw, self.alt_texts, self.day)

    # Parts that all sheets share

    def _sheet(self, name: str, title: str, explanation: str, columns: Sequence[Column]) -> Worksheet:
        sheet = self.book.create_sheet(name)
        self._dress(sheet, title, explanation)
        for index, column in enumerate(columns, start=_FIRST_COLUMN_OF_TABLE):
            sheet.column_dimensions[get_column_letter(index)].width = column.width
        return sheet

    def _dress(self, sheet: Worksheet, title: str, explanation: str) -> None:
        """Give a sheet its title, its explanation and its printed page."""
        self._put(sheet, 1, 1, title, "title")
        self._put(sheet, 2, 1, explanation, "explanation")
        sheet.row_dimensions[1].height = 30
        sheet.row_dimensions[2].height = 18
        sheet.sheet_view.showGridLines = False
        sheet.sheet_properties.tabColor = self.accent
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9  # A4
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0  # as many pages as the rows need
        assert sheet.sheet_properties.pageSetUpPr is not None  # openpyxl gives every sheet one
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.75
        sheet.print_options.horizontalCentered = False
        # An ampersand begins a code in a footer.
        council = cell_text(self.council.name).replace("&", "&&")
        sheet.oddFooter.left.text = council
        sheet.oddFooter.center.text = _("Status report as of %(day)s") % {"day": self.day.isoformat()}
        sheet.oddFooter.right.text = _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"}
        for part in (sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right):
            part.size = 9

    def _put(self, sheet: Worksheet, row: int, column: int, value: Any, style: str) -> Cell:
        """Write one value. A text is a text, whatever it begins with."""
        cell = sheet.cell(row, column)
        assert isinstance(cell, Cell)  # no cells are merged
        cell.style = style
        if isinstance(value, str):
            text = cell_text(value)
            cell.value = text
            cell.data_type = "s"
            if text.startswith(_FORMULA_LIKE):
                cell.quotePrefix = True  # type: ignore[assignment]  # the stub types the descriptor, not its value
        elif value is not None:
            cell.value = value
        return cell

    def _table(
        self,
        sheet: Worksheet,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        empty: str,
        what: str,
        counted: bool = True,
    ) -> int:
        """Write a native table, or words when there is nothing in it; return its last row. `what` goes on the cover."""
        last = _HEADER_ROW
        for last, values in enumerate(rows, start=_HEADER_ROW + 1):
            for index, (column, value) in enumerate(zip(columns, values, strict=True), start=_FIRST_COLUMN_OF_TABLE):
                self._put(sheet, last, index, value, column.style)
            self._fit(sheet, last, ((value, column.width) for value, column in zip(values, columns, strict=True)))
            if counted:
                self.rows_written += 1
                if self.rows_written % PROGRESS_STEP == 0:
                    self.progress(self.rows_written)
        if last == _HEADER_ROW:
            self._put(sheet, _HEADER_ROW, 1, empty, "empty")
            self.contents.append((sheet, what, 0))
            return last
        for index, column in enumerate(columns, start=_FIRST_COLUMN_OF_TABLE):
            style = "header number" if column.style in ("count", "share") else "header"
            self._put(sheet, _HEADER_ROW, index, column.header, style)
        sheet.row_dimensions[_HEADER_ROW].height = 33
        table = Table(displayName=name, ref=f"A{_HEADER_ROW}:{get_column_letter(len(columns))}{last}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        table._initialise_columns()
        for written, column in zip(table.tableColumns, columns, strict=True):
            assert isinstance(written, TableColumn)
            written.name = column.header
        sheet.add_table(table)
        sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
        sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
        self.contents.append((sheet, what, last - _HEADER_ROW))
        return last

    def _fit(self, sheet: Worksheet, row: int, cells: Iterable[tuple[Any, float]]) -> None:
        """Make a row as high as its longest wrapped text needs; not every viewer does so by itself."""
        lines = max((_lines(value, width) for value, width in cells if isinstance(value, str)), default=1)
        if lines > 1:
            sheet.row_dimensions[row].height = min(lines * _LINE_HEIGHT, _HIGHEST_ROW)

    def _tint(self, sheet: Worksheet, letter: str, last: int, words: dict[str, str]) -> None:
        """Colour the words of a column: {word: colour}."""
        area = f"{letter}{_HEADER_ROW + 1}:{letter}{last}"
        for word, tone in words.items():
            rule = FormulaRule(
                formula=[f'${letter}{_HEADER_ROW + 1}="{word}"'], font=Font(color=f"FF{tone}", bold=True)
            )
            sheet.conditional_formatting.add(area, rule)

    def _tint_positive(self, sheet: Worksheet, letter: str, last: int) -> None:
        """Colour the numbers above zero of a column that counts what is late."""
        rule = FormulaRule(
            formula=[f"N(${letter}{_HEADER_ROW + 1})>0"], font=Font(color=f"FF{_LATE}", bold=True)
        )
        sheet.conditional_formatting.add(f"{letter}{_HEADER_ROW + 1}:{letter}{last}", rule)

    # The sheets

    def _goals(self) -> None:
        columns = [
            Column(_("Goal"), 38, "strong"),
            *(Column(str(state.label), 12, "count") for state in _BAR_ORDER),
            Column(_("Total"), 10, "count"),
            Column(_("Open"), 10, "count"),
            Column(_("Of which overdue"), 12, "count"),
            Column(_("Share done"), 10, "share"),
        ]
        sheet = self._sheet(
            _("Summary"),
            _("Summary per goal"),
            _("The actions of each goal by status. Overdue ones are counted under their status too. Share done: of those not cancelled."),
            columns,
        )
        figures = self.data.figures
        rows = [(_("Outside the plan") if goal is None else goal.label, *_numbers(c)) for goal, c in figures.goals]
        last = self._table(
            sheet,
            "Mal",
            columns,
            rows,
            _("The plan has no goals yet."),
            _("The actions of each goal by status, with a chart"),
            counted=False,
        )
        if not rows:
            return
        self._tint_positive(sheet, "I", last)
        for index, value in enumerate((_("Total"), *_numbers(figures.total)), start=1):
            style = "total label" if index == 1 else "total share" if index == len(columns) else "total"
            self._put(sheet, last + 1, index, value, style)
        series = [
            (str(state.label), index, _FILLS[state]) for index, state in enumerate(_BAR_ORDER, start=2)
        ]
        self._chart(
            sheet,
            last,
            title=_("Actions per goal, by status"),
            axes=(_("Goal"), _("Number of actions")),
            series=series,
            alt=_("Stacked bars: the actions of each goal by status.")
            + " "
            + "; ".join(
                _("%(goal)s: %(done)d of %(total)d done") % {"goal": row[0], "done": row[1], "total": row[6]}
                for row in rows
            )
            + ".",
        )

    def _distribution(self) -> None:
        columns = [
            Column(_("Total by"), 22, "text"),
            Column(_("Value"), 40, "strong"),
            Column(_("Number of actions"), 14, "count"),
            Column(_("Open"), 12, "count"),
            Column(_("Of which overdue"), 14, "count"),
        ]
        sheet = self._sheet(
            _("Distribution"),
            _("Actions by status, organisation and delay"),
            _("The same actions counted in three ways. Each part adds up to its own total."),
            columns,
        )
        figures = self.data.figures
        by_organisation = [
            (_("Organisation"), name, counts.total, counts.open, counts.overdue)
            for name, counts in figures.organisations
        ]
        rows: list[tuple[Any, ...]] = []
        if figures.total.total:
            rows += by_organisation
            for state in _BAR_ORDER:
                number, late = figures.total.by_status[state], figures.total.late_by_status[state]
                rows.append((_("Status"), str(state.label), number, number if state in LIVE else 0, late))
            for low, high, number in figures.delays:
                words = _days(low, high)
                rows.append((_("Delay"), words, number, number, number))
        last = self._table(
            sheet,
            "Fordelning",
            columns,
            rows,
            _("No actions belong to the period, so there is nothing to distribute."),
            _("Actions by organisation, status and age of delay, with a chart"),
            counted=False,
        )
        if not rows:
            return
        self._tint_positive(sheet, "E", last)
        on_time_column, late = 4, 5
        self._chart(
            sheet,
            last,
            title=_("Open and overdue actions per organisation"),
            axes=(_("Organisation"), _("Number of actions")),
            series=[(columns[on_time_column - 1].header, on_time_column, "9DB8BA"), (columns[late - 1].header, late, _LATE)],
            category=2,
            rows=len(by_organisation),
            stacked=False,
            width=18.0,
            place=f"G{_HEADER_ROW}",
            alt=_("Bars: open and overdue actions per organisation.")
            + " "
            + "; ".join(
                _("%(organisation)s: %(open)d open, %(overdue)d overdue")
                % {"organisation": row[1], "open": row[3], "overdue": row[4]}
                for row in by_organisation
            )
            + ".",
        )

    def _activities(self) -> None:
        columns = [
            Column(_("No."), 7),
            Column(_("Activity"), 44, "strong"),
            Column(_("Goal"), 24),
            Column(_("Responsible role"), 24),
            Column(_("Due quarters"), 18),
            Column(_("Last due date"), 12, "date"),
            Column(_("Progress"), 18),
            Column(_("Actions"), 12, "count"),
            Column(_("Done"), 8, "count"),
            Column(_("Open"), 10, "count"),
            Column(_("Of which overdue"), 12, "count"),
            Column(_("Indicator"), 30),
        ]
        sheet = self._sheet(
            _("Activities"),
            _("The plan's activities"),
            _("Each activity with the progress that follows from its actions. Late: more of its quarters have passed than actions are done."),
            columns,
        )
        of_activity = status.grouped(self.data.actions, lambda row: row.activity)
        goals = {goal.number: goal.label for goal in self.data.goals}

        def row(activity: ActivityRow) -> tuple[Any, ...]:
            counts = status.count(of_activity.get(activity.pk, ()), self.day)
            return (
                activity.code,
                activity.title,
                goals[activity.goal],
                activity.responsible_role,
                ", ".join(activity.quarters),
                activity.due,
                progress_words(status.progress(activity, counts, self.day)),
                counts.total,
                counts.done,
                counts.open,
                counts.overdue,
                activity.indicator,
            )

        last = self._table(
            sheet,
            "Aktiviteter",
            columns,
            map(row, self.data.activities),
            _("The plan has no activities yet."),
            _("The plan's activities and how they go"),
        )
        if self.data.activities:
            tones = {"done": "1D6B3C", "ongoing": "1C579C"}
            self._tint(
                sheet,
                "G",
                last,
                {
                    progress_words(status.Progress(state, late)): _LATE if late else tones.get(state, _MUTED)
                    for state in ("none", "todo", "ongoing", "done")
                    for late in (False, True)
                },
            )
            self._tint_positive(sheet, "K", last)

    def _actions(self) -> None:
        columns = [
            Column(_("No."), 7, "number"),
            Column(_("Action"), 42, "strong"),
            Column(_("Status"), 15),
            Column(_("Overdue"), 12),
            Column(_("Days overdue"), 11, "count"),
            Column(_("Deadline"), 12, "date"),
            Column(_("Owner (role)"), 24),
            Column(_("Organisation"), 25),
            Column(_("Goal"), 19),
            Column(_("Activity"), 10),
            Column(_("Meeting"), 10),
            Column("§", 8),
            Column(_("Agreed"), 12, "date"),
            Column(_("Closed"), 12, "date"),
            Column(_("What it led to"), 30),
        ]
        sheet = self._sheet(
            _("Actions"),
            _("Actions"),
            _("One row for each action, as it was on %(day)s. Owners are given by role, not by name.") % {"day": self.day},
            columns,
        )
        codes = {activity.pk: activity.code for activity in self.data.activities}
        goal_of = {activity.pk: activity.goal for activity in self.data.activities}
        goals = {goal.number: goal.label for goal in self.data.goals}
        words = dict(Status.choices)

        def row(action: status.ActionRow) -> tuple[Any, ...]:
            late = action.days_overdue(self.day)
            inside = action.activity in codes
            return (
                action.pk,
                action.title,
                str(words[action.status]),
                _("Yes") if late else _("No"),
                late or None,
                action.deadline,
                action.owner_role,
                action.organisation,
                goals[goal_of[action.activity]] if inside and action.activity else _("Outside the plan"),
                codes[action.activity] if inside and action.activity else None,
                action.meeting_number,
                f"§ {action.decision}" if action.decision else None,
                action.agreed_on,
                action.closed_on,
                action.effect or None,
            )

        last = self._table(
            sheet,
            "Atgarder",
            columns,
            map(row, self.data.actions),
            _("No actions belong to the period."),
            _("Every action with owner, deadline and status"),
        )
        if self.data.actions:
            sheet.freeze_panes = f"C{_HEADER_ROW + 1}"
            self._tint(sheet, "C", last, {str(state.label): tone for state, tone in _TONES.items()})
            self._tint(sheet, "D", last, {_("Yes"): _LATE})
            self._tint_positive(sheet, "E", last)
            self._validate_status(sheet, f"C{_HEADER_ROW + 1}:C{last}")

    def _validate_status(self, sheet: Worksheet, area: str) -> None:
        lists = quote_sheetname(_("Lists"))
        first, last = _HEADER_ROW + 1, _HEADER_ROW + len(Status)
        validation = DataValidation(
            type="list", formula1=f"{lists}!$A${first}:$A${last}", allow_blank=False, showErrorMessage=True
        )
        validation.errorTitle = _("Unknown status")
        validation.error = _("Choose one of the words in the list.")
        validation.add(area)
        sheet.add_data_validation(validation)

    def _cases(self) -> None:
        columns = [
            Column(_("Registry number"), 18),
            Column(_("Case"), 50, "strong"),
            Column(_("State"), 13),
            Column(_("Responsible organisation"), 30),
            Column(_("Opened"), 12, "date"),
            Column(_("Last treated"), 12, "date"),
            Column(_("Open actions"), 12, "count"),
        ]
        sheet = self._sheet(
            _("Cases"),
            _("Cases"),
            _("The questions that the council follows across meetings. A case is never about a person."),
            columns,
        )
        words = dict(CaseState.choices)
        rows = (
            (
                case.registry_number,
                case.title,
                str(words[case.state]),
                case.organisation,
                case.opened_on,
                case.last_treated,
                case.open_actions,
            )
            for case in self.data.cases
        )
        self._table(sheet, "Arenden", columns, rows, _("No cases had been opened."), _("The questions followed across meetings"))

    def _extremism(self) -> None:
        columns = [
            Column(_("Kind"), 14),
            Column(_("Heading"), 50, "strong"),
            Column(_("Meeting"), 10),
            Column(_("Date"), 12, "date"),
            Column(_("Item"), 8, "number"),
            Column(_("State"), 16),
            Column(_("Deadline"), 12, "date"),
            Column(_("Organisation"), 26),
            Column(_("Decisions"), 11, "count"),
            Column(_("Actions"), 11, "count"),
        ]
        sheet = self._sheet(
            _("Violent extremism"),
            _("Items and actions related to violent extremism"),
            _("Agenda items of the period's meetings with a topic that marks the question, and the actions agreed at such items."),
            columns,
        )
        states, statuses = dict(ItemState.choices), dict(Status.choices)
        items = [
            (
                _("Agenda item"),
                item.title,
                item.meeting_number,
                item.day,
                item.position,
                str(states[item.state]),
                None,
                None,
                item.decisions,
                item.actions,
            )
            for item in self.data.items
        ]
        actions = [
            (
                _("Action"),
                action.title,
                action.meeting_number,
                action.agreed_on,
                None,
                str(statuses[action.status]),
                action.deadline,
                action.organisation,
                None,
                None,
            )
            for action in self.data.actions
            if action.extremism
        ]
        self._table(
            sheet,
            "Extremism",
            columns,
            [*items, *actions],
            _("No item or action of the period has been marked as related to violent extremism."),
            _("Items and actions related to violent extremism"),
        )

    def _meetings(self) -> None:
        columns = [
            Column(_("Meeting"), 12, "strong"),
            Column(_("Date"), 12, "date"),
            Column(_("Title"), 36),
            Column(_("Place"), 30),
            Column(_("Present"), 11, "count"),
            Column(_("Decisions"), 11, "count"),
            Column(_("Actions agreed"), 12, "count"),
        ]
        sheet = self._sheet(
            _("Meetings"),
            _("The period's meetings"),
            _("Meetings held in the period, how many members were present, and what they came to."),
            columns,
        )
        rows = (
            (
                meeting.number,
                meeting.day,
                meeting.title or _("Ordinary meeting"),
                meeting.place or None,
                meeting.present,
                meeting.decisions,
                meeting.actions,
            )
            for meeting in self.data.meetings
        )
        self._table(sheet, "Moten", columns, rows, _("No meeting was held in the period."), _("The period's meetings"))

    def _lists(self) -> None:
        columns = [Column(_("Status"), 20, "strong"), Column(_("Meaning"), 80)]
        sheet = self._sheet(
            _("Lists"),
            _("Words used in this workbook"),
            _("The status column of the actions takes its choices from here."),
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
        last = self._table(sheet, "Statusord", columns, rows, "", _("What each status means"), counted=False)
        self._tint(sheet, "A", last, {str(state.label): tone for state, tone in _TONES.items()})
        place = f"{quote_sheetname(sheet.title)}!$A${_HEADER_ROW + 1}:$A${last}"
        self.book.defined_names["Statuslista"] = DefinedName("Statuslista", attr_text=place)

    # The cover

    def _cover_sheet_named(self) -> None:
        self.cover.title = _("Cover")
        self._dress(
            self.cover,
            _("Status report: work plan %(plan)s") % {"plan": self.question.plan.name},
            _("%(council)s. How the plan's work stood on %(day)s.") % {"council": self.council.name, "day": self.day},
        )
        self.cover.column_dimensions["A"].width = 30
        self.cover.column_dimensions["B"].width = 92
        self.cover.column_dimensions["C"].width = 10

    def _fill_cover(self) -> None:
        question, total = self.question, self.data.figures.total
        row = self._facts(
            4,
            _("The report"),
            [
                (_("Plan"), _("%(name)s, %(from)s to %(to)s") % _span(question.plan.name, question.plan.starts, question.plan.ends), "fact"),
                (_("Period"), _("%(from)s to %(to)s") % _span("", question.period_from, question.period_to), "fact"),
                (_("As of"), self.day, "fact date"),
                (_("Contact"), self.data.contact or _("The coordinator's seat is empty."), "fact"),
            ],
        )
        report_date = f"{quote_sheetname(self.cover.title)}!$B$7"
        self.book.defined_names["Rapportdag"] = DefinedName("Rapportdag", attr_text=report_date)
        row = self._facts(
            row + 1,
            _("In short"),
            [
                (_("Actions"), total.total, "fact number"),
                (_("Of which done"), total.done, "fact number"),
                (_("Of which open"), total.open, "fact number"),
                (_("Of which overdue"), total.overdue, "fact number"),
                (_("Share done"), total.share_done if total.total else _("No actions yet"), "fact share"),
            ],
        )
        row = self._facts(
            row + 1,
            _("How to read it"),
            [
                (_("Choice of actions"), _choice_words(), "fact"),
                (_("State on the day"), _as_of_words(), "fact"),
                (_("Left out"), _left_out_words(self.data), "fact"),
                (_("Names"), _("Owners are given by role and organisation. No person is named."), "fact"),
            ],
        )
        tables = sum(rows > 0 for _sheet, _what, rows in self.contents)
        self._put(self.cover, row + 1, 1, _("Sheets"), "section")
        self._put(
            self.cover,
            row + 1,
            2,
            ngettext("%(number)d table", "%(number)d tables", tables) % {"number": tables},
            "section note",
        )
        self._put(self.cover, row + 1, 3, _("Rows"), "section number")
        for line, (sheet, what, rows) in enumerate(self.contents, start=row + 2):
            link = self._put(self.cover, line, 1, sheet.title, "link")
            link.hyperlink = f"#{quote_sheetname(sheet.title)}!A1"
            link.style = "link"  # openpyxl gives every hyperlink its own style
            self._put(self.cover, line, 2, what, "fact")
            self._put(self.cover, line, 3, rows, "fact count")

    def _facts(self, row: int, heading: str, facts: Sequence[tuple[str, Any, str]]) -> int:
        """Write a heading and its facts; return the row after them."""
        for column in (1, 2, 3):
            self._put(self.cover, row, column, heading if column == 1 else None, "section")
        for line, (label, value, style) in enumerate(facts, start=row + 1):
            self._put(self.cover, line, 1, label, "label")
            self._put(self.cover, line, 2, value, "fact" if isinstance(value, str) else style)
            self._put(self.cover, line, 3, None, "fact")
            self._fit(self.cover, line, [(value, 92.0)])
        return row + len(facts) + 1

    def _properties(self) -> None:
        properties = self.book.properties
        properties.title = _("Status report: work plan %(plan)s") % {"plan": cell_text(self.question.plan.name)}
        properties.subject = _("As of %(day)s") % {"day": self.day}
        properties.creator = properties.lastModifiedBy = cell_text(self.council.name)
        properties.language = "sv-SE"
        properties.created = datetime.combine(self.day, time())

    # Charts

    def _chart(
        self,
        sheet: Worksheet,
        last: int,
        *,
        title: str,
        axes: tuple[str, str],
        series: Sequence[tuple[str, int, str]],
        alt: str,
        category: int = 1,
        rows: int | None = None,
        stacked: bool = True,
        width: float = 26.0,
        place: str = "",
    ) -> None:
        """Draw horizontal bars of the table that ends at `last`, of its first `rows` rows (all by default).

        The chart stands beneath the table, or at the cell `place`; `width` is in cm. `series` are (words, column, colour). The figures are kept in the chart too, for viewers that don't calculate.
        """
        first = _HEADER_ROW + 1
        end = last if rows is None else first + rows - 1
        chart = BarChart()
        chart.type = "bar"
        chart.grouping = "stacked" if stacked else "clustered"
        chart.overlap = 100 if stacked else -10
        chart.gapWidth = 55
        chart.style = 2
        chart.title = title
        chart.title.overlay = False
        chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_words(1400, bold=True))
        chart.title.tx.rich.p[0].r[0].rPr = _words(1400, bold=True)
        chart.x_axis.title, chart.y_axis.title = axes
        values = [_numbers_of(sheet, column, first, end) for _label, column, _tone in series]
        names = [str(sheet.cell(row, category).value) for row in range(first, end + 1)]
        for (label, column, tone), numbers in zip(series, values, strict=True):
            chart.append(_series(sheet, label, column, tone, numbers, names, category, first, end, inside=stacked))
        sums = [sum(column) for column in zip(*values, strict=True)] if stacked else [max(v) for v in values]
        _dress_axes(chart, highest=max(sums, default=0))
        chart.legend.position = "b"
        chart.legend.txPr = _paragraph(_words(1000))
        height = min(14.5, max(8.0, 4.2 + (0.8 if stacked else 1.0) * len(names)))
        room = ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=6.2 / width, y=1.5 / height,
            w=1 - 6.9 / width, h=1 - 4.1 / height,
        )  # fmt: skip
        chart.layout = Layout(manualLayout=room)
        chart.width, chart.height = width, height
        if not place and last - _HEADER_ROW > _ROWS_BESIDE_A_CHART:
            sheet.row_breaks.append(Break(id=last + 1))
        sheet.add_chart(chart, place or f"A{last + 3}")
        self.alt_texts.append((title, alt))


def _series(
    sheet: Worksheet,
    label: str,
    column: int,
    tone: str,
    numbers: list[int],
    names: list[str],
    category: int,
    first: int,
    last: int,
    inside: bool,
) -> Series:
    """One series with the values it shows written into it."""
    series = Series(
        Reference(sheet, min_col=column, min_row=first, max_row=last), title_from_data=False, title=label
    )
    series.cat = _categories(sheet, category, first, last, names)
    series.val.numRef.numCache = NumData(
        formatCode="General",
        ptCount=len(numbers),
        pt=[NumVal(idx=index, v=str(value)) for index, value in enumerate(numbers)],
    )
    series.tx.v = None
    series.tx.strRef = _text_reference(f"{quote_sheetname(sheet.title)}!${get_column_letter(column)}${_HEADER_ROW}", [label])
    series.graphicalProperties = GraphicalProperties(solidFill=tone, ln=LineProperties(solidFill=_WHITE, w=6350))
    series.invertIfNegative = False
    dark = inside and tone not in (_FILLS[Status.NOT_STARTED], _FILLS[Status.CANCELLED])
    # A zero has no bar, so it gets no figure either.
    series.dLbls = DataLabelList(showVal=True, numFmt="0;;;")
    series.dLbls.txPr = _paragraph(_words(900, colour=_WHITE if dark else _INK))
    for part in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(series.dLbls, part, False)
    return series


def _categories(sheet: Worksheet, column: int, first: int, last: int, names: list[str]) -> AxDataSource:
    letter = get_column_letter(column)
    place = f"{quote_sheetname(sheet.title)}!${letter}${first}:${letter}${last}"
    return AxDataSource(strRef=_text_reference(place, names))


def _text_reference(place: str, texts: list[str]) -> StrRef:
    points = [StrVal(idx=index, v=text) for index, text in enumerate(texts)]
    return StrRef(f=place, strCache=StrData(ptCount=len(points), pt=points))


def _dress_axes(chart: BarChart, highest: int) -> None:
    """Show both axes, the first row on top, and whole numbers only."""
    thin = LineProperties(solidFill=_LINE, w=6350)
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.crosses = "max"
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorUnit = max(1, -(-highest // 10))
    chart.y_axis.number_format = "0"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=thin)
    for axis in (chart.x_axis, chart.y_axis):
        axis.txPr = _paragraph(_words(1000))
        axis.graphicalProperties = GraphicalProperties(ln=thin)
        axis.title.overlay = False
        axis.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_words(1000))
        axis.title.tx.rich.p[0].r[0].rPr = _words(1000)
    chart.x_axis.majorTickMark = chart.y_axis.majorTickMark = "none"


def _words(size: int, bold: bool = False, colour: str = _INK) -> CharacterProperties:
    """Text in a chart; `size` in hundredths of a point."""
    return CharacterProperties(sz=size, b=bold, solidFill=colour, lang="sv-SE")


def _paragraph(properties: CharacterProperties) -> RichText:
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])


def _numbers_of(sheet: Worksheet, column: int, first: int, last: int) -> list[int]:
    return [int(sheet.cell(row, column).value or 0) for row in range(first, last + 1)]  # type: ignore[arg-type]  # counts


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of `width` characters, rather one too many than one too few."""
    room = max(1, int(width * 0.9) - 2)
    return sum(max(1, -(-len(line) // room)) for line in text[:4000].split("\n"))


# Words


def progress_words(progress: status.Progress) -> str:
    """Say how an activity goes: "In progress, late"."""
    words = {
        "none": _("No open action"),
        "todo": _("Not started"),
        "ongoing": _("In progress"),
        "done": _("Done"),
    }[progress.state]
    return _("%(state)s, late") % {"state": words} if progress.late else words


def _days(low: int, high: int | None) -> str:
    if high is None:
        return _("More than %(days)d days") % {"days": low - 1}
    return _("%(from)d to %(to)d days") % {"from": low, "to": high}


def _span(name: str, first: date, last: date) -> dict[str, str]:
    return {"name": name, "from": first.isoformat(), "to": last.isoformat()}


def _numbers(counts: Counts) -> tuple[float | int | None, ...]:
    """The figures of a row of the summary, in the order of its columns."""
    return (
        *(counts.by_status[state] for state in _BAR_ORDER),
        counts.total,
        counts.open,
        counts.overdue,
        counts.share_done,
    )


def _choice_words() -> str:
    return _(
        "Actions agreed in the period up to the report's day, and earlier ones that were still open when the period began. "
        "Actions that serve no activity are shown as outside the plan; those of other plans are not included."
    )


def _as_of_words() -> str:
    return _(
        "Status, owner and deadline are shown as they were at the end of the report's day; what happened later is not included. "
        "Roles, topics and the plan's wording are today's."
    )


def _left_out_words(data: StatusData) -> str:
    left = data.left_out
    if not left.total:
        return _("Nothing. No restricted item belongs to the period.")
    return _("Restricted matter: %(actions)s, %(items)s and %(cases)s. It is not included in any figure.") % {
        "actions": ngettext("%(n)d action", "%(n)d actions", left.actions) % {"n": left.actions},
        "items": ngettext("%(n)d extremism-related item", "%(n)d extremism-related items", left.items) % {"n": left.items},
        "cases": ngettext("%(n)d case", "%(n)d cases", left.cases) % {"n": left.cases},
    }


# Styles


def _styles(accent: str) -> Iterable[NamedStyle]:
    """Every style of the workbook by name."""
    hair = Side(style="thin", color=f"FF{_LINE}")
    under = Border(bottom=hair)
    ink = Font(name="Calibri", size=11, color=f"FF{_INK}")
    strong = Font(name="Calibri", size=11, color=f"FF{_INK}", bold=True)
    muted = Font(name="Calibri", size=11, color=f"FF{_MUTED}")
    top = Alignment(vertical="top", horizontal="left", wrap_text=True, indent=1)
    right = Alignment(vertical="top", horizontal="right", indent=1)
    heavy = Border(top=Side(style="medium", color=f"FF{accent}"), bottom=Side(style="thin", color=f"FF{accent}"))
    coloured = Font(name="Calibri", size=11, bold=True, color=f"FF{accent}")
    section = Border(bottom=Side(style="medium", color=f"FF{accent}"))
    pale = PatternFill("solid", fgColor=f"FF{_PALE}")

    def style(name: str, font: Font, alignment: Alignment, **rest: Any) -> NamedStyle:
        return NamedStyle(name=name, font=font, alignment=alignment, **rest)

    yield style("title", Font(name="Calibri", size=20, bold=True, color=f"FF{accent}"), Alignment(vertical="center"))
    yield style("explanation", muted, Alignment(vertical="top"))
    yield style(
        "header",
        Font(name="Calibri", size=11, bold=True, color=f"FF{_WHITE}"),
        Alignment(vertical="center", horizontal="left", wrap_text=True, indent=1),
        fill=PatternFill("solid", fgColor=f"FF{accent}"),
    )
    yield style(
        "header number",
        Font(name="Calibri", size=11, bold=True, color=f"FF{_WHITE}"),
        Alignment(vertical="center", horizontal="right", wrap_text=True, indent=1),
        fill=PatternFill("solid", fgColor=f"FF{accent}"),
    )
    yield style("text", ink, top, border=under, number_format="@")
    yield style("strong", strong, top, border=under, number_format="@")
    yield style("date", ink, top, border=under, number_format="yyyy-mm-dd")
    yield style("number", ink, top, border=under, number_format="0")
    yield style("count", ink, right, border=under, number_format="#,##0")
    yield style("share", ink, right, border=under, number_format="0 %")
    yield style("total label", strong, top, border=heavy, fill=pale, number_format="@")
    yield style("total", strong, right, border=heavy, fill=pale, number_format="#,##0")
    yield style("total share", strong, right, border=heavy, fill=pale, number_format="0 %")
    yield style("empty", muted, Alignment(vertical="top"), number_format="@")
    yield style("section", coloured, Alignment(vertical="bottom", horizontal="left", indent=1), border=section)
    yield style("section note", muted, Alignment(vertical="bottom", horizontal="left", indent=1), border=section)
    yield style("section number", coloured, Alignment(vertical="bottom", horizontal="right", indent=1), border=section)
    yield style("label", muted, top, border=under)
    yield style("fact", ink, top, border=under, number_format="@")
    yield style("fact date", strong, top, border=under, number_format="yyyy-mm-dd")
    yield style("fact number", strong, top, border=under, number_format="#,##0")
    yield style("fact count", ink, right, border=under, number_format="#,##0")
    yield style("fact share", strong, top, border=under, number_format="0 %")
    yield style("link", Font(name="Calibri", size=11, color=f"FF{accent}", underline="single"), top, border=under)


# The file


def _finished(raw: BytesIO, alt_texts: Iterable[tuple[str, str]], day: date) -> bytes:
    """Return the saved workbook with its charts' alternative texts, and every time in it that of the report's day."""
    texts = iter(alt_texts)
    stamp = (day.year, day.month, day.day, 0, 0, 0)
    out = BytesIO()
    with zipfile.ZipFile(raw) as saved, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as finished:
        for name in saved.namelist():
            content = saved.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + f"{day}T00:00:00Z".encode() + rb"\g<2>", content)
            elif name.startswith("xl/charts/chart"):
                content = content.replace(_NO_ZEROS, _NO_ZEROS + b' sourceLinked="0"')
            elif name.startswith("xl/drawings/drawing"):
                content = _with_alt_texts(content, texts)
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the file would tell where it was made
            entry.external_attr = 0o600 << 16
            finished.writestr(entry, content)
    return out.getvalue()


# openpyxl leaves out that a label's number format is its own, and a viewer may then take the cells'.
_NO_ZEROS = b'<numFmt formatCode="0;;;"'
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_CHART_NAME = re.compile(r'(<(?:\w+:)?cNvPr id="\d+" name=")Chart \d+(")')


def _with_alt_texts(drawing: bytes, texts: Any) -> bytes:
    """Name the charts of a drawing and describe them; openpyxl has no word for it."""
    found = drawing.decode("utf-8")
    chosen = list(islice(texts, len(_CHART_NAME.findall(found))))
    described = iter(chosen)

    def describe(match: re.Match[str]) -> str:
        title, text = next(described)
        return f'{match[1]}{escape(cell_text(title))}{match[2]} descr="{escape(cell_text(text))}"'

    return _CHART_NAME.sub(describe, found).encode("utf-8")
