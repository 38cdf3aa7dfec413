"""The sheet of the plan's activities."""

from typing import Any

from django.utils.translation import gettext as _

from actions.indicators import Measured
from actions.status import Progress, progress_words
from reports import status
from reports.rows import ActivityRow
from reports.workbook.book import Column
from reports.workbook.report import Report
from reports.workbook.styles import LATE, MUTED


def activities(report: Report) -> None:
    """Write the plan's activities and how they go."""
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
        Column(_("Outcome"), 40),
        Column(_("Target"), 34),
    ]
    sheet = report.sheet(
        _("Activities"),
        _("The plan's activities"),
        _(
            "Each activity with the progress that follows from its actions and indicators. "
            "Late: more of its quarters have passed than actions are done, or a target was missed."
        ),
        columns,
    )
    of_activity, none = report.data.figures.activities, status.count((), report.day)
    goals = {goal.number: goal.label for goal in report.data.goals}

    def row(activity: ActivityRow) -> tuple[Any, ...]:
        counts = of_activity.get(activity.pk, none)
        measured = activity.indicators
        return (
            activity.code,
            activity.title,
            goals[activity.goal],
            activity.responsible_role,
            ", ".join(activity.quarters),
            activity.due,
            progress_words(report.data.progress(activity)),
            counts.total,
            counts.done,
            counts.open,
            counts.overdue,
            activity.indicator,
            "; ".join(
                _("%(name)s: %(value)s") % {"name": one.indicator.name, "value": _shown(one)} for one in measured
            ),
            "; ".join(
                _("%(name)s: %(value)s") % {"name": one.indicator.name, "value": one.target_words}
                for one in measured
                if one.target_words
            ),
        )

    last = report.table(
        sheet,
        "Aktiviteter",
        columns,
        map(row, report.data.activities),
        _("The plan has no activities yet."),
        _("The plan's activities and how they go"),
    )
    if report.data.activities:
        tones = {"done": "1D6B3C", "ongoing": "1C579C"}
        report.tint(
            sheet,
            "G",
            last,
            {
                progress_words(Progress(state, late)): LATE if late else tones.get(state, MUTED)
                for state in ("none", "todo", "ongoing", "done")
                for late in (False, True)
            },
        )
        report.tint_positive(sheet, "K", last)


def _shown(one: Measured) -> str:
    """The outcome and its day: "62 % (2017-03-01)"."""
    return f"{one.outcome_words} ({one.latest.on})" if one.latest else _("nothing noted")
