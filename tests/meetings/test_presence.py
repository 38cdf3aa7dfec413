"""Who is there when, the quorum, and the clock of the current item."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bra.errors import RuleBroken
from bra.lifecycle import set_quorum
from bra.models import HistoryEntry, Role
from meetings import lifecycle
from meetings.clock import Clock, clock_of
from meetings.models import AgendaItem, Attendance, AttendanceStatus, Guest, Meeting, MeetingState
from meetings.sentences import history_of
from meetings.sheets import attendance_sheet
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

PRESENT, APOLOGISED = AttendanceStatus.PRESENT, AttendanceStatus.APOLOGISED


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return make.make_meeting(cast.council)


@pytest.fixture
def items(meeting: Meeting) -> list[AgendaItem]:
    return [make.make_item(meeting, title=f"Fråga {n}") for n in range(1, 6)]


def mark(cast: Cast, meeting: Meeting, who: str, status: AttendanceStatus) -> None:
    lifecycle.mark_attendance(meeting=meeting, member=getattr(cast, who), status=status, by=cast.secretary, on=TODAY)


def stay(cast: Cast, meeting: Meeting, who: str, **fields: Any) -> Attendance:
    return lifecycle.note_stay(meeting=meeting, member=getattr(cast, who), by=cast.secretary, on=TODAY, **fields)


def sentence(error: Any) -> str:
    return str(error.value.sentence)


def told(cast: Cast, meeting: Meeting) -> list[str]:
    return [line.what for line in history_of(meeting, cast.secretary)]


# From and until which item


def test_the_present_are_counted_at_each_item(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    mark(cast, meeting, "coordinator", PRESENT)
    stay(cast, meeting, "chair", to_item=items[1])
    stay(cast, meeting, "member", from_item=items[2], to_item=items[3])
    mark(cast, meeting, "secretary", APOLOGISED)
    sheet = attendance_sheet(meeting)
    assert [sheet.present_at(item.position) for item in items] == [2, 2, 2, 2, 1]
    assert told(cast, meeting)[1:3] == [
        "noted attendance: Lisa Ledamot, present, from item 3, up to and including item 4",
        "noted attendance: Olle Ordförande, present, up to and including item 2",
    ]
    text = cast.browse(cast.member).get(reverse("meetings:detail", args=[cast.council.slug, meeting.pk])).text
    assert re.findall(r"(\d) present</span>", text) == ["2", "2", "2", "2", "1"]


def test_a_slip_of_the_mark_keeps_what_was_noted(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    stay(cast, meeting, "chair", to_item=items[1])
    mark(cast, meeting, "chair", APOLOGISED)
    assert attendance_sheet(meeting).present_at(1) == 0
    mark(cast, meeting, "chair", PRESENT)
    assert [attendance_sheet(meeting).present_at(n) for n in (2, 3)] == [1, 0]


def test_one_does_not_leave_before_one_comes(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    with pytest.raises(RuleBroken) as refused:
        stay(cast, meeting, "chair", from_item=items[3], to_item=items[1])
    assert (sentence(refused), refused.value.field) == ("One can't leave before one has come.", "to_item")
    foreign = make.make_item(make.make_meeting(cast.council, MeetingState.DRAFT))
    with pytest.raises(RuleBroken):
        stay(cast, meeting, "chair", from_item=foreign)
    assert Attendance.objects.count() == 0


def test_an_item_at_which_somebody_left_stays(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    stay(cast, meeting, "chair", to_item=items[1])
    with pytest.raises(RuleBroken):
        lifecycle.remove_item(item=items[1], by=cast.secretary, on=TODAY)
    assert AgendaItem.objects.filter(pk=items[1].pk).exists()


def test_signed_minutes_keep_their_attendance(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.SIGNED)
    guest = Guest.objects.create(meeting=meeting, name="Gäst")
    with pytest.raises(RuleBroken):
        stay(cast, meeting, "chair")
    with pytest.raises(RuleBroken):
        lifecycle.add_guest(meeting=meeting, name="Gun", by=cast.secretary, on=TODAY)
    with pytest.raises(RuleBroken):
        lifecycle.edit_guest(
            guest=guest, name="Gun", organisation="", by=cast.secretary, on=TODAY, from_item=None, to_item=None
        )
    with pytest.raises(RuleBroken):
        lifecycle.remove_guest(guest=guest, by=cast.secretary, on=TODAY)
    assert (Attendance.objects.count(), Guest.objects.filter(removed=False).count()) == (0, 1)


# Substitutes


def test_a_substitute_stands_in_for_one_who_is_not_there(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    mark(cast, meeting, "chair", APOLOGISED)
    stay(cast, meeting, "member", substitute_for=cast.chair)
    assert told(cast, meeting)[0] == "noted attendance: Lisa Ledamot, present, stands in for Olle Ordförande"
    with pytest.raises(RuleBroken) as refused:
        mark(cast, meeting, "chair", PRESENT)
    assert sentence(refused) == (
        "Lisa Ledamot stands in for Olle Ordförande. Note from and until which item each of them is there."
    )
    with pytest.raises(RuleBroken) as refused:
        stay(cast, meeting, "secretary", substitute_for=cast.chair)
    assert sentence(refused) == "Lisa Ledamot stands in for Olle Ordförande already."


def test_a_substitute_leaves_when_the_member_comes(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    stay(cast, meeting, "member", substitute_for=cast.chair, to_item=items[1])
    with pytest.raises(RuleBroken):
        stay(cast, meeting, "chair", from_item=items[1])
    stay(cast, meeting, "chair", from_item=items[2])
    assert [attendance_sheet(meeting).present_at(item.position) for item in items] == [1, 1, 1, 1, 1]


def test_all_others_are_present_but_those_with_a_substitute(cast: Cast, meeting: Meeting) -> None:
    stay(cast, meeting, "member", substitute_for=cast.chair)
    url = reverse("meetings:attendance", args=[cast.council.slug, meeting.pk])
    assert cast.browse(cast.secretary).post(url, {"rest": "present"}).status_code == 302
    present = {row.member for row in Attendance.objects.filter(meeting=meeting, status=PRESENT)}
    assert present == {cast.coordinator, cast.secretary, cast.member}


@pytest.mark.parametrize("whom", ["member", "owner", "stranger"])
def test_one_stands_in_for_another_seat_of_the_council_only(cast: Cast, meeting: Meeting, whom: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        stay(cast, meeting, "member", substitute_for=getattr(cast, whom))
    assert (refused.value.field, Attendance.objects.count()) == ("substitute_for", 0)


# Guests


def test_a_guest_is_noted_removed_and_brought_back(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    client = cast.browse(cast.secretary)
    url = reverse("meetings:guest_add", args=[cast.council.slug, meeting.pk])
    sent = {"name": " Gun  Gäst ", "organisation": "Region Prov", "from_item": items[1].pk, "to_item": ""}
    assert client.post(url, sent).status_code == 302
    guest = Guest.objects.get()
    assert (str(guest), guest.from_item, guest.to_item) == ("Gun Gäst, Region Prov", items[1], None)
    assert client.post(url, sent).status_code == 422  # not twice
    assert attendance_sheet(meeting).present == 0  # a guest has no seat
    detail = reverse("meetings:detail", args=[cast.council.slug, meeting.pk])
    assert "Gun Gäst, Region Prov" in client.get(detail).text
    edit = reverse("meetings:guest_edit", args=[cast.council.slug, guest.pk])
    assert client.post(edit, sent | {"to_item": items[0].pk}).status_code == 422  # gone before she came
    assert client.post(edit, sent | {"to_item": items[2].pk}).status_code == 302
    guest.refresh_from_db()
    assert (str(guest), guest.from_item, guest.to_item) == ("Gun Gäst, Region Prov", items[1], items[2])
    remove = reverse("meetings:guest_remove", args=[cast.council.slug, guest.pk])
    client.post(remove)
    assert "Gun Gäst" not in cast.browse(cast.member).get(detail).text
    client.post(f"{remove}?tillbaka=1")
    assert [str(guest) for guest in attendance_sheet(meeting).guests] == ["Gun Gäst, Region Prov"]
    assert told(cast, meeting)[:4] == [
        "brought a co-opted guest back",
        "took a co-opted guest off the attendance",
        "changed what is noted of a co-opted guest",
        "noted a co-opted guest",
    ]


def test_the_guard_reads_the_name_of_a_guest(cast: Cast, meeting: Meeting) -> None:
    url = reverse("meetings:guest_add", args=[cast.council.slug, meeting.pk])
    answer = cast.browse(cast.secretary).post(url, {"name": "701063-2391"})
    assert (list(answer.context["form"].errors), Guest.objects.count()) == (["name"], 0)


def test_the_form_of_a_stay_keeps_the_title_of_a_restricted_item(
    cast: Cast, meeting: Meeting, items: list[AgendaItem]
) -> None:
    hidden = make.make_item(meeting, title="Hemlig fråga", restricted=True)
    stay(cast, meeting, "chair", to_item=hidden)
    uncleared = make.make_member(cast.council, Role.SECRETARY, user=make.make_user())
    url = reverse("meetings:presence", args=[cast.council.slug, meeting.pk]) + f"?ledamot={cast.chair.pk}"
    page = cast.browse(uncleared).get(url)
    assert "Hemlig fråga" not in page.text
    chosen = {name: page.context["form"][name].value() for name in ("from_item", "to_item")}
    assert chosen == {"from_item": None, "to_item": hidden.pk}
    assert "Hemlig fråga" in cast.browse(cast.secretary).get(url).text
    sent = {name: value or "" for name, value in chosen.items()}
    assert cast.browse(uncleared).post(url, sent).status_code == 302
    assert Attendance.objects.get().to_item == hidden


# The quorum


def test_the_quorum_is_shown_when_the_council_has_one(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    live = reverse("meetings:live", args=[cast.council.slug, meeting.pk])
    client = cast.browse(cast.coordinator)
    mark(cast, meeting, "chair", PRESENT)
    assert "quorate" not in client.get(live).text
    assert client.post(reverse("meetings:quorum", args=[cast.council.slug]), {"quorum": 2}).status_code == 302
    assert "not quorate (2 needed)" in client.get(live).text
    stay(cast, meeting, "member", to_item=items[0])
    assert re.search(r"· quorate \(2 needed\)", client.get(live).text)
    lifecycle.take_up(item=items[1], by=cast.secretary, at=NOW)
    text = client.get(live).text
    assert "1 at this item" in text
    assert "not quorate (2 needed)" in text
    entry = HistoryEntry.objects.changes().get(verb="council.quorum")
    assert entry.changes == {"quorum": [None, 2]}


def test_a_quorum_is_at_least_one(cast: Cast) -> None:
    with pytest.raises(RuleBroken):
        set_quorum(council=cast.council, quorum=0, by=cast.coordinator, on=TODAY)
    assert (
        cast.browse(cast.coordinator)
        .post(reverse("meetings:quorum", args=[cast.council.slug]), {"quorum": 0})
        .status_code
        == 422
    )


# The current item and its clock


def test_time_is_added_up_item_by_item(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    def at(minutes: int) -> Any:
        return NOW + timedelta(minutes=minutes)

    for item, minutes in ((items[0], 0), (items[1], 5), (items[1], 7), (items[0], 15)):
        lifecycle.take_up(item=item, by=cast.secretary, at=at(minutes))
    items[0].refresh_from_db()
    items[0].minutes_planned = 6
    meeting.refresh_from_db()
    assert clock_of(items[0], meeting, at(18)) == Clock(runs=True, seconds=8 * 60, planned=6)
    assert clock_of(items[0], meeting, at(18)).over == 2
    lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=at(20))
    meeting.refresh_from_db()
    spent = list(meeting.items.values_list("seconds_spent", flat=True))
    assert (spent, meeting.current_item, meeting.current_since) == ([10 * 60, 10 * 60, 0, 0, 0], None, None)


def test_time_never_runs_backwards(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    lifecycle.take_up(item=items[0], by=cast.secretary, at=NOW)
    lifecycle.take_up(item=items[1], by=cast.secretary, at=NOW - timedelta(days=1))
    items[0].refresh_from_db()
    assert items[0].seconds_spent == 0


@pytest.mark.parametrize("state", [MeetingState.DRAFT, MeetingState.ADJOURNED])
def test_only_a_meeting_in_session_takes_up_items(cast: Cast, state: MeetingState) -> None:
    item = make.make_item(make.make_meeting(cast.council, state))
    answer = cast.browse(cast.secretary).post(reverse("meetings:take_up", args=[cast.council.slug, item.pk]))
    assert answer.status_code == 302
    assert (Meeting.objects.get(pk=item.meeting_id).current_item, HistoryEntry.objects.changes().count()) == (None, 0)


def test_looking_changes_nothing(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    cast.browse(cast.secretary).get(reverse("meetings:live", args=[cast.council.slug, meeting.pk]))
    meeting.refresh_from_db()
    assert meeting.current_item is None


def test_all_see_what_is_spoken_of_but_a_restricted_item(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    now = reverse("meetings:now", args=[cast.council.slug, meeting.pk])
    detail = reverse("meetings:detail", args=[cast.council.slug, meeting.pk])

    def seen(who: Any) -> tuple[list[str], list[str]]:
        client = cast.browse(who)
        texts = client.get(now, headers={"HX-Request": "true"}).text, client.get(detail).text
        part, whole = (re.findall(r"<b>Now:</b> <a[^>]*>item (\d), ", text) for text in texts)
        return part, whole

    lifecycle.take_up(item=items[1], by=cast.secretary, at=NOW)
    assert seen(cast.member) == (["2"], ["2"])
    hidden = make.make_item(meeting, title="Hemlig fråga", restricted=True)
    lifecycle.take_up(item=hidden, by=cast.secretary, at=NOW)
    assert seen(cast.chair) == (["6"], ["6"])
    assert seen(cast.member) == ([], [])
    assert "Hemlig fråga" not in cast.browse(cast.member).get(detail).text


# Speed


def test_the_pages_cost_the_same_however_many_are_there(cast: Cast, meeting: Meeting, items: list[AgendaItem]) -> None:
    lifecycle.take_up(item=items[0], by=cast.secretary, at=NOW)
    client = cast.browse(cast.secretary)
    urls = [reverse(f"meetings:{name}", args=[cast.council.slug, meeting.pk]) for name in ("live", "detail")]

    def cost() -> list[int]:
        counted = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counted.append(len(queries))
        return counted

    stay(cast, meeting, "chair", to_item=items[1])
    lifecycle.add_guest(meeting=meeting, name="Gun", by=cast.secretary, on=TODAY, to_item=items[0])
    few = cost()
    for n in range(3):
        other = make.make_member(cast.council)
        lifecycle.note_stay(
            meeting=meeting, member=other, by=cast.secretary, on=TODAY, from_item=items[n], to_item=items[n + 1]
        )
        lifecycle.add_guest(meeting=meeting, name=f"Gäst {n}", by=cast.secretary, on=TODAY, to_item=items[n])
    assert cost() == few


# What is pasted


def test_a_table_pasted_from_a_word_processor_is_saved_as_clean_text(cast: Cast, items: list[AgendaItem]) -> None:
    url = reverse("meetings:item_notes", args=[cast.council.slug, items[0].pk])
    typed = "Plats\tAntal\r\nSkolan\xa0A\t3\x0b\u200bslut"
    for version in (0, 0):  # saved again as typed, it is the same text and no conflict
        assert cast.browse(cast.secretary).post(url, {"notes": typed, "version": version}).status_code == 302
    items[0].refresh_from_db()
    assert (items[0].notes, items[0].version) == ("Plats\tAntal\nSkolan A\t3\nslut", 1)
    detail = reverse("meetings:detail", args=[cast.council.slug, items[0].meeting_id])
    assert re.findall(r"<t[hd]>(.*?)</", cast.browse(cast.member).get(detail).text) == [
        "Plats",
        "Antal",
        "Skolan A",
        "3",
    ]
