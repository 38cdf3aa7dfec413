"""The history of a meeting as sentences."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _

from bra.models import HistoryEntry, Member
from meetings.models import (
    AgendaItem,
    AttendanceStatus,
    Decision,
    ItemState,
    Meeting,
)

# The form's labels of the fields that history names.
_FIELDS = {
    "title": AgendaItem._meta.get_field("title").verbose_name,
    "kind": AgendaItem._meta.get_field("kind").verbose_name,
    "presenter": AgendaItem._meta.get_field("presenter").verbose_name,
    "case": AgendaItem._meta.get_field("case").verbose_name,
    "date": Meeting._meta.get_field("date").verbose_name,
    "starts_at": Meeting._meta.get_field("starts_at").verbose_name,
    "ends_at": Meeting._meta.get_field("ends_at").verbose_name,
    "place": Meeting._meta.get_field("place").verbose_name,
}


@dataclass
class Line:
    """One sentence of a history: on the council's day `on`, at the instant `at`, `who` did `what`, `times` times."""

    on: date
    at: datetime
    who: str
    what: str
    times: int = 1


def history_of(meeting: Meeting, member: Member) -> list[Line]:
    """The meeting's history, newest first, as far as the member may see (four queries).

    What somebody did over and over, as saving notes while typing, is one line with the time of the last.
    """
    items = {item.pk: item for item in AgendaItem.objects.visible_to(member).filter(meeting=meeting)}
    decisions = {row.pk: row for row in Decision.objects.visible_to(member).filter(item__meeting=meeting)}
    entries = (
        HistoryEntry.objects.filter(council_id=meeting.council_id)
        .filter(
            Q(target_type="meeting", target_id=meeting.pk)
            | Q(target_type="agendaitem", target_id__in=list(items))
            | Q(target_type="decision", target_id__in=list(decisions))
        )
        .select_related("actor")
        .order_by("-pk")
    )
    members = {row.pk: row for row in Member.objects.filter(council_id=meeting.council_id)}
    lines: list[Line] = []
    for entry in entries:
        who = entry.actor.display_name if entry.actor else _("The system")
        what = _sentence(entry, items, decisions, members)
        last = lines[-1] if lines else None
        if last is not None and (last.on, last.who, last.what) == (entry.on, who, what):
            last.times += 1
        else:
            lines.append(Line(entry.on, entry.at, who, what))
    return lines


def _sentence(
    entry: HistoryEntry, items: dict[int, AgendaItem], decisions: dict[int, Decision], members: dict[int, Member]
) -> str:
    """Say what an entry of a meeting, an item or a decision tells. An unknown verb is said as it is written."""
    if entry.verb == "guard.overridden":
        return _("kept a text that looks like a personal identity number; reason: %(reason)s") % {
            "reason": entry.changes["reason"][1]
        }
    if entry.target_type == "agendaitem":
        return _of_item(entry, items[entry.target_id])
    if entry.target_type == "decision":
        return _of_decision(entry, decisions[entry.target_id])
    return _of_meeting(entry, members)


def _of_meeting(entry: HistoryEntry, members: dict[int, Member]) -> str:
    if entry.verb == "meeting.attendance":
        said = [
            _("noted attendance: %(member)s, %(status)s")
            % {"member": _member_named(field, members), "status": _label(AttendanceStatus, new, _("not noted"))}
            for field, (_old, new) in entry.changes.items()
        ]
        return "; ".join(said)
    if entry.verb == "meeting.replanned":
        return _("changed the plan of the meeting: %(fields)s") % {"fields": _named_fields(entry)}
    plain = {
        "meeting.planned": _("planned the meeting"),
        "meeting.opened": _("opened the meeting"),
        "meeting.adjourned": _("adjourned the meeting"),
        "meeting.reopened": _("took the meeting back into session"),
    }
    return plain.get(entry.verb, entry.verb)


def _of_item(entry: HistoryEntry, item: AgendaItem) -> str:
    words = {"item": str(item)}
    if entry.verb == "item.edited":
        return _("changed item %(item)s: %(fields)s") % {"item": str(item), "fields": _named_fields(entry)}
    if entry.verb == "item.moved":
        old, new = entry.changes["position"]
        return _("moved item %(item)s from place %(old)s to %(new)s") % {"item": str(item), "old": old, "new": new}
    if entry.verb == "item.state":
        state = _label(ItemState, entry.changes["state"][1], "")
        return _("marked item %(item)s: %(state)s") % {"item": str(item), "state": state}
    sentences = {
        "item.added": _("added item %(item)s"),
        "item.restricted": _("restricted item %(item)s"),
        "item.unrestricted": _("made item %(item)s unrestricted"),
        "item.noted": _("wrote notes at item %(item)s"),
    }
    return sentences[entry.verb] % words if entry.verb in sentences else f"{entry.verb} {item}"


def _of_decision(entry: HistoryEntry, decision: Decision) -> str:
    text = decision.text if len(decision.text) <= 80 else decision.text[:79].rstrip() + "…"
    words = {"text": text}
    sentences = {
        "decision.recorded": _("recorded a decision: %(text)s"),
        "decision.amended": _("changed a decision: %(text)s"),
        "decision.removed": _("removed a decision: %(text)s"),
        "decision.restored": _("brought a decision back: %(text)s"),
    }
    return sentences[entry.verb] % words if entry.verb in sentences else f"{entry.verb} {text}"


def _member_named(field: str, members: dict[int, Member]) -> str:
    serial = field.removeprefix("member ")
    member = members.get(int(serial)) if serial.isdigit() else None
    return member.display_name if member else serial


def _label(choices: type[TextChoices], value: str | None, none: str) -> str:
    return str(choices(value).label).lower() if value else none


def _named_fields(entry: HistoryEntry) -> str:
    """The changed fields by their labels."""
    return ", ".join(str(_FIELDS[name]) for name in entry.changes if name in _FIELDS)
