"""The page that tells what is kept about those who use the product: open to all, and led to from every page."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def read(client: Client) -> str:
    """What the page says."""
    answer = client.get("/integritet/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_reads_it_and_it_names_nobody(cast: Cast) -> None:
    page = read(Client())
    for said in ("How personal data is used", "Article 6.1 e", "Integritetsskyddsmyndigheten", "session"):
        assert said in page
    assert "Granby" not in page
    assert cast.coordinator.name not in page


def test_who_is_logged_in_is_told_whom_to_ask_in_each_own_council(cast: Cast) -> None:
    page = read(cast.browse(cast.owner))
    assert "BRÅ Granby" in page
    assert cast.coordinator.name in page
    assert reverse("own_data", args=[cast.council.slug]) in page
    assert cast.stranger.council.name not in page


@override_settings(PRIVACY_CONTACT="mailto:dataskydd@example.org")
def test_the_data_protection_officer_is_named_where_the_operator_has_said_who_it_is() -> None:
    assert "mailto:dataskydd@example.org" in read(Client())


def test_it_is_led_to_from_the_log_in_and_from_every_page(cast: Cast) -> None:
    pages = [Client().get("/konto/logga-in/"), cast.browse(cast.owner).get("/granby/atgarder/mina/")]
    assert [b'href="/integritet/"' in page.content for page in pages] == [True, True]
