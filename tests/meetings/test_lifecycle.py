"""What the verbs of meetings do and refuse."""

from datetime import date, time

import pytest

from bra.errors import RuleBroken
from bra.history import entries_of
from meetings import lifecycle
from meetings.models import (
    AttendanceStatus,
    CaseState,
    Decision,
    DecisionKind,
    ItemState,
    Meeting,
    MeetingState,
    StandingItem,
    reckoned_numbers,
)
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db


def numbers() -> list[tuple[str, int | None]]:
    """(text, §) of all decisions, as they were recorded."""
    return list(Decision.objects.order_by("pk").values_list("text", "number"))


def test_a_new_meeting_copies_the_standing_agenda(cast: Cast) -> None:
    topic = make.make_topic(cast.council, extremism=True)
    StandingItem.objects.create(council=cast.council, position=1, title="Öppnande")
    StandingItem.objects.create(council=cast.council, position=2, title="Handlingsplan").topics.add(topic)
    first, second = (
        lifecycle.plan_meeting(council=cast.council, by=cast.secretary, on=TODAY, date=day, starts_at=time(13))
        for day in (date(2017, 4, 6), date(2017, 5, 4))
    )
    assert [(i.position, i.title, list(i.topics.all())) for i in second.items.all()] == [
        (1, "Öppnande", []),
        (2, "Handlingsplan", [topic]),
    ]
    assert (first.number, second.number) == ("2017-1", "2017-2")
    assert [entry.verb for entry in entries_of(first)] == ["meeting.planned"]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field"),
    [
        (time(15), time(14), "ends_at"),
        (time(13), time(13), "ends_at"),
        (time(14), None, "starts_at"),
        (time(12), time(13, 30), "starts_at"),
    ],
)
def test_hours_that_cannot_be(cast: Cast, starts_at: time, ends_at: time | None, field: str) -> None:
    make.make_meeting(cast.council, MeetingState.DRAFT, date=TODAY, starts_at=time(13), ends_at=time(15))
    with pytest.raises(RuleBroken) as refused:
        lifecycle.plan_meeting(
            council=cast.council,
            by=cast.secretary,
            on=TODAY,
            date=TODAY,
            starts_at=starts_at,
            ends_at=ends_at,
        )
    assert refused.value.field == field
    assert Meeting.objects.count() == 1


def test_a_meeting_may_follow_right_on_another(cast: Cast) -> None:
    make.make_meeting(cast.council, MeetingState.DRAFT, date=TODAY, starts_at=time(13), ends_at=time(15))
    lifecycle.plan_meeting(council=cast.council, by=cast.secretary, on=TODAY, date=TODAY, starts_at=time(15))
    assert Meeting.objects.count() == 2


def test_paragraphs_follow_the_agenda_and_go_on_across_meetings(cast: Cast) -> None:
    by = cast.secretary
    meeting = make.make_meeting(cast.council)
    early, late = make.make_item(meeting), make.make_item(meeting)
    for item, text in [(late, "c"), (early, "a"), (early, "b")]:
        lifecycle.record_decision(item=item, text=text, by=by, on=TODAY)
    mistake = lifecycle.record_decision(item=early, text="mistake", by=by, on=TODAY)
    lifecycle.remove_decision(decision=mistake, by=by, on=TODAY)
    before = reckoned_numbers(meeting)
    lifecycle.adjourn(meeting=meeting, by=by, at=NOW)
    assert numbers() == [("c", 3), ("a", 1), ("b", 2), ("mistake", None)]
    assert reckoned_numbers(meeting) == before

    following = make.make_meeting(cast.council)
    lifecycle.record_decision(item=make.make_item(following), text="d", by=by, on=TODAY)
    assert list(reckoned_numbers(following).values()) == [4]
    lifecycle.adjourn(meeting=following, by=by, at=NOW)
    assert numbers()[-1] == ("d", 4)


def test_one_meeting_at_a_time_is_in_session(cast: Cast) -> None:
    make.make_meeting(cast.council)
    planned = make.make_meeting(cast.council, MeetingState.DRAFT)
    with pytest.raises(RuleBroken):
        lifecycle.open_meeting(meeting=planned, by=cast.secretary, at=NOW)


def test_adjourning_twice_is_refused_and_changes_nothing(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    stale = Meeting.objects.get(pk=meeting.pk)
    lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)
    with pytest.raises(RuleBroken):
        lifecycle.adjourn(meeting=stale, by=cast.coordinator, at=NOW)
    assert [entry.actor for entry in entries_of(meeting)] == [cast.secretary]


def test_a_meeting_is_opened_again_only_while_its_paragraphs_are_the_last(cast: Cast) -> None:
    by = cast.coordinator
    first = make.make_meeting(cast.council)
    lifecycle.record_decision(item=make.make_item(first), text="a", by=by, on=TODAY)
    lifecycle.adjourn(meeting=first, by=by, at=NOW)
    lifecycle.reopen_meeting(meeting=first, by=by, on=TODAY)
    assert numbers() == [("a", None)]
    lifecycle.adjourn(meeting=first, by=by, at=NOW)

    second = make.make_meeting(cast.council)
    lifecycle.record_decision(item=make.make_item(second), text="b", by=by, on=TODAY)
    lifecycle.adjourn(meeting=second, by=by, at=NOW)
    with pytest.raises(RuleBroken):
        lifecycle.reopen_meeting(meeting=first, by=by, on=TODAY)
    assert numbers() == [("a", 1), ("b", 2)]


@pytest.mark.parametrize("state", [MeetingState.DRAFT, MeetingState.ADJOURNED])
def test_nothing_is_logged_outside_the_session(cast: Cast, state: MeetingState) -> None:
    item = make.make_item(make.make_meeting(cast.council, state))
    for log in (
        lambda: lifecycle.record_decision(item=item, text="text", by=cast.secretary, on=TODAY),
        lambda: lifecycle.set_item_state(item=item, state=ItemState.TREATED, by=cast.secretary, on=TODAY),
    ):
        with pytest.raises(RuleBroken):
            log()
    item.refresh_from_db()
    assert (item.state, item.decisions.count(), entries_of(item).count()) == ("pending", 0, 0)


def test_no_notes_are_written_before_the_meeting(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council, MeetingState.DRAFT))
    with pytest.raises(RuleBroken):
        lifecycle.save_notes(item=item, text="text", version=0, by=cast.secretary, on=TODAY)


def test_notes_are_tidied_after_the_meeting_without_treating_what_it_left_over(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED))
    saved = lifecycle.save_notes(item=item, text="text", version=0, by=cast.secretary, on=TODAY)
    assert (saved.notes, saved.state) == ("text", "pending")


def test_notes_written_on_an_older_version_lose_nobodys_text(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    saved = lifecycle.save_notes(item=item, text="first", version=0, by=cast.secretary, on=TODAY)
    assert (saved.notes, saved.version, saved.state) == ("first", 1, "treated")
    with pytest.raises(lifecycle.NotesConflict) as conflict:
        lifecycle.save_notes(item=item, text="second", version=0, by=cast.coordinator, on=TODAY)
    assert (conflict.value.item.notes, conflict.value.text) == ("first", "second")
    again = lifecycle.save_notes(item=item, text="first", version=0, by=cast.coordinator, on=TODAY)
    assert again.version == 1


def test_history_does_not_copy_long_notes(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    lifecycle.save_notes(item=item, text="ordet " * 100, version=0, by=cast.secretary, on=TODAY)
    assert "ordet" not in str([entry.changes for entry in entries_of(item)])


def test_tabling_tables_the_item_and_treating_opens_a_new_case(cast: Cast) -> None:
    case = make.make_case(cast.council)
    item = make.make_item(make.make_meeting(cast.council), case=case)
    lifecycle.record_decision(item=item, text="Bordläggs.", kind=DecisionKind.TABLED, by=cast.secretary, on=TODAY)
    item.refresh_from_db()
    case.refresh_from_db()
    assert (item.state, case.state) == (ItemState.TABLED, CaseState.OPEN)


def test_a_restricted_case_restricts_its_items(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    secret = make.make_case(cast.council, restricted=True)
    born = lifecycle.add_item(meeting=meeting, by=cast.secretary, on=TODAY, title="a", case=secret)
    joined = lifecycle.edit_item(item=make.make_item(meeting), by=cast.secretary, on=TODAY, case=secret)
    open_case = make.make_case(cast.council)
    follows = make.make_item(meeting, case=open_case)
    lifecycle.edit_case(
        case=open_case,
        by=cast.secretary,
        on=TODAY,
        topics=[],
        state=CaseState.OPEN,
        ground=make.ground_of(cast.council),
    )
    follows.refresh_from_db()
    assert [born.restricted, joined.restricted, follows.restricted] == [True, True, True]


def test_a_case_restricted_a_moment_ago_restricts_the_item_that_joins_it(cast: Cast) -> None:
    case, here = make.make_case(cast.council), {"by": cast.secretary, "on": TODAY}
    meeting = make.make_meeting(cast.council)
    old = lifecycle.add_item(meeting=meeting, title="Gammal", **here)
    # `case` is as a form read it, before somebody else restricted it.
    lifecycle.edit_case(case=case, topics=[], state=CaseState.OPEN, ground=make.ground_of(cast.council), **here)
    assert case.restricted is False
    assert lifecycle.add_item(meeting=meeting, title="Ny", case=case, **here).restricted is True
    assert lifecycle.edit_item(item=old, case=case, **here).restricted is True


def test_the_history_of_an_item_names_its_topics(cast: Cast) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    topic = make.make_topic(cast.council, name="Våldsbejakande extremism", extremism=True)
    item = lifecycle.add_item(meeting=make.make_meeting(cast.council), title="Klistermärken", **here)
    lifecycle.edit_item(item=item, topics=[topic], **here)
    lifecycle.edit_item(item=item, topics=[topic], **here)
    assert [(entry.verb, entry.changes.get("topics")) for entry in entries_of(item)] == [
        ("item.added", None),
        ("item.edited", [[], ["Våldsbejakande extremism"]]),
    ]


def test_an_item_is_not_restricted_over_the_head_of_an_owner(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    make.make_action(agenda_item=item, owner=cast.owner)
    with pytest.raises(RuleBroken) as refused:
        lifecycle.edit_item(item=item, by=cast.secretary, on=TODAY, ground=make.ground_of(cast.council))
    item.refresh_from_db()
    assert (refused.value.field, item.restricted) == ("ground", False)


def test_a_case_brings_its_topics_to_the_item(cast: Cast) -> None:
    marked = make.make_topic(cast.council, extremism=True)
    case = make.make_case(cast.council, topics=[marked])
    item = lifecycle.edit_item(
        item=make.make_item(make.make_meeting(cast.council)), by=cast.secretary, on=TODAY, case=case
    )
    assert list(item.topics.all()) == [marked]


def test_items_move_and_go_without_gaps(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    a, _b, c = (make.make_item(meeting, title=title) for title in "abc")
    lifecycle.move_item(item=c, by=cast.secretary, on=TODAY, up=True)
    lifecycle.move_item(item=a, by=cast.secretary, on=TODAY, up=True)
    assert list(meeting.items.values_list("position", "title")) == [(1, "a"), (2, "c"), (3, "b")]
    lifecycle.remove_item(item=c, by=cast.secretary, on=TODAY)
    assert list(meeting.items.values_list("position", "title")) == [(1, "a"), (2, "b")]


def test_an_item_with_something_logged_stays(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    noted = make.make_item(meeting, notes="text")
    acted = make.make_item(meeting)
    make.make_action(agenda_item=acted)
    for item in (noted, acted):
        with pytest.raises(RuleBroken):
            lifecycle.remove_item(item=item, by=cast.secretary, on=TODAY)
    assert meeting.items.count() == 2


def test_attendance_is_for_those_with_a_mandate_on_the_day(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    ended = make.make_member(cast.council, mandate_to=date(2017, 3, 14))
    for member in (ended, cast.stranger):
        with pytest.raises(RuleBroken):
            lifecycle.mark_attendance(
                meeting=meeting, member=member, status=AttendanceStatus.PRESENT, by=cast.secretary, on=TODAY
            )
    for status in (AttendanceStatus.PRESENT, AttendanceStatus.PRESENT, AttendanceStatus.APOLOGISED, None):
        lifecycle.mark_attendance(meeting=meeting, member=cast.member, status=status, by=cast.secretary, on=TODAY)
    key = f"member {cast.member.pk}"
    assert [entry.changes for entry in entries_of(meeting)] == [
        {key: [None, "present"]},
        {key: ["present", "apologised"]},
        {key: ["apologised", None]},
    ]


@pytest.mark.parametrize("own", ["BRÅ 2017/²", "BRÅ 2017/9999999999999999999999999999999", "BRÅ 2017/2b"])
def test_a_number_of_ones_own_does_not_stop_the_counting(cast: Cast, own: str) -> None:
    make.make_case(cast.council, registry_number=own)
    make.make_case(cast.council, registry_number="BRÅ 2017/3")
    assert lifecycle.next_registry_number(cast.council, TODAY) == "BRÅ 2017/4"


def test_registry_numbers_go_on_through_the_year_and_are_taken_once(cast: Cast) -> None:
    make.make_case(cast.council, registry_number="BRÅ 2017/9")
    organisation = make.make_organisation(cast.council)
    case = lifecycle.open_case(
        council=cast.council, by=cast.secretary, on=TODAY, title="Klotter", organisation=organisation
    )
    assert case.registry_number == "BRÅ 2017/10"
    with pytest.raises(RuleBroken) as refused:
        lifecycle.open_case(
            council=cast.council,
            by=cast.secretary,
            on=TODAY,
            title="Annat",
            organisation=organisation,
            registry_number="BRÅ 2017/9",
        )
    assert refused.value.field == "registry_number"
