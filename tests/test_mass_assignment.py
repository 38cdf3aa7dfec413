"""Fields that no form asks for are sent to every address: they change no rights, no owner and no other council."""

import random
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.forms import BaseModelForm
from django.test import Client
from django.urls import reverse

from bra.models import Council, Member, Organisation, User
from tests.cast import Cast
from tests.test_bad_input import _forms, field_names, visitor
from tests.test_doors import DOORS, Furnished, abroad, cast, home, report_file

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
__all__ = ["abroad", "cast", "home", "report_file"]  # the fixtures of the doors

# What decides who sees what. The register of members asks for a member's role and clearance, the rest for none.
RIGHTS = ("role", "cleared", "user", "mandate_from", "mandate_to")
OURS = {"bra", "meetings", "actions", "imports", "finding", "reports", "records"}
OUGHT_TO = {"members", "member_new", "member_edit", "member_end", "member_login"}


def _extra(cast: Cast, abroad: Furnished) -> dict[str, Any]:
    """What whoever knows the tables would add."""
    other = cast.stranger
    return {
        "council": other.council_id,
        "council_id": other.council_id,
        "meeting_id": abroad.objects["meeting"].pk,
        "item_id": abroad.objects["item"].pk,
        "agenda_item_id": abroad.objects["item"].pk,
        "author": other.pk,
        "by": other.pk,
        "actor": other.pk,
        "user": other.user_id,
        "owner_id": other.pk,
        "role": "coordinator",
        "cleared": "on",
        "is_superuser": "on",
        "is_staff": "on",
        "is_administrator": "on",
        "is_active": "on",
        "mandate_to": "2199-01-01",
        "id": abroad.objects["case"].pk,
        "pk": abroad.objects["case"].pk,
        "__class__": "x",
    }


def _rights() -> list[tuple[Any, ...]]:
    """Who is who, in all councils."""
    users = User.objects.order_by("pk").values_list("pk", "email", "password", "is_active", "is_administrator")
    return [*users, *Member.objects.order_by("pk").values_list("pk", "council", *RIGHTS)]


def _of_council(council: Council) -> dict[str, list[Any]]:
    """Every row that says that it is the council's."""
    found = {"Council": list(Council.objects.filter(pk=council.pk).values_list())}
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if "council" in names:
            found[model.__name__] = list(model._default_manager.filter(council=council).order_by("pk").values_list())
    return found


def _plausible(chance: random.Random, cast: Cast, home: Furnished) -> dict[str, Any]:
    """A form that some verb may well take."""
    keys = [str(one.pk) for one in home.objects.values()] + [str(cast.member.pk), str(cast.owner.pk)]
    values = [*keys, "1", "on", "2017-06-01", "13:00", "apply", "up", "start", "done", "open", "En mening.", "a@b.se"]
    return {name: chance.choice(values) for name in field_names()}


@pytest.mark.service
@pytest.mark.parametrize("name", sorted(DOORS))
def test_fields_that_nobody_asks_for_change_nothing(cast: Cast, home: Furnished, abroad: Furnished, name: str) -> None:
    door = DOORS[name]
    chance = random.Random(name)
    address = reverse(name, args=[cast.council.slug, *([home.objects[door.kind].pk] if door.kind else [])])
    rights, theirs = _rights(), _of_council(cast.stranger.council)
    for role in sorted(door.for_whom)[:2]:
        client: Client = visitor(getattr(cast, role))
        data = _plausible(chance, cast, home) | _extra(cast, abroad) | dict(door.sends)
        with transaction.atomic():
            b"".join(client.post(address, data))
            assert (name, _of_council(cast.stranger.council)) == (name, theirs)
            if name not in OUGHT_TO:
                assert (name, _rights()) == (name, rights)
            transaction.set_rollback(True)


@pytest.mark.parametrize("role", ["chair", "secretary", "member", "owner"])
def test_nobody_but_the_coordinator_changes_who_is_who(cast: Cast, abroad: Furnished, role: str) -> None:
    rights = _rights()
    client = visitor(getattr(cast, role))
    for name in sorted(OUGHT_TO):
        door = DOORS[name]
        arguments = [cast.council.slug, *([getattr(cast, role).pk] if door.kind else [])]
        data = {"first_name": "A", "last_name": "B", "organisation": "1"} | _extra(cast, abroad)
        assert client.post(reverse(name, args=arguments), data).status_code in (404, 405)
    assert _rights() == rights


def test_the_coordinator_takes_nobody_of_another_council_in(cast: Cast, abroad: Furnished) -> None:
    client = visitor(cast.coordinator)
    theirs = _of_council(cast.stranger.council)
    organisation = Organisation.objects.filter(council=cast.stranger.council).first()
    data = _extra(cast, abroad) | {"organisation": organisation.pk if organisation else "", "name": "Ny Ledamot"}
    client.post(reverse("member_edit", args=[cast.council.slug, cast.member.pk]), data)
    assert _of_council(cast.stranger.council) == theirs
    assert Member.objects.get(pk=cast.member.pk).council_id == cast.council.pk
    assert not User.objects.filter(is_administrator=True).exists()


def test_no_form_takes_a_column_that_decides_who_sees_what() -> None:
    decisive = {"council", "council_id", "actor", "author", "is_superuser", "is_staff", "is_administrator", "password"}
    ours = [form for form in set(_forms(BaseModelForm)) if form.__module__.split(".")[0] in OURS]
    found = {form.__name__: decisive & set(form.base_fields) for form in ours}
    assert {name: sorted(columns) for name, columns in found.items() if columns} == {}
