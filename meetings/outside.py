"""The agenda as it leaves the house: in mails, in calendars and on pages that a link opens without log-in.

A mailbox, a calendar and a link prove less than a log-in. So a restricted item has the same neutral title there for
everybody, the cleared too, and nothing tells who presents it, what case it is of or how long it takes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from meetings.models import AgendaItem, Meeting


@dataclass(frozen=True)
class AgendaLine:
    """One item: its place on the agenda, what may be said of it, and its planned minutes where it has any."""

    position: int
    title: str
    minutes: int | None = None


def agendas_outside(meetings: Iterable[int]) -> dict[int, list[AgendaLine]]:
    """Return {meeting pk: its agenda in order, as anybody may read it}. One query."""
    lines: dict[int, list[AgendaLine]] = {pk: [] for pk in meetings}
    for item in AgendaItem.objects.filter(meeting__in=list(lines)).order_by("position", "pk"):
        lines[item.meeting_id].append(_line(item))
    return lines


def agenda_outside(meeting: Meeting) -> list[AgendaLine]:
    """Return the agenda of one meeting. One query."""
    return agendas_outside([meeting.pk])[meeting.pk]


def digest_outside(meeting: Meeting) -> str:
    """Return the SHA-256 of the agenda of one meeting as anybody may read it, in the language of mail. One query."""
    with translation.override(settings.LANGUAGE_CODE):
        lines: Sequence[AgendaLine] = agenda_outside(meeting)
    return sha256(json.dumps([astuple(line) for line in lines]).encode()).hexdigest()


def _line(item: AgendaItem) -> AgendaLine:
    if item.restricted:
        return AgendaLine(item.position, _("Item under secrecy"))
    return AgendaLine(item.position, item.title, item.minutes_planned)
