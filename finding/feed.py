"""A member's calendar as iCalendar (RFC 5545): the council's meetings and the member's own deadlines.

A calendar is read by machines that others own, so it says no more than a mail: numbers, days and links that ask for a
log-in. No title of a meeting, an item or an action.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from actions.owner_calendar import deadline_event, deadlines_of
from bra.models import Member
from meetings.calendar import empty_feed, meeting_event
from meetings.models import Meeting

BACK = timedelta(days=365)  # meetings older than this are left out


def write(member: Member, *, clock: datetime) -> bytes:
    """Return the member's calendar at the instant `clock` (aware). Two queries.

    An event keeps its UID as long as its meeting or action is there, so that a change moves it in the calendar.
    """
    today = member.council.today(clock)
    calendar = empty_feed(member.council)
    meetings = Meeting.objects.visible_to(member).from_day(today - BACK).select_related("council")
    for meeting in meetings.order_by("date", "starts_at", "pk"):
        calendar.add_component(meeting_event(meeting, clock=clock))
    for action in deadlines_of(member):
        event = deadline_event(action, clock=clock)
        event.add("url", _address("actions:detail", member, action.pk))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _address(name: str, member: Member, pk: int) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[member.council.slug, pk])}"
