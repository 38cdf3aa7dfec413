"""A forgotten password: the same answer to everybody, a mail to whom the address belongs, and a link for two hours."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from bra import recovery, tasks
from bra.invitations import password_link
from bra.models import Letter, LoggedMail, RecoveryRequest, User
from bra.tokens import Tokens
from tests import make
from tests.bra.test_login import log_in, seen
from tests.cast import Cast

pytestmark = pytest.mark.django_db
FORGOTTEN = "/konto/glomt/"
NEW = "granens gröna barr"


def user_of(cast: Cast) -> User:
    assert cast.member.user is not None
    return cast.member.user


def forget(email: str, client: Client | None = None) -> Any:
    return (client or Client()).post(FORGOTTEN, {"email": email})


def links() -> list[str]:
    return [re.findall(r"http\S+/konto/nytt/\S+", str(letter.body))[0] for letter in mail.outbox]


def choose(link: str, password: str = NEW) -> Any:
    visitor = Client()
    form = visitor.get(link, follow=True)
    return visitor.post(form.redirect_chain[-1][0], {"password1": password})


def test_known_and_unknown_addresses_get_the_same_answer_from_the_same_queries(cast: Cast) -> None:
    found = []
    for place, email in (("192.0.2.1", user_of(cast).email), ("192.0.2.2", "nobody@example.org")):
        client = Client(REMOTE_ADDR=place)
        with CaptureQueriesContext(connection) as context:
            answer = forget(email, client)
        shape = [re.sub(r"'[^']*'|\d+|0x\w+", "?", query["sql"]) for query in context.captured_queries]
        page = client.get(answer["Location"])
        found.append((answer.status_code, answer["Location"], seen(page), shape))
    assert found[0] == found[1]
    assert found[0][:2] == (302, "/konto/glomt/skickat/")


def test_the_mail_goes_to_the_address_one_logs_in_with_and_opens_the_door_once(cast: Cast) -> None:
    user = user_of(cast)
    assert cast.member.email != user.email
    elsewhere = Client()
    log_in(user.email, client=elsewhere)
    forget(user.email.upper())
    tasks.send_letters()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([user.email], "New password")
    lines = str(letter.body).strip().splitlines()
    assert lines[0] == f"Hello {cast.member.name},"
    assert lines[-2:] == ["Questions? Answer this mail, and the coordinator gets it.", "BRÅ Granby"]
    (link,) = links()
    assert choose(link)["Location"] == "/konto/nytt/klart/"
    assert elsewhere.get("/granby/").status_code == 302
    assert log_in(user.email).status_code == 200
    assert log_in(user.email, NEW).status_code == 302
    assert "The link no longer works" in Client().get(link, follow=True).content.decode()
    (row,) = Letter.objects.all()
    assert (row.kind, row.recipient, row.state, row.about) == ("recovery", cast.member, "sent", user.pk)


def test_the_last_page_asks_nobody_to_log_in_who_is_logged_in(cast: Cast) -> None:
    def ways(client: Client) -> list[tuple[str, str]]:
        page = html.fromstring(client.get("/konto/nytt/klart/").content)
        return [(link.get("href", ""), "".join(link.itertext())) for link in page.findall(".//main//a")]

    assert ways(Client()) == [("/konto/logga-in/", "Log in")]
    inside = cast.browse(cast.member)
    assert ways(inside) == [("/", "Go to the first page")]
    assert f"In this browser you are logged in as {user_of(cast).email}." in seen(inside.get("/konto/nytt/klart/"))


def test_nobody_else_gets_a_mail_and_nothing_is_kept(cast: Cast) -> None:
    gone = make.make_member(cast.council, user=make.make_user(), mandate_to=make.TODAY - timedelta(days=1))
    shut = make.make_member(cast.council, user=make.make_user(is_active=False))
    homeless = make.make_user()
    assert gone.user is not None
    assert shut.user is not None
    for email in ("nobody@example.org", gone.user.email, shut.user.email, homeless.email):
        forget(email)
    assert RecoveryRequest.objects.count() == 4
    tasks.send_letters()
    assert (mail.outbox, Letter.objects.count(), RecoveryRequest.objects.count()) == ([], 0, 0)


def test_a_request_that_waited_too_long_is_forgotten(cast: Cast) -> None:
    now = timezone.now()
    recovery.ask(email=user_of(cast).email, at=now - recovery.LONGEST_WAIT)
    assert (recovery.answer(at=now), RecoveryRequest.objects.count()) == (0, 0)


def test_an_answer_that_runs_twice_posts_once(cast: Cast) -> None:
    now = timezone.now()
    recovery.ask(email=user_of(cast).email, at=now)
    assert [recovery.answer(at=now), recovery.answer(at=now)] == [1, 0]


@pytest.mark.parametrize("councils", [1, 2])
def test_a_council_reads_the_link_only_of_who_belongs_to_it_alone(cast: Cast, settings: Any, councils: int) -> None:
    settings.EMAIL_BACKEND = "bra.mail.LogBackend"
    if councils == 2:
        make.make_member(make.make_council(), user=user_of(cast))
    forget(user_of(cast).email)
    tasks.send_letters()
    (logged,) = LoggedMail.objects.all()
    assert logged.council == (cast.council if councils == 1 else None)


class Later(Tokens):
    """The tokens as they are judged after a while."""

    after = timedelta()

    def _now(self) -> datetime:
        return super()._now() + self.after


@pytest.mark.parametrize(
    ("hours", "known", "works"), [(1, True, True), (3, True, False), (3, False, True), (73, False, False)]
)
def test_a_link_works_for_two_hours_and_for_three_days_the_first_time(hours: int, known: bool, works: bool) -> None:
    user = make.make_user(last_login=timezone.now() if known else None)
    token, later = Tokens().make_token(user), Later()
    later.after = timedelta(hours=hours)
    assert later.check_token(user, token) is works


def test_a_link_dies_with_the_log_in_and_opens_nobody_elses(cast: Cast) -> None:
    user, other = make.make_user(), make.make_user()
    token = Tokens().make_token(user)
    assert (Tokens().check_token(user, token), Tokens().check_token(other, token)) == (True, False)
    user.is_active = False
    assert not Tokens().check_token(user, token)


def test_an_invitation_says_who_invited_to_which_council(cast: Cast) -> None:
    member = make.make_member(cast.council, name="Åke Ek", email="ake@example.org")
    cast.browse(cast.coordinator).post(f"/granby/ledamoter/{member.pk}/inloggning/", {"do": "give"})
    (link,) = links()
    page = Client().get(link, follow=True).content.decode()
    assert f"{cast.coordinator.label} has invited you to BRÅ Granby." in page
    assert "You log in with ake@example.org and the password you choose here." in page
    (letter,) = mail.outbox
    assert isinstance(letter, mail.EmailMultiAlternatives)
    html = str(letter.alternatives[0][0])
    assert (letter.body.splitlines()[0], "<h1>Hello Åke Ek,</h1>" in html) == ("Hello Åke Ek,", True)


def test_whoever_opens_a_used_link_is_shown_to_the_log_in_too(cast: Cast) -> None:
    used = password_link(user_of(cast))
    choose(used, "granens gröna barr")
    page = Client().get(used, follow=True).content.decode()
    assert ("The link no longer works" in page, 'href="/konto/logga-in/">Log in</a>' in page) == (True, True)


def test_a_refused_password_says_why(cast: Cast) -> None:
    answer = choose(password_link(user_of(cast)), "kort")
    assert answer.status_code == 422
    assert "It must contain at least 12 characters." in answer.content.decode()


@pytest.mark.parametrize("administrator", [False, True])
def test_a_command_makes_a_user_and_prints_a_link(
    capsys: pytest.CaptureFixture[str], administrator: bool, settings: Any
) -> None:
    call_command("invite", "Drift@Example.org", *(["--administrator"] if administrator else []))
    link = capsys.readouterr().out.splitlines()[-1].removeprefix(settings.BASE_URL)
    assert choose(link).status_code == 302
    user = User.objects.get()
    assert (user.email, user.is_administrator) == ("drift@example.org", administrator)
    assert log_in("drift@example.org", NEW).status_code == 302


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("drift", "drift isn't an e-mail address."),
        ("shut@example.org", "The log-in of shut@example.org is closed. A coordinator opens it again."),
    ],
)
def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str], email: str, sentence: str) -> None:
    make.make_user(email="shut@example.org", is_active=False)
    with pytest.raises(SystemExit) as stop:
        call_command("invite", email)
    assert (stop.value.code, capsys.readouterr().err.strip()) == (2, sentence)
