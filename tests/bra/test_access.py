"""Log-ins and permissions in the audit log: of the user's councils, else of the installation; never an address."""

from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse

from bra import access, lifecycle
from bra.links import make_links
from bra.models import EntryKind, HistoryEntry, Member, Role, User
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db

Told = tuple[str, int | None, int | None, int | None]


def told() -> list[Told]:
    """What the log says of access: verb, council, actor, user."""
    entries = HistoryEntry.objects.filter(kind=EntryKind.ACCESS).order_by("pk")
    return list(entries.values_list("verb", "council", "actor", "user"))


def seat(user: User, **fields: object) -> Member:
    """A seat of the user on a council of its own."""
    return make.make_member(make.make_council(), user=user, **fields)


def test_a_log_in_is_told_in_each_council_where_the_user_is_a_member_today() -> None:
    user = make.make_user()
    one, other = seat(user), seat(user)
    seat(user, mandate_to=date(2017, 3, 14))
    client = Client()
    client.force_login(user)
    client.logout()
    assert told() == [
        (verb, member.council_id, member.pk, user.pk) for verb in ("login.in", "login.out") for member in (one, other)
    ]


def test_who_has_no_council_is_told_of_in_the_installation() -> None:
    user = make.make_user()
    Client().force_login(user)
    assert told() == [("login.in", None, None, user.pk)]


def test_an_administrator_is_told_of_in_both() -> None:
    user = make.make_user(is_administrator=True)
    member = seat(user)
    Client().force_login(user)
    assert told() == [("login.in", member.council_id, member.pk, user.pk), ("login.in", None, None, user.pk)]


def test_a_refused_log_in_is_told_of_whose_address_it_is() -> None:
    user = make.make_user()
    member = seat(user)
    assert authenticate(None, username=user.email.upper(), password="wrong") is None
    assert told() == [("login.failed", member.council_id, member.pk, user.pk)]


def test_an_unknown_address_is_not_written_down() -> None:
    assert authenticate(None, username="mitt-losenord", password="wrong") is None
    assert told() == [("login.failed", None, None, None)]
    (entry,) = HistoryEntry.objects.all()
    assert "mitt-losenord" not in str([getattr(entry, field.name) for field in entry._meta.fields])


def test_refusing_a_known_and_an_unknown_address_writes_as_much() -> None:
    user = make.make_user()
    seat(user)
    assert access.note(user, "login.failed", clock=NOW) == access.note(None, "login.failed", clock=NOW)


def test_what_decides_who_may_what_is_access(cast: Cast) -> None:
    organisation = cast.member.organisation
    by = {"by": cast.coordinator, "on": TODAY}
    member = lifecycle.seat_member(
        council=cast.council,
        organisation=organisation,
        name="Ny",
        title="rektor",
        email="ny@example.org",
        role=Role.MEMBER,
        cleared=False,
        mandate_from=TODAY,
        mandate_to=None,
        **by,
    )
    lifecycle.give_login(member=member, **by)
    lifecycle.edit_member(member=member, name="Nya", **by)
    lifecycle.edit_member(member=member, cleared=True, **by)
    lifecycle.edit_member(member=member, role=Role.SECRETARY, name="Nyare", **by)
    lifecycle.take_login(member=member, **by)
    lifecycle.end_mandate(member=member, last_day=TODAY, **by)
    entries = HistoryEntry.objects.filter(target_type="member", target_id=member.pk).order_by("pk")
    assert list(entries.values_list("verb", "kind")) == [
        ("member.seated", "access"),
        ("member.login_given", "access"),
        ("member.edited", "change"),
        ("member.edited", "access"),
        ("member.edited", "access"),
        ("member.login_taken", "access"),
        ("member.edited", "access"),
    ]


def test_a_link_in_a_mail_is_told_once_for_each_time_it_is_followed(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    make.make_action(agenda_item=item, owner=cast.owner)
    secret = make_links([(cast.owner, None)], "owner")[cast.owner.pk, None]
    browser = Client()
    for _time in range(2):
        browser.get(reverse("owner:enter", args=[secret]))
        browser.get(reverse("owner:page"))
        browser.get(reverse("owner:page"))
    assert [row for row in told() if row[0] == "link.opened"] == [
        ("link.opened", cast.council.pk, cast.owner.pk, None)
    ] * 2
