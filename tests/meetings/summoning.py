"""What the tests of the summons share: a meeting to summon to, and the mails that come of it."""

from datetime import date, time
from email.message import EmailMessage
from typing import Any

import icalendar
from django.utils import timezone

from bra import post
from bra.models import Letter
from meetings import lifecycle
from meetings.models import Meeting, MeetingState
from tests import make
from tests.actions.smtp_sink import Sink
from tests.cast import Cast
from tests.make import NOW, TODAY

DAY = date(2017, 4, 6)
OPEN, SECRET = "Öppen punkt om belysning", "Hemligpunkt om källan"


def planned(cast: Cast, **overrides: Any) -> Meeting:
    """A planned meeting with an open item and a restricted one."""
    fields = {"date": DAY, "place": "Kommunhuset", "sequence": 7, "ends_at": time(15, 30)} | overrides
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT, **fields)
    make.make_item(meeting, title=OPEN, minutes_planned=15)
    make.make_item(meeting, title=SECRET, minutes_planned=35, presenter="Hemlig föredragande", restricted=True)
    return meeting


def summoned(cast: Cast, **overrides: Any) -> Meeting:
    """The meeting, summoned."""
    return lifecycle.summon(meeting=planned(cast, **overrides), by=cast.coordinator, at=NOW)


def replanned(cast: Cast, meeting: Meeting, **new: Any) -> Meeting:
    """Change the time or place of a meeting, and leave the rest of its plan."""
    plan = {name: getattr(meeting, name) for name in ("date", "starts_at", "ends_at", "place", "title")}
    return lifecycle.replan_meeting(meeting=meeting, by=cast.coordinator, on=TODAY, **plan | new)


def sent(cast: Cast, sink: Sink) -> post.Delivered:
    """Send what waits to the sink."""
    return post.deliver(cast.council, today=TODAY, clock=timezone.now, connect=sink.connect)


def letters(kind: str) -> list[tuple[str, str]]:
    """The kind's letters as (recipient's name, cause), in order."""
    rows = Letter.objects.filter(kind=kind).order_by("cause", "recipient__sort_key")
    return list(rows.values_list("recipient__name", "cause"))


def calendar_of(mail: EmailMessage) -> Any:
    """The mail's invitation, read back by the icalendar library (a Calendar; its values are of many types)."""
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return icalendar.Calendar.from_ical(part.get_content())


def every_part(mail: EmailMessage) -> bytes:
    """All that the mail says, decoded, with its headers."""
    parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    return b"\n".join([mail.as_bytes(), *(part for part in parts if isinstance(part, bytes))])
