"""What is taken from somebody is gone with the next request, in a browser that was open all the while."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from bra.models import Member, Role, User
from tests import make
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

Taking = Callable[[Member], object]
# What is taken, and how the page that was open just now is answered.
TAKEN: dict[str, tuple[Taking, str, int]] = {
    "role": (lambda who: Member.objects.filter(pk=who.pk).update(role=Role.MEMBER), "retention", 404),
    "seat": (lambda who: Member.objects.filter(pk=who.pk).update(role=Role.OWNER), "meetings:list", 404),
    "clearance": (lambda who: Member.objects.filter(pk=who.pk).update(cleared=False), "meetings:case_detail", 404),
    "mandate": (lambda who: Member.objects.filter(pk=who.pk).update(mandate_to=date(2017, 3, 14)), "home", 404),
    "log-in of the seat": (lambda who: Member.objects.filter(pk=who.pk).update(user=None), "home", 404),
    "log-in": (lambda who: User.objects.filter(pk=who.user_id).update(is_active=False), "home", 302),
}


def page(cast: Cast, name: str) -> str:
    """The address of a page; that of a restricted case where it is about one."""
    about = [make.make_case(cast.council, restricted=True).pk] if name == "meetings:case_detail" else []
    return reverse(name, args=[cast.council.slug, *about])


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_taken_is_gone_with_the_next_request(cast: Cast, what: str) -> None:
    take, name, status = TAKEN[what]
    browser, address = cast.browse(cast.coordinator), page(cast, name)
    assert browser.get(address).status_code == 200
    take(cast.coordinator)
    assert browser.get(address).status_code == status


def test_who_no_longer_administers_is_out_with_the_next_request(db: None) -> None:
    user = make.make_user(is_administrator=True)
    browser = Client()
    browser.force_login(user)
    address = reverse("administering:installation")
    assert browser.get(address).status_code == 200
    User.objects.filter(pk=user.pk).update(is_administrator=False)
    assert browser.get(address).status_code == 404


def test_the_log_is_for_the_auditor_and_for_a_coordinator_who_is_cleared(cast: Cast) -> None:
    """That something restricted was read, or purged, tells that it exists."""
    Member.objects.filter(pk=cast.coordinator.pk).update(cleared=False)
    for name in ("audit_log", "audit_csv", "audit_xlsx", "purge_log", "purge_log_csv"):
        address = reverse(name, args=[cast.council.slug])
        answers = {}
        for who in ("coordinator", "auditor"):
            answer = cast.browse(getattr(cast, who)).get(address)
            b"".join(answer)  # a file that is read to its end is closed
            answers[who] = answer.status_code
        assert answers == {"coordinator": 404, "auditor": 200}
