"""Readings of restricted matter are in the log: each showing to a cleared member, each file; nothing twice a day."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from actions.models import Action
from bra import chain
from bra.history import entries_of
from bra.models import EntryKind, HistoryEntry, Member
from meetings.models import Addendum, AgendaItem, Case, Decision, SignedMinutes
from records.lifecycle import log_fetch
from records.release_sentences import lines_of
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.meetings.signed import sign
from tests.records.releasing import a_release, copied, minutes_of, signed_meeting
from tests.test_doors import DOORS, Furnished, signed_off

pytestmark = [pytest.mark.django_db, pytest.mark.wide]

WORD = "Blåsippan"


@pytest.fixture
def secret(cast: Cast, tmp_path: Path) -> Any:
    """A council's restricted things, each of which holds the word."""
    with override_settings(REPORTS_DIR=tmp_path):
        furnished = Furnished(cast.council, cast.chair, lambda name: (tmp_path / name).write_bytes(b"x"), True)
        Case.objects.filter(restricted=True).update(title=WORD, sort_key=WORD)
        AgendaItem.objects.filter(restricted=True).update(title=WORD, notes=WORD)
        Decision.objects.filter(item__restricted=True).update(text=WORD)
        Action.objects.filter(agenda_item__restricted=True).update(title=WORD)
        yield furnished


def read_by(member: Member) -> list[tuple[str, str, int]]:
    """What the log says that the member was shown: verb, kind of thing, its key."""
    entries = HistoryEntry.objects.filter(kind=EntryKind.READING, actor=member).order_by("pk")
    return list(entries.values_list("verb", "target_type", "target_id"))


# Files in which there is nobody's data and nothing restricted.
NOBODYS = {"release_extract": "numbers, days, states and grounds"}


@pytest.mark.parametrize("name", sorted(name for name, door in DOORS.items() if door.method == "GET"))
def test_no_door_shows_restricted_matter_or_gives_a_file_unlogged(cast: Cast, secret: Furnished, name: str) -> None:
    door = DOORS[name]
    arguments = [secret.objects[door.kind].pk] if door.kind else []
    response = cast.browse(cast.coordinator).get(reverse(name, args=[cast.council.slug, *arguments]))
    content = b"".join(response).decode(errors="replace")
    gives_file = "attachment" in response.headers.get("Content-Disposition", "") and name not in NOBODYS
    if WORD in content or gives_file:
        assert read_by(cast.coordinator) != []


def shown(cast: Cast, member: Member, address: str, *arguments: object) -> None:
    """Let a member open a page."""
    assert cast.browse(member).get(reverse(address, args=[cast.council.slug, *arguments])).status_code == 200


def test_a_page_is_logged_for_each_restricted_thing_on_it(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    case = make.make_case(cast.council, restricted=True)
    item = make.make_item(meeting, restricted=True, case=case)
    make.make_item(meeting)
    shown(cast, cast.coordinator, "meetings:live", meeting.pk)
    assert set(read_by(cast.coordinator)) >= {("item.read", "agendaitem", item.pk)}
    assert {pk for verb, _name, pk in read_by(cast.coordinator) if verb == "item.read"} == {item.pk}


def test_the_same_is_logged_once_a_day(cast: Cast) -> None:
    case = make.make_case(cast.council, restricted=True)
    shown(cast, cast.coordinator, "meetings:case_detail", case.pk)
    once = read_by(cast.coordinator)
    assert once == [("case.read", "case", case.pk)]
    shown(cast, cast.coordinator, "meetings:case_detail", case.pk)
    assert read_by(cast.coordinator) == once
    shown(cast, cast.secretary, "meetings:case_detail", case.pk)
    assert read_by(cast.secretary) == once


def test_the_next_day_it_is_logged_again(cast: Cast) -> None:
    case = make.make_case(cast.council, restricted=True)
    shown(cast, cast.coordinator, "meetings:case_detail", case.pk)
    cast.council.pinned_today = TODAY.replace(day=16)
    cast.council.save()
    shown(cast, cast.coordinator, "meetings:case_detail", case.pk)
    assert len(read_by(cast.coordinator)) == 2


def test_the_list_of_actions_names_the_actions(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council), restricted=True)
    action = make.make_action(agenda_item=item, owner=cast.chair)
    make.make_action(cast.council, owner=cast.chair)
    shown(cast, cast.coordinator, "actions:list")
    assert read_by(cast.coordinator) == [("action.read", "action", action.pk)]


def test_an_addendum_is_logged(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    edition = signed_off(cast.council, item, cast.chair)["edition"]
    assert isinstance(edition, SignedMinutes)
    meeting, ground = edition.meeting, make.make_ground(cast.council)
    addendum = Addendum.objects.create(
        meeting=meeting,
        author=cast.chair,
        on=TODAY,
        text=WORD,
        restricted=True,
        legal_ground=ground,
        restricted_on=TODAY,
        restricted_by=cast.chair,
    )
    shown(cast, cast.coordinator, "meetings:detail", meeting.pk)
    assert ("addendum.read", "addendum", addendum.pk) in read_by(cast.coordinator)


@pytest.mark.parametrize("address", ["meetings:detail", "meetings:edition", "meetings:paper_pdf"])
def test_signed_minutes_are_logged_while_there_is_something_restricted_in_them(cast: Cast, address: str) -> None:
    """The masked text of the rest differs too, by the names of the owners; that is no reading."""
    meeting = make.make_meeting(cast.council, "adjourned", date=date(2017, 1, 12))
    item = make.make_item(meeting)
    make.make_action(agenda_item=item, owner=cast.chair)
    edition = sign(meeting, cast.coordinator)
    assert edition.whole != edition.masked
    about = edition.pk if address == "meetings:edition" else meeting.pk
    minutes_read = [("minutes.read", "signedminutes", edition.pk)]

    def readings() -> list[tuple[str, str, int]]:
        b"".join(cast.browse(cast.coordinator).get(reverse(address, args=[cast.council.slug, about])))
        return [row for row in read_by(cast.coordinator) if row[0] == "minutes.read"]

    assert readings() == []
    AgendaItem.objects.filter(pk=item.pk).update(**make.lock_of(cast.council))
    assert (readings(), readings()) == (minutes_read, minutes_read)


def test_signed_minutes_are_logged_by_what_was_restricted_at_the_signing(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, "adjourned", date=date(2017, 1, 12))
    item = make.make_item(meeting, restricted=True)
    edition = sign(meeting, cast.coordinator)
    AgendaItem.objects.filter(pk=item.pk).update(**make.OPEN)
    shown(cast, cast.coordinator, "meetings:detail", meeting.pk)
    assert read_by(cast.coordinator) == [("minutes.read", "signedminutes", edition.pk)]


@pytest.mark.parametrize("address", ["meetings:case_detail", "meetings:case_list", "actions:list"])
def test_who_is_not_cleared_leaves_no_reading(cast: Cast, secret: Furnished, address: str) -> None:
    arguments = [secret.objects["case"].pk] if address.endswith("detail") else []
    cast.browse(cast.member).get(reverse(address, args=[cast.council.slug, *arguments]))
    assert read_by(cast.member) == []


def test_what_is_not_found_is_not_read(cast: Cast) -> None:
    case = make.make_case(cast.council, restricted=True)
    other = Client()
    other.cookies = cast.browse(cast.stranger).cookies
    assert other.get(reverse("meetings:case_detail", args=[cast.council.slug, case.pk])).status_code == 404
    assert HistoryEntry.objects.filter(kind=EntryKind.READING).count() == 0


def test_a_reading_is_no_change(cast: Cast) -> None:
    case = make.make_case(cast.council, restricted=True)
    shown(cast, cast.coordinator, "meetings:case_detail", case.pk)
    assert list(entries_of(case)) == []


FILES: list[tuple[str, str, str, str]] = [
    ("meetings:paper_pdf", "adjourned", "minutes.fetched", "pdf"),
    ("meetings:paper_docx", "adjourned", "minutes.fetched", "docx"),
    ("actions:case_sheet", "case", "case.fetched", "pdf"),
    ("reports:download", "report", "report.fetched", "xlsx"),
    ("release_letter", "refused", "release.letter_fetched", "pdf"),
]


@pytest.mark.parametrize(("address", "kind", "verb", "ending"), FILES)
def test_every_file_that_is_fetched_is_logged(
    cast: Cast, tmp_path: Path, address: str, kind: str, verb: str, ending: str
) -> None:
    keep: Callable[[str], Any] = lambda name: (tmp_path / name).write_bytes(b"x")  # noqa: E731
    with override_settings(REPORTS_DIR=tmp_path):
        furnished = Furnished(cast.council, cast.owner, keep)
        target = furnished.objects[kind]
        for _time in range(2):
            b"".join(cast.browse(cast.coordinator).get(reverse(address, args=[cast.council.slug, target.pk])))
    entries = HistoryEntry.objects.filter(verb=verb, kind=EntryKind.READING, actor=cast.coordinator)
    assert [(entry.target_id, entry.changes) for entry in entries] == [(target.pk, {"format": [None, ending]})] * 2


def test_own_data_and_the_register_are_logged_when_they_leave(cast: Cast) -> None:
    browser = cast.browse(cast.coordinator)
    addresses = ["own_data_json", "own_data_file", "release_export_csv", "release_export_xlsx"]
    for address in addresses:
        browser.head(reverse(address, args=[cast.council.slug]))
        b"".join(browser.get(reverse(address, args=[cast.council.slug]), {"requester": "on"}))
    entries = HistoryEntry.objects.filter(kind=EntryKind.READING, actor=cast.coordinator).order_by("pk")
    assert [(entry.verb, entry.target_type, entry.changes) for entry in entries] == [
        ("member.data_fetched", "member", {"format": [None, "json"]}),
        ("member.data_fetched", "member", {"format": [None, "html"]}),
        ("release.exported", "council", {"format": [None, "csv"], "requester": [None, True]}),
        ("release.exported", "council", {"format": [None, "xlsx"], "requester": [None, True]}),
    ]


def test_a_copy_that_is_fetched_is_a_reading_and_stands_in_the_register(cast: Cast, tmp_path: Path) -> None:
    with override_settings(RELEASES_DIR=tmp_path):
        release = a_release(cast)
        copy = copied(cast, release, minutes_of(cast, signed_meeting(cast)), whole=True)
        log_fetch(copy=copy, by=cast.coordinator, on=TODAY)
    entry = HistoryEntry.objects.get(verb="release.fetched")
    told = {"format": [None, "pdf"], "number": [None, 1], "whole": [None, True]}
    assert (entry.kind, entry.target_id, entry.changes) == (EntryKind.READING, release.pk, told)

    def said(member: Member) -> list[str]:
        return [line.what for line in lines_of(release, member)]

    assert ("fetched copy 1" in said(cast.coordinator), "fetched copy 1" in said(cast.owner)) == (True, False)
    # Purged texts tell the uncleared nothing, not even that there was something.
    chain.blank(HistoryEntry.objects.filter(pk=entry.pk), council=cast.council, by=None, on=TODAY, decision="KS 1")
    purged = "What was changed here has been purged."
    assert (purged in said(cast.coordinator), purged in said(cast.owner)) == (True, False)
