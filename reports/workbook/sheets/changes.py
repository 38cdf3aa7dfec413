"""The sheets of what has happened: since the previous report, and month by month."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from actions.models import Status
from reports.kinds import change_words
from reports.rows import Change, ChangeRow
from reports.workbook.book import FIRST_ROW, HEADER_ROW, Column
from reports.workbook.charts import Lines
from reports.workbook.report import Report
from reports.workbook.styles import CALM_INK, LATE, TONES


def changes(report: Report) -> None:
    """Write what has become of the actions since the previous report."""
    columns = [
        Column(pgettext("report", "Change"), 17, "strong"),
        Column(_("No."), 7, "number"),
        Column(_("Action"), 44),
        Column(_("Organisation"), 30),
        Column(_("Status before"), 15),
        Column(_("Status"), 15),
        Column(_("Deadline before"), 12, "date"),
        Column(_("Deadline"), 12, "date"),
        Column(_("Days put off"), 15, "count"),
    ]
    question = report.question
    if question.previous:
        explanation = _("The report's actions compared with the previous report, as of %(day)s.")
    else:
        explanation = _("The report's actions compared with the evening of %(day)s, before the period began.")
    sheet = report.sheet(
        _("Changes"),
        _("Changes since the previous report"),
        explanation % {"day": question.since},
        columns,
    )
    statuses = {str(state.value): str(state.label) for state in Status}
    words = change_words()

    def row(change: ChangeRow) -> tuple[Any, ...]:
        action, before = change.action, change.before
        slipped = before and change.kind == Change.SLIPPED
        return (
            words[change.kind],
            action.pk,
            action.title,
            action.organisation,
            statuses[before.status] if before else None,
            statuses[action.status],
            before.deadline if before else None,
            action.deadline,
            (action.deadline - before.deadline).days if before and slipped else None,
        )

    last = report.long_table(
        sheet,
        "Forandringar",
        columns,
        map(row, report.data.changes),
        len(report.data.changes),
        _("Nothing has changed."),
        _("New, closed, put off and taken up again since the previous report"),
    )
    if report.data.changes:
        report.tint(sheet, "A", last, {words[Change.SLIPPED]: LATE, words[Change.CLOSED]: TONES[Status.DONE]})


def months(report: Report) -> None:
    """Write how the actions stood at the end of each month, with a chart."""
    columns = [
        Column(_("Month"), 14, "strong"),
        Column(_("Counted to"), 14, "date"),
        Column(_("Agreed"), 12, "count"),
        Column(_("Closed"), 12, "count"),
        Column(_("Open"), 12, "count"),
        Column(_("Closed in all"), 14, "count"),
    ]
    sheet = report.sheet(
        _("Month by month"),
        _("Open and closed actions month by month"),
        _("Agreed and closed within the month; open at its end; closed in all since the period began."),
        columns,
    )
    found = report.data.figures.months if report.data.actions else ()
    rows: list[tuple[Any, ...]] = []
    closed = 0
    for month in found:
        closed += month.closed
        rows.append((month.label, month.day, month.agreed, month.closed, month.open, closed))
    last = report.table(
        sheet,
        "Manader",
        columns,
        rows,
        _("No actions belong to the period."),
        _("Open and closed actions at the end of each month"),
        counted=False,
    )
    if not rows:
        return
    lines = Lines(
        title=_("Open and closed actions over time"),
        axes=(_("Month"), _("Number of actions")),
        series=[(columns[4].header, 5, LATE), (columns[5].header, 6, CALM_INK)],
        category=1,
        header=HEADER_ROW,
        last=last,
        width=18.0,
    )
    told = _("%(month)s: %(open)d open, %(closed)d closed in all")
    figures_of = [told % {"month": row[0], "open": row[4], "closed": row[5]} for row in rows]
    alt = [_("Lines: open actions, and closed ones in all, at the end of each month."), "; ".join(figures_of) + "."]
    report.chart(sheet, lines, " ".join(alt), place=f"H{FIRST_ROW}")
