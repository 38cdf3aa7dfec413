"""What every answer carries, whoever made it."""

import re
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "web",
}
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
}


def policy(answer: Any) -> dict[str, str]:
    """The directives of an answer's Content-Security-Policy."""
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def broken(_request: Any) -> Any:
    raise RuntimeError


def answers(cast: Cast) -> dict[str, Any]:
    """An answer of each kind there is."""
    client = cast.browse(cast.coordinator)
    client.raise_request_exception = False
    slug = cast.council.slug
    meeting = make.make_meeting(cast.council)
    asked = {
        "page": client.get(reverse("home", args=[slug])),
        "log-in": Client().get(reverse("account_login")),
        "redirect": Client().get(reverse("home", args=[slug])),
        "not found": client.get("/finns/inte/"),
        "not yours": client.get("/frammande/"),
        "wrong host": client.get("/", headers={"host": "evil.example"}),
        "wrong method": client.get(reverse("meetings:take_up", args=[slug, make.make_item(meeting).pk])),
        "without a token": Client(enforce_csrf_checks=True).post(reverse("account_login")),
        "too long": client.get("/" + "a" * 9000),
        "file": client.get(reverse("meetings:paper_pdf", args=[slug, meeting.pk])),
        "feed": client.get("/kalender/finns-inte.ics"),
        "health": client.get("/healthz"),
        "link that has ended": Client().get("/ansvarig/borta/"),
    }
    with override_settings(ROOT_URLCONF="tests.bra.broken_urls"):
        asked["fault"] = client.get("/brister/")
    return asked


def test_every_kind_of_answer_has_its_headers(cast: Cast) -> None:
    found = answers(cast)
    assert {
        kind: {name: answer.headers.get(name) for name in EVERYWHERE} for kind, answer in found.items()
    } == dict.fromkeys(found, EVERYWHERE)
    assert [kind for kind, answer in found.items() if "camera=()" not in answer.headers["Permissions-Policy"]] == []
    referrers = {answer.headers["Referrer-Policy"] for answer in found.values()}
    assert referrers <= {"same-origin", "strict-origin", "no-referrer"}
    assert found["fault"].status_code == 500


def test_every_kind_of_answer_has_the_same_strict_policy(cast: Cast) -> None:
    for kind, answer in answers(cast).items():
        directives = policy(answer)
        script = directives.pop("script-src")
        assert (kind, directives) == (kind, POLICY)
        assert re.fullmatch(r"('nonce-[\w+/]{22}==')?", script) is not None


def test_nothing_that_a_view_answers_may_be_kept(cast: Cast) -> None:
    kept = {kind for kind, answer in answers(cast).items() if "no-store" not in answer.headers["Cache-Control"]}
    assert kept == set()


def test_an_address_that_only_takes_forms_answers_with_a_page(cast: Cast) -> None:
    client = cast.browse(cast.coordinator)
    for path in ("/granby/logg/kontrollera/", "/konto/nytt/klart/x/"):
        answer = client.get(path)
        assert "There is no such page" in answer.content.decode(), path
        assert "no-store" in answer.headers["Cache-Control"], path
    refused = client.get("/granby/logg/kontrollera/")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")


def test_each_page_has_a_nonce_of_its_own_and_each_of_its_scripts_has_it(cast: Cast) -> None:
    client = cast.browse(cast.secretary)
    meeting = make.make_meeting(cast.council, "in_session")
    nonces = []
    for address in (reverse("meetings:live", args=[cast.council.slug, meeting.pk]), reverse("start"), "/finns/inte/"):
        answer = client.get(address, follow=True)
        nonce = policy(answer)["script-src"].removeprefix("'nonce-").removesuffix("'")
        scripts = re.findall(r"<script[^>]*>", answer.content.decode())
        assert scripts != []
        assert [script for script in scripts if f'nonce="{nonce}"' not in script] == []
        nonces.append(nonce)
    assert len(set(nonces)) == 3


def test_a_partial_holds_no_script(cast: Cast) -> None:
    client = cast.browse(cast.secretary)
    meeting = make.make_meeting(cast.council, "in_session")
    answer = client.get(reverse("meetings:now", args=[cast.council.slug, meeting.pk]), headers={"hx-request": "true"})
    assert "<script" not in answer.content.decode()


def test_logging_out_empties_the_browsers_cache(cast: Cast) -> None:
    client = cast.browse(cast.member)
    assert "Clear-Site-Data" not in client.get(reverse("home", args=[cast.council.slug])).headers
    assert client.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"cache"'


@override_settings(
    SECURE_SSL_REDIRECT=True,
    SECURE_HSTS_SECONDS=31_536_000,
    SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
    CSRF_COOKIE_SECURE=True,
    CSRF_COOKIE_NAME="__Host-csrftoken",
)
def test_over_https_cookies_stay_on_the_host_and_the_browser_stays_on_https() -> None:
    client = Client()
    assert client.get(reverse("account_login")).headers["Location"] == f"https://testserver{reverse('account_login')}"
    answer = client.get(reverse("account_login"), secure=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookies: SimpleCookie = client.cookies
    told = {name: (one["secure"], one["samesite"], one["path"], one["domain"]) for name, one in cookies.items()}
    assert told == {"__Host-csrftoken": (True, "Lax", "/", "")}
