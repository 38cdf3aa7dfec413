"""The pages of the register: what they show, what they keep, and what they give away to nobody."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from bra.models import HistoryEntry, Member
from records import lifecycle
from records.models import Release, ReleasedCopy, ReleaseState
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.records.releasing import SECRET, a_release, copied, everything, minutes_of, signed_meeting

pytestmark = pytest.mark.django_db
ROOT = "/granby/utlamnande/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Any:
    with override_settings(RELEASES_DIR=tmp_path):
        yield


def test_a_request_is_entered_changed_and_ended(cast: Cast) -> None:
    browser = cast.browse(cast.secretary)
    assert "No request yet" in browser.get(ROOT).content.decode()
    sent = {"received_on": "2017-03-13", "way": "phone", "asked": "Protokoll", "handler": cast.secretary.pk}
    assert browser.post(f"{ROOT}ny/", sent).status_code == 302
    release = Release.objects.get()
    page = browser.get(f"{ROOT}{release.pk}/").content.decode()
    assert "2 working days" in page
    assert "Not noted, and needn" in page
    browser.post(f"{ROOT}{release.pk}/andra/", sent | {"notes": "Ringt"})
    browser.post(f"{ROOT}{release.pk}/avsluta/", {"state": "no_record"})
    release.refresh_from_db()
    assert (release.state, release.notes) == (ReleaseState.NO_RECORD, "Ringt")
    assert browser.post(f"{ROOT}{release.pk}/oppna/", {"reason": ""}).status_code == 422
    assert browser.post(f"{ROOT}{release.pk}/oppna/", {"reason": "Fel"}).status_code == 302


def test_a_refused_form_keeps_what_was_typed_and_finds_a_number(cast: Cast) -> None:
    browser = cast.browse(cast.secretary)
    sent = {"received_on": "2017-03-20", "way": "mail", "asked": "Om 701063-2391", "notes": "Min anteckning"}
    answer = browser.post(f"{ROOT}ny/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Min anteckning" in page
    assert "personal identity number" in page
    assert Release.objects.count() == 0


def test_an_old_request_is_warned_of(cast: Cast) -> None:
    release = a_release(cast, received_on=TODAY.replace(day=6))
    assert "has waited for 7 working days" in cast.browse(cast.chair).get(f"{ROOT}{release.pk}/").content.decode()


def test_the_register_is_filtered_and_searched(cast: Cast) -> None:
    ground = make.make_ground(cast.council)
    here, there = a_release(cast, asked="Åtgärder på torget"), a_release(cast, asked="Annat")
    words = {"reasons": "x", "decided_by": "x", "written_asked": False, "appeal": "x"}
    lifecycle.refuse_release(release=there, in_part=True, grounds=[ground], by=cast.secretary, on=TODAY, **words)
    browser = cast.browse(cast.chair)
    for query, found in {
        "text=åtgärder": [here],
        "state=in_part": [there],
        f"ground={ground.pk}": [there],
        "year=2017": [there, here],
        "text=finns+inte": [],
    }.items():
        assert [release for release, _age in browser.get(f"{ROOT}?{query}").context["rows"]] == found


def test_masking_on_the_page_looking_first_and_making_the_copy(cast: Cast) -> None:
    meeting = signed_meeting(cast)
    release, ground = a_release(cast), make.make_ground(cast.council)
    browser = cast.browse(cast.secretary)
    assert f"minutes-{meeting.pk}" in browser.get(f"{ROOT}{release.pk}/kopia/").content.decode()
    address = f"{ROOT}{release.pk}/kopia/?document=minutes-{meeting.pk}"
    page = browser.get(address)
    text = page.content.decode()
    assert SECRET not in text
    assert "701063" not in text
    tick = next(
        value
        for _p, _g, lines in page.context["form"].rows()
        for _label, row in lines
        for value, said, _on in row
        if "Berit såg" in said
    )
    sent = {"looked_at": page.context["now"], "mask": tick, "words": "Berits", "file_format": "docx"}
    # Without a ground nothing is made, and what was ticked and typed stands there still.
    answer = browser.post(address, sent)
    assert answer.status_code == 422
    assert "Choose the legal ground" in answer.content.decode()
    assert f'value="{tick}" checked' in answer.content.decode()
    assert ">\nBerits</textarea>" in answer.content.decode()
    looked = browser.post(address, sent | {"ground": ground.pk, "look": "on"})
    shown = " ".join(words for part in looked.context["shown"] for piece in part.pieces for words in piece.sentences)
    assert "Masked: secrecy" in shown
    assert "Berit" not in shown
    assert ReleasedCopy.objects.count() == 0
    assert browser.post(address, sent | {"ground": ground.pk}).status_code == 302
    copy = ReleasedCopy.objects.get()
    fetched = browser.get(f"{ROOT}kopior/{copy.pk}/fil/")
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="utlamnande-2017-1-1.docx"'
    assert "no-store" in fetched.headers["Cache-Control"]
    assert "Berit" not in everything(fetched.content)
    assert HistoryEntry.objects.filter(verb="release.fetched", actor=cast.secretary).count() == 1
    lifecycle.stored_copy(copy).write_bytes(b"another file")
    assert browser.get(f"{ROOT}kopior/{copy.pk}/fil/").status_code == 302
    assert HistoryEntry.objects.filter(verb="release.fetched").count() == 1
    assert "fetched copy 1" in browser.get(f"{ROOT}{release.pk}/").content.decode().lower()


def test_a_ground_of_another_council_is_refused_by_the_form(cast: Cast) -> None:
    meeting, release = signed_meeting(cast), a_release(cast)
    abroad = make.make_ground(cast.stranger.council, reference="Främmande lagrum")
    browser = cast.browse(cast.secretary)
    address = f"{ROOT}{release.pk}/kopia/?document=minutes-{meeting.pk}"
    answer = browser.post(address, {"words": "Storgatan", "ground": abroad.pk, "file_format": "pdf"})
    assert answer.status_code == 422
    assert "Främmande lagrum" not in answer.content.decode()
    sent = {"extent": "whole", "grounds": [abroad.pk], "reasons": "x", "decided_by": "x", "appeal": "x"}
    assert browser.post(f"{ROOT}{release.pk}/avsla/", sent).status_code == 422
    foreign = make.make_meeting(cast.stranger.council, "signed")
    assert browser.get(f"{ROOT}{release.pk}/kopia/?document=minutes-{foreign.pk}").status_code == 404
    for nonsense in ("minutes-x", "case-", "x-1", "report-99999999999999999999", "minutes-²"):
        assert browser.get(f"{ROOT}{release.pk}/kopia/?document={nonsense}").status_code == 404


def test_an_uncleared_secretary_knows_of_nothing_restricted(cast: Cast) -> None:
    meeting, release = signed_meeting(cast), a_release(cast)
    restricted = make.make_case(cast.council, restricted=True, title=f"{SECRET} ärende", registry_number="DOLT 1")
    whole = copied(cast, release, minutes_of(cast, meeting), whole=True)
    assert lifecycle.download_name(whole) == "utlamnande-2017-1-1-hel.pdf"
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    browser = cast.browse(cast.secretary)
    page = browser.get(f"{ROOT}{release.pk}/").content.decode()
    assert "No copy has been made" in page
    assert "made copy" not in page
    assert browser.get(ROOT).context["rows"][0][0].copy_count == 0
    # No gap in the numbers tells of the other one.
    assert copied(cast, release, minutes_of(cast, meeting)).number == 1
    choices = browser.get(f"{ROOT}{release.pk}/kopia/").content.decode()
    assert [word for word in (SECRET, "DOLT 1") if word in choices] == []
    for address in (
        f"{release.pk}/kopia/?document=case-{restricted.pk}",
        f"{release.pk}/kopia/hel/?document=minutes-{meeting.pk}",
        f"kopior/{whole.pk}/fil/",
    ):
        assert browser.get(f"{ROOT}{address}").status_code == 404


def test_the_letter_tells_the_decision_and_how_to_appeal(cast: Cast) -> None:
    release = a_release(cast, requester="Berit Berg")
    browser = cast.browse(cast.secretary)
    assert browser.get(f"{ROOT}{release.pk}/beslut.pdf").status_code == 404
    ground = make.make_ground(cast.council, reference="OSL 18 kap. 1 §", summary="förundersökning")
    page = browser.get(f"{ROOT}{release.pk}/avsla/").context["form"]
    sent = {"extent": "part", "grounds": [ground.pk], "reasons": "Det röjer *arbetet*.", "decided_by": "Siv, chef"}
    browser.post(f"{ROOT}{release.pk}/avsla/", sent | {"appeal": page.initial["appeal"]})
    letter = browser.get(f"{ROOT}{release.pk}/beslut.pdf")
    assert letter.headers["Content-Disposition"] == 'attachment; filename="beslut-utlamnande-2017-1.pdf"'
    reader = pypdf.PdfReader(io.BytesIO(letter.content))
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "2017-1",
        "Protokoll från mars",
        "OSL 18 kap. 1 §",
        "Det röjer *arbetet*.",
        "Siv, chef",
        "three weeks",
    ):
        assert words in text
    assert "Berit" not in text
    marked = reader.root_object["/MarkInfo"].get_object()
    assert str(marked) == "{'/Marked': True, '/Suspects': False}"


def test_files_of_the_register_leave_out_who_asked_unless_chosen(cast: Cast) -> None:
    a_release(cast, requester="Berit Berg", asked="=1+1")
    browser = cast.browse(cast.coordinator)
    table = browser.get(f"{ROOT}register.csv").content.decode("utf-8-sig")
    assert "'=1+1" in table
    assert "Berit" not in table
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{ROOT}register.xlsx").content))
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert book.sheetnames == ["Requests for records"]
    assert ("2017-1" in cells, "=1+1" in cells, "Berit Berg" in cells) == (True, True, False)
    assert "Berit Berg" in browser.get(f"{ROOT}register.csv?requester=on").content.decode()
    extract = browser.get(f"{ROOT}revision.csv").content.decode("utf-8-sig")
    assert extract.splitlines()[1:] == ["2017-1;2017-03-15;;Being handled;"]


def test_pages_take_as_many_queries_for_three_rows_as_for_one(cast: Cast) -> None:
    source = minutes_of(cast, signed_meeting(cast))
    release = a_release(cast)
    browser = cast.browse(cast.coordinator)

    def fill() -> None:
        copied(cast, release, source)
        ended = a_release(cast)
        words = {"reasons": "x", "decided_by": "x", "written_asked": False, "appeal": "x"}
        grounds = [make.make_ground(cast.council)]
        lifecycle.refuse_release(release=ended, in_part=True, grounds=grounds, by=cast.secretary, on=TODAY, **words)

    def queries() -> list[int]:
        found = []
        for address in ("", f"{release.pk}/", "register.csv", f"{release.pk}/kopia/", "revision.csv"):
            with CaptureQueriesContext(connection) as log:
                assert browser.get(f"{ROOT}{address}").status_code == 200
            found.append(len(log))
        return found

    fill()
    queries()
    before = queries()
    fill()
    fill()
    assert queries() == before


def test_only_the_cleared_are_told_how_much_is_left_out_and_on_which_ground(cast: Cast) -> None:
    """The ground tells what it is about."""
    meeting, release = signed_meeting(cast), a_release(cast)
    address = f"{ROOT}{release.pk}/kopia/?document=minutes-{meeting.pk}"

    def told() -> bool:
        page = cast.browse(cast.secretary).get(address).content.decode()
        return "left out already" in page

    cleared = told()
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    assert (cleared, told()) == (True, False)
