"""What people send by mistake, in a hurry or in bad faith: refused in a sentence or cleaned, nothing lost."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings import lifecycle
from meetings.models import AgendaItem, AttendanceStatus, Decision, Guest, ItemProposal, Meeting, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
RAW = ("<script>alert", "<img src=x")


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


def address(name: str, *args: int) -> str:
    return reverse(f"meetings:{name}", args=["granby", *args])


def runs(text: str) -> list[str]:
    """What of the script stands in the page as anything but text."""
    return [part for part in RAW if part in text]


@pytest.mark.parametrize("scripts", [False, True])
def test_a_script_in_every_field_is_text_on_every_page(cast: Cast, secretary: Client, scripts: bool) -> None:
    organisation = make.make_organisation(cast.council)
    plan = {"date": "2017-03-15", "starts_at": "09:00", "ends_at": "10:00", "place": SCRIPT, "title": SCRIPT}
    secretary.post(address("new"), plan)
    meeting = Meeting.objects.get()
    item_data = {
        "title": SCRIPT,
        "kind": "discussion",
        "presenter": SCRIPT,
        "new_case_title": SCRIPT,
        "new_case_organisation": organisation.pk,
    }
    secretary.post(address("item_add", meeting.pk), item_data)
    cast.browse(cast.member).post(address("proposal_new"), {"meeting": meeting.pk, "title": SCRIPT, "reason": SCRIPT})
    secretary.post(address("proposal_decline", ItemProposal.objects.get().pk), {"answer": SCRIPT})
    secretary.post(address("standing_add"), {"title": SCRIPT, "kind": "information", "presenter": SCRIPT})
    secretary.post(address("guest_add", meeting.pk), {"name": SCRIPT[:120], "organisation": SCRIPT[:120]})
    secretary.post(address("open", meeting.pk))
    item = meeting.items.get(title=SCRIPT)
    secretary.post(address("item_notes", item.pk), {"notes": SCRIPT, "version": "0"})
    secretary.post(address("decision_add", item.pk), {"text": SCRIPT, "kind": "decided"})
    changed = {"title": f"{SCRIPT} igen", "new_case_title": "", "case": item.case_id}
    secretary.post(address("item_edit", item.pk), item_data | changed)
    decision, guest, item = Decision.objects.get(), Guest.objects.get(), AgendaItem.objects.get(pk=item.pk)
    assert item.case is not None
    secretary.post(address("decision_edit", decision.pk), {"text": f"{SCRIPT} 2", "kind": "filed", "version": "0"})
    stored = [meeting.place, meeting.title, item.notes, item.presenter, guest.name, item.case.title]
    assert stored == [SCRIPT] * 6
    pages = [
        address("list"),
        address("detail", meeting.pk),
        f"{address('live', meeting.pk)}?punkt={item.pk}",
        address("item_edit", item.pk),
        address("item_history", item.pk),
        address("decision_edit", decision.pk),
        address("guest_edit", guest.pk),
        f"{address('presence', meeting.pk)}?ledamot={cast.member.pk}",
        address("standing"),
        address("proposals"),
        address("case_list"),
        address("case_detail", item.case.pk),
        address("case_split", item.case.pk),
        reverse("home", args=["granby"]),
        reverse("finding:search", args=["granby"]) + "?q=alert",
    ]
    headers = {"HX-Request": "true", "HX-Target": "item"} if scripts else {}
    answers = {page: secretary.get(page, headers=headers) for page in pages}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {page: runs(answer.text) for page, answer in answers.items() if runs(answer.text)} == {}


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.parametrize(
    ("name", "field", "more", "most"),
    [("item_notes", "notes", {"version": "0"}, 50_000), ("decision_add", "text", {"kind": "decided"}, 4000)],
)
def test_a_megabyte_is_refused_in_a_sentence_and_given_back(
    cast: Cast, secretary: Client, name: str, field: str, more: dict[str, str], most: int, scripts: bool
) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    typed = "Mycket sagt. " * 80_000
    headers = {"HX-Request": "true", "HX-Target": f"notes-{item.pk}"} if scripts else {}
    response = secretary.post(address(name, item.pk), {field: typed} | more, headers=headers)
    assert response.status_code == 422
    assert f"The text is too long: {len(typed)} characters. At most {most} can be saved." in response.text
    assert typed in response.text
    assert (AgendaItem.objects.get().notes, Decision.objects.count()) == ("", 0)


@pytest.mark.parametrize(
    ("name", "field"),
    [("new", "title"), ("new", "place"), ("item_add", "title"), ("item_add", "presenter"), ("guest_add", "name")],
)
def test_a_page_of_text_in_a_short_field_is_refused_at_the_field(
    cast: Cast, secretary: Client, name: str, field: str
) -> None:
    meeting = make.make_meeting(cast.council)
    valid = {"date": "2017-04-15", "starts_at": "09:00", "title": "Titel", "name": "Gäst", "kind": "discussion"}
    url = address(name) if name == "new" else address(name, meeting.pk)
    response = secretary.post(url, valid | {field: "x" * 5000})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert "x" * 5000 in response.text


def test_a_pasted_table_is_a_table_in_the_minutes(cast: Cast, secretary: Client) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    secretary.post(
        address("item_notes", item.pk), {"notes": "Plats\tAntal\r\nSkolan\t3\r\n\x07Slut\u200b\xa0här", "version": "0"}
    )
    item.refresh_from_db()
    assert item.notes.splitlines()[:2] == ["Plats\tAntal", "Skolan\t3"]
    assert "\x07" not in item.notes
    assert "\u200b" not in item.notes
    page = secretary.get(address("detail", item.meeting_id)).text
    assert [cell for cell in ("Plats", "Antal", "Skolan", "3") if f">{cell}</t" in page] == [
        "Plats",
        "Antal",
        "Skolan",
        "3",
    ]


PLAN = {"date": "2017-03-20", "starts_at": "13:00", "ends_at": "15:00", "place": "Rådhuset", "title": "Extra"}


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"ends_at": "12:00"}, "ends_at", "The meeting must end after it starts."),
        ({"ends_at": "13:00"}, "ends_at", "The meeting must end after it starts."),
        ({"date": "2017-03-15"}, "starts_at", "Meeting 2017-1 is held at that time. Choose another hour."),
        (
            {"date": "2017-03-15", "starts_at": "14:59", "ends_at": ""},
            "starts_at",
            "Meeting 2017-1 is held at that time. Choose another hour.",
        ),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_at_the_field_and_the_form_kept(
    cast: Cast, secretary: Client, sent: dict[str, str], field: str, said: str
) -> None:
    make.make_meeting(cast.council, MeetingState.DRAFT, sequence=1)
    planned = make.make_meeting(cast.council, MeetingState.DRAFT, sequence=2, date=date(2017, 4, 1))
    for url in (address("new"), address("edit", planned.pk)):
        response = secretary.post(url, PLAN | sent)
        assert (response.status_code, response.context["form"].errors) == (422, {field: [said]})
        assert ('value="Rådhuset"' in response.text, 'value="Extra"' in response.text) == (True, True)
    planned.refresh_from_db()
    assert (Meeting.objects.count(), planned.date) == (2, date(2017, 4, 1))


def test_two_press_up_at_the_same_item_and_both_are_told_where_it_stands(cast: Cast, secretary: Client) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    for title in ("a", "b", "c"):
        make.make_item(meeting, title=title)
    last = meeting.items.get(title="c")
    answers = [browser.post(address("item_move", last.pk), {"way": "up"}) for browser in (secretary, secretary)]
    assert [answer["Location"] for answer in answers] == [f"{address('detail', meeting.pk)}#item-{last.pk}"] * 2
    assert list(meeting.items.values_list("position", "title")) == [(1, "c"), (2, "a"), (3, "b")]


def test_somebody_whose_mandate_ended_stays_in_the_attendance_of_the_meetings_they_were_at(
    cast: Cast, secretary: Client
) -> None:
    here: dict[str, Any] = {"by": cast.secretary, "on": TODAY}
    meeting = make.make_meeting(cast.council)
    gone = make.make_member(cast.council, name="Nils Närvarande")
    lifecycle.mark_attendance(meeting=meeting, member=gone, status=AttendanceStatus.PRESENT, **here)
    lifecycle.adjourn(meeting=meeting, by=cast.coordinator, at=NOW)
    gone.mandate_to = date(2017, 3, 1)
    gone.save(update_fields=["mandate_to"])
    assert "Nils Närvarande" in secretary.get(address("detail", meeting.pk)).text
    with pytest.raises(Exception, match="protected"):
        gone.delete()
