"""Log-in with the municipality's own identity provider: who is known is let in, nobody is made."""

import html
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from bra.environment import oidc_provider
from bra.models import User
from tests import make
from tests import oidc_provider as providers
from tests.cast import Cast
from tests.oidc_provider import CLIENT, SECRET, Provider

pytestmark = [pytest.mark.django_db, pytest.mark.service]
START = "/konto/kommunen/logga-in/kommun/"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """The provider, and a product that uses it."""
    with providers.running() as started:
        settings.SOCIALACCOUNT_PROVIDERS = oidc_provider(started.url, CLIENT, SECRET, "Granby kommun")
        yield started


def claims(email: str, subject: str = "subject-1", verified: Any = True) -> dict[str, Any]:
    """What the provider says of somebody."""
    return {"sub": subject, "email": email, "email_verified": verified, "name": "Someone Secret"}


class Stay(urllib.request.HTTPRedirectHandler):
    """Follow nothing."""

    def redirect_request(self, *_args: Any) -> None:
        """Stay."""


def come_back(client: Client, start: str = START) -> Any:
    """Go to the provider and back, as a browser does; return the product's answer."""
    there = client.get(start)["Location"]
    try:
        urllib.request.build_opener(Stay).open(there)
    except urllib.error.HTTPError as answer:
        with answer:
            back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def test_whoever_is_known_by_a_verified_address_is_let_in_and_then_by_the_subject(
    cast: Cast, provider: Provider
) -> None:
    user = cast.member.user
    assert user is not None
    password = user.password
    provider.claims = claims(user.email.upper())
    first = Client()
    assert come_back(first, f"{START}?next=/granby/arenden/")["Location"] == "/granby/arenden/"
    assert first.get("/granby/").status_code == 200
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.extra_data) == (user, "subject-1", {})
    user.refresh_from_db()
    assert user.password == password
    # The municipality gives the person another address: the subject stays.
    provider.claims = claims("another@example.org")
    second = Client()
    assert come_back(second).status_code == 302
    assert second.get("/granby/").status_code == 200
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.parametrize("verified", [False, None, "false", ""])
def test_an_address_that_is_not_verified_opens_nothing(cast: Cast, provider: Provider, verified: Any) -> None:
    assert cast.member.user is not None
    provider.claims = claims(cast.member.user.email, verified=verified)
    client = Client()
    answer = come_back(client)
    assert (answer.status_code, SocialAccount.objects.count()) == (403, 0)
    assert "the council does not know you by that address" in answer.content.decode()
    assert client.get("/granby/").status_code == 302


def test_an_address_of_the_municipalitys_own_domain_needs_no_word(
    cast: Cast, provider: Provider, settings: Any
) -> None:
    assert cast.member.user is not None
    settings.OIDC_DOMAINS = {"example.org"}
    provider.claims = claims(cast.member.user.email, verified=False)
    assert come_back(Client()).status_code == 302


def test_nobody_is_made_a_user(cast: Cast, provider: Provider) -> None:
    before = User.objects.count()
    provider.claims = claims("stranger@example.org")
    assert come_back(Client()).status_code == 403
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_whose_log_in_is_closed_is_not_let_in(cast: Cast, provider: Provider) -> None:
    user = make.make_user(is_active=False)
    provider.claims = claims(user.email)
    assert come_back(Client()).status_code == 403


def test_another_subject_with_the_same_address_is_somebody_else(cast: Cast, provider: Provider) -> None:
    assert cast.member.user is not None
    provider.claims = claims(cast.member.user.email)
    come_back(Client())
    provider.claims = claims(cast.member.user.email, "subject-2")
    assert come_back(Client()).status_code == 403


def test_whoever_is_logged_in_can_not_tie_a_stranger_to_themselves(cast: Cast, provider: Provider) -> None:
    provider.claims = claims("stranger@example.org")
    assert come_back(cast.browse(cast.member), f"{START}?process=connect").status_code == 403
    assert SocialAccount.objects.count() == 0


def test_a_provider_that_refuses_is_told_kindly(cast: Cast, provider: Provider) -> None:
    provider.broken = True
    answer = come_back(Client())
    assert (answer.status_code, "The log-in did not succeed" in answer.content.decode()) == (401, True)


def test_a_provider_that_is_away_is_told_kindly(settings: Any) -> None:
    with providers.running() as gone:
        settings.SOCIALACCOUNT_PROVIDERS = oidc_provider(gone.url, CLIENT, SECRET, "Granby kommun")
    answer = Client().get(START)
    assert (answer.status_code, "The log-in did not succeed" in answer.content.decode()) == (401, True)


def test_a_made_up_answer_is_refused(cast: Cast, provider: Provider) -> None:
    answer = Client().get("/konto/kommunen/svar/kommun/?code=made-up&state=made-up")
    assert answer.status_code == 401


def test_it_is_proof_only_when_the_provider_has_asked_them_and_nothing_typed_is_lost(
    cast: Cast, provider: Provider
) -> None:
    assert cast.coordinator.user is not None
    provider.claims = claims(cast.coordinator.user.email)
    client = Client()
    come_back(client)
    member = make.make_member(cast.council, email="ake@example.org")
    address = f"/granby/ledamoter/{member.pk}/inloggning/"
    # The provider let them in without asking: that may be anybody at an open screen.
    ask = client.post(address, {"do": "give"})["Location"]
    page = client.get(ask).content.decode()
    (link,) = re.findall(rf'href="({START}[^"]+)"', page)
    come_back(client, START)
    assert client.post(address, {"do": "give"})["Location"] == ask
    answer = come_back(client, html.unescape(link))
    assert (answer.context["action"], answer.context["fields"]) == (address, [("do", "give")])
    assert client.post(address, {"do": "give"})["Location"] == f"/granby/ledamoter/{member.pk}/"


def test_the_page_of_log_in_names_the_provider_only_where_there_is_one(provider: Provider, settings: Any) -> None:
    assert "Log in with Granby kommun" in Client().get("/konto/logga-in/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "/konto/kommunen/" not in Client().get("/konto/logga-in/").content.decode()
    assert Client().get(START).status_code == 404


def test_the_product_asks_with_pkce(provider: Provider) -> None:
    asked = urlsplit(Client().get(START)["Location"]).query
    assert "code_challenge_method=S256" in asked
    assert "client_secret" not in asked


def test_nobody_but_us_says_what_the_provider_is_asked(provider: Provider) -> None:
    for words in ("redirect_uri%3Dhttps%3A%2F%2Fevil.example", "max_age%3D0%26scope%3Dall"):
        assert Client().get(f"{START}?auth_params={words}").status_code == 404
    assert "max_age=0" in Client().get(f"{START}?auth_params=max_age%3D0")["Location"]
