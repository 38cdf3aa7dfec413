"""The sheets of figures: the summary per goal and the distribution."""

from typing import Any

from django.utils.translation import gettext as _
from openpyxl.worksheet.pagebreak import Break

from actions.models import LIVE
from reports.kinds import delay_words
from reports.status import Counts
from reports.workbook.book import FIRST_ROW, HEADER_ROW, Column
from reports.workbook.charts import Bars
from reports.workbook.report import Report
from reports.workbook.styles import BAR_ORDER, CALM, FILLS, LATE

# Of the distribution's printed page in Excel, as wide as its table and a chart.
_ROWS_OF_A_PAGE = 46


def goals(report: Report) -> None:
    """Write the summary per goal, with its chart."""
    columns = [
        Column(_("Goal"), 38, "strong"),
        *(Column(str(state.label), 13, "count") for state in BAR_ORDER),
        Column(_("Total"), 10, "count"),
        Column(_("Open"), 10, "count"),
        Column(_("Of which overdue"), 12, "count"),
        Column(_("Share done"), 10, "share"),
    ]
    sheet = report.sheet(
        _("Summary"),
        _("Summary per goal"),
        _(
            "The actions of each goal by status. Overdue ones are counted under their status too. "
            "Share done: of those not cancelled."
        ),
        columns,
    )
    figures = report.data.figures
    rows = [(_("Outside the plan") if goal is None else goal.label, *_numbers(c)) for goal, c in figures.goals]
    last = report.table(
        sheet,
        "Mal",
        columns,
        rows,
        _("The plan has no goals yet."),
        _("The actions of each goal by status"),
        counted=False,
    )
    if not rows:
        return
    report.tint_positive(sheet, "I", last)
    for index, value in enumerate((_("Total"), *_numbers(figures.total)), start=1):
        style = "total label" if index == 1 else "total share" if index == len(columns) else "total"
        report.put(sheet, last + 1, index, value, style)
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
    report.chart(sheet, bars, " ".join(alt), table_ends=last)


def distribution(report: Report) -> None:
    """Write the same actions counted by organisation, status and delay, with a chart."""
    columns = [
        Column(_("Total by"), 22, "text"),
        Column(_("Value"), 40, "strong"),
        Column(_("Number of actions"), 14, "count"),
        Column(_("Open"), 12, "count"),
        Column(_("Of which overdue"), 14, "count"),
    ]
    sheet = report.sheet(
        _("Distribution"),
        _("Actions by status, organisation and delay"),
        _("The same actions counted in three ways. Each part adds up to its own total."),
        columns,
    )
    figures = report.data.figures
    by_organisation = [
        (_("Organisation"), name, counts.total, counts.open, counts.overdue) for name, counts in figures.organisations
    ]
    rows: list[tuple[Any, ...]] = []
    if figures.total.total:
        rows += by_organisation
        for state in BAR_ORDER:
            number, late = figures.total.by_status[state], figures.total.late_by_status[state]
            rows.append((_("Status"), str(state.label), number, number if state in LIVE else 0, late))
        for low, high, number in figures.delays:
            words = delay_words(low, high)
            rows.append((_("Delay"), words, number, number, number))
    last = report.table(
        sheet,
        "Fordelning",
        columns,
        rows,
        _("No actions belong to the period, so there is nothing to distribute."),
        _("Actions by organisation, status and age of delay"),
        counted=False,
    )
    if not rows:
        return
    report.tint_positive(sheet, "E", last)
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
    # Not on the header's row, which is printed on every page.
    report.chart(sheet, bars, " ".join(alt), place=f"G{FIRST_ROW}")
    ages = Bars(
        title=_("Overdue actions by age of delay"),
        axes=(_("Delay"), _("Number of actions")),
        series=[(columns[4].header, 5, LATE)],
        category=2,
        header=HEADER_ROW,
        starts=last - len(figures.delays) + 1,
        last=last,
        stacked=False,
        width=18.0,
    )
    figures_of = [f"{delay_words(low, high)}: {number}" for low, high, number in figures.delays]
    alt = [_("Bars: overdue actions by age of delay."), "; ".join(figures_of) + "."]
    # Beneath the table, beside the first one; a row is half a centimetre. What the page can't hold gets one of its own.
    below = last + 3
    if below + int(ages.height * 2) > _ROWS_OF_A_PAGE:
        below = max(last, FIRST_ROW + int(bars.height * 2)) + 3
        sheet.row_breaks.append(Break(id=below - 2))
    report.chart(sheet, ages, " ".join(alt), place=f"A{below}")


def _numbers(counts: Counts) -> tuple[float | int | None, ...]:
    """The figures of a row of the summary, in the order of its columns."""
    return (
        *(counts.by_status[state] for state in BAR_ORDER),
        counts.total,
        counts.open,
        counts.overdue,
        counts.share_done,
    )
