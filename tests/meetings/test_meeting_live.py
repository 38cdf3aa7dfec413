"""The live page: a meeting is logged from opening to adjourning, with scripts and without."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import Action
from bra.models import HistoryEntry, Role
from meetings import lifecycle
from meetings.models import (
    AgendaItem,
    Attendance,
    AttendanceStatus,
    Decision,
    DecisionKind,
    ItemState,
    Meeting,
    MeetingState,
)
from tests import make
from tests.cast import Cast


def address(name: str, cast: Cast, *args: int) -> str:
    return reverse(f"meetings:{name}", args=[cast.council.slug, *args])


def htmx(client: Client, url: str, data: dict[str, Any], target: str = "") -> Any:
    """Post as htmx does."""
    headers = {"HX-Request": "true"} | ({"HX-Target": target} if target else {})
    return client.post(url, data, headers=headers)


def sentences(response: Any) -> list[str]:
    """The messages that the next page would show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return make.make_meeting(cast.council)


@pytest.fixture
def item(meeting: Meeting) -> AgendaItem:
    return make.make_item(meeting, title="Klotter vid skolan")


@pytest.fixture
def browser_of_secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


# Who gets in


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("coordinator", 200), ("chair", 302), ("member", 302), ("owner", 404), ("stranger", 404)],
)
def test_only_those_who_log_see_the_live_page(cast: Cast, item: AgendaItem, who: str, status: int) -> None:
    response = cast.browse(getattr(cast, who)).get(address("live", cast, item.meeting.pk))
    assert response.status_code == status


@pytest.mark.parametrize("who", ["chair", "member", "owner", "stranger"])
@pytest.mark.parametrize("name", ["item_notes", "item_state", "decision_add", "item_move", "item_remove", "item_edit"])
def test_whoever_does_not_log_finds_no_form_to_post_to(cast: Cast, item: AgendaItem, who: str, name: str) -> None:
    data = {"notes": "Smuget", "version": 0, "state": "treated", "text": "Smuget", "kind": "decided", "way": "up"}
    assert cast.browse(getattr(cast, who)).post(address(name, cast, item.pk), data).status_code == 404
    item.refresh_from_db()
    assert (item.notes, item.state, item.decisions.count()) == ("", ItemState.PENDING, 0)


def test_an_item_of_another_council_is_not_found(cast: Cast, browser_of_secretary: Client) -> None:
    foreign = make.make_item(make.make_meeting(cast.stranger.council))
    url = address("item_notes", cast, foreign.pk)
    assert browser_of_secretary.post(url, {"notes": "Hej", "version": 0}).status_code == 404


def test_an_address_without_an_items_number_shows_the_first(
    browser_of_secretary: Client, cast: Cast, item: AgendaItem
) -> None:
    url = address("live", cast, item.meeting.pk)
    for wanted in ("", "abc", "²", "9" * 5000):
        assert browser_of_secretary.get(url, {"punkt": wanted}).context["item"] == item


def test_a_restricted_item_is_on_the_agenda_of_the_cleared_only(cast: Cast, item: AgendaItem) -> None:
    hidden = make.make_item(item.meeting, title="Hemlig fråga", restricted=True)
    uncleared = make.make_member(cast.council, Role.SECRETARY, user=make.make_user())
    url = address("live", cast, item.meeting.pk)
    assert "Hemlig fråga" in cast.browse(cast.secretary).get(url).text
    client = cast.browse(uncleared)
    assert "Hemlig fråga" not in client.get(url).text
    assert client.get(f"{url}?punkt={hidden.pk}").status_code == 302
    assert client.post(address("item_notes", cast, hidden.pk), {"notes": "x", "version": 0}).status_code == 404


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (MeetingState.DRAFT, "The meeting hasn't been opened yet."),
        (MeetingState.ADJOURNED, "The meeting has been adjourned, so nothing more can be logged at it."),
    ],
)
def test_a_meeting_not_in_session_has_no_live_page(
    cast: Cast, browser_of_secretary: Client, state: MeetingState, sentence: str
) -> None:
    meeting = make.make_meeting(cast.council, state)
    response = browser_of_secretary.get(address("live", cast, meeting.pk))
    assert response["Location"] == address("detail", cast, meeting.pk)
    assert sentences(response) == [sentence]


# Everything without scripts


def test_a_whole_meeting_is_logged_with_plain_forms(cast: Cast, browser_of_secretary: Client) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    item = make.make_item(meeting, title="Klotter")
    client, live = browser_of_secretary, address("live", cast, meeting.pk)
    here = f"{live}?punkt={item.pk}#item"

    assert client.post(address("open", cast, meeting.pk))["Location"] == live
    sheet = {f"member-{cast.chair.pk}": "present", f"member-{cast.member.pk}": "apologised"}
    assert client.post(address("attendance", cast, meeting.pk), sheet)["Location"] == live
    notes = {"notes": "Skolan berättar.\r\nPolisen lyssnar.", "version": 0}
    assert client.post(address("item_notes", cast, item.pk), notes)["Location"] == here
    decision = {"text": "Väggen saneras.", "kind": "decided"}
    assert client.post(address("decision_add", cast, item.pk), decision)["Location"] == here
    agreed = {"title": "Beställa sanering", "owner": cast.member.pk, "deadline": "2017-04-15"}
    assert client.post(reverse("actions:agree", args=[cast.council.slug, item.pk]), agreed).status_code == 302
    assert client.post(address("item_state", cast, item.pk), {"state": "tabled"})["Location"] == here
    assert client.post(address("adjourn", cast, meeting.pk))["Location"] == address("detail", cast, meeting.pk)

    meeting.refresh_from_db()
    item.refresh_from_db()
    assert meeting.state == MeetingState.ADJOURNED
    assert item.notes == "Skolan berättar.\nPolisen lyssnar."
    assert item.state == ItemState.TABLED
    assert dict(Attendance.objects.values_list("member__name", "status")) == {
        "Olle Ordförande": "present",
        "Lisa Ledamot": "apologised",
    }
    assert list(Decision.objects.values_list("text", "number")) == [("Väggen saneras.", 1)]
    assert list(Action.objects.values_list("title", "owner__name")) == [("Beställa sanering", "Lisa Ledamot")]


# Attendance


def test_one_mark_leaves_the_others_alone_and_tells_how_many_are_present(
    cast: Cast, meeting: Meeting, browser_of_secretary: Client
) -> None:
    Attendance.objects.create(meeting=meeting, member=cast.member, status=AttendanceStatus.ABSENT)
    url = address("attendance", cast, meeting.pk)
    response = htmx(browser_of_secretary, url, {f"member-{cast.chair.pk}": "present"}, f"seat-{cast.chair.pk}")
    assert response.text.count("1 of 4 present") == 2
    assert dict(meeting.attendances.values_list("member", "status")) == {
        cast.member.pk: "absent",
        cast.chair.pk: "present",
    }


def test_a_mark_is_taken_back(cast: Cast, meeting: Meeting, browser_of_secretary: Client) -> None:
    Attendance.objects.create(meeting=meeting, member=cast.member, status=AttendanceStatus.ABSENT)
    htmx(browser_of_secretary, address("attendance", cast, meeting.pk), {f"member-{cast.member.pk}": ""})
    assert not meeting.attendances.exists()


@pytest.mark.parametrize("scripts", [True, False])
def test_all_others_are_present_but_not_those_who_apologised(
    cast: Cast, meeting: Meeting, browser_of_secretary: Client, scripts: bool
) -> None:
    Attendance.objects.create(meeting=meeting, member=cast.member, status=AttendanceStatus.APOLOGISED)
    data = {"rest": "present", f"member-{cast.member.pk}": "apologised", f"member-{cast.chair.pk}": ""}
    url = address("attendance", cast, meeting.pk)
    if scripts:
        htmx(browser_of_secretary, url, data, "attendance-sheet")
    else:
        browser_of_secretary.post(url, data)
    assert dict(meeting.attendances.values_list("member", "status")) == {
        cast.member.pk: "apologised",
        cast.chair.pk: "present",
        cast.secretary.pk: "present",
        cast.coordinator.pk: "present",
    }


def test_the_sheet_lists_those_with_a_mandate_on_the_day(
    cast: Cast, meeting: Meeting, browser_of_secretary: Client
) -> None:
    make.make_member(cast.council, name="Avgången", mandate_to=date(2017, 3, 14))
    make.make_member(cast.council, name="Sista dagen", mandate_to=make.TODAY)
    make.make_item(meeting)
    text = browser_of_secretary.get(address("live", cast, meeting.pk)).text
    assert ("Sista dagen" in text, f'id="seat-{cast.owner.pk}"' in text) == (True, False)
    assert "Avgången</p>" not in text
    assert "Avgången" not in text.split('id="attendance-sheet"')[1].split("</form>")[0]


# Notes


def test_notes_are_saved_while_one_types(cast: Cast, item: AgendaItem, browser_of_secretary: Client) -> None:
    url = address("item_notes", cast, item.pk)
    response = htmx(browser_of_secretary, url, {"notes": "Första ", "version": 0}, f"notes-problem-{item.pk}")
    item.refresh_from_db()
    assert (item.notes, item.version, item.state) == ("Första ", 1, ItemState.TREATED)
    assert f'id="version-{item.pk}" value="1" hx-swap-oob="true"' in response.text
    assert "<textarea" not in response.text  # what one goes on typing in is never swapped
    assert re.fullmatch(r"\d\d:\d\d", response["X-Saved-At"])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_conflict_shows_both_texts_escaped_and_saves_neither(
    cast: Cast, item: AgendaItem, browser_of_secretary: Client, scripts: bool
) -> None:
    lifecycle.save_notes(item=item, text="<b>Deras</b>", version=0, by=cast.coordinator, on=make.TODAY)
    url, data = address("item_notes", cast, item.pk), {"notes": "<i>Min text</i>", "version": 0}
    if scripts:
        response = htmx(browser_of_secretary, url, data, f"notes-problem-{item.pk}")
        assert (response["HX-Retarget"], response["HX-Reswap"]) == (f"#notes-{item.pk}", "innerHTML")
    else:
        response = browser_of_secretary.post(url, data)
    assert response.status_code == 409
    assert "&lt;b&gt;Deras&lt;/b&gt;" in response.text
    assert "&lt;i&gt;Min text&lt;/i&gt;</textarea>" in response.text
    assert "Saved by Karin Koordinator" in response.text
    assert '<input type="hidden" name="version" value="1">' in response.text
    item.refresh_from_db()
    assert (item.notes, item.version) == ("<b>Deras</b>", 1)


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        ({"notes": "Min text", "version": 1}, "Min text"),
        ({"notes": "Deras och min", "version": 1}, "Deras och min"),
        ({"notes": "Min text", "version": 1, "keep": "saved"}, "Deras"),
    ],
)
def test_a_conflict_is_settled(
    cast: Cast, item: AgendaItem, browser_of_secretary: Client, data: dict[str, Any], notes: str
) -> None:
    lifecycle.save_notes(item=item, text="Deras", version=0, by=cast.coordinator, on=make.TODAY)
    response = htmx(browser_of_secretary, address("item_notes", cast, item.pk), data, f"notes-{item.pk}")
    item.refresh_from_db()
    assert item.notes == notes
    assert f"{notes}</textarea>" in response.text


def test_both_texts_are_put_together_to_be_edited_before_anything_is_saved(
    cast: Cast, item: AgendaItem, browser_of_secretary: Client
) -> None:
    lifecycle.save_notes(item=item, text="Deras", version=0, by=cast.coordinator, on=make.TODAY)
    data = {"notes": "Min", "version": 1, "keep": "both"}
    response = browser_of_secretary.post(address("item_notes", cast, item.pk), data)
    assert response.status_code == 409
    assert "Deras\n\nMin</textarea>" in response.text
    item.refresh_from_db()
    assert item.notes == "Deras"


def test_notes_written_when_the_minutes_were_signed_off_meanwhile_are_shown_again(
    cast: Cast, item: AgendaItem, browser_of_secretary: Client
) -> None:
    Meeting.objects.update(state=MeetingState.SIGNED)
    response = browser_of_secretary.post(address("item_notes", cast, item.pk), {"notes": "Sent ute", "version": 0})
    assert response.status_code == 422
    assert "Sent ute</textarea>" in response.text
    errors = response.context["notes_form"].non_field_errors()
    words = "The minutes are signed off, so nothing in them can be changed. Write an addendum instead."
    assert errors == [words]


@pytest.mark.parametrize("scripts", [True, False])
def test_too_long_notes_are_refused_in_a_sentence_and_kept_on_the_page(
    cast: Cast, item: AgendaItem, browser_of_secretary: Client, scripts: bool
) -> None:
    url, data = address("item_notes", cast, item.pk), {"notes": "å" * 50_001, "version": 0}
    sentence = "The text is too long: 50001 characters. At most 50000 can be saved."
    if scripts:
        response = htmx(browser_of_secretary, url, data, f"notes-problem-{item.pk}")
        assert "<textarea" not in response.text
    else:
        response = browser_of_secretary.post(url, data)
        assert "å" * 50_001 in response.text
    assert response.status_code == 422
    assert response.context["notes_form"].errors["notes"] == [sentence]
    assert sentence in response.text


def test_line_breaks_count_as_one_character(cast: Cast, item: AgendaItem, browser_of_secretary: Client) -> None:
    text = "rad\r\n" * 12_500  # 50,000 characters as the notes are kept, 62,500 as browsers send them
    assert (
        browser_of_secretary.post(address("item_notes", cast, item.pk), {"notes": text, "version": 0}).status_code
        == 302
    )
    item.refresh_from_db()
    assert len(item.notes) == 50_000


def test_a_personal_number_in_the_notes_is_asked_about_once(
    cast: Cast, item: AgendaItem, browser_of_secretary: Client
) -> None:
    url, target = address("item_notes", cast, item.pk), f"notes-problem-{item.pk}"
    text = "Ring 19821105-9954"
    refused = htmx(browser_of_secretary, url, {"notes": text, "version": 0}, target)
    assert refused.status_code == 422
    assert "not_personnummer_reason" in refused.text
    assert "9954" not in refused.text
    data = {"notes": text, "version": 0, "not_personnummer_reason": "Ett diarienummer"}
    assert htmx(browser_of_secretary, url, data, target).status_code == 200
    assert htmx(browser_of_secretary, url, {"notes": text + ".", "version": 1}, target).status_code == 200
    item.refresh_from_db()
    assert item.notes == text + "."
    page = browser_of_secretary.get(address("detail", cast, item.meeting.pk))
    told = [line.what for line in page.context["lines"] if "Ett diarienummer" in line.what]
    assert told == ["What looked like a personal identity number was let through: Ett diarienummer"]


# Decisions


def test_an_empty_decision_is_refused_at_the_field(cast: Cast, item: AgendaItem, browser_of_secretary: Client) -> None:
    url = address("decision_add", cast, item.pk)
    for response in (
        browser_of_secretary.post(url, {"text": "  \r\n ", "kind": "tabled"}),
        htmx(browser_of_secretary, url, {"text": "  \r\n ", "kind": "tabled"}),
    ):
        assert response.status_code == 422
        form = response.context["decision_form"] if "decision_form" in response.context else response.context["form"]
        assert form.errors == {"text": ["Write what was decided."]}
        assert '<option value="tabled" selected>' in response.text
    assert not Decision.objects.exists()


def test_paragraphs_go_on_from_the_last_meeting_in_the_order_of_the_agenda(
    cast: Cast, browser_of_secretary: Client
) -> None:
    client = browser_of_secretary
    earlier = make.make_item(make.make_meeting(cast.council, date=date(2017, 1, 16)))
    client.post(address("decision_add", cast, earlier.pk), {"text": "Då", "kind": "decided"})
    client.post(address("adjourn", cast, earlier.meeting.pk))
    meeting = make.make_meeting(cast.council)
    first, second = make.make_item(meeting), make.make_item(meeting)
    client.post(address("decision_add", cast, second.pk), {"text": "Sist", "kind": "decided"})
    assert "§ 2" in client.get(address("live", cast, meeting.pk), {"punkt": second.pk}).text
    client.post(address("decision_add", cast, first.pk), {"text": "Först", "kind": "decided"})
    assert "§ 3" in client.get(address("live", cast, meeting.pk), {"punkt": second.pk}).text
    client.post(address("adjourn", cast, meeting.pk))
    assert list(Decision.objects.order_by("number").values_list("number", "text")) == [
        (1, "Då"),
        (2, "Först"),
        (3, "Sist"),
    ]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_decision_is_changed(cast: Cast, item: AgendaItem, browser_of_secretary: Client, scripts: bool) -> None:
    decision = lifecycle.record_decision(item=item, text="Först", by=cast.secretary, on=make.TODAY)
    url, data = address("decision_edit", cast, decision.pk), {"text": "Sedan", "kind": "filed", "version": "0"}
    assert "Först</textarea>" in browser_of_secretary.get(url).text
    if scripts:
        assert "Sedan" in htmx(browser_of_secretary, url, data).text
    else:
        assert (
            browser_of_secretary.post(url, data)["Location"]
            == f"{address('live', cast, item.meeting.pk)}?punkt={item.pk}#item"
        )
    decision.refresh_from_db()
    assert (decision.text, decision.kind) == ("Sedan", DecisionKind.FILED)


def test_a_decision_is_removed_and_the_removal_undone(
    cast: Cast, item: AgendaItem, browser_of_secretary: Client
) -> None:
    decision = lifecycle.record_decision(item=item, text="Fel", by=cast.secretary, on=make.TODAY)
    url = address("decision_remove", cast, decision.pk)
    response = htmx(browser_of_secretary, url, {})
    assert f'action="{url}?tillbaka=1"' in response.text
    assert not Decision.objects.live().exists()
    browser_of_secretary.post(f"{url}?tillbaka=1")
    assert Decision.objects.live().get() == decision


# The end


def test_a_meeting_is_adjourned_once(cast: Cast, item: AgendaItem, browser_of_secretary: Client) -> None:
    lifecycle.record_decision(item=item, text="Ett beslut", by=cast.secretary, on=make.TODAY)
    url = address("adjourn", cast, item.meeting.pk)
    first, second = browser_of_secretary.post(url), cast.browse(cast.coordinator).post(url)
    assert first["Location"] == second["Location"] == address("detail", cast, item.meeting.pk)
    assert sentences(second) == ["The meeting has been adjourned, so nothing more can be logged at it."]
    assert HistoryEntry.objects.filter(verb="meeting.adjourned").count() == 1
    assert Decision.objects.get().number == 1


def test_a_button_pressed_after_the_meeting_was_adjourned_leads_to_the_minutes(
    cast: Cast, item: AgendaItem, browser_of_secretary: Client
) -> None:
    decision = lifecycle.record_decision(item=item, text="Ett beslut", by=cast.secretary, on=make.TODAY)
    lifecycle.adjourn(meeting=item.meeting, by=cast.coordinator, at=make.NOW)
    response = htmx(browser_of_secretary, address("decision_remove", cast, decision.pk), {})
    assert response["HX-Redirect"] == f"{address('detail', cast, item.meeting.pk)}#item-{item.pk}"
    assert sentences(response) == ["The meeting has been adjourned, so nothing more can be logged at it."]


def test_htmx_gets_the_item_alone(cast: Cast, item: AgendaItem, browser_of_secretary: Client) -> None:
    url = f"{address('live', cast, item.meeting.pk)}?punkt={item.pk}"
    response = browser_of_secretary.get(url, headers={"HX-Request": "true"})
    assert ("<html" in response.text, "Klotter vid skolan" in response.text) == (False, True)
    # What was told at the item before goes from its place.
    assert '<div id="messages" class="messages at-hand" role="status" hx-swap-oob="true"></div>' in response.text
    assert response.text.count('id="messages"') == 1
    assert browser_of_secretary.get(url).text.count('id="messages"') == 1
    assert "HX-Request" in response["Vary"]


def test_the_page_asks_the_database_as_often_for_three_items_as_for_one(
    cast: Cast, meeting: Meeting, browser_of_secretary: Client
) -> None:
    def fill() -> int:
        case = make.make_case(cast.council)
        item = make.make_item(meeting, [make.make_topic(cast.council)], case=case)
        lifecycle.record_decision(item=item, text="Ett beslut", by=cast.secretary, on=make.TODAY)
        make.make_action(agenda_item=item)
        Attendance.objects.create(meeting=meeting, member=make.make_member(cast.council), status="present")
        with CaptureQueriesContext(connection) as queries:
            browser_of_secretary.get(address("live", cast, meeting.pk), {"punkt": item.pk})
        return len(queries)

    first = fill()
    fill()
    assert fill() == first
