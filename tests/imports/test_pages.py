"""The pages: a file, its preview, and what came of it."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from actions.models import Action
from bra.models import HistoryEntry, Member
from imports.models import ImportBatch, ImportState
from meetings.models import Meeting, MeetingState
from tests import make
from tests.cast import Cast
from tests.imports import lists

pytestmark = [pytest.mark.django_db, pytest.mark.wide]

HEADS = ["Åtgärd", "Vem", "När", "Status"]
LIST = [HEADS, ["Sanera klotter", "Eva Ek", "2017-05-15", "pågår"], ["Vandra", "Okänd", "snarast", None]]


@pytest.fixture
def eva(cast: Cast) -> Member:
    return make.make_member(cast.council, name="Eva Ek", title="kommunpolis")


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 4, 6))


@pytest.fixture
def browser(cast: Cast, eva: Member, meeting: Meeting) -> Client:
    return cast.browse(cast.secretary)


def send(cast: Cast, browser: Client, rows: Any = LIST, name: str = "lista.xlsx", **more: str) -> Any:
    content = rows if isinstance(rows, bytes) else lists.workbook(rows)
    address = reverse("imports:list", args=[cast.council.slug])
    return browser.post(address, {"file": lists.upload(content, name)} | more)


def taken_in(cast: Cast, browser: Client, rows: Any = LIST) -> str:
    """Send a list; return the address of its preview."""
    answer = send(cast, browser, rows)
    assert answer.status_code == 302
    return str(answer.url)


def said(browser: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What the form of the preview says when it is sent as it stands, with changes."""
    form = browser.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False} | changes


def test_from_file_to_actions_and_back(cast: Cast, browser: Client, eva: Member) -> None:
    address = taken_in(cast, browser)
    page = browser.get(address)
    assert page.context["counts"] == {"new": 1, "same": 0, "refused": 1, "out": 0}
    mended = {"row-3-owner": str(eva.pk), "row-3-deadline": "2017-06-01", "do": "look"}
    answer = browser.post(address, said(browser, address, **mended))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address}#rader")
    assert browser.get(address).context["counts"] == {"new": 2, "same": 0, "refused": 0, "out": 0}
    done = browser.post(address, said(browser, address, do="apply"), follow=True)
    assert [str(message) for message in done.context["messages"]] == ["2 actions are brought in."]
    assert sorted(Action.objects.values_list("title", flat=True)) == ["Sanera klotter", "Vandra"]
    batch = ImportBatch.objects.get()
    undone = browser.post(reverse("imports:undo", args=[cast.council.slug, batch.pk]), follow=True)
    assert [str(message) for message in undone.context["messages"]] == ["The list is taken back."]
    assert Action.objects.agreed().count() == 0


def test_what_was_changed_is_shown_before_it_is_brought_in(cast: Cast, browser: Client) -> None:
    address = taken_in(cast, browser)
    answer = browser.post(
        address, said(browser, address, do="apply", leave_out="on", missing="2017-06-01"), follow=True
    )
    assert [str(message) for message in answer.context["messages"]] == [
        "What you said is saved. See what the rows become now, then bring them in."
    ]
    assert Action.objects.count() == 0
    browser.post(address, said(browser, address, do="apply", leave_out="on"))
    assert list(Action.objects.values_list("title", flat=True)) == ["Sanera klotter"]


def test_refused_rows_must_be_left_out_in_so_many_words(cast: Cast, browser: Client) -> None:
    address = taken_in(cast, browser)
    answer = browser.post(address, said(browser, address, do="apply"), follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "1 row is refused. Mend it, or say that it is to be left out."
    ]
    assert Action.objects.count() == 0


def test_a_column_gets_another_meaning(cast: Cast, browser: Client) -> None:
    address = taken_in(cast, browser, [["Färg", "Vem", "När"], ["Sanera klotter", "Eva Ek", "2017-05-15"]])
    assert browser.get(address).context["form"]["c0-0"].value() == "title"
    browser.post(address, said(browser, address, **{"c0-0": "comment", "do": "look"}))
    (row,) = browser.get(address).context["found"].rows
    assert (row.title, row.comment) == ("", "Sanera klotter")


def test_an_owner_is_answered_once_for_all_rows(cast: Cast, browser: Client, eva: Member) -> None:
    rows = [HEADS, *([f"Åtgärd {n}", "Poliskontakten", "2017-05-15", None] for n in range(3))]
    address = taken_in(cast, browser, rows)
    (field,) = browser.get(address).context["form"].owners
    browser.post(address, said(browser, address, **{field.name: str(eva.pk), "do": "look"}))
    assert browser.get(address).context["counts"] == {"new": 3, "same": 0, "refused": 0, "out": 0}


def test_a_mistake_loses_nothing(cast: Cast, browser: Client) -> None:
    address = taken_in(cast, browser)
    answer = browser.post(
        address, said(browser, address, **{"row-3-deadline": "i maj", "missing": "2017-06-01", "do": "look"})
    )
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors == {"row-3-deadline": ["Write the day as 2017-05-15."]}
    assert (form["row-3-deadline"].value(), form["missing"].value()) == ("i maj", "2017-06-01")


def test_a_personnummer_in_a_mended_row_asks_for_a_reason(cast: Cast, browser: Client, eva: Member) -> None:
    address = taken_in(cast, browser, [HEADS, ["Ring 701063-2391", "Eva Ek", "2017-05-15", None]])
    assert "701063" not in browser.get(address).content.decode()
    assert "701063" not in str(ImportBatch.objects.values_list("rows", "mapping").get())
    said_again = said(browser, address, **{"row-2-title": "Ring 701063-2391", "do": "look"})
    assert browser.post(address, said_again).status_code == 422
    browser.post(address, said_again | {"not_personnummer_reason": "växelns nummer"})
    assert [row.title for row in browser.get(address).context["found"].rows] == ["Ring 701063-2391"]
    entry = HistoryEntry.objects.get(verb="guard.overridden")
    assert (entry.target_type, entry.changes["reason"]) == ("importbatch", [None, "växelns nummer"])


def test_the_preview_says_which_cells_were_masked(cast: Cast, browser: Client) -> None:
    rows = [[*HEADS, *["Övrigt"] * 24], ["Klipp", "Eva Ek", "2017-05-15", "701063-2391", *[""] * 23, "570574-9959"]]
    address = taken_in(cast, browser, rows)
    answer = browser.get(address)
    assert answer.context["masked"] == ["D2", "AB2"]
    assert "in 2 cells: D2, AB2." in answer.content.decode()
    assert browser.get(taken_in(cast, browser)).context["masked"] == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "The file is in Excel's old format (.xls). Open it and save it as .xlsx."),
        (b"PK\x03\x04cut", "The file is damaged or cut off. Open it in Excel, save it anew, and choose the new file."),
        (b"", "There is nothing in the file."),
    ],
)
def test_a_file_that_is_refused_says_why(cast: Cast, browser: Client, content: bytes, sentence: str) -> None:
    answer = send(cast, browser, content)
    assert (answer.status_code, answer.context["form"].errors) == (422, {"file": [sentence]})
    assert ImportBatch.objects.count() == 0


def test_no_file_at_all(cast: Cast, browser: Client) -> None:
    answer = browser.post(reverse("imports:list", args=[cast.council.slug]))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": ["Choose a file."]}


def test_a_personnummer_in_the_files_name_asks_for_a_reason(cast: Cast, browser: Client) -> None:
    assert send(cast, browser, name="701063-2391.xlsx").status_code == 422
    answer = send(cast, browser, name="701063-2391.xlsx", not_personnummer_reason="ett diarienummer")
    assert answer.status_code == 302
    assert "701063" not in ImportBatch.objects.get().file_name


def test_what_is_overdue_is_said(cast: Cast, browser: Client) -> None:
    address = taken_in(cast, browser, [HEADS, ["Vandra", "Eva Ek", "2017-02-01", None]])
    text = " ".join(re.sub("<[^>]+>", " ", browser.get(address).content.decode()).split())
    assert "1 new action is overdue already. 1 owner gets a reminder as soon as reminders go out next." in text


def test_the_list_is_thrown_away(cast: Cast, browser: Client) -> None:
    taken_in(cast, browser)
    batch = ImportBatch.objects.get()
    browser.post(reverse("imports:discard", args=[cast.council.slug, batch.pk]))
    assert ImportBatch.objects.count() == 0


def test_without_a_meeting_the_page_says_so(cast: Cast, eva: Member) -> None:
    browser = cast.browse(cast.coordinator)
    address = taken_in(cast, browser)
    assert browser.get(address).context["no_meeting"] is True
    browser.post(address, said(browser, address, do="apply", leave_out="on"))
    assert ImportBatch.objects.get().state == ImportState.READ


def test_another_member_does_not_find_what_is_being_prepared(cast: Cast, browser: Client) -> None:
    address = taken_in(cast, browser)
    assert cast.browse(cast.coordinator).get(address).status_code == 404


def test_three_rows_take_no_more_queries_than_one(
    cast: Cast, browser: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    few = taken_in(cast, browser, [HEADS, ["A", "Eva Ek", "2017-05-15", None]])
    many = taken_in(cast, browser, [HEADS, *([f"B{n}", "Eva Ek", f"2017-05-{n:02}", None] for n in range(1, 25))])
    with django_assert_max_num_queries(30) as counted:
        browser.get(few)
    with django_assert_num_queries(len(counted)):
        browser.get(many)
    for address in (few, many):
        browser.post(address, said(browser, address, do="apply"))
    browser.get(few)  # the messages of before are shown, and taken out of the session
    with django_assert_max_num_queries(20) as counted:
        browser.get(few)
    with django_assert_num_queries(len(counted)):
        browser.get(many)


def test_bringing_in_takes_no_more_queries_for_more_rows(
    cast: Cast, browser: Client, meeting: Meeting, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    make.make_item(meeting, title="Earlier action list")
    few = taken_in(cast, browser, [HEADS, ["A", "Eva Ek", "2017-05-15", None]])
    many = taken_in(cast, browser, [HEADS, *([f"B{n}", "Eva Ek", "2017-05-15", None] for n in range(24))])
    for_few, for_many = said(browser, few, do="apply"), said(browser, many, do="apply")
    with django_assert_max_num_queries(60) as counted:
        browser.post(few, for_few)
    with django_assert_num_queries(len(counted)):
        browser.post(many, for_many)
    assert Action.objects.count() == 25


def test_the_file_input_takes_any_name(cast: Cast, browser: Client) -> None:
    address = reverse("imports:list", args=[cast.council.slug])
    odd = SimpleUploadedFile("../å ö.csv", "Åtgärd;Vem\nA;Eva Ek\n".encode("cp1252"))
    browser.post(address, {"file": odd})
    assert ImportBatch.objects.get().file_name == "å ö.csv"
