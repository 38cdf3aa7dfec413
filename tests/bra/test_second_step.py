"""Codes that work once, secrets that aren't in the database, and what the user is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bra import post, second_step
from bra.errors import RuleBroken
from bra.models import Council, HistoryEntry, Letter, Member, Role, User
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.second_steps import code_of, log_in, make_app, make_codes, make_passkey, now

AT = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the secret of RFC 6238, appendix B


@pytest.fixture
def user(db: None) -> User:
    """Somebody who can log in."""
    return make.make_user()


@pytest.mark.parametrize(("second", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    at = datetime.fromtimestamp(second, tz=UTC)
    assert second_step.counter_of(SECRET, code, at) == second // 30
    assert second_step.counter_of(SECRET, f"{code[:3]} {code[3:]}", at) == second // 30


def test_an_app_may_be_one_period_out_and_no_more() -> None:
    taken = [later for later in range(-4, 5) if second_step.counter_of(SECRET, code_of(SECRET, AT, later=later), AT)]
    assert taken == [-1, 0, 1]
    assert second_step.counter_of("", code_of(SECRET, AT), AT) is None
    assert second_step.counter_of(SECRET, "åäö", AT) is None


def test_a_code_is_taken_once_and_none_of_an_earlier_period_after_it(user: User) -> None:
    secret = make_app(user)

    def takes(later: int) -> bool:
        return second_step.use_code(user=user, code=code_of(secret, AT, later=later), at=AT) is not None

    assert [takes(0), takes(0), takes(-1), takes(1), takes(1)] == [True, False, False, True, False]


def test_a_recovery_code_is_taken_once(user: User) -> None:
    make_app(user)
    codes = make_codes(user)

    def takes(code: str) -> bool:
        return second_step.use_code(user=user, code=code, at=AT) is not None

    assert len(set(codes)) == 10
    assert {len(code) for code in codes} == {10}
    assert [takes(codes[3]), takes(codes[3]), takes(f"{codes[4][:5]} {codes[4][5:]}")] == [True, False, True]
    assert takes(codes[5] + "1") is False


def test_another_users_code_opens_nothing(user: User) -> None:
    other = make.make_user()
    make_app(user)
    secret, codes = make_app(other), make_codes(other)
    assert second_step.use_code(user=user, code=code_of(secret, AT), at=AT) is None
    assert second_step.use_code(user=user, code=codes[0], at=AT) is None


def test_no_secret_stands_in_the_database(user: User) -> None:
    secret = make_app(user)
    make_codes(user)
    kept = [str(row.data) for row in Authenticator.objects.filter(user=user)]
    assert [secret in text for text in kept] == [False, False]
    seed = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES).data["seed"]
    assert second_step.decrypt(seed) != seed
    assert second_step.encrypt("a") != second_step.encrypt("a")


def test_a_replaced_secret_key_still_opens_what_it_closed(user: User, settings: Any) -> None:
    secret, old = make_app(user), settings.SECRET_KEY
    codes = make_codes(user)
    settings.SECRET_KEY = "another key, as long as it should be in production, and random"
    assert second_step.use_code(user=user, code=code_of(secret, AT), at=AT) is None
    assert second_step.use_code(user=user, code=codes[0], at=AT) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert second_step.use_code(user=user, code=code_of(secret, AT), at=AT) is not None
    assert second_step.use_code(user=user, code=codes[0], at=AT) is not None


# Set up and removed on the pages


def _set_up(client: Client, **extra: Any) -> tuple[str, Any]:
    """Set an app up on its page; return its secret and the answer."""
    page = client.get("/konto/tvasteg/app/")
    secret = page.context["form"].secret
    return secret, client.post("/konto/tvasteg/app/", {"code": code_of(secret, now())} | extra, follow=True)


def test_an_app_is_set_up_and_its_codes_are_shown_once(cast: Cast) -> None:
    client = cast.browse(cast.coordinator)
    page = client.get("/konto/tvasteg/app/").content.decode()
    secret = client.get("/konto/tvasteg/app/").context["form"].secret
    assert all(f"<code>{secret[start : start + 4]}</code>" in page for start in range(0, 32, 4))
    assert 'src="data:image/svg+xml;base64,' in page
    assert secret not in str(dict(client.session.items()))
    answer = client.post("/konto/tvasteg/app/", {"code": "12345"})
    assert (answer.status_code, "The code isn" in answer.content.decode()) == (422, True)

    _same, shown = _set_up(client)
    codes = shown.context["codes"]
    assert (shown.request["PATH_INFO"], len(codes)) == ("/konto/tvasteg/reservkoder/", 10)
    assert "no-store" in shown.headers["Cache-Control"]
    again = client.get("/konto/tvasteg/reservkoder/")
    assert again.context["codes"] == []
    assert [code for code in codes if code in again.content.decode()] == []
    overview = client.get("/konto/tvasteg/").content.decode()
    assert "10 codes are left" in overview


def test_the_code_that_set_the_app_up_does_not_log_in(cast: Cast) -> None:
    client, user = cast.browse(cast.coordinator), cast.coordinator.user
    assert user is not None
    page = client.get("/konto/tvasteg/app/")
    secret = page.context["form"].secret
    code = code_of(secret, now())
    assert client.post("/konto/tvasteg/app/", {"code": code}).status_code == 302
    assert log_in(user, code).get("/granby/").status_code == 302
    assert log_in(user, code_of(secret, now(), later=1)).get("/granby/").status_code == 200


def test_a_password_alone_is_only_half_way_in(cast: Cast) -> None:
    user = cast.coordinator.user
    assert user is not None
    secret = make_app(user)
    client = log_in(user)
    assert client.get("/granby/").headers["Location"] == "/konto/logga-in/?next=/granby/"
    page = client.get("/konto/tvasteg/logga-in/").content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    wrong = client.post("/konto/tvasteg/logga-in/", {"code": "000000"})
    assert (wrong.status_code, client.get("/granby/").status_code) == (422, 302)
    said = wrong.content.decode()
    assert ("<h2>The code isn&#x27;t right" in said, "Nothing is saved yet" in said) == (True, False)
    right = client.post("/konto/tvasteg/logga-in/", {"code": code_of(secret, now())})
    assert (right.status_code, client.get("/granby/").status_code) == (302, 200)


def test_a_recovery_code_logs_in_once_and_says_how_many_are_left(cast: Cast) -> None:
    user = cast.coordinator.user
    assert user is not None
    make_app(user)
    codes = make_codes(user)
    client = log_in(user, codes[0])
    assert "Codes left: 9." in client.get("/granby/").content.decode()
    assert log_in(user, codes[0]).get("/granby/").status_code == 302


def test_wrong_codes_are_counted(cast: Cast) -> None:
    user = cast.coordinator.user
    assert user is not None
    secret = make_app(user)
    client = log_in(user)
    for _try in range(5):
        client.post("/konto/tvasteg/logga-in/", {"code": "000000"})
    answer = client.post("/konto/tvasteg/logga-in/", {"code": code_of(secret, now())})
    assert (answer.status_code, "Too many wrong codes" in answer.content.decode()) == (422, True)
    # Another session of the same user doesn't start from nothing.
    assert log_in(user, code_of(secret, now())).get("/granby/").status_code == 302


def test_new_codes_end_the_old_ones(cast: Cast) -> None:
    client, user = cast.browse(cast.coordinator), cast.coordinator.user
    assert user is not None
    assert client.post("/konto/tvasteg/reservkoder/nya/").status_code == 422
    make_app(user)
    old = make_codes(user)
    shown = client.post("/konto/tvasteg/reservkoder/nya/", follow=True)
    assert len(shown.context["codes"]) == 10
    assert log_in(user, old[0]).get("/granby/").status_code == 302
    assert log_in(user, shown.context["codes"][0]).get("/granby/").status_code == 200


def test_removing_the_app_takes_the_codes_along(cast: Cast) -> None:
    client, user = cast.browse(cast.coordinator), cast.coordinator.user
    assert user is not None
    make_app(user)
    make_codes(user)
    assert client.get("/konto/tvasteg/app/ta-bort/").status_code == 200
    assert client.post("/konto/tvasteg/app/ta-bort/").status_code == 302
    assert Authenticator.objects.filter(user=user).count() == 0


def test_the_last_one_stays_while_it_is_demanded(cast: Cast, settings: Any) -> None:
    settings.BRA_MFA = "demanded"
    council = make.make_council(pinned_today=None)
    member = make.make_member(council, Role.MEMBER, user=make.make_user())
    client, user = cast.browse(member), member.user
    assert user is not None
    make_app(user)
    key = make_passkey(user)
    assert client.post(f"/konto/tvasteg/nycklar/{key.pk}/ta-bort/").status_code == 302
    refused = client.post("/konto/tvasteg/app/ta-bort/")
    assert (refused.status_code, "the only one" in refused.content.decode()) == (422, True)
    key = make_passkey(user)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    refused = client.post(f"/konto/tvasteg/nycklar/{key.pk}/ta-bort/")
    assert (refused.status_code, "the only one" in refused.content.decode()) == (422, True)
    assert second_step.factors_of(user).count() == 1


def test_a_passkey_is_renamed_by_its_owner_alone(cast: Cast) -> None:
    client = cast.browse(cast.coordinator)
    assert cast.coordinator.user is not None
    assert cast.member.user is not None
    own, other = make_passkey(cast.coordinator.user), make_passkey(cast.member.user)
    assert client.post(f"/konto/tvasteg/nycklar/{own.pk}/", {"name": "Telefonen"}).status_code == 302
    assert client.post(f"/konto/tvasteg/nycklar/{own.pk}/", {"name": "701063-2391"}).status_code == 422
    assert client.post(f"/konto/tvasteg/nycklar/{other.pk}/", {"name": "Telefonen"}).status_code == 404
    assert client.post(f"/konto/tvasteg/nycklar/{other.pk}/ta-bort/").status_code == 404
    assert [str(row) for row in Authenticator.objects.order_by("pk")] == ["Telefonen", "Jobbdatorn"]


def test_what_was_done_is_told_by_mail(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    client, user = cast.browse(cast.coordinator), cast.coordinator.user
    assert user is not None
    with django_capture_on_commit_callbacks(execute=True):
        _set_up(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/konto/tvasteg/reservkoder/nya/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/konto/tvasteg/app/ta-bort/")
    letters = Letter.objects.filter(kind="second_step").order_by("pk")
    assert [letter.cause.split()[0] for letter in letters] == ["added", "renewed", "removed"]
    assert {letter.recipient for letter in letters} == {cast.coordinator}


# Helping who has lost the telephone


def _sessions(user: User) -> int:
    return UserSession.objects.filter(user=user).count()


def test_the_coordinator_resets_the_second_step_of_a_member(cast: Cast) -> None:
    user = cast.member.user
    assert user is not None
    secret = make_app(user)
    make_codes(user)
    theirs = log_in(user, code_of(secret, now()))
    assert (theirs.get("/granby/").status_code, _sessions(user)) == (200, 1)
    coordinator = cast.browse(cast.coordinator)
    assert "Reset the second step" in coordinator.get(f"/granby/ledamoter/{cast.member.pk}/").content.decode()
    answer = coordinator.post(f"/granby/ledamoter/{cast.member.pk}/tvasteg/", follow=True)
    assert "is reset" in answer.content.decode()
    assert "The second step of the log-in was reset." in answer.content.decode()
    assert Authenticator.objects.filter(user=user).count() == 0
    assert (theirs.get("/granby/").status_code, _sessions(user)) == (302, 0)
    entry = HistoryEntry.objects.get(verb="member.second_step_reset")
    assert (entry.council, entry.actor, entry.kind, entry.target_id) == (
        cast.council,
        cast.coordinator,
        "access",
        cast.member.pk,
    )
    assert Letter.objects.get(kind="second_step").cause.split()[0] == "reset"
    assert log_in(user).get("/granby/").status_code == 200


def _refusal(user: User, by: Member | None = None, administrator: User | None = None) -> str:
    with pytest.raises(RuleBroken) as refused:
        second_step.reset_second_step(user=user, by=by, administrator=administrator, at=AT)
    return refused.value.sentence


def test_whose_log_in_opens_more_is_helped_by_the_administrator(cast: Cast) -> None:
    user, coordinator = cast.member.user, cast.coordinator.user
    assert user is not None
    assert coordinator is not None
    assert _refusal(user, cast.coordinator) == "No second step is set up, so there is nothing to reset."
    for one in (user, coordinator):
        make_app(one)
    elsewhere = "Only the one who looks after the installation can reset this log-in."
    assert _refusal(coordinator, cast.coordinator) == elsewhere
    assert _refusal(user, cast.stranger) == elsewhere
    User.objects.filter(pk=user.pk).update(is_administrator=True)
    assert _refusal(user, cast.coordinator) == elsewhere
    User.objects.filter(pk=user.pk).update(is_administrator=False)
    make.make_member(cast.stranger.council, user=user)
    assert _refusal(user, cast.coordinator) == elsewhere

    administrator = make.make_user(is_administrator=True)
    second_step.reset_second_step(user=user, administrator=administrator, at=AT)
    entry = HistoryEntry.objects.get(verb="member.second_step_reset")
    assert (entry.council, entry.actor, entry.user, entry.target_id) == (None, None, administrator, user.pk)
    assert Authenticator.objects.filter(user=user).count() == 0


def test_the_mail_goes_where_the_user_has_a_seat_today(db: None) -> None:
    user = make.make_user()
    assert second_step.tell(user=user, what=second_step.ADDED, at=AT) is False
    over = make.make_member(make.make_council(), user=user, mandate_to=TODAY - timedelta(days=1))
    seat = make.make_member(make.make_council(), user=user)
    assert over.pk < seat.pk
    assert second_step.tell(user=user, what=second_step.ADDED, at=AT) is True
    assert [letter.recipient for letter in Letter.objects.all()] == [seat]


def test_the_page_takes_no_more_queries_with_three_passkeys(cast: Cast, django_assert_num_queries: Any) -> None:
    client, user = cast.browse(cast.member), cast.member.user
    assert user is not None
    make_passkey(user)
    client.get("/konto/tvasteg/")
    with CaptureQueriesContext(connection) as one:
        client.get("/konto/tvasteg/")
    make_passkey(user)
    make_passkey(user)
    with django_assert_num_queries(len(one)):
        client.get("/konto/tvasteg/")


def test_a_council_is_named_that_demands_it(cast: Cast, settings: Any) -> None:
    settings.BRA_MFA = "demanded"
    council = Council.objects.create(name="BRÅ Skarpt", slug="skarpt")
    member = make.make_member(council, Role.SECRETARY, user=make.make_user())
    page = cast.browse(member).get("/konto/tvasteg/").content.decode()
    assert "What you may change in BRÅ Skarpt concerns many" in page


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("added", "A second step was added to the log-in"),
        ("removed", "A second step was removed from the log-in"),
        ("renewed", "New recovery codes were made for the log-in"),
        ("reset", "was reset, and it was logged out everywhere"),
    ],
)
def test_the_mail_goes_to_the_log_in_and_carries_no_link(cast: Cast, mailoutbox: Any, what: str, words: str) -> None:
    user = cast.member.user
    assert user is not None
    assert second_step.tell(user=user, what=what, at=AT)
    post.deliver(cast.council, today=TODAY, clock=lambda: AT)
    [sent] = mailoutbox
    assert (sent.to, sent.subject) == ([user.email], "Your log-in in two steps was changed")
    assert user.email != cast.member.email
    assert words in sent.body
    assert "http" not in sent.body
