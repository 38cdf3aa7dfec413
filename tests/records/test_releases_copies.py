"""Masked copies: what was left out is nowhere in the file, and a copy that leaks isn't kept."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bra.errors import RuleBroken
from bra.models import HistoryEntry, Member
from meetings.models import AgendaItem, MeetingState
from records import lifecycle, masking, verifying
from records import release_documents as documents
from records.lifecycle import Masks, producing
from records.models import ReleasedCopy
from reports.models import Report, ReportState
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.records.releasing import NUMBER, SECRET, a_release, copied, everything, minutes_of, signed_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Any:
    with override_settings(RELEASES_DIR=tmp_path / "releases", REPORTS_DIR=tmp_path):
        yield


def kept(copy: ReleasedCopy) -> bytes:
    return lifecycle.stored_copy(copy).read_bytes()


def notes_path(tree: masking.Tree) -> str:
    """Where the first paragraph of the first item's notes stands."""
    found = [
        piece.path for part in masking.parts(tree) for piece in part.pieces if "Berit" in " ".join(piece.sentences)
    ]
    return found[0]


@pytest.mark.parametrize("file_format", ["pdf", "docx"])
def test_own_masks_and_restricted_items_are_nowhere_in_the_file(cast: Cast, file_format: str) -> None:
    meeting = signed_meeting(cast)
    source = minutes_of(cast, meeting)
    tree = documents.tree_of(source, cast.secretary, on=TODAY, whole=False)
    ground = make.make_ground(cast.council, reference="OSL 26 kap. 1 §")
    masks = Masks({notes_path(tree): {1}}, ["berit"], [ground])
    copy = copied(cast, a_release(cast), source, masks=masks, file_format=file_format)
    text = everything(kept(copy))
    for word in ("Berit", "Storgatan", SECRET, "Norrgatan", NUMBER, "Klockan"):
        assert word not in text
    for word in ("Skolan berättar.", "Masked: secrecy", "OSL 26 kap. 1", "Klotter"):
        assert word in text
    restricted = AgendaItem.objects.get(meeting=meeting, restricted=True)
    # One restricted item, a sentence, a name in the decision, and a number.
    assert copy.masks == 4
    assert set(copy.grounds.all()) == {ground, restricted.legal_ground}
    # The signed text has a checksum; this isn't that text any longer.
    assert [letter for letter in "ab" if letter * 64 in text] == []


def test_nothing_of_what_was_masked_is_kept_in_the_database(cast: Cast) -> None:
    source = minutes_of(cast, signed_meeting(cast))
    ground = make.make_ground(cast.council)
    copy = copied(cast, a_release(cast), source, masks=Masks({}, ["Storgatan"], [ground]))
    told = [str(entry.changes) for entry in HistoryEntry.objects.filter(verb__startswith="release.")]
    row = str(list(ReleasedCopy.objects.filter(pk=copy.pk).values()))
    assert len(told) == 2
    assert "Storgatan" not in row + "".join(told)


def test_a_copy_with_the_masked_words_at_another_place_is_not_kept(cast: Cast) -> None:
    meeting = signed_meeting(cast)
    AgendaItem.objects.filter(meeting=meeting, restricted=False).update(title="x")
    source = minutes_of(cast, meeting)
    tree = documents.tree_of(source, cast.secretary, on=TODAY, whole=False)
    said = "Detta är en mening som står på två ställen."
    doubled = tree | {"addenda": [{"heading": "A", "text": [said, said], "masked": False}]}
    clear = masking.masked(doubled, {"addenda.0.text.0": {0}})
    content = documents.file_of(source, clear.tree, file_format="pdf", on=TODAY, grounds=[], own_masks=True)
    assert verifying.leaks(content, passages=clear.passages)
    assert not list(Path(settings.RELEASES_DIR).glob("*"))


def test_a_fault_in_the_masking_does_not_hide_itself(cast: Cast) -> None:
    """The masked text holds a restricted item's words where nobody expects them: the rows tell, so it isn't kept."""
    meeting = signed_meeting(cast, presenter=f"{SECRET} om källaren på Norrgatan")
    with pytest.raises(RuleBroken) as refused:
        copied(cast, a_release(cast), minutes_of(cast, meeting))
    assert refused.value.sentence.startswith("The copy of Minutes 2017-2 isn't kept")
    assert SECRET not in refused.value.sentence
    assert ReleasedCopy.objects.count() == 0


def test_only_a_cleared_handler_makes_a_copy_with_restricted_matter(cast: Cast) -> None:
    source = minutes_of(cast, signed_meeting(cast))
    release = a_release(cast)
    copy = copied(cast, release, source, whole=True)
    assert SECRET in everything(kept(copy))
    assert NUMBER not in everything(kept(copy))
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    cast.secretary.refresh_from_db()
    with pytest.raises(RuleBroken, match="Only somebody who is cleared"):
        copied(cast, release, source, whole=True)
    assert list(ReleasedCopy.objects.visible_to(cast.secretary)) == []
    assert list(ReleasedCopy.objects.visible_to(cast.coordinator)) == [copy]


def test_what_belongs_to_another_council_is_refused(cast: Cast) -> None:
    meeting = signed_meeting(cast)
    stranger = cast.stranger
    assert documents.source_for(stranger, f"minutes-{meeting.pk}") is None
    assert documents.source_for(stranger, f"case-{make.make_case(cast.council).pk}") is None
    source = minutes_of(cast, meeting)
    abroad = make.make_ground(stranger.council)
    with pytest.raises(RuleBroken, match="legal ground of this council"):
        copied(cast, a_release(cast), source, masks=Masks({}, ["Storgatan"], [abroad]))
    given = {"received_on": TODAY, "way": "mail", "asked": "x", "requester": "", "notes": "", "handler": None}
    theirs = lifecycle.register_release(council=stranger.council, by=stranger, on=TODAY, **given)
    with pytest.raises(RuleBroken, match="document of this council"):
        copied(cast, theirs, source)


def test_masks_need_a_ground_and_words_that_stand_in_the_text(cast: Cast) -> None:
    source = minutes_of(cast, signed_meeting(cast))
    with pytest.raises(RuleBroken, match="Choose the legal ground"):
        copied(cast, a_release(cast), source, masks=Masks({}, ["Storgatan"], []))
    masks = Masks({}, ["Storgatan", "Lillgatan"], [make.make_ground(cast.council)])
    with pytest.raises(RuleBroken, match=r"don't stand in the text: 2\."):
        copied(cast, a_release(cast), source, masks=masks)


def test_a_text_that_changed_meanwhile_is_looked_through_again(cast: Cast) -> None:
    source = minutes_of(cast, signed_meeting(cast))
    with pytest.raises(RuleBroken, match="has changed since"):
        copied(cast, a_release(cast), source, looked_at="0" * 64)


def test_a_case_sheet_is_masked_and_its_metadata_too(cast: Cast) -> None:
    case = make.make_case(cast.council, title="Klotter vid Norrskolan", situation="Berit på Storgatan vet mer.")
    meeting = make.make_meeting(cast.council)
    make.make_item(meeting, case=case, title="Skolan")
    make.make_item(meeting, case=case, title=f"{SECRET} möte i källaren", restricted=True)
    source = documents.source_for(cast.secretary, f"case-{case.pk}")
    assert source is not None
    masks = Masks({"title": {0}}, ["Storgatan"], [make.make_ground(cast.council)])
    copy = copied(cast, a_release(cast), source, masks=masks)
    text = everything(kept(copy))
    assert copy.masks == 2
    assert [word for word in ("Norrskolan", "Storgatan", SECRET) if word in text] == []
    assert "Berit på" in text
    restricted = make.make_case(cast.council, restricted=True, title=SECRET)
    offered = {
        whole: [row.row.pk for _label, rows in documents.sources(cast.secretary, whole=whole) for row in rows]
        for whole in (False, True)
    }
    assert offered == {False: [case.pk], True: [restricted.pk, case.pk]}
    closed = documents.source_for(cast.secretary, f"case-{restricted.pk}")
    assert closed is not None
    with pytest.raises(RuleBroken, match="The case is restricted"):
        copied(cast, a_release(cast), closed)


def test_a_published_report_is_released_as_it_is_after_a_search(cast: Cast, tmp_path: Path) -> None:
    make.make_item(make.make_meeting(cast.council), title=f"{SECRET} möte i källaren", restricted=True)
    plan = make.make_plan(cast.council)

    def report(name: str, content: bytes) -> Any:
        (tmp_path / name).write_bytes(content)
        row = Report.objects.create(
            council=cast.council,
            plan=plan,
            period_from=plan.starts,
            period_to=TODAY,
            as_of=TODAY,
            variant="publish",
            format="csv",
            state=ReportState.READY,
            file_name=name,
            sha256="0" * 64,
        )
        return documents.source_for(cast.coordinator, f"report-{row.pk}")

    clean, leaking = report("a.csv", b"a;b\r\n"), report("b.csv", f"{SECRET} möte i källaren".encode())
    release = a_release(cast)
    copy = copied(cast, release, clean, by=cast.coordinator, file_format="csv")
    assert kept(copy) == b"a;b\r\n"
    with pytest.raises(RuleBroken, match="isn't kept"):
        copied(cast, release, leaking, by=cast.coordinator, file_format="csv")
    # The secretary doesn't read reports.
    assert documents.source_for(cast.secretary, clean.key) is None


def test_a_copy_is_dropped_with_its_file(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    source = minutes_of(cast, signed_meeting(cast))
    release = a_release(cast)
    first, second = (copied(cast, release, source) for _n in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.drop_copy(copy=first, by=cast.secretary, on=TODAY)
    assert [path.name for path in Path(settings.RELEASES_DIR).iterdir()] == [second.file_name]
    lifecycle.end_release(release=release, state="released", by=cast.secretary, on=TODAY)
    with pytest.raises(RuleBroken, match="has ended"):
        lifecycle.drop_copy(copy=second, by=cast.secretary, on=TODAY)


def test_files_that_no_copy_names_are_swept_after_a_day(cast: Cast) -> None:
    copy = copied(cast, a_release(cast), minutes_of(cast, signed_meeting(cast)))
    folder = Path(settings.RELEASES_DIR)
    names = [f"7-{'a' * 24}.pdf", f".7-{'b' * 24}.pdf.0123abcd.part", f"8-{'c' * 24}.pdf", "notes.txt"]
    for name in names:
        (folder / name).write_bytes(b"left")
    for path in folder.iterdir():
        if not path.name.startswith("8-"):
            os.utime(path, (0, 0))
    assert producing.sweep_copies(timezone.now()) == 2
    assert {path.name for path in folder.iterdir()} == {copy.file_name, names[2], names[3]}


def test_the_search_takes_as_many_queries_for_three_meetings_as_for_one(cast: Cast) -> None:
    source = minutes_of(cast, signed_meeting(cast))

    def queries() -> int:
        with CaptureQueriesContext(connection) as log:
            documents.secrets_of(source)
            documents.allowed_of(source)
            documents.sources(cast.coordinator, whole=True)
        return len(log)

    before = queries()
    for _n in range(2):
        meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
        make.make_item(meeting, restricted=True)
        make.make_item(meeting, case=make.make_case(cast.council))
    assert queries() == before
