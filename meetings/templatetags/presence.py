"""Who is there at an item, what is spoken of now, and for how long: `{% load presence %}`."""

from datetime import datetime

from django import template

from bra.models import Member
from meetings.clock import Clock, clock_of
from meetings.models import AgendaItem, Meeting
from meetings.sheets import AttendanceSheet

register = template.Library()


@register.filter
def present_at(sheet: AttendanceSheet, item: AgendaItem) -> int:
    """Return how many members are there at the item."""
    return sheet.present_at(item.position)


@register.simple_tag
def item_clock(item: AgendaItem, meeting: Meeting, now: datetime) -> Clock:
    """Return the item's clock."""
    return clock_of(item, meeting, now)


@register.simple_tag
def current_item(meeting: Meeting, member: Member) -> AgendaItem | None:
    """Return the item that is spoken of now, as far as it exists for the member (one query)."""
    if meeting.current_item_id is None:
        return None
    return AgendaItem.objects.visible_to(member).filter(pk=meeting.current_item_id).first()
