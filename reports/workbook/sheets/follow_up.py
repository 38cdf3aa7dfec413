"""The sheets of a follow-up: what is open in each organisation, what waits for approval, what was last decided."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from actions.models import Status
from meetings.models import DecisionKind
from reports import marks
from reports.models import comes_back
from reports.rows import ActionRow
from reports.workbook.book import FIRST_ROW, HEADER_ROW, Column
from reports.workbook.charts import Bars
from reports.workbook.report import Report
from reports.workbook.sheets.actions import dress_status, filled_in_columns, let_fill_in, owner_column
from reports.workbook.styles import CALM, LATE


def organisations(report: Report) -> None:
    """Write how much each organisation has open and reported done, with a chart."""
    columns = [
        Column(_("Organisation"), 40, "strong"),
        Column(_("Open"), 12, "count"),
        Column(_("Of which overdue"), 14, "count"),
        Column(_("Waiting for approval"), 14, "count"),
    ]
    sheet = report.sheet(
        _("Organisations"),
        _("What each organisation has to do"),
        _("Open actions, how many of them are overdue, and those reported done that the council is to approve."),
        columns,
    )
    figures = report.data.figures
    rows = [(name, counts.open, counts.overdue, counts.done) for name, counts in figures.organisations]
    last = report.table(
        sheet,
        "Organisationer",
        columns,
        rows,
        _("Nothing is open, and nothing waits for approval."),
        _("Open, overdue and reported done by organisation"),
        counted=False,
    )
    if not rows:
        return
    report.tint_positive(sheet, "C", last)
    total = figures.total
    for index, value in enumerate((_("Total"), total.open, total.overdue, total.done), start=1):
        report.put(sheet, last + 1, index, value, "total label" if index == 1 else "total")
    bars = Bars(
        title=_("Open and overdue actions per organisation"),
        axes=(_("Organisation"), _("Number of actions")),
        series=[(columns[1].header, 2, CALM), (columns[2].header, 3, LATE)],
        category=1,
        header=HEADER_ROW,
        last=last,
        stacked=False,
        width=18.0,
    )
    behind = _("%(organisation)s: %(open)d open, %(overdue)d overdue")
    told = [behind % {"organisation": row[0], "open": row[1], "overdue": row[2]} for row in rows]
    alt = [_("Bars: open and overdue actions per organisation."), "; ".join(told) + "."]
    report.chart(sheet, bars, " ".join(alt), place=f"F{FIRST_ROW}")


def _by_organisation(report: Report, rows: Iterable[ActionRow]) -> list[ActionRow]:
    """The actions of one organisation after the other, the earliest deadline first."""
    order = {name: place for place, (name, _counts) in enumerate(report.data.figures.organisations)}
    return sorted(rows, key=lambda row: (order[row.organisation], row.deadline, row.pk))


def open_actions(report: Report) -> None:
    """Write what is still to be done. In a working copy the light columns can be filled in."""
    returns = comes_back(report.question.kind, report.question.variant)
    columns = [
        Column(_("Organisation"), 29, "strong"),
        Column(_("ID") if returns else _("No."), 7, "number"),
        Column(_("Action"), 46),
        owner_column(report),
        Column(_("Deadline"), 12, "date"),
        Column(_("Days overdue"), 11, "count"),
        Column(_("Status"), 15, "text open" if returns else "text"),
        Column(_("Agreed"), 12, "date"),
        Column(_("Meeting"), 10),
        Column("§", 8),
    ]
    if returns:
        columns += filled_in_columns()
    sheet = report.sheet(
        _("Open actions"),
        _("Open actions by organisation"),
        _("What was still to be done on %(day)s, the earliest deadline of each organisation first.")
        % {"day": report.day}
        + (" " + _("Fill in the light cells and send the file to the coordinator.") if returns else ""),
        columns,
    )
    slug = report.council.slug
    words = {str(state.value): str(state.label) for state in Status}
    live = _by_organisation(report, (row for row in report.data.actions if row.is_live))

    def cells(row: ActionRow) -> tuple[Any, ...]:
        return (
            row.organisation,
            row.pk,
            row.title,
            row.owner,
            row.deadline,
            row.days_overdue(report.day) or None,
            words[row.status],
            row.agreed_on,
            row.meeting_number,
            f"§ {row.decision}" if row.decision else None,
            *((None, None, None, marks.mark(slug, row.pk, row.version)) if returns else ()),
        )

    last = report.long_table(
        sheet, "Oppna", columns, map(cells, live), len(live), _("No action is open."), _("Every open action")
    )
    if live:
        report.freeze(sheet, f"D{FIRST_ROW}")
        report.tint_positive(sheet, "F", last)
        dress_status(report, sheet, "G", last)
        if returns:
            let_fill_in(sheet, last, agreed="H", closed="K", texts="LM")


def waiting(report: Report) -> None:
    """Write what has been reported done and waits for the council."""
    columns = [
        Column(_("Organisation"), 29, "strong"),
        Column(_("No."), 7, "number"),
        Column(_("Action"), 46),
        owner_column(report),
        Column(_("Reported done"), 12, "date"),
        Column(_("Days since"), 11, "count"),
        Column(_("What it led to"), 46),
        Column(_("Meeting"), 10),
        Column("§", 8),
    ]
    sheet = report.sheet(
        _("To approve"),
        _("Reported done, waiting for approval"),
        _("The owner says that it is done; the council is to agree at its meeting."),
        columns,
    )
    done = _by_organisation(report, (row for row in report.data.actions if row.awaits))

    def cells(row: ActionRow) -> tuple[Any, ...]:
        return (
            row.organisation,
            row.pk,
            row.title,
            row.owner,
            row.closed_on,
            (report.day - row.closed_on).days if row.closed_on else None,
            row.effect or None,
            row.meeting_number,
            f"§ {row.decision}" if row.decision else None,
        )

    report.long_table(
        sheet,
        "AttGodkanna",
        columns,
        map(cells, done),
        len(done),
        _("Nothing waits for approval."),
        _("What the council is to approve"),
    )


def decisions(report: Report) -> None:
    """Write what was decided at the last meeting."""
    columns = [
        Column("§", 8, "strong"),
        Column(_("Item"), 8, "number"),
        Column(_("Heading"), 40),
        Column(_("Kind"), 16),
        Column(_("Decision"), 90),
    ]
    meeting = report.data.last_meeting
    held = _("Meeting %(number)s on %(day)s.") % {"number": meeting.number, "day": meeting.day} if meeting else ""
    sheet = report.sheet(
        _("Decisions"), _("Decisions of the last meeting"), held or _("No meeting has been held."), columns
    )
    kinds = {str(kind.value): str(kind.label) for kind in DecisionKind}
    rows = (
        (f"§ {row.number}" if row.number else None, row.position, row.item_title, kinds[row.kind], row.text)
        for row in report.data.decisions
    )
    report.long_table(
        sheet,
        "Beslut",
        columns,
        rows,
        len(report.data.decisions),
        _("No decision was taken."),
        _("What was decided at the last meeting"),
    )
