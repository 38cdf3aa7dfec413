"""The summary of a report as PDF, for who reads it on paper: figures, charts and short tables on A4 pages.

The tables are the workbook's, with the columns that fit on paper. The long ones aren't repeated: of the actions only
those that are overdue are listed. Every chart stands by the table of its figures, and says them to who can't see it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from heapq import nsmallest
from itertools import accumulate, islice
from typing import IO, Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from bra import pdf
from reports import kinds, workbook
from reports.kinds import Fact
from reports.selection import StatusData
from reports.status import Counts
from reports.workbook.book import Described, Progress
from reports.workbook.report import Report
from reports.workbook.styles import BAR_ORDER, CALM, CALM_INK, FILLS, LATE
from reports.workbook.texts import plain_text

TYPE = "application/pdf"
# A summary is read from end to end; what is longer is in the workbook, and the paper says so.
LONGEST_TABLE = 150
_LONGEST_TEXT = 600  # characters of one cell
_WIDE = 19  # characters: columns that are as wide in the workbook share the room that is left, by their widths there

Fields = dict[str, Any]


def write(data: StatusData, target: IO[bytes], progress: Progress = lambda rows: None) -> None:
    """Write the summary."""
    with workbook.laid_out(data, progress) as report:
        paper = _paper(report)
        made = datetime.combine(report.day, time(), UTC)
        target.write(pdf.render("report.typ", paper, title=f"{report.title}, {report.council.name}", made=made))


def _paper(report: Report) -> Fields:
    """Everything that the template sets, as JSON can hold it."""
    tables = {table.name: table for table in report.tables}
    sections = [section for make in _SECTIONS if (section := make(report, tables)) is not None]
    return {
        "lang": (get_language() or "sv")[:2],
        "title": report.title,
        "council": report.council.name,
        "accent": f"#{report.accent.lower()}",
        "as_of": _("As of %(day)s") % {"day": report.day},
        "foot": report.footer,
        "page": _("Page"),
        "facts": _facts(report),
        "key_head": _("In short"),
        "key": [(_short(fact), fact.label) for fact in kinds.in_short(report.data)],
        "sections": sections,
        "notes": [
            (_("Copy"), kinds.variant_words(report.data)),
            (_("Left out"), kinds.left_out_words(report.data)),
            *([(_("Audit log at"), kinds.log_words(report.question))] if report.question.log_end[0] else []),
        ],
    }


def _facts(report: Report) -> list[tuple[str, str]]:
    question = report.question
    plan = question.plan
    return [
        (_("Plan"), _("%(name)s, %(from)s to %(to)s") % {"name": plan.name, "from": plan.starts, "to": plan.ends}),
        (_("Period"), _("%(from)s to %(to)s") % {"from": question.period_from, "to": question.period_to}),
        *((fact.label, str(fact.value)) for fact in kinds.meeting_facts(report.data)),
        (_("Contact"), report.data.contact or _("The coordinator's seat is empty.")),
    ]


def _short(fact: Fact) -> str:
    return f"{fact.value * 100:.0f} %" if fact.style == "share" else str(fact.value)


# The sections. Each returns None when the kind of report has no such table.


def _goals(report: Report, tables: dict[str, Described]) -> Fields | None:
    if "Mal" not in tables:
        return None
    figures = report.data.figures
    rows = [(_("Outside the plan") if goal is None else goal.label, counts) for goal, counts in figures.goals]
    bars = _drawn(
        "stacked",
        _("Actions per goal, by status"),
        [(name, [counts.by_status[state] for state in BAR_ORDER]) for name, counts in rows],
        [(str(state.label), FILLS[state]) for state in BAR_ORDER],
    )
    return _section(
        _("Summary per goal"),
        [_("Goal"), _("Total"), _("Of which done"), _("Open"), _("Of which overdue"), _("Share done")],
        [(name, *_numbers(counts)) for name, counts in [*rows, (_("Total"), figures.total)]] if rows else [],
        numbers=5,
        empty=_("The plan has no goals yet."),
        chart=bars,
        total=True,
    )


def _numbers(counts: Counts) -> tuple[str, ...]:
    share = "" if counts.share_done is None else f"{counts.share_done * 100:.0f} %"
    return str(counts.total), str(counts.done), str(counts.open), str(counts.overdue), share


def _organisations(report: Report, tables: dict[str, Described]) -> Fields | None:
    if not tables.keys() & {"Fordelning", "Organisationer"}:
        return None
    organisations = report.data.figures.organisations
    open_word, overdue = _("Open"), _("Of which overdue")
    bars = _drawn(
        "beside",
        _("Open and overdue actions per organisation"),
        [(name, [counts.open, counts.overdue]) for name, counts in organisations],
        [(open_word, CALM), (overdue, LATE)],
    )
    headers = [_("Organisation"), _("Total"), _("Of which done"), open_word, overdue, _("Share done")]
    rows: list[tuple[str, ...]] = [(name, *_numbers(counts)) for name, counts in organisations]
    if "Organisationer" in tables:
        # A follow-up leaves out what is approved, so what it has is no share of anything.
        headers = [_("Organisation"), open_word, overdue, _("Waiting for approval")]
        rows = [(name, str(one.open), str(one.overdue), str(one.done)) for name, one in organisations]
    return _section(
        _("Organisations"),
        headers,
        rows,
        numbers=len(headers) - 1,
        empty=_("No actions belong to the period."),
        chart=bars,
    )


def _activities(report: Report, tables: dict[str, Described]) -> Fields | None:
    chosen = [_("No."), _("Activity"), _("Responsible role"), _("Due quarters"), _("Progress"), _("Done"), _("Open")]
    return _from(tables, "Aktiviteter", _("The plan's activities"), chosen, _("The plan has no activities yet."))


def _overdue(report: Report, tables: dict[str, Described]) -> Fields | None:
    """The overdue actions, by organisation and then by how late they are."""
    if "Atgarder" not in tables:
        return None
    table = tables["Atgarder"]
    headers = [column.header for column in table.columns]
    days, organisation = headers.index(_("Days overdue")), headers.index(_("Organisation"))
    worst = nsmallest(
        LONGEST_TABLE, (row for row in table.rows if row[days]), key=lambda row: (row[organisation], -row[days])
    )
    chosen = [_("Organisation"), _("No."), _("Action"), _("Deadline"), _("Days overdue"), *_owner()]
    found = _from(
        {table.name: replace(table, rows=worst)}, table.name, _("Overdue actions"), chosen, _("No action is overdue.")
    )
    if found is not None:
        found["more"] = _more(report.data.figures.total.overdue - len(worst))
    return found


def _changes(report: Report, tables: dict[str, Described]) -> Fields | None:
    """How many of each change; which they are is in the workbook."""
    if "Forandringar" not in tables:
        return None
    numbers = Counter(row[0] for row in tables["Forandringar"].rows)
    return _section(
        _("Changes since %(day)s") % {"day": report.question.since},
        [pgettext("report", "Change"), _("Number of actions")],
        [(word, str(number)) for word, number in numbers.most_common()],
        numbers=1,
        empty=_("Nothing has changed."),
    )


def _open(report: Report, tables: dict[str, Described]) -> Fields | None:
    chosen = [_("Organisation"), _("No."), _("Action"), *_owner(), _("Deadline"), _("Days overdue")]
    return _from(tables, "Oppna", _("Open actions by organisation"), chosen, _("No action is open."))


def _waiting(report: Report, tables: dict[str, Described]) -> Fields | None:
    chosen = [_("Organisation"), _("No."), _("Action"), *_owner(), _("Reported done"), _("What it led to")]
    heading = _("Reported done, waiting for approval")
    return _from(tables, "AttGodkanna", heading, chosen, _("Nothing waits for approval."))


def _decisions(report: Report, tables: dict[str, Described]) -> Fields | None:
    chosen = ["§", _("Heading"), _("Decision")]
    return _from(tables, "Beslut", _("Decisions of the last meeting"), chosen, _("No decision was taken."))


def _cases(report: Report, tables: dict[str, Described]) -> Fields | None:
    chosen = [_("Registry number"), _("Case"), _("State"), _("Responsible organisation"), _("Last treated")]
    return _from(tables, "Arenden", _("Cases"), [*chosen, _("Open actions")], _("No cases had been opened."))


def _case_actions(report: Report, tables: dict[str, Described]) -> Fields | None:
    chosen = [_("Registry number"), _("No."), _("Action"), _("Status"), _("Deadline"), *_owner()]
    return _from(
        tables, "Arendeatgarder", _("Actions per case"), chosen, _("No action of the period belongs to a case.")
    )


def _case_decisions(report: Report, tables: dict[str, Described]) -> Fields | None:
    chosen = [_("Registry number"), _("Date"), "§", _("Decision")]
    return _from(
        tables, "Arendebeslut", _("Decisions per case"), chosen, _("No decision of the period is about a case.")
    )


def _extremism(report: Report, tables: dict[str, Described]) -> Fields | None:
    return _from(
        tables,
        "Extremism",
        _("Violent extremism"),
        [_("Kind"), _("Heading"), _("Meeting"), _("Date"), _("State")],
        _("No item or action of the period has been marked as related to violent extremism."),
    )


def _meetings(report: Report, tables: dict[str, Described]) -> Fields | None:
    chosen = [_("Meeting"), _("Date"), _("Title"), _("Present"), _("Decisions"), _("Actions agreed")]
    return _from(tables, "Moten", _("The period's meetings"), chosen, _("No meeting was held in the period."))


def _months(report: Report, tables: dict[str, Described]) -> Fields | None:
    if "Manader" not in tables or not report.data.figures.total.total:
        return None
    months = report.data.figures.months
    so_far = accumulate(month.closed for month in months)
    lines = _drawn(
        "lines",
        _("Open and closed actions over time"),
        [(month.label, [month.open, closed]) for month, closed in zip(months, so_far, strict=True)],
        [(_("Open"), LATE), (_("Closed in all"), CALM_INK)],
    )
    return _section(
        _("Month by month"),
        [_("Month"), _("Agreed"), _("Closed"), _("Open")],
        [(month.label, str(month.agreed), str(month.closed), str(month.open)) for month in months],
        numbers=3,
        empty="",
        chart=lines,
    )


# In the order of the paper.
_SECTIONS = (
    _goals,
    _organisations,
    _activities,
    _overdue,
    _open,
    _waiting,
    _decisions,
    _changes,
    _cases,
    _case_actions,
    _case_decisions,
    _extremism,
    _meetings,
    _months,
)


# Their parts.


def _owner() -> tuple[str, str]:
    """The owner's column is called either."""
    return _("Owner"), _("Owner (role)")


def _from(tables: dict[str, Described], name: str, heading: str, chosen: Sequence[str], empty: str) -> Fields | None:
    """Some columns of one of the workbook's tables, by their headers; those that it hasn't are passed over."""
    if name not in tables:
        return None
    columns = {column.header: (place, column) for place, column in enumerate(tables[name].columns)}
    kept = [header for header in chosen if header in columns]
    left = iter(tables[name].rows)
    rows = [[_shown(row[columns[header][0]]) for header in kept] for row in islice(left, LONGEST_TABLE)]
    section = _section(heading, kept, rows, numbers=0, empty=empty)
    section["right"] = [columns[header][1].style in ("count", "share") for header in kept]
    widths = [columns[header][1].width for header in kept]
    section["shares"] = [width if width >= _WIDE else 0 for width in widths]
    section["more"] = _more(sum(1 for _row in left))
    return section


def _more(left: int) -> str:
    if not left:
        return ""
    return ngettext("%(n)d more row is in the workbook.", "%(n)d more rows are in the workbook.", left) % {"n": left}


def _section(
    heading: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: int,
    empty: str,
    chart: Fields | None = None,
    total: bool = False,
) -> Fields:
    """A heading, a chart if there is one, and a table whose last `numbers` columns are set to the right."""
    words = len(headers) - numbers
    return {
        "heading": heading,
        "headers": list(headers),
        "right": [place >= words for place in range(len(headers))],
        "shares": [1 if not place else 0 for place in range(len(headers))],
        "rows": list(rows),
        "total": total,
        "empty": empty,
        "more": "",
        "chart": chart,
    }


def _drawn(
    shape: str, title: str, rows: Sequence[tuple[str, Sequence[int]]], series: Sequence[tuple[str, str]]
) -> Fields | None:
    """A chart: bars with their parts "stacked" or "beside" each other, or "lines"; None when there is nothing to draw.

    `series` are (word, colour); each row has a number for each.
    """
    longest = max((sum(parts) if shape == "stacked" else max(parts) for _name, parts in rows), default=0)
    if not longest:
        return None
    told = "; ".join(
        f"{name}: " + ", ".join(f"{word} {part}" for (word, _colour), part in zip(series, parts, strict=True))
        for name, parts in rows
    )
    return {
        "shape": shape,
        "title": title,
        "alt": f"{title}. {told}.",
        "longest": longest,
        "series": [(word, f"#{colour.lower()}") for word, colour in series],
        "rows": [(name, list(parts)) for name, parts in rows],
    }


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = plain_text(str(value))
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + " …"
