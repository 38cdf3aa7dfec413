"""The cover: what the report answers, in short, how to read it, and its sheets."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink

from actions.models import WorkPlan
from reports import kinds
from reports.models import ReportKind
from reports.workbook.report import Report

_EXPLANATIONS: dict[str, str] = {
    ReportKind.STATUS: gettext_noop("%(council)s. How the plan's work stood on %(day)s."),
    ReportKind.FOLLOW_UP: gettext_noop("%(council)s. What was still to be done on %(day)s, and what was last decided."),
    ReportKind.EXTREMISM: gettext_noop("%(council)s. The work against violent extremism as it stood on %(day)s."),
    ReportKind.CASES: gettext_noop("%(council)s. The council's cases as they stood on %(day)s."),
}


def cover(report: Report) -> None:
    """Write the cover last: it says how many rows the other sheets have."""
    report.dress(
        report.cover,
        report.title,
        _(_EXPLANATIONS[report.question.kind]) % {"council": report.council.name, "day": report.day},
    )
    report.cover.page_setup.fitToHeight = 1
    report.cover.column_dimensions["A"].width = 30
    report.cover.column_dimensions["B"].width = 92
    report.cover.column_dimensions["C"].width = 10
    question, data = report.question, report.data
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
            (_("Contact"), data.contact or _("The coordinator's seat is empty."), "fact"),
            (_("Copy"), kinds.variant_words(data), "fact"),
            *((fact.label, fact.value, "fact") for fact in kinds.meeting_facts(data)),
        ],
    )
    report_date = f"{quote_sheetname(report.cover.title)}!$B$7"
    report.book.defined_names["Rapportdag"] = DefinedName("Rapportdag", attr_text=report_date)
    row = _facts(
        report,
        row + 1,
        _("In short"),
        [(fact.label, fact.value, f"fact {fact.style}") for fact in kinds.in_short(data)],
    )
    row = _facts(
        report,
        row + 1,
        _("How to read it"),
        [
            (_("Choice of actions"), kinds.choice_words(question.kind), "fact"),
            (_("State on the day"), _as_of_words(), "fact"),
            (_("Left out"), kinds.left_out_words(data), "fact"),
            (_("Names"), kinds.names_words(question.variant), "fact"),
            *([(_("Audit log at"), kinds.log_words(question), "fact")] if question.log_end[0] else []),
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


def _as_of_words() -> str:
    return _(
        "Status, owner and deadline are shown as they were at the end of the report's day; what happened later "
        "is not included. Roles, topics and the plan's wording are today's."
    )
