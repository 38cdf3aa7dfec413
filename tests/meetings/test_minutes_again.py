"""Minutes that didn't reach somebody are mailed again to that one, from the page that tells who got them."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from bra.models import HistoryEntry, Letter, LetterState, Member
from meetings import lifecycle
from meetings.models import Meeting
from tests import make
from tests.actions.test_reminder_pages import broker_away
from tests.cast import Cast
from tests.make import TODAY
from tests.meetings.signed import sign
from tests.meetings.test_mailed_minutes import adjourned, deliver, moved, page_of

pytestmark = pytest.mark.django_db
__all__ = ["broker_away"]  # the fixture


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Signed minutes that were mailed to two."""
    meeting = adjourned(cast)
    sign(meeting, cast.secretary)
    lifecycle.mail_minutes(meeting=meeting, recipients=[cast.owner, cast.member], by=cast.secretary, on=TODAY)
    deliver(cast.council)
    return meeting


def of(member: Member) -> Letter:
    """The member's latest mail of minutes."""
    letter = Letter.objects.filter(recipient=member, kind="minutes").order_by("pk").last()
    assert letter is not None
    return letter


def offered(browser: Client, cast: Cast, meeting: Meeting) -> list[Member]:
    """Those whom the page offers to send them again to."""
    page = browser.get(page_of(cast, meeting))
    again = page.context["again"]
    assert page.content.decode().count('name="letter"') == len(again)
    return [letter.recipient for letter in Letter.objects.filter(pk__in=again)]


def send(browser: Client, cast: Cast, meeting: Meeting, letter: Letter) -> tuple[int, list[str]]:
    """Press the button; return the status and what was said."""
    answer: Any = browser.post(f"{page_of(cast, meeting)}igen/", {"letter": letter.pk})
    return answer.status_code, [str(message) for message in get_messages(answer.wsgi_request)]


GOES = "1 mail goes out within ten minutes."


@pytest.mark.usefixtures("broker_away")
def test_who_has_a_new_address_gets_them_there_once(cast: Cast, meeting: Meeting) -> None:
    browser = cast.browse(cast.secretary)
    assert offered(browser, cast, meeting) == []
    moved(cast.owner)
    assert offered(browser, cast, meeting) == [cast.owner]
    first = of(cast.owner)
    assert send(browser, cast, meeting, first) == (302, [GOES])
    assert offered(browser, cast, meeting) == []
    assert send(browser, cast, meeting, first)[1][-1] == "The mail has been posted to the new address already."
    assert deliver(cast.council).sent == 1
    assert [of(cast.owner).address, of(cast.member).pk] == ["ny@example.org", of(cast.member).pk]
    assert Letter.objects.filter(kind="minutes").count() == 3
    assert HistoryEntry.objects.changes().filter(verb="letter.posted_anew", actor=cast.secretary).count() == 1


@pytest.mark.usefixtures("broker_away")
def test_a_mail_that_failed_goes_to_the_address_that_was_corrected(cast: Cast, meeting: Meeting) -> None:
    browser, letter = cast.browse(cast.secretary), of(cast.member)
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.FAILED, sent_at=None, failure="refused 550")
    moved(cast.member)
    assert offered(browser, cast, meeting) == [cast.member]
    assert send(browser, cast, meeting, letter) == (302, [GOES])
    assert deliver(cast.council).sent == 1
    assert (of(cast.member).pk, of(cast.member).address) == (letter.pk, "ny@example.org")
    assert HistoryEntry.objects.changes().filter(verb="letter.resent", actor=cast.secretary).count() == 1


def test_minutes_that_were_signed_anew_since_are_chosen_anew(cast: Cast, meeting: Meeting) -> None:
    moved(cast.owner)
    sign(meeting, cast.secretary, edition=2)
    browser = cast.browse(cast.secretary)
    assert offered(browser, cast, meeting) == []
    assert send(browser, cast, meeting, of(cast.owner))[1] == [
        "The minutes are others now. Choose anew who is to get them."
    ]
    assert Letter.objects.filter(kind="minutes").count() == 2


def test_only_mails_of_these_minutes_and_only_by_who_logs(cast: Cast, meeting: Meeting) -> None:
    moved(cast.owner)
    other = make.make_letter(cast.owner, state="failed", failure="refused 550")
    assert send(cast.browse(cast.secretary), cast, meeting, other) == (
        302,
        ["This has been removed meanwhile. Nothing has been changed."],
    )
    for who in (cast.member, cast.chair, cast.stranger):
        assert send(cast.browse(who), cast, meeting, of(cast.owner)) == (404, [])
    assert Letter.objects.filter(state=LetterState.PENDING).count() == 0
