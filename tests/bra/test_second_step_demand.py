"""Of whom a second step is demanded, and what is open until there is one."""

from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse

from bra import second_step
from bra.models import Council, Member, Role, User
from bra.second_step_middleware import _PAGES, NEXT
from tests import make
from tests.cast import Cast, confirm
from tests.second_steps import code_of, log_in, make_app, make_codes, make_passkey, now

OVERVIEW = "/konto/tvasteg/"


@pytest.fixture(autouse=True)
def demanded(settings: Any) -> None:
    """As in production."""
    settings.BRA_MFA = "demanded"


@pytest.fixture
def council(db: None) -> Council:
    """A council that is no demonstration."""
    return make.make_council(slug="skarpt", pinned_today=None)


def seated(council: Council, role: Role = Role.MEMBER, **overrides: Any) -> tuple[Member, User]:
    """A member who can log in, and their user."""
    user = make.make_user()
    return make.make_member(council, role, user=user, **overrides), user


def browse(user: User) -> Client:
    """A client logged in as the user, with a password."""
    client = Client()
    client.force_login(user)
    confirm(client)
    return client


def is_led_away(client: Client, address: str = "/") -> bool:
    """Whether the address leads to where a second step is set up."""
    return client.get(address).headers.get("Location") == OVERVIEW


@pytest.mark.parametrize("role", Role)
def test_whoever_writes_must_have_one(council: Council, role: Role) -> None:
    _member, user = seated(council, role)
    writes = role != Role.AUDITOR
    assert is_led_away(browse(user)) == writes
    assert second_step.is_demanded_of(user, date(2026, 11, 23)) == writes
    make_app(user)
    assert not is_led_away(browse(user))


def test_a_passkey_will_do_and_recovery_codes_alone_will_not(council: Council) -> None:
    _member, user = seated(council)
    make_codes(user)
    assert is_led_away(browse(user))
    make_passkey(user)
    assert not is_led_away(browse(user))


def test_a_demonstration_is_tried_without(cast: Cast) -> None:
    assert cast.browse(cast.coordinator).get("/granby/").status_code == 200


def test_one_real_council_among_demonstrations_is_enough(cast: Cast, council: Council) -> None:
    make.make_member(council, user=cast.coordinator.user)
    assert is_led_away(cast.browse(cast.coordinator), "/granby/")


def test_a_mandate_that_has_ended_or_not_begun_demands_nothing(council: Council) -> None:
    today = now().date()
    for days in ({"mandate_to": today - timedelta(days=2)}, {"mandate_from": today + timedelta(days=2)}):
        _member, user = seated(council, **days)
        assert not is_led_away(browse(user))


def test_who_administers_must_have_one_without_a_seat(db: None) -> None:
    user = make.make_user(is_administrator=True)
    assert is_led_away(browse(user))
    assert "You look after the installation" in browse(user).get(OVERVIEW).content.decode()
    make_app(user)
    assert not is_led_away(browse(user))


def test_where_it_is_offered_nobody_must(council: Council, settings: Any) -> None:
    settings.BRA_MFA = "offered"
    _member, user = seated(council, Role.COORDINATOR)
    assert browse(user).get("/skarpt/").status_code == 200
    assert second_step.is_demanded_of(user, date(2026, 11, 23)) is False


def test_who_came_through_the_municipality_is_let_in(council: Council) -> None:
    _member, user = seated(council, Role.COORDINATOR)
    client = browse(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "socialaccount", "at": 1, "provider": "kommunen"}]
    session.save()
    assert client.get("/skarpt/").status_code == 200
    # The other session of the same user, with a password, isn't.
    assert is_led_away(browse(user), "/skarpt/")


def test_a_new_role_and_a_lost_step_count_at_the_next_request(council: Council) -> None:
    member, user = seated(council, Role.AUDITOR)
    client = browse(user)
    assert not is_led_away(client)
    Member.objects.filter(pk=member.pk).update(role=Role.SECRETARY)
    assert is_led_away(client)
    make_app(user)
    assert not is_led_away(client)
    Authenticator.objects.filter(user=user).delete()
    assert is_led_away(client)
    Member.objects.filter(pk=member.pk).update(role=Role.AUDITOR)
    assert not is_led_away(client)


def test_it_leads_back_to_where_one_was_going(council: Council) -> None:
    _member, user = seated(council)
    client = browse(user)
    assert is_led_away(client, "/skarpt/atgarder/?status=open")
    page = client.get(OVERVIEW).content.decode()
    assert "One thing before you go on" in page
    secret = client.get(f"{OVERVIEW}app/").context["form"].secret
    codes = client.post(f"{OVERVIEW}app/", {"code": code_of(secret, now())}, follow=True)
    assert 'href="/skarpt/atgarder/?status=open"' in codes.content.decode()
    assert "Go on to where you were going" in client.get(OVERVIEW).content.decode()
    assert client.get("/skarpt/atgarder/?status=open").status_code == 200
    assert "Go on to where you were going" not in client.get(OVERVIEW).content.decode()


def test_a_form_that_was_sent_changes_nothing_and_htmx_leaves_the_page(council: Council) -> None:
    member, user = seated(council, Role.COORDINATOR)
    client = browse(user)
    answer = client.post(f"/skarpt/ledamoter/{member.pk}/", {"name": "Annan"})
    assert answer.headers["Location"] == OVERVIEW
    assert NEXT not in client.session
    answer = client.get("/skarpt/atgarder/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, OVERVIEW)
    member.refresh_from_db()
    assert member.name != "Annan"


def test_only_the_own_log_in_is_open_half_way(council: Council) -> None:
    """Each address that needs no object: who owes a step is led away from all but those that the log-in needs."""
    _member, user = seated(council, Role.COORDINATOR)
    client = browse(user)
    client.raise_request_exception = False
    led: set[str] = set()
    opened: set[str] = set()
    for name in [name for name in get_resolver().reverse_dict if isinstance(name, str)]:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        if not name.startswith("account_logout"):
            (led if is_led_away(client, address) else opened).add(name)
    assert {name for name in opened if not name.startswith(_PAGES)} == {"healthz", "set_language"}
    assert "start" in led
    assert is_led_away(client, "/skarpt/")
    # A council that isn't there tells no more than one that is.
    assert is_led_away(client, "/finns-inte/")


def test_the_usual_page_costs_no_query_more(council: Council, settings: Any, django_assert_num_queries: Any) -> None:
    _member, user = seated(council, Role.COORDINATOR)
    make_app(user)
    client = browse(user)
    client.get("/skarpt/atgarder/")
    settings.BRA_MFA = "offered"
    with CaptureQueriesContext(connection) as offered:
        assert client.get("/skarpt/atgarder/").status_code == 200
    settings.BRA_MFA = "demanded"
    with django_assert_num_queries(len(offered)):
        assert client.get("/skarpt/atgarder/").status_code == 200


def test_a_log_in_with_both_steps_goes_all_the_way(council: Council) -> None:
    _member, user = seated(council)
    assert is_led_away(log_in(user), "/skarpt/atgarder/")
    secret = make_app(user)
    assert log_in(user).get("/skarpt/atgarder/").headers["Location"].startswith("/konto/logga-in/")
    assert log_in(user, code_of(secret, now())).get("/skarpt/atgarder/").status_code == 200
