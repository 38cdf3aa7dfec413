"""The fixed cast: one council with everybody in it, and a stranger from the next council."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
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
        """A test client logged in as the member."""
        client = Client()
        assert member.user is not None
        client.force_login(member.user)
        return client


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
