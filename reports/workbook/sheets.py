"""The sheets of a status report. docs/report.md says what each holds."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from actions.models import LIVE, Status, WorkPlan
from meetings.models import CaseState, ItemState
from reports import status
from reports.selection import StatusData
from reports.status import ActivityRow, Counts
from reports.workbook.book import FIRST_ROW, HEADER_ROW, Book, Column, Progress
from reports.workbook.charts import Bars
from reports.workbook.styles import BAR_ORDER, CALM, FILLS, LATE, MUTED, TONES


class StatusReport(Book):
    """The workbook of a status report."""

    def __init__(self, data: StatusData, progress: Progress) -> None:
        self.data = data
        self.question = data.question
        title = _("Status report: work plan %(plan)s") % {"plan": data.question.plan.name}
        super().__init__(data.question.council, data.question.as_of, title, progress)
        self.cover.title = _("Cover")
        self._goals()
        self._distribution()
        self._activities()
        self._actions()
        self._cases()
        self._extremism()
        self._meetings()
        self._lists()
        self._cover(title)

    def _goals(self) -> None:
        columns = [
            Column(_("Goal"), 38, "strong"),
            *(Column(str(state.label), 12, "count") for state in BAR_ORDER),
            Column(_("Total"), 10, "count"),
            Column(_("Open"), 10, "count"),
            Column(_("Of which overdue"), 12, "count"),
            Column(_("Share done"), 10, "share"),
        ]
        sheet = self.sheet(
            _("Summary"),
            _("Summary per goal"),
            _(
                "The actions of each goal by status. Overdue ones are counted under their status too. "
                "Share done: of those not cancelled."
            ),
            columns,
        )
        figures = self.data.figures
        rows = [(_("Outside the plan") if goal is None else goal.label, *_numbers(c)) for goal, c in figures.goals]
        last = self.table(
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
        self.tint_positive(sheet, "I", last)
        for index, value in enumerate((_("Total"), *_numbers(figures.total)), start=1):
            style = "total label" if index == 1 else "total share" if index == len(columns) else "total"
            self.put(sheet, last + 1, index, value, style)
        bars = Bars(
            title=_("Actions per goal, by status"),
            axes=(_("Goal"), _("Number of actions")),
            series=[(str(state.label), index, FILLS[state]) for index, state in enumerate(BAR_ORDER, start=2)],
            category=1,
            header=HEADER_ROW,
            last=last,
        )
        done = _("%(goal)s: %(done)d of %(total)d done")
        figures_of = [
            done % {"goal": row[0], "done": counts.done, "total": counts.not_cancelled}
            for row, (_goal, counts) in zip(rows, figures.goals, strict=True)
        ]
        alt = [_("Stacked bars: the actions of each goal by status."), "; ".join(figures_of) + "."]
        self.chart(sheet, bars, " ".join(alt), table_ends=last)

    def _distribution(self) -> None:
        columns = [
            Column(_("Total by"), 22, "text"),
            Column(_("Value"), 40, "strong"),
            Column(_("Number of actions"), 14, "count"),
            Column(_("Open"), 12, "count"),
            Column(_("Of which overdue"), 14, "count"),
        ]
        sheet = self.sheet(
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
            for state in BAR_ORDER:
                number, late = figures.total.by_status[state], figures.total.late_by_status[state]
                rows.append((_("Status"), str(state.label), number, number if state in LIVE else 0, late))
            for low, high, number in figures.delays:
                words = _days(low, high)
                rows.append((_("Delay"), words, number, number, number))
        last = self.table(
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
        self.tint_positive(sheet, "E", last)
        bars = Bars(
            title=_("Open and overdue actions per organisation"),
            axes=(_("Organisation"), _("Number of actions")),
            series=[(columns[3].header, 4, CALM), (columns[4].header, 5, LATE)],
            category=2,
            header=HEADER_ROW,
            last=HEADER_ROW + len(by_organisation),
            stacked=False,
            width=18.0,
        )
        behind = _("%(organisation)s: %(open)d open, %(overdue)d overdue")
        figures_of = [
            behind % {"organisation": name, "open": counts.open, "overdue": counts.overdue}
            for name, counts in figures.organisations
        ]
        alt = [_("Bars: open and overdue actions per organisation."), "; ".join(figures_of) + "."]
        self.chart(sheet, bars, " ".join(alt), place=f"G{HEADER_ROW}")

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
        sheet = self.sheet(
            _("Activities"),
            _("The plan's activities"),
            _(
                "Each activity with the progress that follows from its actions. "
                "Late: more of its quarters have passed than actions are done."
            ),
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

        last = self.table(
            sheet,
            "Aktiviteter",
            columns,
            map(row, self.data.activities),
            _("The plan has no activities yet."),
            _("The plan's activities and how they go"),
        )
        if self.data.activities:
            tones = {"done": "1D6B3C", "ongoing": "1C579C"}
            self.tint(
                sheet,
                "G",
                last,
                {
                    progress_words(status.Progress(state, late)): LATE if late else tones.get(state, MUTED)
                    for state in ("none", "todo", "ongoing", "done")
                    for late in (False, True)
                },
            )
            self.tint_positive(sheet, "K", last)

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
            Column(_("What it led to"), 36),
        ]
        sheet = self.sheet(
            _("Actions"),
            _("Actions"),
            _("One row for each action, as it was on %(day)s. Owners are given by role, not by name.")
            % {"day": self.day},
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

        last = self.table(
            sheet,
            "Atgarder",
            columns,
            map(row, self.data.actions),
            _("No actions belong to the period."),
            _("Every action with owner, deadline and status"),
        )
        if self.data.actions:
            sheet.freeze_panes = f"C{FIRST_ROW}"
            self.tint(sheet, "C", last, {str(state.label): tone for state, tone in TONES.items()})
            self.tint(sheet, "D", last, {_("Yes"): LATE})
            self.tint_positive(sheet, "E", last)
            self._validate_status(sheet, f"C{FIRST_ROW}:C{last}")

    def _validate_status(self, sheet: Worksheet, area: str) -> None:
        lists = quote_sheetname(_("Lists"))
        first, last = HEADER_ROW + 1, HEADER_ROW + len(Status)
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
        sheet = self.sheet(
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
        self.table(
            sheet,
            "Arenden",
            columns,
            rows,
            _("No cases had been opened."),
            _("The questions followed across meetings"),
        )

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
        sheet = self.sheet(
            _("Violent extremism"),
            _("Items and actions related to violent extremism"),
            _(
                "Agenda items of the period's meetings with a topic that marks the question, "
                "and the actions agreed at such items."
            ),
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
        self.table(
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
            Column(_("Present"), 14, "count"),
            Column(_("Decisions"), 11, "count"),
            Column(_("Actions agreed"), 12, "count"),
        ]
        sheet = self.sheet(
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
        self.table(sheet, "Moten", columns, rows, _("No meeting was held in the period."), _("The period's meetings"))

    def _lists(self) -> None:
        columns = [Column(_("Status"), 20, "strong"), Column(_("Meaning"), 80)]
        sheet = self.sheet(
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
        last = self.table(sheet, "Statusord", columns, rows, "", _("What each status means"), counted=False)
        self.tint(sheet, "A", last, {str(state.label): tone for state, tone in TONES.items()})
        place = f"{quote_sheetname(sheet.title)}!$A${FIRST_ROW}:$A${last}"
        self.book.defined_names["Statuslista"] = DefinedName("Statuslista", attr_text=place)

    # The cover

    def _cover(self, title: str) -> None:
        self.dress(
            self.cover,
            title,
            _("%(council)s. How the plan's work stood on %(day)s.") % {"council": self.council.name, "day": self.day},
        )
        self.cover.column_dimensions["A"].width = 30
        self.cover.column_dimensions["B"].width = 92
        self.cover.column_dimensions["C"].width = 10
        question, total = self.question, self.data.figures.total
        row = self._facts(
            4,
            _("The report"),
            [
                (_("Plan"), _("%(name)s, %(from)s to %(to)s") % _span(question.plan), "fact"),
                (
                    _("Period"),
                    _("%(from)s to %(to)s") % {"from": question.period_from, "to": question.period_to},
                    "fact",
                ),
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
        self.put(self.cover, row + 1, 1, _("Sheets"), "section")
        self.put(
            self.cover,
            row + 1,
            2,
            ngettext("%(number)d table", "%(number)d tables", tables) % {"number": tables},
            "section note",
        )
        self.put(self.cover, row + 1, 3, _("Rows"), "section number")
        for line, (sheet, what, rows) in enumerate(self.contents, start=row + 2):
            link = self.put(self.cover, line, 1, sheet.title, "link")
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"{quote_sheetname(sheet.title)}!A1")
            self.put(self.cover, line, 2, what, "fact")
            self.put(self.cover, line, 3, rows, "fact count")

    def _facts(self, row: int, heading: str, facts: Sequence[tuple[str, Any, str]]) -> int:
        """Write a heading and its facts; return the row after them."""
        for column in (1, 2, 3):
            self.put(self.cover, row, column, heading if column == 1 else None, "section")
        for line, (label, value, style) in enumerate(facts, start=row + 1):
            self.put(self.cover, line, 1, label, "label")
            self.put(self.cover, line, 2, value, "fact" if isinstance(value, str) else style)
            self.put(self.cover, line, 3, None, "fact")
            self.fit(self.cover, line, [(value, 92.0)])
        return row + len(facts) + 1


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


def _span(plan: WorkPlan) -> dict[str, object]:
    return {"name": plan.name, "from": plan.starts, "to": plan.ends}


def _numbers(counts: Counts) -> tuple[float | int | None, ...]:
    """The figures of a row of the summary, in the order of its columns."""
    return (
        *(counts.by_status[state] for state in BAR_ORDER),
        counts.total,
        counts.open,
        counts.overdue,
        counts.share_done,
    )


def _choice_words() -> str:
    return _(
        "Actions agreed in the period up to the report's day, and earlier ones that were still open "
        "when the period began. Actions that serve no activity are shown as outside the plan; "
        "those of other plans are not included."
    )


def _as_of_words() -> str:
    return _(
        "Status, owner and deadline are shown as they were at the end of the report's day; what happened later "
        "is not included. Roles, topics and the plan's wording are today's."
    )


def _left_out_words(data: StatusData) -> str:
    left = data.left_out
    if not left.total:
        return _("Nothing. No restricted item belongs to the period.")
    return _("Restricted matter: %(actions)s, %(items)s and %(cases)s. It is not included in any figure.") % {
        "actions": ngettext("%(n)d action", "%(n)d actions", left.actions) % {"n": left.actions},
        "items": ngettext("%(n)d extremism-related item", "%(n)d extremism-related items", left.items)
        % {"n": left.items},
        "cases": ngettext("%(n)d case", "%(n)d cases", left.cases) % {"n": left.cases},
    }
