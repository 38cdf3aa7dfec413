"""The sheet of a case for the board: what is on it, as plain data for the typesetter. Nothing here changes anything."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from actions.models import Action
from bra.models import Member
from meetings.case_timeline import items_of, numbers_of
from meetings.models import AgendaItem, Case, Decision, DecisionKind, Meeting, MeetingState

Sheet = dict[str, Any]


def sheet_of(case: Case, member: Member, *, on: date, restricted: bool) -> Sheet:
    """Return what the sheet of the case says, as of the day `on`, the earliest meeting first.

    `restricted` takes restricted items along and marks them, as far as the member is cleared; otherwise nothing of them
    is in the data. Owners are named by their role: the sheet is for readers outside the council. Five queries.
    """
    items = items_of(case, member)
    if not restricted:
        items = items.filter(restricted=False)
    rows = list(reversed(items))
    actions = _actions_of(rows, member)
    numbers = numbers_of(rows)
    marked = case.restricted or any(item.restricted for item in rows)
    return {
        "lang": get_language() or "sv",
        "council": case.council.name,
        "number": case.registry_number,
        "title": case.title,
        "mark": _("Contains restricted matter") if marked else "",
        "facts": _facts(case),
        "situation_head": _("Situation"),
        "situation": case.situation or _("Nobody has described the situation yet."),
        "outcome_head": _("Earlier outcome") if case.is_live else _("Outcome"),
        "outcome": case.outcome,
        "timeline_head": _("What has been said and done"),
        "empty": _("No meeting has treated the case."),
        "actions_head": _("Actions"),
        "timeline": [_entry(item, numbers, actions[item.pk], on) for item in rows],
        "foot": _("Case sheet, %(day)s") % {"day": _day(on)},
        "page": _("Page"),
    }


def _actions_of(items: list[AgendaItem], member: Member) -> dict[int, list[Action]]:
    found = Action.objects.visible_to(member).agreed().filter(agenda_item__in=[item.pk for item in items])
    grouped: dict[int, list[Action]] = defaultdict(list)
    for action in found.select_related("owner__organisation").order_by("deadline", "pk"):
        grouped[action.agenda_item_id].append(action)
    return grouped


def _day(day: date) -> str:
    return formats.date_format(day, "DATE_FORMAT")


def _facts(case: Case) -> list[tuple[str, str]]:
    topics = ", ".join(topic.name for topic in case.topics.all())
    facts = [
        (_("Registry number"), case.registry_number),
        (_("State"), str(case.get_state_display())),
        (_("Responsible organisation"), case.organisation.name),
        (_("Topics"), topics or "–"),
        (_("Opened"), _day(case.opened_on)),
    ]
    if case.restricted:
        facts.append((_("Secrecy"), case.secrecy.partition(": ")[2]))
    if case.closed_on:
        facts.append((_("Earlier closed") if case.is_live else _("Closed on"), _day(case.closed_on)))
    return facts


def _entry(item: AgendaItem, numbers: dict[int, int], actions: list[Action], on: date) -> Sheet:
    words = {"number": item.meeting.label, "position": item.position}
    return {
        "day": _day(item.meeting.date),
        "where": _("Meeting %(number)s, item %(position)s") % words,
        "title": item.title,
        "mark": item.secrecy,
        "state": _state(item.meeting),
        "notes": item.notes,
        "decisions": [_decision(decision, numbers) for decision in item.decisions.all()],
        "actions": [_action(action, on) for action in actions],
    }


def _state(meeting: Meeting) -> str:
    if meeting.state == MeetingState.CANCELLED:
        return _("The meeting was cancelled")
    return _("On the agenda") if meeting.is_planned else ""


def _decision(decision: Decision, numbers: dict[int, int]) -> dict[str, str]:
    number = numbers.get(decision.pk)
    kind = "" if decision.kind == DecisionKind.DECIDED else str(decision.get_kind_display())
    return {"number": f"§ {number}" if number else "§", "kind": kind, "text": decision.text}


def _action(action: Action, on: date) -> dict[str, str]:
    late = action.days_overdue(on)
    state = str(action.get_status_display())
    if late:
        state = ngettext("overdue %(days)d day", "overdue %(days)d days", late) % {"days": late}
    return {
        "text": action.title,
        "owner": f"{action.owner.title}, {action.owner.organisation.name}",
        "deadline": _day(action.deadline),
        "state": state,
    }
