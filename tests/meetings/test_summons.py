"""The summons: when it goes out, to whom, what a change and a cancelling do, and what was answered."""

from datetime import date, time, timedelta
from typing import Any, TypeVar

import pytest
from django.db.models import Model

from bra.errors import RuleBroken
from bra.history import entries_of
from bra.models import Letter, Member
from meetings import lifecycle
from meetings.models import (
    AgendaItem,
    Answer,
    Attendance,
    AttendanceStatus,
    ItemProposal,
    ItemState,
    Meeting,
    MeetingRules,
    MeetingState,
    ProposalState,
    SummonsReply,
)
from meetings.sheets import attendance_sheet, expected_members
from meetings.summons import answers_of, to_summon
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.summoning import DAY, letters, planned, replanned, summoned

pytestmark = pytest.mark.django_db

NAMES = ["Karin Koordinator", "Lisa Ledamot", "Olle Ordförande", "Siv Sekreterare"]


def refused(verb: Any, **arguments: Any) -> str:
    with pytest.raises(RuleBroken) as caught:
        verb(**arguments)
    return caught.value.sentence


T = TypeVar("T", bound=Model)


def fresh(row: T) -> T:
    row.refresh_from_db()
    return row


def noted(meeting: Meeting, member: Member) -> str | None:
    return Attendance.objects.filter(meeting=meeting, member=member).values_list("status", flat=True).first()


def answer(meeting: Meeting, member: Member, what: Answer | None, **rest: Any) -> SummonsReply | None:
    return lifecycle.answer_summons(meeting=meeting, member=member, answer=what, at=NOW, **rest)


# Sending


def test_all_who_sit_on_the_council_and_have_an_address_get_it_once(cast: Cast) -> None:
    make.make_member(cast.council, email="", name="Utan Adress")
    make.make_member(cast.council, name="Före Detta", mandate_to=TODAY - timedelta(days=1))
    make.make_member(cast.council, name="Borta Då", mandate_to=DAY - timedelta(days=1))
    make.make_member(cast.council, name="Kommer Sen", mandate_from=TODAY + timedelta(days=1))
    meeting = summoned(cast)
    assert (meeting.state, meeting.summoned_at) == (MeetingState.SUMMONED, NOW)
    assert letters("summons") == [(name, f"meeting {meeting.pk} 0") for name in [*NAMES, "Utan Adress"]]
    assert [entry.verb for entry in entries_of(meeting)] == ["meeting.summoned"]
    assert refused(lifecycle.summon, meeting=meeting, by=cast.secretary, at=NOW) == (
        "The summons has been sent already."
    )
    assert Letter.objects.waiting().count() == 4


def test_a_meeting_without_agenda_or_in_the_past_is_not_summoned(cast: Cast) -> None:
    empty = make.make_meeting(cast.council, MeetingState.DRAFT, date=DAY)
    past = planned(cast, date=TODAY - timedelta(days=1))
    assert [refused(lifecycle.summon, meeting=meeting, by=cast.secretary, at=NOW) for meeting in (empty, past)] == [
        "The agenda is empty. Add the first item before the summons is sent.",
        "The meeting's day has passed. Change its time first.",
    ]
    today = planned(cast, date=TODAY, sequence=8)
    assert lifecycle.summon(meeting=today, by=cast.secretary, at=NOW).state == MeetingState.SUMMONED


@pytest.mark.parametrize("state", ["in_session", "adjourned", "signed", "cancelled"])
def test_no_other_state_is_summoned_cancelled_or_answered(cast: Cast, state: MeetingState) -> None:
    meeting = make.make_meeting(cast.council, state, date=DAY)
    make.make_item(meeting)
    said = {
        "in_session": "The meeting is already in session.",
        "adjourned": "The meeting has already been held.",
        "signed": "The meeting has already been held.",
        "cancelled": "The meeting is cancelled.",
    }[state]
    by = {"by": cast.coordinator, "at": NOW}
    assert refused(lifecycle.summon, meeting=meeting, **by) == said
    assert refused(lifecycle.summon_again, meeting=meeting, sequence=0, **by) == said
    assert refused(lifecycle.cancel, meeting=meeting, reason="x", **by) == said
    begun = "The meeting has begun, so the summons can no longer be answered."
    assert refused(answer, meeting=meeting, member=cast.member, what=Answer.YES) == (
        begun if state == "in_session" else said
    )
    assert (fresh(meeting).state, Letter.objects.count()) == (state, 0)


def test_a_summoned_meeting_is_opened_as_a_planned_one(cast: Cast) -> None:
    meeting = summoned(cast)
    assert lifecycle.open_meeting(meeting=meeting, by=cast.secretary, at=NOW).state == MeetingState.IN_SESSION


def test_the_changed_agenda_goes_out_once_however_many_press(cast: Cast) -> None:
    meeting = summoned(cast)
    make.make_item(meeting, title="Ny punkt")
    again = lifecycle.summon_again(meeting=meeting, sequence=0, by=cast.secretary, at=NOW)
    assert again.summons_sequence == 1
    assert refused(lifecycle.summon_again, meeting=meeting, sequence=0, by=cast.coordinator, at=NOW) == (
        "Somebody else has sent the changed summons meanwhile. It isn't sent twice."
    )
    assert letters("summons") == [(name, f"meeting {meeting.pk} {n}") for n in (0, 1) for name in NAMES]


@pytest.mark.parametrize(
    ("new", "told", "answers"),
    [
        ({"starts_at": time(12)}, True, 0),
        ({"date": DAY + timedelta(days=7)}, True, 0),
        ({"place": "Biblioteket"}, True, 2),
        ({"title": "Extra"}, False, 2),
        ({}, False, 2),
    ],
)
def test_a_new_time_is_told_and_asks_anew_and_a_new_place_is_told(
    cast: Cast, new: dict[str, Any], told: bool, answers: int
) -> None:
    meeting = summoned(cast)
    answer(meeting, cast.chair, Answer.YES)
    answer(meeting, cast.member, Answer.NO)
    changed = replanned(cast, meeting, **new)
    assert (changed.summons_sequence, len(letters("summons"))) == ((1, 8) if told else (0, 4))
    assert SummonsReply.objects.count() == answers
    assert noted(meeting, cast.member) == (AttendanceStatus.APOLOGISED if answers else None)


def test_a_planned_meeting_is_changed_without_mail(cast: Cast) -> None:
    changed = replanned(cast, planned(cast), starts_at=time(12))
    assert (changed.summons_sequence, Letter.objects.count()) == (0, 0)


def test_a_summoned_meeting_is_not_moved_into_the_past(cast: Cast) -> None:
    meeting = summoned(cast)
    assert refused(replanned, cast=cast, meeting=meeting, date=TODAY - timedelta(days=1)) == (
        "A summoned meeting can't be moved to a day that has passed."
    )


def test_the_first_page_hears_of_summonses_that_are_due(cast: Cast) -> None:
    late = planned(cast, date=TODAY + timedelta(days=6), sequence=1)
    last = planned(cast, date=TODAY + timedelta(days=7), sequence=2)
    soon = planned(cast, date=TODAY + timedelta(days=14), sequence=3)
    planned(cast, date=TODAY + timedelta(days=15), sequence=4)
    planned(cast, date=TODAY - timedelta(days=1), sequence=5)
    summoned(cast, date=TODAY + timedelta(days=5), sequence=6)
    due = to_summon(cast.council, TODAY)
    assert [(row.meeting, row.is_late, row.last_day) for row in due] == [
        (late, True, TODAY - timedelta(days=1)),
        (last, False, TODAY),
        (soon, False, TODAY + timedelta(days=7)),
    ]
    MeetingRules.objects.create(council=cast.council, summons_days=0)
    assert [row.is_late for row in to_summon(cast.council, TODAY)] == [False, False]


# Cancelling


def test_who_was_summoned_is_told_also_after_leaving_the_council(cast: Cast) -> None:
    leaving = make.make_member(cast.council, name="Alva Avgående")
    meeting = summoned(cast)
    Member.objects.filter(pk=leaving.pk).update(mandate_to=DAY - timedelta(days=1))
    cancelled = lifecycle.cancel(meeting=meeting, reason="  Snö\n storm ", by=cast.coordinator, at=NOW)
    assert (cancelled.state, cancelled.cancelled_because) == (MeetingState.CANCELLED, "Snö storm")
    assert letters("cancelled") == [(name, f"meeting {meeting.pk} 1") for name in ["Alva Avgående", *NAMES]]
    assert [entry.verb for entry in entries_of(meeting)] == ["meeting.summoned", "meeting.cancelled"]


def test_a_cancelling_needs_a_reason_and_a_draft_is_cancelled_without_mail(cast: Cast) -> None:
    meeting = planned(cast)
    assert refused(lifecycle.cancel, meeting=meeting, reason=" ", by=cast.secretary, at=NOW) == (
        "Write why the meeting is cancelled."
    )
    lifecycle.cancel(meeting=meeting, reason="Snöstorm", by=cast.secretary, at=NOW)
    assert Letter.objects.count() == 0
    assert lifecycle.uncancel(meeting=meeting, by=cast.secretary, at=NOW).state == MeetingState.DRAFT
    assert Letter.objects.count() == 0


def test_a_cancelled_meeting_keeps_its_number_and_refuses_the_rest(cast: Cast) -> None:
    meeting = lifecycle.cancel(meeting=summoned(cast), reason="Snöstorm", by=cast.secretary, at=NOW)
    item = meeting.items.first()
    assert item is not None
    by: dict[str, Any] = {"by": cast.secretary, "on": TODAY}
    verbs: list[tuple[Any, dict[str, Any]]] = [
        (lifecycle.open_meeting, {"meeting": meeting, "by": cast.secretary, "at": NOW}),
        (lifecycle.add_item, {"meeting": meeting, "title": "Ny", **by}),
        (lifecycle.remove_item, {"item": item, **by}),
        (lifecycle.propose_item, {"meeting": meeting, "title": "Ny", **by}),
        (lifecycle.put_on_agenda, {"meeting": meeting, "case": make.make_case(cast.council), **by}),
        (lifecycle.mark_attendance, {"meeting": meeting, "member": cast.member, "status": None, **by}),
        (lifecycle.adjourn, {"meeting": meeting, "by": cast.secretary, "at": NOW}),
        (replanned, {"cast": cast, "meeting": meeting, "starts_at": time(9)}),
    ]
    assert {refused(verb, **arguments) for verb, arguments in verbs} == {"The meeting is cancelled."}
    assert (fresh(meeting).number, meeting.items.count()) == ("2017-7", 2)
    # Its hours are free.
    other = lifecycle.plan_meeting(council=cast.council, date=DAY, starts_at=meeting.starts_at, **by)
    assert other.number == "2017-8"
    assert "Meeting 2017-8 is held at that time" in refused(
        lifecycle.uncancel, meeting=meeting, by=cast.secretary, at=NOW
    )


def test_undone_in_time_it_is_summoned_anew_and_answers_stay(cast: Cast) -> None:
    meeting = summoned(cast)
    answer(meeting, cast.member, Answer.NO)
    lifecycle.cancel(meeting=meeting, reason="Snöstorm", by=cast.secretary, at=NOW)
    held = lifecycle.uncancel(meeting=meeting, by=cast.secretary, at=NOW)
    assert (held.state, held.cancelled_because, held.summons_sequence) == (MeetingState.SUMMONED, "", 2)
    assert letters("summons")[4:] == [(name, f"meeting {meeting.pk} 2") for name in NAMES]
    assert noted(meeting, cast.member) == AttendanceStatus.APOLOGISED
    assert refused(lifecycle.uncancel, meeting=meeting, by=cast.secretary, at=NOW) == "The meeting isn't cancelled."
    lifecycle.cancel(meeting=meeting, reason="Snöstorm", by=cast.secretary, at=NOW)
    later = NOW + timedelta(days=60)
    assert refused(lifecycle.uncancel, meeting=meeting, by=cast.secretary, at=later) == (
        "The meeting's day has passed. Plan a new meeting."
    )


@pytest.fixture
def left_over(cast: Cast) -> Meeting:
    """A held meeting that left an item over."""
    held = make.make_meeting(cast.council, MeetingState.IN_SESSION, date=date(2017, 2, 2), sequence=1)
    make.make_item(held, title="Bordlagd fråga", state=ItemState.TABLED)
    make.make_item(held, title="Behandlad", state=ItemState.TREATED)
    return held


def titles(meeting: Meeting) -> list[str]:
    return list(meeting.items.order_by("position").values_list("title", flat=True))


def test_what_was_carried_over_goes_on_to_the_next_meeting_and_comes_back(cast: Cast, left_over: Meeting) -> None:
    first = planned(cast, sequence=2)
    lifecycle.adjourn(meeting=left_over, by=cast.secretary, at=NOW)
    assert titles(first)[-1] == "Bordlagd fråga"
    carried = first.items.get(title="Bordlagd fråga")
    lifecycle.edit_item(item=carried, ground=make.ground_of(cast.council), by=cast.coordinator, on=TODAY)
    lifecycle.cancel(meeting=first, reason="Snöstorm", by=cast.secretary, at=NOW)
    # No meeting is planned that could take it.
    assert fresh(carried).meeting == first
    second = lifecycle.plan_meeting(
        council=cast.council, by=cast.secretary, on=TODAY, date=date(2017, 5, 4), starts_at=time(13)
    )
    # It moved with its lock, and isn't doubled.
    assert [(item.pk, item.restricted) for item in second.items.all()] == [(carried.pk, True)]
    assert titles(first) == titles(planned(cast, sequence=90, date=date(2017, 12, 1)))
    lifecycle.uncancel(meeting=first, by=cast.secretary, at=NOW)
    assert (fresh(carried).meeting, carried.restricted, titles(second)) == (first, True, [])
    assert AgendaItem.objects.filter(title="Bordlagd fråga").count() == 2


def test_what_was_carried_over_goes_at_once_to_a_meeting_that_is_planned(cast: Cast, left_over: Meeting) -> None:
    first = planned(cast, sequence=2)
    second = planned(cast, sequence=3, date=date(2017, 5, 4))
    lifecycle.adjourn(meeting=left_over, by=cast.secretary, at=NOW)
    lifecycle.cancel(meeting=first, reason="Snöstorm", by=cast.secretary, at=NOW)
    assert titles(second)[-1] == "Bordlagd fråga"
    assert [item.position for item in first.items.all()] == [1, 2]


def test_a_standing_item_that_went_on_with_one_stays_and_lets_it_go(cast: Cast, left_over: Meeting) -> None:
    first = planned(cast, sequence=2)
    make.make_item(first, title="Bordlagd fråga")
    lifecycle.adjourn(meeting=left_over, by=cast.secretary, at=NOW)
    assert titles(first).count("Bordlagd fråga") == 1
    second = planned(cast, sequence=3, date=date(2017, 5, 4))
    make.make_item(second, title="Bordlagd fråga")
    lifecycle.cancel(meeting=first, reason="Snöstorm", by=cast.secretary, at=NOW)
    assert [row.title for row in AgendaItem.objects.filter(carried_from__isnull=False, meeting=second)] == [
        "Bordlagd fråga"
    ]
    assert (titles(first).count("Bordlagd fråga"), titles(second).count("Bordlagd fråga")) == (1, 1)


def test_proposals_wait_again_but_not_one_under_a_lock_and_are_taken_again(cast: Cast) -> None:
    meeting = planned(cast)
    rows = []
    for title in ("Öppet förslag", "Hemligt förslag"):
        proposal = lifecycle.propose_item(meeting=meeting, title=title, by=cast.member, on=TODAY)
        rows.append(lifecycle.take_proposal(proposal=proposal, meeting=meeting, by=cast.secretary, on=TODAY))
    free, secret = rows
    lifecycle.edit_item(item=secret.item, ground=make.ground_of(cast.council), by=cast.coordinator, on=TODAY)
    taken = free.item_id
    lifecycle.cancel(meeting=meeting, reason="Snöstorm", by=cast.secretary, at=NOW)
    assert [(fresh(row).state, row.item_id) for row in rows] == [
        (ProposalState.WAITING, None),
        (ProposalState.TAKEN, secret.item_id),
    ]
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    assert list(ItemProposal.objects.visible_to(fresh(cast.secretary))) == [free]
    lifecycle.uncancel(meeting=meeting, by=cast.coordinator, at=NOW)
    assert (fresh(free).state, free.item_id) == (ProposalState.TAKEN, taken)


# Answers


def test_no_and_a_substitute_are_apologies_that_yes_takes_away(cast: Cast) -> None:
    meeting = summoned(cast)
    seen = []
    for what in (Answer.YES, Answer.NO, Answer.SUBSTITUTE, Answer.YES, Answer.NO, None):
        answer(meeting, cast.member, what)
        reply = SummonsReply.objects.filter(meeting=meeting, member=cast.member).first()
        seen.append((reply.answer if reply else None, noted(meeting, cast.member)))
    sorry = AttendanceStatus.APOLOGISED
    assert seen == [
        (Answer.YES, None),
        (Answer.NO, sorry),
        (Answer.SUBSTITUTE, sorry),
        (Answer.YES, None),
        (Answer.NO, sorry),
        (None, None),
    ]


def test_an_apology_that_the_secretary_noted_is_not_taken_away_by_an_answer(cast: Cast) -> None:
    meeting = summoned(cast)
    by = {"meeting": meeting, "member": cast.member, "by": cast.secretary, "on": TODAY}
    lifecycle.mark_attendance(status=AttendanceStatus.APOLOGISED, **by)
    answer(meeting, cast.member, Answer.NO)
    answer(meeting, cast.member, Answer.YES)
    assert noted(meeting, cast.member) == AttendanceStatus.APOLOGISED
    # What the secretary notes after the answer stands too.
    answer(meeting, cast.chair, Answer.NO)
    lifecycle.mark_attendance(status=AttendanceStatus.PRESENT, **by | {"member": cast.chair})
    answer(meeting, cast.chair, Answer.YES)
    assert noted(meeting, cast.chair) == AttendanceStatus.PRESENT


def test_a_substitute_is_one_of_the_council_or_a_name(cast: Cast) -> None:
    meeting = summoned(cast)
    reply = answer(meeting, cast.member, Answer.SUBSTITUTE, substitute=cast.chair, substitute_name="Någon Annan")
    assert reply is not None
    assert (reply.substitute, reply.substitute_name, reply.substitute_label) == (cast.chair, "", "Olle Ordförande")
    reply = answer(meeting, cast.member, Answer.SUBSTITUTE, substitute_name="  Någon \n Annan ")
    assert reply is not None
    assert (reply.substitute, reply.substitute_label) == (None, "Någon Annan")
    said = [
        refused(answer, meeting=meeting, member=cast.member, what=Answer.SUBSTITUTE, substitute=other)
        for other in (cast.member, cast.stranger, cast.owner)
    ]
    assert said == [
        "Nobody stands in for themselves.",
        "Choose a member who sits on this council.",
        "Choose a member who sits on this council.",
    ]
    answer(meeting, cast.chair, Answer.SUBSTITUTE, substitute=cast.secretary)
    assert refused(answer, meeting=meeting, member=cast.member, what=Answer.SUBSTITUTE, substitute=cast.secretary) == (
        "Siv Sekreterare stands in for Olle Ordförande already."
    )


def test_only_the_seated_of_the_own_council_answer(cast: Cast) -> None:
    meeting = summoned(cast)
    assert refused(answer, meeting=meeting, member=cast.owner, what=Answer.YES) == (
        "Only those who sit on the council are summoned."
    )
    assert "has no mandate" in refused(answer, meeting=meeting, member=cast.stranger, what=Answer.YES)
    assert refused(answer, meeting=planned(cast, sequence=8), member=cast.member, what=Answer.YES) == (
        "The summons hasn't been sent yet."
    )


def test_the_same_answer_twice_is_told_once(cast: Cast) -> None:
    meeting = summoned(cast)
    for _n in range(2):
        answer(meeting, cast.member, Answer.NO)
    assert [entry.verb for entry in entries_of(meeting)] == [
        "meeting.summoned",
        "meeting.answered",
        "meeting.attendance",
    ]


def test_the_sums_count_each_who_is_expected_once(cast: Cast) -> None:
    type(cast.council).objects.filter(pk=cast.council.pk).update(quorum=3)
    cast.council.refresh_from_db()
    meeting = summoned(cast)
    answer(meeting, cast.chair, Answer.YES)
    answer(meeting, cast.member, Answer.SUBSTITUTE, substitute=cast.chair)
    answer(meeting, cast.secretary, Answer.SUBSTITUTE, substitute_name="Utomstående")
    sheet = answers_of(meeting, expected_members(meeting))
    assert [(value, number) for value, _label, number in sheet.counts] == [("yes", 1), ("no", 0), ("substitute", 2)]
    assert (sheet.unanswered, sheet.expected, sheet.reaches_quorum) == (1, 1, False)


def test_the_attendance_sheet_knows_who_said_yes_until_the_meeting_is_adjourned(cast: Cast) -> None:
    meeting = summoned(cast)
    answer(meeting, cast.member, Answer.YES)
    said = {seat.member: seat.reply.answer for seat in attendance_sheet(meeting).seats if seat.reply}
    assert said == {cast.member: Answer.YES}
    lifecycle.open_meeting(meeting=meeting, by=cast.secretary, at=NOW)
    lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)
    assert [seat.reply for seat in attendance_sheet(fresh(meeting)).seats if seat.reply] == []
