"""A member's calendar as iCalendar (RFC 5545): the council's meetings and the member's own deadlines.

A calendar is read by machines that others own, so it says no more than a mail: numbers, days and links that ask for a
log-in. No title of a meeting, an item or an action.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from actions.models import Action
from actions.reminders import neutral_title
from bra.models import Member
from meetings.calendar import bare_event, meeting_event
from meetings.models import Meeting

BACK = timedelta(days=365)  # meetings older than this are left out
AGAIN = timedelta(hours=6)  # how often a calendar is asked to read the feed


def write(member: Member, *, clock: datetime) -> bytes:
    """Return the member's calendar at the instant `clock` (aware). Two queries.

    An event keeps its UID as long as its meeting or action is there, so that a change moves it in the calendar.
    """
    today = member.council.today(clock)
    calendar = Calendar.new(
        prodid="-//BRA//Calendar feed//SV",
        name=member.council.name,
        method="PUBLISH",
        refresh_interval=AGAIN,
    )
    meetings = Meeting.objects.visible_to(member).from_day(today - BACK).select_related("council")
    for meeting in meetings.order_by("date", "starts_at", "pk"):
        calendar.add_component(meeting_event(meeting, clock=clock))
    own = Action.objects.visible_to(member).owned_by(member).live()
    for action in own.select_related("agenda_item__meeting").order_by("deadline", "pk"):
        calendar.add_component(_deadline(action, member, clock))
    return bytes(calendar.to_ical())


def _deadline(action: Action, member: Member, clock: datetime) -> Event:
    event = bare_event("action", action.pk, clock)
    event.add("summary", _("Deadline: %(action)s") % {"action": neutral_title(action)})
    day: date = action.deadline
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")  # a deadline doesn't make the day busy
    event.add("url", _address("actions:detail", member, action.pk))
    return event


def _address(name: str, member: Member, pk: int) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[member.council.slug, pk])}"
