"""The page of the audit log and its files: for whom, what they say and never say, and how they are filtered."""

import ast
import csv
import io
import re

import openpyxl
import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from bra import access, history
from bra.models import EntryKind, HistoryEntry, Member, Role
from bra.sealing import head_of, seal
from records import audit_export, audit_views
from records.audit_words import GROUPS, has_words, thing, things
from tests import make
from tests.cast import Cast, seat_everybody
from tests.make import NOW, TODAY
from tests.tampering import unguard
from tests.test_floors import FLOORS, modules

pytestmark = pytest.mark.django_db


def address(cast: Cast, name: str = "audit_log", **query: object) -> str:
    """The address of the log, filtered."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse(name, args=[cast.council.slug])}?{asked}"


def page(cast: Cast, member: Member | None = None, **query: object) -> str:
    """The page's text."""
    response = cast.browse(member or cast.coordinator).get(address(cast, **query))
    assert response.status_code == 200
    return response.text


def told(cast: Cast, **query: object) -> list[list[str]]:
    """The rows of the CSV file of a choice, without the header."""
    response = cast.browse(cast.coordinator).get(address(cast, "audit_csv", **query))
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


def wrote(cast: Cast, number: int, by: Member | None = None) -> None:
    """Entries about the council."""
    for _n in range(number):
        history.record(council=cast.council, by=by, on=TODAY, verb="council.quorum", target=cast.council, changes={})


@pytest.fixture
def case_entry(cast: Cast) -> HistoryEntry:
    """A case with a secret title was changed by the secretary."""
    case = make.make_case(cast.council, restricted=True, title="Blåsippan")
    changes = {"title": ("Vitsippan", "Blåsippan")}
    return history.record(
        council=cast.council, by=cast.secretary, on=TODAY, verb="case.edited", target=case, changes=changes
    )


def test_the_auditor_and_the_coordinator_read_it(cast: Cast) -> None:
    auditor = make.make_member(cast.council, Role.AUDITOR, user=make.make_user())
    found = {
        who.role: cast.browse(who).get(address(cast)).status_code
        for who in (auditor, cast.coordinator, cast.chair, cast.secretary, cast.member, cast.owner)
    }
    assert found == {"auditor": 200, "coordinator": 200, "chair": 404, "secretary": 404, "member": 404, "owner": 404}


def test_it_says_who_did_what_to_what_and_nothing_of_what_was_said(cast: Cast, case_entry: HistoryEntry) -> None:
    seal(cast.council.pk)
    case_entry.refresh_from_db()
    text = page(cast, kind="change")
    for words in (
        "Siv Sekreterare",
        "(secretary)",
        "changed",
        f"Case {case_entry.target_id}",
        case_entry.seal[:12],
    ):
        assert words in text
    files = [cast.browse(cast.coordinator).get(address(cast, name)) for name in ("audit_csv", "audit_xlsx")]
    for content in (text, *(b"".join(file).decode(errors="replace") for file in files)):
        assert "sippan" not in content


def test_another_council_s_entries_are_not_there(cast: Cast, case_entry: HistoryEntry) -> None:
    other = cast.stranger.council
    history.record(council=other, by=cast.stranger, on=TODAY, verb="council.quorum", target=other, changes={})
    assert "Frida" not in page(cast)
    assert [row for row in told(cast) if "Frida" in row[2]] == []


def test_it_is_filtered_by_each_of_its_fields(cast: Cast, case_entry: HistoryEntry) -> None:
    meeting = make.make_meeting(cast.council)
    earlier = TODAY.replace(month=1)
    history.record(council=cast.council, by=cast.chair, on=earlier, verb="meeting.opened", target=meeting, changes={})
    assert cast.chair.user is not None
    access.note(cast.chair.user, "login.in", clock=NOW)
    ours = {"case": f"Case {case_entry.target_id}", "meeting": f"Meeting {meeting.pk}"}

    def things_told(**query: object) -> list[str]:
        rows = told(cast, **query)
        return [name for name, words in ours.items() if words in [row[4] for row in rows]]

    assert things_told() == ["case", "meeting"]
    assert things_told(since="2017-03-01") == ["case"]
    assert things_told(until="2017-02-01") == ["meeting"]
    assert things_told(person=cast.chair.pk) == ["meeting"]
    assert things_told(kind="access") == []
    assert things_told(group="cases") == ["case"]
    assert things_told(group="meetings") == ["meeting"]
    assert things_told(thing="meeting") == ["meeting"]
    assert things_told(thing="case", number=case_entry.target_id) == ["case"]
    assert things_told(thing="case", number=case_entry.target_id + 1) == []
    assert [row[3] for row in told(cast, kind="access", person=cast.chair.pk)] == ["logged in"]


@pytest.mark.parametrize("query", ["since=igår", "kind=allt", "person=0", "number=x", "thing=sessions"])
def test_a_choice_that_cannot_be_read_shows_nothing(cast: Cast, case_entry: HistoryEntry, query: str) -> None:
    response = cast.browse(cast.coordinator).get(f"{reverse('audit_log', args=[cast.council.slug])}?{query}")
    assert response.status_code == 422
    assert "Siv Sekreterare (" not in response.text


def test_pages_follow_each_other_without_loss(cast: Cast) -> None:
    wrote(cast, audit_views.PAGE_SIZE * 2 + 3)
    seal(cast.council.pk)
    browser, url, seen = cast.browse(cast.coordinator), address(cast, group="members"), []
    while url:
        response = browser.get(url)
        seen += [row.sequence for row in response.context["rows"]]
        following = response.context["next_url"]
        url = f"{reverse('audit_log', args=[cast.council.slug])}{following}" if following else ""
    assert seen == sorted(seen, key=lambda number: -number)
    assert len(seen) == audit_views.PAGE_SIZE * 2 + 3


def test_more_rows_take_no_more_queries(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    browser = cast.browse(cast.coordinator)
    for number in (1, 3):
        wrote(cast, number, by=cast.chair)
        with django_assert_num_queries(6):
            browser.get(address(cast))


def test_the_empty_log_and_the_empty_choice_say_so(db: None) -> None:
    unguard()
    cast = seat_everybody()
    browser = cast.browse(cast.coordinator)
    HistoryEntry.objects.all().delete()
    assert "Nothing has been logged yet" in browser.get(address(cast)).text
    assert "No entry matches what you have chosen." in browser.get(address(cast, kind="reading")).text


def test_the_files_have_all_rows_with_whole_seals(cast: Cast, case_entry: HistoryEntry) -> None:
    seal(cast.council.pk)
    expected = [(row.sequence, row.seal) for row in HistoryEntry.objects.of_chain(cast.council.pk).order_by("on", "pk")]
    browser = cast.browse(cast.coordinator)
    rows = told(cast)
    assert [(int(row[6]), row[7]) for row in rows[: len(expected)]] == expected
    book = openpyxl.load_workbook(io.BytesIO(b"".join(browser.get(address(cast, "audit_xlsx")))))
    sheet = list(book["Audit log"].iter_rows(min_row=2, values_only=True))
    printed = book["Audit log"]
    assert (printed.page_setup.orientation, printed.page_setup.fitToHeight, printed.print_title_rows) == (
        "landscape",
        0,
        "$1:$1",
    )
    assert [(row[6], row[7]) for row in sheet[: len(expected)]] == expected


def test_the_files_are_logged_themselves(cast: Cast) -> None:
    for name in ("audit_csv", "audit_xlsx"):
        b"".join(cast.browse(cast.coordinator).get(address(cast, name)))
    entries = HistoryEntry.objects.filter(verb="audit.exported").order_by("pk")
    assert [(entry.kind, entry.actor, entry.changes) for entry in entries] == [
        (EntryKind.READING, cast.coordinator, {"format": [None, ending]}) for ending in ("csv", "xlsx")
    ]


def test_a_sheet_that_would_be_too_long_is_refused_kindly(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_export, "MOST_ROWS_OF_A_SHEET", 2)
    wrote(cast, 3)
    response = cast.browse(cast.coordinator).get(address(cast, "audit_xlsx"), follow=True)
    assert "An Excel file holds at most 2 entries here. Choose a shorter period, or CSV." in response.text


def test_the_button_verifies(db: None) -> None:
    unguard()
    cast = seat_everybody()
    case = make.make_case(cast.council)
    case_entry = history.record(council=cast.council, by=None, on=TODAY, verb="case.edited", target=case, changes={})
    browser = cast.browse(cast.coordinator)
    seal(cast.council.pk)
    head = head_of(cast.council.pk)
    sound = browser.post(reverse("audit_verify", args=[cast.council.slug]), follow=True).text
    assert f"The log holds: {head.sequence} entries, the end is {head.sequence} · {head.seal[:32]}." in sound
    HistoryEntry.objects.filter(pk=case_entry.pk).update(verb="case.opened")
    broken = browser.post(reverse("audit_verify", args=[cast.council.slug]), follow=True).text
    assert "was edited, or another one was put in its place." in broken


def test_a_long_log_is_verified_elsewhere(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, case_entry: HistoryEntry
) -> None:
    seal(cast.council.pk)
    monkeypatch.setattr(audit_views, "MOST_VERIFIED", 0)
    assert "python manage.py verify_audit --council granby" in page(cast)
    response = cast.browse(cast.coordinator).post(reverse("audit_verify", args=[cast.council.slug]), follow=True)
    assert "The log is too long to be verified here." in response.text


def verbs() -> set[str]:
    """Each verb that a module of the product gives to history: by name, by place, or by a name of its own."""
    prefixes = "|".join(prefix for _words, prefixes in GROUPS.values() for prefix in prefixes)
    looks_like_one = re.compile(rf"({prefixes})\.(?!typ$)[a-z_]+")
    found = set()
    for app in FLOORS:
        for _path, tree in modules(app):
            found |= _by_place_or_name(tree)
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and looks_like_one.fullmatch(node.value)
                ):
                    found.add(node.value)
                if isinstance(node, ast.Call):
                    found |= {
                        word.value
                        for part in node.keywords
                        if part.arg == "verb"
                        for word in ast.walk(part.value)
                        if isinstance(word, ast.Constant) and isinstance(word.value, str) and "." in word.value
                    }
    return found


WRITERS = {"record", "_record", "record_all", "change", "change_access", "created"}


def _by_place_or_name(tree: ast.AST) -> set[str]:
    """The verbs that stand alone in a call of a writer, and those that `verb=NAME` means."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    given = {
        part.value
        for node in calls
        if ast.unparse(node.func).rpartition(".")[2] in WRITERS
        for part in node.args
        if isinstance(part, ast.Constant)
    }
    named = {ast.unparse(part.value) for node in calls for part in node.keywords if part.arg == "verb"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in named:
            given |= {one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
    return {word for word in given if isinstance(word, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", word)}


def test_every_verb_has_words_and_a_group() -> None:
    prefixes = {prefix for _words, prefixes in GROUPS.values() for prefix in prefixes}
    assert sorted(verb for verb in verbs() if not has_words(verb)) == []
    assert sorted({verb.partition(".")[0] for verb in verbs()} - prefixes - {""}) == []


def test_every_thing_has_a_word(cast: Cast, case_entry: HistoryEntry) -> None:
    assert thing(case_entry, things()) == f"Case {case_entry.target_id}"
    case_entry.target_type, case_entry.target_id = "installation", 0
    assert thing(case_entry, things()) == "The installation"
