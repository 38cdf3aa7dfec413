"""The invitation to a meeting for the recipient's own calendar (RFC 5546): asked, changed and called off by mail.

Calendars know the meeting by its UID and take what has the highest SEQUENCE. Answers go by the link in the mail, not
by the calendar, which would send them to the organizer's mailbox; so the recipient isn't asked for one (RSVP).
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, vCalAddress

from bra.models import Member
from meetings.calendar import meeting_event, page_address
from meetings.models import Meeting, MeetingState
from meetings.outside import AgendaLine

REQUEST, CANCEL = "REQUEST", "CANCEL"


def method_of(meeting: Meeting) -> str:
    """Return what a calendar is to do with the meeting now: CANCEL when it is cancelled, else REQUEST."""
    return CANCEL if meeting.state == MeetingState.CANCELLED else REQUEST


def invitation(
    meeting: Meeting, recipient: Member, agenda: Sequence[AgendaLine], *, organizer: str, clock: datetime
) -> str:
    """Return the iCalendar text for one recipient, in the language that is active.

    `organizer` is the coordinator's address, "" for none; `clock` the instant (aware) it is written at. The council
    comes with the meeting.
    """
    method = method_of(meeting)
    calendar = Calendar.new(prodid="-//BRA//Summons//SV", method=method)
    event = meeting_event(meeting, clock=clock)
    host = vCalAddress(f"mailto:{organizer or _own_address()}")
    host.params["CN"] = meeting.council.name
    event.add("organizer", host)
    guest = vCalAddress(f"mailto:{recipient.address}")
    guest.params["CN"] = recipient.display_name
    guest.params["ROLE"] = "REQ-PARTICIPANT"
    guest.params["PARTSTAT"] = "NEEDS-ACTION"
    guest.params["RSVP"] = "FALSE"
    event.add("attendee", guest)
    if method == REQUEST:
        event.add("status", "CONFIRMED")
        event.add("description", _description(meeting, agenda))
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _description(meeting: Meeting, agenda: Sequence[AgendaLine]) -> str:
    lines = [_("Agenda"), *(f"{line.position}. {line.title}" for line in agenda), "", page_address(meeting)]
    return "\n".join(lines)


def _own_address() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].strip("<> ")
