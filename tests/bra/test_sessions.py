"""Sessions: how long they last, where they are listed, and how they end."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from bra.browsers import in_words
from bra.login_receivers import BEGAN, SEEN
from bra.models import Member, User
from bra.tasks import clear_sessions
from tests import make
from tests.bra.test_login import log_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db
LIST = "/konto/inloggningar/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 "
    "Edg/140.0"
)


def age(client: Client, *, began: float, seen: float) -> None:
    """Let the session have begun and been seen so many hours ago."""
    session, now = client.session, timezone.now().timestamp()
    session[BEGAN], session[SEEN] = now - began * 3600, now - seen * 3600
    session.save()


@pytest.mark.parametrize(
    ("began", "seen", "open_still"), [(11, 11, True), (13, 12.1, False), (23, 1, True), (24.1, 0.01, False)]
)
def test_a_session_ends_after_twelve_idle_hours_and_after_a_day(
    cast: Cast, began: float, seen: float, open_still: bool
) -> None:
    browser = cast.browse(cast.member)
    age(browser, began=began, seen=seen)
    answer = browser.get("/granby/")
    assert answer.status_code == (200 if open_still else 302)
    assert browser.get("/granby/").status_code == answer.status_code


def test_a_used_session_is_noted_every_five_minutes(cast: Cast) -> None:
    browser = cast.browse(cast.member)
    browser.get("/granby/")
    assert UserSession.objects.count() == 0  # nothing is written before five minutes have passed
    age(browser, began=1, seen=0.5)
    browser.get("/granby/", HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7")
    (row,) = UserSession.objects.all()
    assert (row.user_id, row.ip, row.user_agent) == (cast.member.user_id, "192.0.2.7", FIREFOX)
    assert timezone.now().timestamp() - browser.session[SEEN] < 60


def everywhere(user: User) -> list[Client]:
    """The user, logged in on three browsers."""
    clients = [Client(HTTP_USER_AGENT=agent) for agent in (FIREFOX, IPHONE, EDGE)]
    for number, client in enumerate(clients):
        log_in(user.email, client=client, REMOTE_ADDR=f"192.0.2.{number + 1}")
    return clients


def test_the_user_sees_where_they_are_logged_in_and_ends_one(cast: Cast) -> None:
    assert cast.member.user is not None
    here, phone, work = everywhere(cast.member.user)
    listed = here.get(LIST).context["sessions"]
    assert [(each["browser"], each["row"].ip, each["current"]) for each in listed] == [
        ("Firefox on Linux", "192.0.2.1", True),
        ("Edge on Windows", "192.0.2.3", False),
        ("Safari on iPhone", "192.0.2.2", False),
    ]
    page = here.post(LIST, {"end": listed[2]["row"].pk}, follow=True).content.decode()
    assert "It is logged out there." in page
    assert [client.get("/granby/").status_code for client in (here, phone, work)] == [200, 302, 200]


def test_the_user_ends_all_but_this_one(cast: Cast) -> None:
    assert cast.member.user is not None
    here, phone, work = everywhere(cast.member.user)
    here.post(LIST, {"end": "others"})
    assert [client.get("/granby/").status_code for client in (here, phone, work)] == [200, 302, 302]


def test_nobody_ends_anothers_session(cast: Cast) -> None:
    assert cast.member.user is not None
    assert cast.chair.user is not None
    log_in(cast.chair.user.email, client=(theirs := Client()))
    log_in(cast.member.user.email, client=(mine := Client()))
    other = UserSession.objects.get(user=cast.chair.user)
    mine.post(LIST, {"end": other.pk})
    assert theirs.get("/granby/").status_code == 200
    assert str(other.ip) in mine.get(LIST).content.decode()
    assert [each["row"].user_id for each in mine.get(LIST).context["sessions"]] == [cast.member.user_id]


def test_whoever_is_shut_out_is_out_on_the_next_request(cast: Cast) -> None:
    browser = cast.browse(cast.member)
    assert browser.get("/granby/").status_code == 200
    User.objects.filter(pk=cast.member.user_id).update(is_active=False)
    assert browser.get("/granby/").status_code == 302


def test_whose_mandate_has_ended_is_out_on_the_next_request(cast: Cast) -> None:
    browser = cast.browse(cast.member)
    Member.objects.filter(pk=cast.member.pk).update(mandate_to=make.TODAY - timedelta(days=1))
    assert browser.get("/granby/").status_code == 404


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named_in_words(agent: str, words: str) -> None:
    assert in_words(agent) == words


def test_what_has_ended_is_cleared_away_at_night(cast: Cast) -> None:
    assert cast.member.user is not None
    here, phone, _work = everywhere(cast.member.user)
    Session.objects.filter(pk=phone.session.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    clear_sessions()
    assert (Session.objects.count(), UserSession.objects.count()) == (2, 2)
    assert here.get("/granby/").status_code == 200
