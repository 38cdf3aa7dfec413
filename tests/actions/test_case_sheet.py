"""The sheet of a case as a PDF: what is on it, what never is, and that hostile text is only text."""

import io
import json
import re
import zlib
from datetime import date

import pytest

from actions.case_sheet import sheet_of
from bra import pdf
from bra.models import Member
from meetings.models import Case, CaseState, Decision, ItemState, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY


def told(cast: Cast, case: Case, **more: object) -> None:
    """A held meeting's item with notes, a decision and an action, all saying whether they are secret."""
    word = "Hemlig" if more.get("restricted") else "Öppen"
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2017, 1, 26))
    item = make.make_item(
        meeting, case=case, state=ItemState.TREATED, title=f"{word}punkt", notes=f"{word}anteckning", **more
    )
    Decision.objects.create(council=cast.council, item=item, text=f"{word}beslut", number=item.pk)
    make.make_action(agenda_item=item, title=f"{word}åtgärd", owner=cast.secretary, deadline=date(2017, 3, 1))


def streams(file: bytes) -> bytes:
    """Everything in the PDF: as it is, and every stream that can be inflated."""
    parts = [file]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def test_the_sheet_tells_the_case_from_the_beginning_and_owners_by_role(cast: Cast) -> None:
    case = make.make_case(cast.council, title="Klotter", situation="Läget", state=CaseState.CLOSED, outcome="Borta")
    told(cast, case)
    data = sheet_of(case, cast.member, on=TODAY, restricted=False)
    (entry,) = data["timeline"]
    assert (data["number"], data["situation"], data["outcome"], data["mark"]) == (
        case.registry_number,
        "Läget",
        "Borta",
        "",
    )
    assert (entry["title"], entry["notes"], entry["mark"]) == ("Öppenpunkt", "Öppenanteckning", "")
    assert [decision["text"] for decision in entry["decisions"]] == ["Öppenbeslut"]
    assert entry["actions"] == [
        {
            "text": "Öppenåtgärd",
            "owner": f"{cast.secretary.title}, {cast.secretary.organisation.name}",
            "deadline": "1 March 2017",
            "state": "overdue 14 days",
        }
    ]
    assert cast.secretary.name not in json.dumps(data, ensure_ascii=False)


def test_restricted_matter_is_left_out_unless_a_cleared_member_asks_for_it(cast: Cast) -> None:
    case = make.make_case(cast.council)
    told(cast, case)
    told(cast, case, restricted=True)

    def words(member: Member, restricted: bool) -> tuple[bool, str]:
        data = sheet_of(case, member, on=TODAY, restricted=restricted)
        return "Hemlig" in json.dumps(data, ensure_ascii=False), data["mark"]

    assert words(cast.chair, restricted=False) == (False, "")
    assert words(cast.member, restricted=True) == (False, "")
    assert words(cast.chair, restricted=True) == (True, "Contains restricted matter")


def test_the_file_is_a_tagged_pdf_with_a_title_and_a_name_that_says_nothing(cast: Cast) -> None:
    case = make.make_case(cast.council, title="Klotter vid skolan", registry_number="BRÅ 2016/4")
    told(cast, case)
    told(cast, case, restricted=True)
    url = f"/granby/arenden/{case.pk}/arendeblad.pdf"
    answers = {
        "open": cast.browse(cast.chair).get(url),
        "uncleared": cast.browse(cast.member).get(url, {"restricted": "on"}),
        "asked": cast.browse(cast.chair).get(url, {"restricted": "on"}),
    }
    names = {key: answer["Content-Disposition"].partition("filename=")[2] for key, answer in answers.items()}
    assert names == {
        "open": '"arende-bra-2016-4.pdf"',
        "uncleared": '"arende-bra-2016-4.pdf"',
        "asked": '"arende-bra-2016-4-sekretess.pdf"',
    }
    for answer in answers.values():
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        inside = streams(answer.content)
        assert b"/MarkInfo" in inside
        assert b"Klotter vid skolan" in inside  # the title, in the metadata


def test_only_who_may_have_it_is_offered_the_sheet_with_restricted_matter(cast: Cast) -> None:
    case = make.make_case(cast.council)
    told(cast, case, restricted=True)
    pages = {
        who: cast.browse(who).get(f"/granby/arenden/{case.pk}/").content.decode() for who in (cast.chair, cast.member)
    }
    assert ["?restricted=on" in page for page in pages.values()] == [True, False]


def test_a_restricted_case_has_no_open_sheet(cast: Cast) -> None:
    case = make.make_case(cast.council, restricted=True)
    url = f"/granby/arenden/{case.pk}/arendeblad.pdf"
    browser = cast.browse(cast.chair)
    assert browser.get(url).status_code == 302
    assert browser.get(url, {"restricted": "on"})["Content-Type"] == "application/pdf"
    assert cast.browse(cast.member).get(url, {"restricted": "on"}).status_code == 404


@pytest.mark.parametrize(
    "text",
    ['#panic("x") $1/0$ #{', "*a* _b_ = c\n\n- d", "\u202eאבג العربية", "😀", "\x0b\x01", "x" * 40_000, "<script>\\"],
    ids=["code", "markup", "rtl", "emoji", "control", "long", "script"],
)
def test_hostile_text_is_only_text(cast: Cast, text: str) -> None:
    case = make.make_case(cast.council, situation=text[:2000], title=text[:200], outcome=text[:2000])
    item = make.make_item(make.make_meeting(cast.council), case=case, notes=text, title=text[:200])
    Decision.objects.create(council=cast.council, item=item, text=text[:4000])
    data = sheet_of(case, cast.member, on=TODAY, restricted=False)
    assert data["timeline"][0]["notes"] == text
    assert io.BytesIO(pdf.render("case.typ", data, title=case.title)).read(5) == b"%PDF-"


def test_the_number_of_queries_does_not_grow_with_the_items(cast: Cast, django_assert_num_queries) -> None:
    case = Case.objects.select_related("council", "organisation").get(pk=make.make_case(cast.council).pk)

    def ask() -> None:
        sheet_of(case, cast.chair, on=TODAY, restricted=True)

    told(cast, case)
    with django_assert_num_queries(4):
        ask()
    told(cast, case)
    told(cast, case, restricted=True)
    with django_assert_num_queries(4):
        ask()
