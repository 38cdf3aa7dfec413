"""The cover: what the report answers, in short, how to read it, and its sheets."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink

from actions.models import WorkPlan
from reports.selection import StatusData
from reports.workbook.report import Report


def cover(report: Report) -> None:
    """Write the cover last: it says how many rows the other sheets have."""
    report.dress(
        report.cover,
        report.title,
        _("%(council)s. How the plan's work stood on %(day)s.") % {"council": report.council.name, "day": report.day},
    )
    report.cover.column_dimensions["A"].width = 30
    report.cover.column_dimensions["B"].width = 92
    report.cover.column_dimensions["C"].width = 10
    question, total = report.question, report.data.figures.total
    row = _facts(
        report,
        4,
        _("The report"),
        [
            (_("Plan"), _("%(name)s, %(from)s to %(to)s") % _span(question.plan), "fact"),
            (
                _("Period"),
                _("%(from)s to %(to)s") % {"from": question.period_from, "to": question.period_to},
                "fact",
            ),
            (_("As of"), report.day, "fact date"),
            (_("Contact"), report.data.contact or _("The coordinator's seat is empty."), "fact"),
        ],
    )
    report_date = f"{quote_sheetname(report.cover.title)}!$B$7"
    report.book.defined_names["Rapportdag"] = DefinedName("Rapportdag", attr_text=report_date)
    row = _facts(
        report,
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
    row = _facts(
        report,
        row + 1,
        _("How to read it"),
        [
            (_("Choice of actions"), _choice_words(), "fact"),
            (_("State on the day"), _as_of_words(), "fact"),
            (_("Left out"), _left_out_words(report.data), "fact"),
            (_("Names"), _("Owners are given by role and organisation. No person is named."), "fact"),
        ],
    )
    tables = sum(rows > 0 for _sheet, _what, rows in report.contents)
    report.put(report.cover, row + 1, 1, _("Sheets"), "section")
    report.put(
        report.cover,
        row + 1,
        2,
        ngettext("%(number)d table", "%(number)d tables", tables) % {"number": tables},
        "section note",
    )
    report.put(report.cover, row + 1, 3, _("Rows"), "section number")
    for line, (sheet, what, rows) in enumerate(report.contents, start=row + 2):
        link = report.put(report.cover, line, 1, sheet.title, "link")
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"{quote_sheetname(sheet.title)}!A1")
        report.put(report.cover, line, 2, what, "fact")
        report.put(report.cover, line, 3, rows, "fact count")


def _facts(report: Report, row: int, heading: str, facts: Sequence[tuple[str, Any, str]]) -> int:
    """Write a heading and its facts; return the row after them."""
    for column in (1, 2, 3):
        report.put(report.cover, row, column, heading if column == 1 else None, "section")
    for line, (label, value, style) in enumerate(facts, start=row + 1):
        report.put(report.cover, line, 1, label, "label")
        report.put(report.cover, line, 2, value, "fact" if isinstance(value, str) else style)
        report.put(report.cover, line, 3, None, "fact")
        report.fit(report.cover, line, [(value, 92.0)])
    return row + len(facts) + 1


def _span(plan: WorkPlan) -> dict[str, object]:
    return {"name": plan.name, "from": plan.starts, "to": plan.ends}


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
