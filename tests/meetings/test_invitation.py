"""The mail of a summons and its invitation: read back at a mail server, by the icalendar library."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from bra import mail, post
from bra.models import Letter, LetterState, Member
from finding import feed
from meetings import lifecycle
from meetings.models import AgendaItem, Meeting
from tests import make
from tests.actions.smtp_sink import Sink, smtp_sink
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.summoning import (
    OPEN,
    calendar_of,
    every_part,
    planned,
    replanned,
    sent,
    summoned,
)

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as running:
        yield running


def states() -> list[tuple[str, str]]:
    return sorted(set(Letter.objects.values_list("state", "failure")))


def test_the_mail_says_when_and_where_with_the_agenda_and_a_link(cast: Cast, sink: Sink) -> None:
    meeting = summoned(cast)
    assert sent(cast, sink) == post.Delivered(sent=4)
    [mine] = [mail for mail in sink.taken if mail["To"] == cast.member.address]
    assert (mine["Subject"], mine["Reply-To"]) == (
        "Summons: BRÅ Granby, meeting 2017-7, 6 April",
        cast.coordinator.email,
    )
    kinds = [part.get_content_type() for part in mine.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]
    for kind in ("text/plain", "text/html"):
        [text] = [part.get_content() for part in mine.walk() if part.get_content_type() == kind]
        assert [
            word in text
            for word in (
                "Thursday 6 April 2017",
                "Kommunhuset",
                f"1. {OPEN}",
                "15 min",
                "2. Item under secrecy",
                "The last day is Monday 27 March 2017",
                "/kallelse/",
                f"/granby/moten/{meeting.pk}/",
            )
        ] == [True] * 8
        assert "35 min" not in text


def test_no_word_of_a_restricted_item_is_in_any_byte_for_the_cleared_neither(cast: Cast, sink: Sink) -> None:
    case = make.make_case(cast.council, title="Hemligtärende", restricted=True)
    meeting = planned(cast, title="Hemligtmöte")
    make.make_item(meeting, title="Hemligcasepunkt", case=case, restricted=True)
    lifecycle.summon(meeting=meeting, by=cast.coordinator, at=NOW)
    sent(cast, sink)
    assert len(sink.taken) == 4
    for taken in sink.taken:
        said = every_part(taken).lower()
        assert (b"hemlig" in said, OPEN.encode().lower() in said, taken.is_multipart()) == (False, True, True)
        assert "hemlig" not in str(calendar_of(taken).events[0]["description"]).lower()


def test_the_invitation_is_one_that_calendars_take(cast: Cast, sink: Sink) -> None:
    meeting = summoned(cast)
    sent(cast, sink)
    [mine] = [mail for mail in sink.taken if mail["To"] == cast.member.address]
    [part] = [part for part in mine.walk() if part.get_content_type() == "text/calendar"]
    assert (part.get_param("method"), part.get_content_charset()) == ("REQUEST", "utf-8")
    [file] = list(mine.iter_attachments())
    assert file.get_filename() == "invite.ics"
    assert icalendar.Calendar.from_ical(file.get_content()) == calendar_of(mine)
    calendar = calendar_of(mine)
    [event] = calendar.events
    assert (calendar["method"], calendar.errors, event.errors) == ("REQUEST", [], [])
    assert (event["uid"], event["sequence"], event["status"]) == (f"meeting-{meeting.pk}@127.0.0.1", 0, "CONFIRMED")
    assert (event.start, event.end) == (
        datetime(2017, 4, 6, 11, tzinfo=UTC),
        datetime(2017, 4, 6, 13, 30, tzinfo=UTC),
    )
    assert (str(event["location"]), str(event["summary"])) == ("Kommunhuset", "BRÅ Granby: meeting 2017-7")
    assert str(event["organizer"]) == f"mailto:{cast.coordinator.email}"
    assert str(event["attendee"]) == f"mailto:{cast.member.email}"
    assert timezone.now() - event["dtstamp"].dt < timedelta(minutes=5)
    assert str(event["description"]).splitlines() == [
        "Agenda",
        f"1. {OPEN}",
        "2. Item under secrecy",
        "",
        f"http://127.0.0.1:8000/granby/moten/{meeting.pk}/",
    ]


def told_of(sink: Sink, who: Member) -> list[tuple[str, str, int, str, datetime]]:
    """What the calendar of `who` was told, mail by mail: method, UID, SEQUENCE, STATUS and beginning."""
    calendars = [calendar_of(mail) for mail in sink.taken if mail["To"] == who.address]
    return [
        (str(one["method"]), str(event["uid"]), event["sequence"], str(event["status"]), event.start)
        for one in calendars
        for event in one.events
    ]


def test_a_change_and_the_cancelling_keep_the_uid_and_raise_the_sequence(cast: Cast, sink: Sink) -> None:
    meeting = summoned(cast)
    sent(cast, sink)
    meeting = replanned(cast, meeting, starts_at=time(14))
    sent(cast, sink)
    make.make_item(meeting)
    meeting = lifecycle.summon_again(meeting=meeting, sequence=1, by=cast.secretary, at=NOW)
    sent(cast, sink)
    meeting = lifecycle.cancel(meeting=meeting, reason="Snöstorm", by=cast.coordinator, at=NOW)
    sent(cast, sink)
    lifecycle.uncancel(meeting=meeting, by=cast.coordinator, at=NOW)
    sent(cast, sink)
    uid = f"meeting-{meeting.pk}@127.0.0.1"
    at_one, at_two = datetime(2017, 4, 6, 11, tzinfo=UTC), datetime(2017, 4, 6, 12, tzinfo=UTC)
    assert told_of(sink, cast.member) == [
        ("REQUEST", uid, 0, "CONFIRMED", at_one),
        ("REQUEST", uid, 1, "CONFIRMED", at_two),
        ("REQUEST", uid, 2, "CONFIRMED", at_two),
        ("CANCEL", uid, 3, "CANCELLED", at_two),
        ("REQUEST", uid, 4, "CONFIRMED", at_two),
    ]
    mine = [mail for mail in sink.taken if mail["To"] == cast.member.address]
    assert [mail["Subject"].strip().partition(":")[0] for mail in mine] == [
        "Summons", "Changed summons", "Changed summons", "Cancelled", "Changed summons"
    ]  # fmt: skip
    assert "Snöstorm" in every_part(mine[3]).decode(errors="replace")


def test_the_feed_knows_the_meeting_by_the_same_uid(cast: Cast) -> None:
    meeting = summoned(cast)

    def of_feed() -> tuple[str, int, str]:
        calendar: Any = icalendar.Calendar.from_ical(feed.write(cast.member, clock=timezone.now()))
        [event] = calendar.events
        return str(event["uid"]), event["sequence"], str(event.get("status", ""))

    assert of_feed() == (f"meeting-{meeting.pk}@127.0.0.1", 0, "")
    lifecycle.cancel(meeting=meeting, reason="Snöstorm", by=cast.coordinator, at=NOW)
    assert of_feed() == (f"meeting-{meeting.pk}@127.0.0.1", 1, "CANCELLED")


def test_the_mail_is_of_the_rows_as_they_are_when_it_goes_out(cast: Cast, sink: Sink) -> None:
    meeting = summoned(cast)
    AgendaItem.objects.filter(meeting=meeting, title=OPEN).update(**make.lock_of(cast.council))
    sent(cast, sink)
    assert [OPEN.encode() in every_part(mail) for mail in sink.taken] == [False] * 4


def test_what_a_change_overtook_is_not_sent(cast: Cast, sink: Sink) -> None:
    meeting = replanned(cast, summoned(cast), place="Biblioteket")
    assert sent(cast, sink) == post.Delivered(sent=4, dropped=4)
    make.make_item(meeting)
    lifecycle.summon_again(meeting=meeting, sequence=1, by=cast.coordinator, at=NOW)
    lifecycle.cancel(meeting=meeting, reason="Snöstorm", by=cast.coordinator, at=NOW)
    assert sent(cast, sink) == post.Delivered(sent=4, dropped=4)
    assert [calendar_of(mail)["method"] for mail in sink.taken] == ["REQUEST"] * 4 + ["CANCEL"] * 4
    assert states() == [(LetterState.DROPPED, "closed"), (LetterState.SENT, "")]


def test_a_summons_to_a_meeting_whose_day_has_passed_is_not_sent(cast: Cast, sink: Sink) -> None:
    meeting = summoned(cast)
    Meeting.objects.filter(pk=meeting.pk).update(date=TODAY - timedelta(days=1))
    assert sent(cast, sink) == post.Delivered(dropped=4)


def test_without_a_coordinator_the_installation_asks(cast: Cast, sink: Sink) -> None:
    Member.objects.filter(pk=cast.coordinator.pk).update(email="")
    summoned(cast)
    sent(cast, sink)
    hosts = {str(calendar_of(mail).events[0]["organizer"]) for mail in sink.taken}
    assert hosts == {f"mailto:{settings.DEFAULT_FROM_EMAIL}"}


def test_a_mail_goes_with_a_calendar_and_its_method_or_with_neither() -> None:
    parts = {"to": "a@example.org", "subject": "x", "text": "x", "html": "x", "message_id": "x@y"}
    for more in ({"calendar": "BEGIN"}, {"calendar_method": "CANCEL"}, {"calendar": "x", "calendar_method": "X\nY"}):
        with pytest.raises((ValueError, ValidationError)):
            mail.Mail(**parts, **more)
