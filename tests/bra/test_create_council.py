"""`manage.py create_council`, where a real installation begins."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from bra.administering_forms import TAKEN_SLUGS
from bra.history import entries_of
from bra.models import Council, Member, Role, User
from bra.urls import urlpatterns
from tests import make

GIVEN = {
    "name": "BRÅ Nyby",
    "slug": "nyby",
    "organisation": "Kommunledningskontoret",
    "coordinator_name": "Karin Koordinator",
    "coordinator_title": "säkerhetssamordnare",
    "coordinator_email": "Karin@example.org",
}
pytestmark = pytest.mark.django_db


def run(**overrides: Any) -> tuple[int, str, str]:
    """Run the command; return exit status, output and error output."""
    out, err = StringIO(), StringIO()
    try:
        call_command("create_council", **GIVEN | overrides, stdout=out, stderr=err, no_color=True)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_coordinator_comes_in_by_the_printed_link(settings: Any) -> None:
    status, out, err = run()
    assert (status, err) == (0, "")
    first, _words, link = out.splitlines()
    assert first == "BRÅ Nyby is made. The coordinator logs in as karin@example.org."
    member = Member.objects.get()
    assert (member.role, member.cleared, member.organisation.name) == (Role.COORDINATOR, True, GIVEN["organisation"])
    assert [entry.verb for entry in entries_of(member.council)] == ["council.created"]
    visitor = Client()
    form = visitor.get(link.removeprefix(settings.BASE_URL), follow=True)
    visitor.post(form.redirect_chain[-1][0], {"password1": "granens gröna barr", "password2": "granens gröna barr"})
    assert visitor.login(email="karin@example.org", password="granens gröna barr")
    assert visitor.get("/nyby/ledamoter/ny/").status_code == 200


def test_a_coordinator_who_logs_in_already_gets_no_link() -> None:
    user = make.make_user(email="karin@example.org")
    Client().force_login(user)
    status, out, _err = run()
    assert (status, out) == (0, "BRÅ Nyby is made. The coordinator logs in as karin@example.org.\n")


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"slug": "taken"}, "There is already a council with the address taken."),
        ({"slug": "ny by"}, "The address may hold letters a-z, digits and hyphens only."),
        ({"slug": "Nyby"}, "The address may hold letters a-z, digits and hyphens only."),
        ({"slug": "konto"}, "The address konto is taken by the product itself. Choose another."),
        ({"coordinator_email": "karin"}, "karin isn't an e-mail address."),
        ({"coordinator_title": " "}, "--coordinator-title is empty."),
        ({"name": "B" * 121}, "--name is longer than 120 characters."),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_2(overrides: dict[str, str], sentence: str) -> None:
    make.make_council(slug="taken")
    assert run(**overrides) == (2, "", f"{sentence}\n")
    assert (Council.objects.count(), User.objects.count()) == (1, 0)


def test_no_councils_address_hides_an_address_of_the_product() -> None:
    first_parts = {str(pattern.pattern).split("/")[0] for pattern in urlpatterns}
    assert {part for part in first_parts if part and "<" not in part and "." not in part} - TAKEN_SLUGS == set()
