"""The history on a meeting's page: who did what, and what is not told."""

from datetime import date, time

from django.urls import reverse

from bra.models import Member
from bra.sentences import Line
from meetings import lifecycle
from meetings.models import AttendanceStatus, Meeting
from tests import make
from tests.cast import Cast


def lines_on_page(cast: Cast, who: Member, meeting: Meeting) -> list[Line]:
    address = reverse("meetings:detail", args=[cast.council.slug, meeting.pk])
    lines: list[Line] = cast.browse(who).get(address).context["lines"]
    return lines


def told(cast: Cast, who: Member, meeting: Meeting) -> list[str]:
    return [line.what for line in lines_on_page(cast, who, meeting)]


def test_the_history_is_told_in_sentences(cast: Cast) -> None:
    meeting = lifecycle.plan_meeting(
        council=cast.council, by=cast.coordinator, on=date(2017, 3, 1), date=make.TODAY, starts_at=time(13)
    )
    item = lifecycle.add_item(meeting=meeting, by=cast.coordinator, on=date(2017, 3, 1), title="Klotter")
    lifecycle.open_meeting(meeting=meeting, by=cast.secretary, at=make.NOW)
    lifecycle.mark_attendance(
        meeting=meeting, member=cast.member, status=AttendanceStatus.PRESENT, by=cast.secretary, on=make.TODAY
    )
    for version, text in enumerate(["Ett", "Ett två", "Ett två tre"]):
        lifecycle.save_notes(item=item, text=text, version=version, by=cast.secretary, on=make.TODAY)
    lifecycle.record_decision(item=item, text="Väggen målas.", by=cast.secretary, on=make.TODAY)
    lines = lines_on_page(cast, cast.secretary, meeting)
    assert [(str(line.on), line.who, line.what, line.times) for line in reversed(lines)] == [
        ("2017-03-01", cast.coordinator.label, "planned the meeting", 1),
        ("2017-03-01", cast.coordinator.label, "added item 1. Klotter", 1),
        ("2017-03-15", cast.secretary.label, "opened the meeting", 1),
        ("2017-03-15", cast.secretary.label, "noted attendance: Lisa Ledamot, present", 1),
        ("2017-03-15", cast.secretary.label, "wrote notes at item 1. Klotter", 3),
        ("2017-03-15", cast.secretary.label, "recorded a decision: Väggen målas.", 1),
    ]
    # The clock is that of another day than the pinned one.
    assert {line.at for line in lines} == {None}


def test_the_history_does_not_quote_what_was_removed(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    item = make.make_item(meeting, title="Klotter")
    here = {"by": cast.secretary, "on": make.TODAY}
    decision = lifecycle.record_decision(item=item, text="Väggen målas av Nisse.", **here)
    lifecycle.remove_decision(decision=decision, **here)
    assert [words for words in told(cast, cast.member, meeting) if "decision" in words] == [
        "removed a decision: 1. Klotter",
        "recorded a decision: 1. Klotter",
    ]


def test_the_history_written_under_lock_stays_with_the_cleared(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    item = make.make_item(meeting, title="Klotter", restricted=True)
    here = {"by": cast.secretary, "on": make.TODAY}
    lifecycle.record_decision(item=item, text="Hemligt.", **here)
    lifecycle.edit_item(item=item, ground=None, **here)
    lifecycle.record_decision(item=item, text="Öppet.", **here)
    assert told(cast, cast.member, meeting) == [
        "recorded a decision: Öppet.",
        "made item 1. Klotter unrestricted",
    ]
    assert told(cast, cast.chair, meeting)[2:] == ["marked item 1. Klotter: treated", "recorded a decision: Hemligt."]
