"""An owner's deadlines as iCalendar (RFC 5545), for whom no log-in is asked.

A calendar is read by machines that others own, so it says no more than a mail: number, meeting, days.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Event

from actions.models import Action, ActionQuerySet
from actions.reminders import neutral_title
from bra.models import Member
from meetings.calendar import bare_event, empty_feed


def write(member: Member, *, clock: datetime) -> bytes:
    """Return the member's deadlines as a calendar at the instant `clock` (aware). One query."""
    calendar = empty_feed(member.council)
    for action in deadlines_of(member):
        calendar.add_component(deadline_event(action, clock=clock))
    return bytes(calendar.to_ical())


def deadlines_of(member: Member) -> ActionQuerySet:
    """The member's own actions still to be done, as far as the member may see them, the nearest deadline first."""
    own = Action.objects.visible_to(member).owned_by(member).live()
    return own.select_related("agenda_item__meeting").order_by("deadline", "pk")


def deadline_event(action: Action, *, clock: datetime) -> Event:
    """Return the action's deadline as a whole day. Its UID stays, so that a new deadline moves it in the calendar."""
    event = bare_event("action", action.pk, clock)
    event.add("summary", _("Deadline: %(action)s") % {"action": neutral_title(action)})
    event.add("dtstart", action.deadline)
    event.add("dtend", action.deadline + timedelta(days=1))
    event.add("transp", "TRANSPARENT")  # a deadline doesn't make the day busy
    return event
