"""The archive, planning, the agenda and the minutes."""

from datetime import date, time
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bra.models import Role
from meetings import lifecycle
from meetings.models import (
    AttendanceStatus,
    Case,
    ItemKind,
    Meeting,
    MeetingState,
    StandingItem,
)
from tests import make
from tests.cast import Cast


def address(name: str, cast: Cast, *args: int) -> str:
    return reverse(f"meetings:{name}", args=[cast.council.slug, *args])


def listed(response: Any) -> list[str]:
    return [str(meeting) for meeting in response.context["meetings"]]


def sentences(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


# The archive


@pytest.mark.parametrize(("who", "status"), [("member", 200), ("owner", 404), ("stranger", 404)])
@pytest.mark.parametrize("name", ["list", "detail"])
def test_those_who_sit_on_the_council_read_its_meetings(cast: Cast, who: str, status: int, name: str) -> None:
    meeting = make.make_meeting(cast.council)
    url = address(name, cast) if name == "list" else address(name, cast, meeting.pk)
    assert cast.browse(getattr(cast, who)).get(url).status_code == status


def test_a_meeting_of_another_council_is_neither_listed_nor_found(cast: Cast, secretary: Client) -> None:
    foreign = make.make_meeting(cast.stranger.council)
    assert listed(secretary.get(address("list", cast))) == []
    assert secretary.get(address("detail", cast, foreign.pk)).status_code == 404


@pytest.fixture
def three(cast: Cast) -> dict[str, Meeting]:
    """An old meeting, a newer one with an extremism-related item, and a planned one."""
    old = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2016, 9, 8), year=2016, sequence=1)
    new = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2017, 1, 16), year=2017, sequence=1)
    planned = make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 4, 3), year=2017, sequence=2)
    make.make_item(new, [make.make_topic(cast.council, extremism=True)])
    return {"2016-1": old, "2017-1": new, "2017-2": planned}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, ["2017-2", "2017-1", "2016-1"]),
        ({"sort": "date"}, ["2016-1", "2017-1", "2017-2"]),
        ({"sort": "-number"}, ["2017-2", "2017-1", "2016-1"]),
        ({"sort": "-item_count"}, ["2017-1", "2017-2", "2016-1"]),
        ({"state": "adjourned"}, ["2017-1", "2016-1"]),
        ({"since": "2016-09-08", "until": "2017-01-16"}, ["2017-1", "2016-1"]),
        ({"since": "2016-09-09", "until": "2017-01-15"}, []),
        ({"extremism": "on"}, ["2017-1"]),
        ({"page": "99", "sort": "nonsense"}, ["2017-2", "2017-1", "2016-1"]),
    ],
)
def test_the_archive_is_filtered_and_sorted_by_its_address(
    cast: Cast, secretary: Client, three: dict[str, Meeting], query: dict[str, str], numbers: list[str]
) -> None:
    make.make_item(three["2017-1"])
    make.make_item(three["2017-2"])
    assert listed(secretary.get(address("list", cast), query)) == numbers


def test_a_bad_date_in_the_filter_is_said_at_the_field(
    cast: Cast, secretary: Client, three: dict[str, Meeting]
) -> None:
    response = secretary.get(address("list", cast), {"since": "igår"})
    assert response.context["filter"].form.errors == {"since": ["Enter a valid date."]}


def test_the_next_meeting_stands_on_top(cast: Cast, secretary: Client, three: dict[str, Meeting]) -> None:
    assert secretary.get(address("list", cast)).context["upcoming"] == three["2017-2"]


def test_an_empty_archive_tells_how_to_begin_only_those_who_may(cast: Cast, secretary: Client) -> None:
    new = address("new", cast)
    assert secretary.get(address("list", cast)).text.count(f'href="{new}"') == 1
    assert new not in cast.browse(cast.member).get(address("list", cast)).text


def test_the_archive_counts_only_what_the_member_may_see(cast: Cast, secretary: Client) -> None:
    meeting = make.make_meeting(cast.council)
    topic = make.make_topic(cast.council, extremism=True)
    for restricted in (False, True):
        item = make.make_item(meeting, [topic] if restricted else [], restricted=restricted)
        lifecycle.record_decision(item=item, text="Ett beslut", by=cast.secretary, on=make.TODAY)
        make.make_action(agenda_item=item)

    def row(client: Client) -> tuple[int, int, list[str]]:
        response = client.get(address("list", cast))
        shown = response.context["meetings"][0]
        cells = [part.split("</td>")[0] for part in response.text.split('data-label="Actions" class="num">')[1:]]
        return shown.item_count, shown.decision_count, cells

    assert row(secretary) == (2, 2, ["2"])
    member = cast.browse(cast.member)
    assert row(member) == (1, 1, ["1"])
    assert listed(member.get(address("list", cast), {"extremism": "on"})) == []


def test_a_page_holds_25_meetings_and_the_filter_stays_in_the_address(cast: Cast, secretary: Client) -> None:
    for month in range(1, 13):
        for day in (3, 10, 17):
            make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2016, month, day))
    response = secretary.get(address("list", cast), {"state": "adjourned"})
    assert len(listed(response)) == 25
    assert 'href="?state=adjourned&amp;page=2"' in response.text
    assert len(listed(secretary.get(address("list", cast), {"state": "adjourned", "page": 2}))) == 11


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_three_meetings_cost_as_many_queries_as_one(cast: Cast, secretary: Client) -> None:
    def add(month: int) -> int:
        make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2016, month, 1)))
        return queries(secretary, address("list", cast))

    first = add(1)
    add(2)
    assert add(3) == first


# Planning


def test_a_new_meeting_begins_with_the_standing_agenda(cast: Cast, secretary: Client) -> None:
    topic = make.make_topic(cast.council)
    standing = StandingItem.objects.create(council=cast.council, position=1, title="Öppnande", kind=ItemKind.DECISION)
    standing.topics.add(topic)
    data = {"date": "2017-05-04", "starts_at": "09:00", "ends_at": "11:00", "place": "Eken"}
    response = secretary.post(address("new", cast), data)
    meeting = Meeting.objects.get()
    assert response["Location"] == address("detail", cast, meeting.pk)
    assert (meeting.number, meeting.date, meeting.starts_at, meeting.place) == (
        "2017-1",
        date(2017, 5, 4),
        time(9),
        "Eken",
    )
    item = meeting.items.get()
    assert (item.title, item.kind, list(item.topics.all())) == ("Öppnande", ItemKind.DECISION, [topic])


def test_the_last_meetings_hours_and_place_are_filled_in(cast: Cast, secretary: Client) -> None:
    make.make_meeting(cast.council, date=date(2017, 1, 1), starts_at=time(8), ends_at=time(9), place="Gamla rummet")
    make.make_meeting(cast.council, MeetingState.ADJOURNED, starts_at=time(14), ends_at=time(16), place="Eken")
    text = secretary.get(address("new", cast)).text
    assert ('value="14:00"' in text, 'value="16:00"' in text, 'value="Eken"' in text) == (True, True, True)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"ends_at": "12:00"}, {"ends_at": ["The meeting must end after it starts."]}),
        ({"starts_at": "14:30"}, {"starts_at": ["Meeting 2017-7 is held at that time. Choose another hour."]}),
        ({"date": ""}, {"date": ["This field is required."]}),
        ({"date": "2017-02-30"}, {"date": ["Enter a valid date."]}),
    ],
)
@pytest.mark.parametrize("existing", [False, True])
def test_a_plan_that_cannot_be_is_refused_at_the_field_and_nothing_typed_is_lost(
    cast: Cast, secretary: Client, data: dict[str, str], errors: dict[str, list[str]], existing: bool
) -> None:
    make.make_meeting(
        cast.council, MeetingState.DRAFT, date=date(2017, 5, 4), sequence=7, starts_at=time(14), ends_at=time(15)
    )
    url = address("new", cast)
    if existing:
        url = address("edit", cast, make.make_meeting(cast.council, MeetingState.DRAFT).pk)
    typed = {"date": "2017-05-04", "starts_at": "13:00", "ends_at": "15:00", "place": "Det typade rummet"} | data
    if "ends_at" not in data and "starts_at" not in data:
        typed |= {"ends_at": "14:00"}
    if "starts_at" in data:
        typed |= {"ends_at": "16:00"}
    response = secretary.post(url, typed)
    assert response.status_code == 422
    assert response.context["form"].errors == errors
    assert 'value="Det typade rummet"' in response.text
    assert next(iter(errors.values()))[0] in response.text


def test_a_planned_meeting_is_moved(cast: Cast, secretary: Client) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    data = {"date": "2017-03-22", "starts_at": "10:00", "ends_at": "", "place": "", "title": "Extra"}
    secretary.post(address("edit", cast, meeting.pk), data)
    meeting.refresh_from_db()
    assert (meeting.date, meeting.starts_at, meeting.ends_at, meeting.title) == (
        date(2017, 3, 22),
        time(10),
        None,
        "Extra",
    )


def test_a_meeting_that_has_begun_is_not_moved(cast: Cast, secretary: Client) -> None:
    meeting = make.make_meeting(cast.council)
    response = secretary.post(address("edit", cast, meeting.pk), {"date": "2017-03-22", "starts_at": "10:00"})
    assert sentences(response) == ["The meeting has begun, so its time and place can no longer be changed."]
    meeting.refresh_from_db()
    assert meeting.date == make.TODAY


@pytest.mark.parametrize("who", ["chair", "member", "owner", "stranger"])
def test_whoever_does_not_plan_cannot_open_adjourn_or_change_a_meeting(cast: Cast, who: str) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    client = cast.browse(getattr(cast, who))
    for name in ("open", "adjourn", "edit", "item_add", "attendance"):
        assert client.post(address(name, cast, meeting.pk), {"title": "x"}).status_code == 404
    assert client.get(address("new", cast)).status_code == 404


@pytest.mark.parametrize("name", ["open", "adjourn", "reopen", "attendance"])
def test_a_link_followed_changes_nothing(cast: Cast, name: str) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    assert cast.browse(cast.coordinator).get(address(name, cast, meeting.pk)).status_code == 405


def test_a_second_meeting_in_session_is_refused_in_a_sentence(cast: Cast, secretary: Client) -> None:
    make.make_meeting(cast.council, year=2017, sequence=1, date=date(2017, 3, 1))
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    response = secretary.post(address("open", cast, meeting.pk))
    assert sentences(response) == ["Meeting 2017-1 is still in session. Adjourn it first."]


def test_only_a_coordinator_takes_a_meeting_back_into_session(cast: Cast, secretary: Client) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    url = address("reopen", cast, meeting.pk)
    assert secretary.post(url).status_code == 404
    assert url not in secretary.get(address("detail", cast, meeting.pk)).text
    assert cast.browse(cast.member).post(url).status_code == 404
    coordinator = cast.browse(cast.coordinator)
    assert url in coordinator.get(address("detail", cast, meeting.pk)).text
    assert coordinator.post(url)["Location"] == address("live", cast, meeting.pk)


# The agenda


@pytest.fixture
def planned(cast: Cast) -> Meeting:
    return make.make_meeting(cast.council, MeetingState.DRAFT)


def test_an_item_is_added_with_its_case_and_takes_its_topics(cast: Cast, secretary: Client, planned: Meeting) -> None:
    topics = [make.make_topic(cast.council), make.make_topic(cast.council)]
    case = make.make_case(cast.council, topics[:1])
    data = {"title": "Klotter", "kind": "follow-up", "presenter": "Polisen", "topics": [topics[1].pk], "case": case.pk}
    secretary.post(address("item_add", cast, planned.pk), data)
    item = planned.items.get()
    assert (item.title, item.kind, item.presenter, item.case) == ("Klotter", ItemKind.FOLLOW_UP, "Polisen", case)
    assert set(item.topics.all()) == set(topics)


def test_a_title_alone_is_enough_while_in_session(cast: Cast, secretary: Client) -> None:
    meeting = make.make_meeting(cast.council)
    response = secretary.post(address("item_add", cast, meeting.pk), {"title": "Övrig fråga"})
    item = meeting.items.get()
    assert response["Location"] == f"{address('live', cast, meeting.pk)}?punkt={item.pk}#item"
    assert item.kind == ItemKind.DISCUSSION


def test_an_item_opens_a_case_as_restricted_as_itself(cast: Cast, secretary: Client, planned: Meeting) -> None:
    organisation = make.make_organisation(cast.council)
    data = {
        "title": "Hemligt",
        "new_case_title": "Ny fråga",
        "new_case_organisation": organisation.pk,
        "ground": str(make.ground_of(cast.council).pk),
    }
    secretary.post(address("item_add", cast, planned.pk), data)
    case = Case.objects.get()
    assert (case.title, case.organisation, case.restricted) == ("Ny fråga", organisation, True)
    assert (planned.items.get().case, planned.items.get().restricted) == (case, True)


def test_a_new_case_needs_an_organisation_and_excludes_an_old_one(
    cast: Cast, secretary: Client, planned: Meeting
) -> None:
    case = make.make_case(cast.council)
    data = {"title": "Klotter", "case": case.pk, "new_case_title": "Ny fråga"}
    response = secretary.post(address("item_add", cast, planned.pk), data)
    assert response.context["form"].errors == {
        "new_case_title": ["Choose a case or open a new one, not both."],
        "new_case_organisation": ["Choose who is responsible for the new case."],
    }
    assert 'value="Ny fråga"' in response.text
    assert (planned.items.count(), Case.objects.count()) == (0, 1)


def test_cases_and_topics_of_another_council_and_restricted_ones_cannot_be_chosen(cast: Cast, planned: Meeting) -> None:
    uncleared = make.make_member(cast.council, Role.SECRETARY, user=make.make_user())
    foreign, hidden = make.make_case(cast.stranger.council), make.make_case(cast.council, restricted=True, title="Dolt")
    topic = make.make_topic(cast.stranger.council)
    client, url = cast.browse(uncleared), address("item_add", cast, planned.pk)
    for case in (foreign, hidden):
        response = client.post(url, {"title": "x", "case": case.pk, "topics": [topic.pk]})
        assert set(response.context["form"].errors) == {"case", "topics"}
    text = client.get(url).text
    assert ("Dolt" in text, 'name="ground"' in text) == (False, False)


def test_an_uncleared_secretary_cannot_restrict_by_a_forged_field(cast: Cast, planned: Meeting) -> None:
    uncleared = make.make_member(cast.council, Role.SECRETARY, user=make.make_user())
    cast.browse(uncleared).post(
        address("item_add", cast, planned.pk), {"title": "x", "ground": str(make.ground_of(cast.council).pk)}
    )
    assert planned.items.get().restricted is False


def test_an_item_is_changed_and_put_to_a_case(cast: Cast, secretary: Client, planned: Meeting) -> None:
    item, case = make.make_item(planned, restricted=True), make.make_case(cast.council)
    data = {"title": "Nytt namn", "kind": "decision", "presenter": "", "case": case.pk}
    secretary.post(address("item_edit", cast, item.pk), data)
    item.refresh_from_db()
    assert (item.title, item.kind, item.case, item.restricted) == ("Nytt namn", ItemKind.DECISION, case, False)


def test_an_item_whose_action_has_an_uncleared_owner_is_not_restricted(cast: Cast, secretary: Client) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    make.make_action(agenda_item=item, owner=cast.member)
    data = {"title": item.title, "kind": item.kind, "ground": str(make.ground_of(cast.council).pk)}
    response = secretary.post(address("item_edit", cast, item.pk), data)
    assert list(response.context["form"].errors) == ["ground"]
    item.refresh_from_db()
    assert item.restricted is False


@pytest.mark.parametrize("scripts", [True, False])
def test_items_move_up_and_down(cast: Cast, secretary: Client, planned: Meeting, scripts: bool) -> None:
    first, _second, third = (make.make_item(planned, title=title) for title in ("A", "B", "C"))
    headers = {"HX-Request": "true"} if scripts else {}
    secretary.post(address("item_move", cast, third.pk), {"way": "up"}, headers=headers)
    response = secretary.post(address("item_move", cast, first.pk), {"way": "down"}, headers=headers)
    assert list(planned.items.values_list("position", "title")) == [(1, "C"), (2, "A"), (3, "B")]
    if scripts:
        assert ("<html" in response.text, f'id="down-{first.pk}"' in response.text) == (False, True)
    else:
        assert response["Location"] == f"{address('detail', cast, planned.pk)}#item-{first.pk}"


def test_an_empty_item_is_removed_and_one_with_a_log_stays(cast: Cast, secretary: Client) -> None:
    meeting = make.make_meeting(cast.council)
    empty, noted = make.make_item(meeting), make.make_item(meeting, notes="Sagt")
    secretary.post(address("item_remove", cast, empty.pk))
    response = secretary.post(address("item_remove", cast, noted.pk))
    assert "Something has been logged at this item, so it stays on the agenda." in sentences(response)
    assert list(meeting.items.all()) == [noted]


# The meeting's page


def test_the_minutes_hold_back_what_is_restricted_from_the_uncleared(cast: Cast, secretary: Client) -> None:
    meeting = make.make_meeting(cast.council)
    open_item = make.make_item(meeting, title="Öppen punkt")
    case = make.make_case(cast.council, restricted=True, title="Hemligt ärende")
    hidden = make.make_item(meeting, title="Hemlig punkt", restricted=True, case=case)
    for item, word in ((open_item, "Öppet"), (hidden, "Hemligt")):
        item = lifecycle.save_notes(item=item, text=f"{word} sagt", version=0, by=cast.secretary, on=make.TODAY)
        lifecycle.record_decision(item=item, text=f"{word} beslut", by=cast.secretary, on=make.TODAY)
        make.make_action(agenda_item=item, title=f"{word} gjort", owner=cast.coordinator)
    lifecycle.edit_item(item=hidden, by=cast.secretary, on=make.TODAY, title="Hemlig punkt två")
    lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=make.NOW)
    url = address("detail", cast, meeting.pk)
    seen = secretary.get(url).text
    words = [
        "Öppet sagt",
        "Öppet beslut",
        "Öppet gjort",
        "Hemligt sagt",
        "Hemligt beslut",
        "Hemligt gjort",
        "Hemligt ärende",
    ]
    assert [word for word in words if word not in seen] == []
    text = cast.browse(cast.member).get(url).text
    assert [word for word in words if word in text] == words[:3]
    assert "Hemlig" not in text
    numbers = [page.count(f'"para">§ {number}<') for page in (seen, text) for number in (1, 2)]
    assert (numbers, text.count("§ 2")) == ([1, 1, 1, 0], 0)


def test_three_items_cost_as_many_queries_as_one(cast: Cast, secretary: Client) -> None:
    meeting = make.make_meeting(cast.council)

    def add() -> int:
        item = make.make_item(meeting, [make.make_topic(cast.council)], case=make.make_case(cast.council))
        lifecycle.record_decision(item=item, text="Ett beslut", by=cast.secretary, on=make.TODAY)
        make.make_action(agenda_item=item)
        member = make.make_member(cast.council)
        lifecycle.mark_attendance(
            meeting=meeting, member=member, status=AttendanceStatus.PRESENT, by=cast.secretary, on=make.TODAY
        )
        return queries(secretary, address("detail", cast, meeting.pk))

    first = add()
    add()
    assert add() == first


def test_apologies_are_noted_before_the_meeting(cast: Cast, secretary: Client, planned: Meeting) -> None:
    response = secretary.post(address("attendance", cast, planned.pk), {f"member-{cast.member.pk}": "apologised"})
    assert response["Location"] == address("detail", cast, planned.pk)
    text = cast.browse(cast.member).get(address("detail", cast, planned.pk)).text
    assert "Lisa Ledamot" in text.split('id="attended"')[1].split("</section>")[0]
