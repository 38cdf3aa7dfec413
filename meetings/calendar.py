"""A meeting as an event of a calendar (RFC 5545): the same UID in the feed, the invitation and its cancellation."""

from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from bra.models import STOCKHOLM, Council
from bra.text import one_line
from meetings.models import Meeting, MeetingState

AGAIN = timedelta(hours=6)  # how often a calendar is asked to read a feed


def empty_feed(council: Council) -> Calendar:
    """Return a calendar to be subscribed to, of the council's name, with nothing in it."""
    # The library escapes texts, but not a calendar's name: a line break would begin a new property.
    name = one_line(council.name)
    return Calendar.new(prodid="-//BRA//Calendar feed//SV", name=name, method="PUBLISH", refresh_interval=AGAIN)


def bare_event(kind: str, pk: int, clock: datetime) -> Event:
    """Return an event with nothing but what tells it from others; `clock` is the instant (aware) it is written at."""
    event = Event()
    event.add("uid", f"{kind}-{pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", clock.astimezone(UTC))
    event.add("class", "PRIVATE")
    return event


def meeting_event(meeting: Meeting, *, clock: datetime) -> Event:
    """Return the meeting's event: number, hours, place and its page, which asks for a log-in. No title of anything."""
    event = bare_event("meeting", meeting.pk, clock)
    words = {"council": meeting.council.name, "number": meeting.number}
    event.add("summary", _("%(council)s: meeting %(number)s") % words)
    event.add("dtstart", _instant(meeting, meeting.starts_at))
    if meeting.ends_at:
        event.add("dtend", _instant(meeting, meeting.ends_at))
    if meeting.place:
        event.add("location", meeting.place)
    event.add("url", page_address(meeting))
    event.add("sequence", meeting.summons_sequence)
    if meeting.state == MeetingState.CANCELLED:
        event.add("status", "CANCELLED")
    return event


def page_address(meeting: Meeting) -> str:
    """Return the whole address of the meeting's page."""
    return f"{settings.BASE_URL}{reverse('meetings:detail', args=[meeting.council.slug, meeting.pk])}"


def _instant(meeting: Meeting, hour: time) -> datetime:
    # In universal time, so that no calendar needs to know the rules of Stockholm.
    return datetime.combine(meeting.date, hour, STOCKHOLM).astimezone(UTC)
