"""The report as JSON, for machines: the same figures and rows under names that no language changes.

docs/status-report.schema.json says what each name holds. Days are YYYY-MM-DD, states are the application's own words,
and one row stands on one line, so that long tables can be read and compared line by line.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from functools import partial
from typing import IO, Any

from actions.indicators import Measured
from reports import status
from reports.decision_rows import DecisionRow, MeetingDay
from reports.models import ReportKind
from reports.rows import ActionRow, ActivityRow, CaseRow, ChangeRow, ItemRow, MeetingRow
from reports.selection import StatusData
from reports.status import Counts
from reports.workbook.book import PROGRESS_STEP, Progress

TYPE = "application/json"
# Raised when a name is taken away or comes to mean something else; names may be added.
VERSION = 2

Fields = dict[str, Any]


def write(data: StatusData, target: IO[bytes], progress: Progress = lambda rows: None) -> None:
    """Write one object: the question, the figures, and the tables one row a line."""
    head: Fields = {
        "format": "status-report",
        "version": VERSION,
        "question": _question(data),
        "contact": data.contact,
        "left_out": asdict(data.left_out) if data.question.counts_left_out else None,
        "masked": {"numbers": data.shown.numbers, "neutral_titles": data.shown.neutral},
        "last_meeting": _meeting_day(data.last_meeting),
        "next_meeting": _meeting_day(data.next_meeting),
        "figures": _figures(data),
    }
    written = 0

    def put(text: str) -> None:
        target.write(text.encode("utf-8", errors="replace"))

    put("{\n")
    for name, value in head.items():
        put(f"{_json(name)}: {_json(value)},\n")
    put('"tables": {')
    for number, (name, rows) in enumerate(_tables(data).items()):
        put(f"{',' if number else ''}\n{_json(name)}: [")
        for place, row in enumerate(rows):
            put(f"{',' if place else ''}\n{_json(row)}")
            written += 1
            if written % PROGRESS_STEP == 0:
                progress(written)
        put("]")
    put("\n}\n}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _question(data: StatusData) -> Fields:
    asked, plan = data.question, data.question.plan
    return {
        "council": {"address": asked.council.slug, "name": asked.council.name},
        "plan": {"name": plan.name, "from": plan.starts, "to": plan.ends},
        "kind": str(asked.kind),
        "variant": str(asked.variant),
        "language": str(asked.language),
        "period": {"from": asked.period_from, "to": asked.period_to},
        "as_of": asked.as_of,
        "previous": asked.previous,
        "log_end": {"sequence": asked.log_end[0], "seal": asked.log_end[1]} if asked.log_end[0] else None,
    }


def _meeting_day(meeting: MeetingDay | None) -> Fields | None:
    if meeting is None:
        return None
    return {"meeting": meeting.number, "day": meeting.day, "starts_at": f"{meeting.starts_at:%H:%M}"}


def _counts(counts: Counts) -> Fields:
    return {
        "total": counts.total,
        "open": counts.open,
        "done": counts.done,
        "overdue": counts.overdue,
        "share_done": counts.share_done,
        "by_status": {str(state): number for state, number in counts.by_status.items()},
    }


def _figures(data: StatusData) -> Fields:
    figures = data.figures
    return {
        "total": _counts(figures.total),
        "goals": [
            {"goal": goal and goal.number, "title": goal and goal.title} | _counts(counts)
            for goal, counts in figures.goals
        ],
        "organisations": [{"organisation": name} | _counts(counts) for name, counts in figures.organisations],
        "delays": [{"from_days": low, "to_days": high, "overdue": number} for low, high, number in figures.delays],
        "months": [
            {"month": month.label, "day": month.day, "agreed": month.agreed, "closed": month.closed, "open": month.open}
            for month in figures.months
        ],
    }


# Which tables a report of each kind has.
_TABLES: Mapping[str, Sequence[str]] = {
    ReportKind.STATUS: ("activities", "actions", "cases", "extremism_items", "meetings", "changes"),
    ReportKind.FOLLOW_UP: ("actions", "decisions"),
    ReportKind.EXTREMISM: ("actions", "cases", "extremism_items"),
    ReportKind.CASES: ("cases", "actions", "decisions"),
}


def _tables(data: StatusData) -> Mapping[str, Iterator[Fields]]:
    registered = {case.pk: case.registry_number for case in data.cases}
    rows: Mapping[str, Iterator[Fields]] = {
        "activities": map(partial(_activity, data), data.activities),
        "actions": map(partial(_action, data, {row.pk: row for row in data.activities}, registered), data.actions),
        "cases": map(_case, data.cases),
        "extremism_items": map(_item, data.items),
        "meetings": map(_meeting, data.meetings),
        "changes": map(_change, data.changes),
        "decisions": map(partial(_decision, registered), data.decisions),
    }
    return {name: rows[name] for name in _TABLES[data.question.kind]}


def _activity(data: StatusData, row: ActivityRow) -> Fields:
    counts = data.figures.activities.get(row.pk) or status.count((), data.question.as_of)
    progress = data.progress(row)
    return {
        "activity": row.code,
        "title": row.title,
        "goal": row.goal,
        "responsible_role": row.responsible_role,
        "quarters": list(row.quarters),
        "due": row.due,
        "progress": progress.state,
        "late": progress.late,
        "indicator": row.indicator,
        "indicators": [_indicator(one) for one in row.indicators],
    } | _counts(counts)


def _action(
    data: StatusData, places: Mapping[int, ActivityRow], registered: Mapping[int, str], row: ActionRow
) -> Fields:
    served = None if row.activity is None else places.get(row.activity)
    return {
        "number": row.pk,
        "title": row.title,
        "status": str(row.status),
        "waits_for_approval": row.awaits,
        "deadline": row.deadline,
        "days_overdue": row.days_overdue(data.question.as_of),
        "agreed_on": row.agreed_on,
        "closed_on": row.closed_on,
        "effect": row.effect,
        "owner_name": row.owner_name,
        "owner_role": row.owner_role,
        "organisation": row.organisation,
        "goal": served and served.goal,
        "activity": served and served.code,
        "case": None if row.case is None else registered.get(row.case),
        "meeting": row.meeting_number,
        "decision": row.decision,
        "extremism": row.extremism,
    }


def _decision(registered: Mapping[int, str], row: DecisionRow) -> Fields:
    return {
        "number": row.number,
        "kind": str(row.kind),
        "text": row.text,
        "meeting": row.meeting_number,
        "day": row.day,
        "position": row.position,
        "item": row.item_title,
        "case": None if row.case is None else registered.get(row.case),
    }


def _value(number: Decimal | None, day: date | None) -> float | date | None:
    return day if number is None else float(number)


def _indicator(one: Measured) -> Fields:
    return {
        "name": one.indicator.name,
        "unit": one.indicator.unit,
        "outcome": one.latest and _value(one.latest.number, one.latest.day),
        "on": one.latest and one.latest.on,
        "target": _value(one.indicator.target_number, one.indicator.target_day),
        "target_by": one.indicator.target_by,
        "state": str(one.state),
    }


def _case(row: CaseRow) -> Fields:
    return {
        "registry_number": row.registry_number,
        "title": row.title,
        "state": str(row.state),
        "organisation": row.organisation,
        "opened_on": row.opened_on,
        "last_treated": row.last_treated,
        "open_actions": row.open_actions,
        "extremism": row.extremism,
    }


def _item(row: ItemRow) -> Fields:
    return {
        "meeting": row.meeting_number,
        "day": row.day,
        "position": row.position,
        "title": row.title,
        "state": str(row.state),
        "decisions": row.decisions,
        "actions": row.actions,
    }


def _meeting(row: MeetingRow) -> Fields:
    return {
        "meeting": row.number,
        "title": row.title,
        "day": row.day,
        "place": row.place,
        "present": row.present,
        "decisions": row.decisions,
        "actions": row.actions,
    }


def _change(row: ChangeRow) -> Fields:
    return {
        "change": row.kind.value,
        "action": row.action.pk,
        "status": str(row.action.status),
        "deadline": row.action.deadline,
        "status_before": row.before and str(row.before.status),
        "deadline_before": row.before and row.before.deadline,
    }
