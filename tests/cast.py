"""The fixed cast: one council with everybody in it, and a stranger from the next council."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from bra.models import Council, Member, Role
from tests import make


@dataclass(frozen=True)
class Cast:
    """Who is who. All of them can log in, the outside owner too."""

    council: Council
    coordinator: Member
    chair: Member
    secretary: Member
    member: Member
    owner: Member
    auditor: Member
    stranger: Member

    def browse(self, member: Member) -> Client:
        """A test client logged in as the member, with a password given just now."""
        client = Client()
        assert member.user is not None
        client.force_login(member.user)
        confirm(client)
        return client


def confirm(client: Client) -> None:
    """Let the client's session remember that its user has just given the password; force_login doesn't."""
    session = client.session
    record = {"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = session[SESSION_KEY]
    session.save()


def seat_everybody(slug: str = "granby", next_slug: str = "frammande") -> Cast:
    """A council whose coordinator, chair and secretary are cleared for restricted items; the others aren't."""
    council = make.make_council(name="BRÅ Granby", slug=slug)
    other = make.make_council(name="BRÅ Främmande", slug=next_slug)

    def seat(council: Council, role: Role, name: str, cleared: bool = False) -> Member:
        return make.make_member(council, role, name=name, cleared=cleared, user=make.make_user())

    return Cast(
        council=council,
        coordinator=seat(council, Role.COORDINATOR, "Karin Koordinator", cleared=True),
        chair=seat(council, Role.CHAIR, "Olle Ordförande", cleared=True),
        secretary=seat(council, Role.SECRETARY, "Siv Sekreterare", cleared=True),
        member=seat(council, Role.MEMBER, "Lisa Ledamot"),
        owner=seat(council, Role.OWNER, "Ove Utförare"),
        auditor=seat(council, Role.AUDITOR, "Rut Revisor"),
        stranger=seat(other, Role.COORDINATOR, "Frida Främling", cleared=True),
    )


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, seated for one test."""
    return seat_everybody()


@pytest.fixture(scope="module")
def lasting(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the fixtures of a file write rows that all its tests find; what one test does is undone before the next."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
