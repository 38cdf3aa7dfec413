"""Before restricted matter leaves, and before log-ins are given, we ask whether it is still the same person."""

from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from bra.models import Member
from meetings.models import MeetingState
from tests import make
from tests.bra.test_login import log_in
from tests.cast import Cast, confirm

pytestmark = pytest.mark.django_db
ASK = "/konto/bekrafta/"


def stale(member: Member) -> Client:
    """The member, logged in for longer than fifteen minutes."""
    client = Client()
    assert member.user is not None
    client.force_login(member.user)
    confirm(client)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY][0]["at"] -= 15 * 60 + 1
    session.save()
    return client


def paper(cast: Cast, *, restricted: bool, state: MeetingState = MeetingState.IN_SESSION) -> str:
    meeting = make.make_meeting(cast.council, state)
    make.make_item(meeting, restricted=restricted)
    return f"/granby/moten/{meeting.pk}/handling.docx"


def test_a_file_with_restricted_matter_asks_for_the_password_and_then_comes(cast: Cast) -> None:
    address = paper(cast, restricted=True)
    browser = stale(cast.chair)
    answer = browser.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"{ASK}?next={quote(address, safe='')}")
    wrong = browser.post(ASK, {"password": "wrong", "next": address})
    assert "That is not your password. Try again." in wrong.content.decode()
    assert browser.get(address).status_code == 302
    assert browser.post(ASK, {"password": make.PASSWORD, "next": address})["Location"] == address
    assert browser.get(address).status_code == 200


def test_a_file_without_restricted_matter_comes_at_once(cast: Cast) -> None:
    secret = paper(cast, restricted=True)
    found = {
        "nothing restricted": stale(cast.chair)
        .get(paper(cast, restricted=False, state=MeetingState.DRAFT))
        .status_code,
        "masked": stale(cast.chair).get(f"{secret}?maskad=1").status_code,
        "not cleared": stale(cast.member).get(secret).status_code,
        "just logged in": cast.browse(cast.chair).get(secret).status_code,
    }
    assert set(found.values()) == {200}


def test_a_case_sheet_with_restricted_matter_asks_too(cast: Cast) -> None:
    case = make.make_case(cast.council)
    address = f"/granby/arenden/{case.pk}/arendeblad.pdf"
    assert stale(cast.chair).get(f"{address}?restricted=on").status_code == 302
    assert stale(cast.chair).get(address).status_code == 200


def test_log_in_counts_as_proof(cast: Cast) -> None:
    assert cast.chair.user is not None
    client = Client()
    log_in(cast.chair.user.email, client=client)
    assert client.get(paper(cast, restricted=True)).status_code == 200


def test_nobody_else_is_asked_whether_the_page_exists(cast: Cast) -> None:
    assert stale(cast.stranger).get(paper(cast, restricted=True)).status_code == 404


def test_what_was_sent_is_kept_and_sent_on_with_one_press(cast: Cast) -> None:
    member = make.make_member(cast.council, email="ake@example.org")
    address = f"/granby/ledamoter/{member.pk}/inloggning/"
    browser = stale(cast.coordinator)
    ask = browser.post(address, {"do": "give", "note": 'å "<ä>'})["Location"]
    assert ask.startswith(f"{ASK}?next=")
    answer = browser.post(ask, {"password": make.PASSWORD})
    assert answer.context["action"] == address
    assert answer.context["fields"] == [("do", "give"), ("note", 'å "<ä>')]
    assert "&quot;&lt;ä&gt;" in answer.content.decode()
    member.refresh_from_db()
    assert member.user is None
    browser.post(address, dict(answer.context["fields"]))
    member.refresh_from_db()
    assert member.user is not None


def test_htmx_is_led_to_the_page_as_a_whole(cast: Cast) -> None:
    member: Any = make.make_member(cast.council, email="ake@example.org")
    address = f"/granby/ledamoter/{member.pk}/inloggning/"
    answer = stale(cast.coordinator).post(address, {"do": "give"}, headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{ASK}?next={quote(address, safe='')}")


@pytest.mark.parametrize("ending", ["json", "fil"])
def test_the_own_data_of_who_is_cleared_asks_and_that_of_others_does_not(cast: Cast, ending: str) -> None:
    """What the cleared take along holds what they did with restricted matter."""
    address = f"/granby/mina-uppgifter/{ending}/"
    assert {who.role: stale(who).get(address).status_code for who in (cast.chair, cast.member)} == {
        "chair": 302,
        "member": 200,
    }
