"""A real installation starts only when everything is said; a start on this machine needs nothing."""

import runpy
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from bra import production
from ops.environment import ROOT

KEY = secrets.token_hex(16) + "ABCDEFGHIJKLMNOPQRSTUVWX-0123456789"
SAID = {
    "BRA_BASE_URL": "https://bra.kommunen.se",
    "SECRET_KEY": KEY,
    "DATABASE_URL": "postgres://bra:ordet@db.kommunen.se/bra",
    "EMAIL_URL": "smtp+tls://bra:ordet@mail.kommunen.se",
    "BRA_PROXIES": "1",
}
OTHERS = ("SECRET_KEY_FALLBACKS", "ALLOWED_HOSTS", "DEBUG", "BRA_HSTS", "BRA_SECURITY_CONTACT", "BRA_PRIVACY_CONTACT")


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BRA_DATA", str(tmp_path))
    for name in OTHERS:
        monkeypatch.delenv(name, raising=False)
    for name, value in SAID.items():
        monkeypatch.setenv(name, value)


def read() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "bra" / "settings.py"))


def refusals() -> list[str]:
    """What stops the start: the first word of each sentence."""
    with pytest.raises(ImproperlyConfigured) as stopped:
        read()
    assert "ordet" not in str(stopped.value)
    assert KEY not in str(stopped.value)
    return [line.split()[0] for line in str(stopped.value).splitlines()]


def test_a_start_with_everything_said_is_strict() -> None:
    found = read()
    assert [
        found[name]
        for name in (
            "PRODUCTION",
            "ALLOWED_HOSTS",
            "SESSION_COOKIE_NAME",
            "SESSION_COOKIE_SECURE",
            "CSRF_COOKIE_NAME",
            "LANGUAGE_COOKIE_NAME",
            "SECURE_SSL_REDIRECT",
            "SECURE_HSTS_SECONDS",
            "SECURE_HSTS_INCLUDE_SUBDOMAINS",
            "SECURE_HSTS_PRELOAD",
            "ADMINS",
        )
        if name in found
    ] == [
        True,
        ["bra.kommunen.se"],
        "__Host-sessionid",
        True,
        "__Host-csrftoken",
        "__Host-language",
        True,
        31_536_000,
        True,
        False,
    ]
    assert not (found["DATA_DIR"] / "secret-key").exists()


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"SECRET_KEY": ""}, ["SECRET_KEY"]),
        ({"SECRET_KEY": KEY[:49]}, ["SECRET_KEY"]),
        ({"SECRET_KEY": "ab" * 40}, ["SECRET_KEY"]),
        ({"SECRET_KEY": f"django-insecure-{KEY}"}, ["SECRET_KEY"]),
        ({"SECRET_KEY": f"{KEY}-changeme"}, ["SECRET_KEY"]),
        ({"SECRET_KEY_FALLBACKS": "kort"}, ["SECRET_KEY_FALLBACKS"]),
        ({"SECRET_KEY_FALLBACKS": KEY}, ["SECRET_KEY_FALLBACKS"]),
        ({"DATABASE_URL": ""}, ["DATABASE_URL"]),
        ({"EMAIL_URL": ""}, ["EMAIL_URL"]),
        ({"BRA_PROXIES": ""}, ["BRA_PROXIES"]),
        ({"DEBUG": "true"}, ["DEBUG"]),
        ({"ALLOWED_HOSTS": "*"}, ["ALLOWED_HOSTS"]),
        ({"ALLOWED_HOSTS": ".kommunen.se"}, ["ALLOWED_HOSTS"]),
        ({"BRA_BASE_URL": "http://bra.kommunen.se"}, ["BRA_BASE_URL"]),
        ({"BRA_BASE_URL": "http://192.0.2.7:8000"}, ["BRA_BASE_URL"]),
        ({"SECRET_KEY": "", "EMAIL_URL": "", "DATABASE_URL": ""}, ["SECRET_KEY", "DATABASE_URL", "EMAIL_URL"]),
        ({"BRA_HSTS": "always"}, ["BRA_HSTS"]),
        ({"BRA_SECURITY_CONTACT": "ring Karin"}, ["BRA_SECURITY_CONTACT"]),
        ({"BRA_PRIVACY_CONTACT": "ring Karin"}, ["BRA_PRIVACY_CONTACT"]),
    ],
)
def test_what_is_left_unsaid_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: list[str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert refusals() == named


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_a_start_on_this_machine_needs_nothing(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name in SAID:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BRA_BASE_URL", url)
    found = read()
    assert (found["PRODUCTION"], found["SESSION_COOKIE_NAME"], found["SESSION_COOKIE_SECURE"]) == (
        False,
        "sessionid",
        False,
    )


def test_a_key_is_changed_without_logging_anybody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = secrets.token_hex(20) + "ZYXWVUTSRQPONMLKJIHGFEDCBA_9876543210"
    monkeypatch.setenv("SECRET_KEY", newer)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f" {KEY} ,")
    found = read()
    assert (found["SECRET_KEY"], found["SECRET_KEY_FALLBACKS"]) == (newer, [KEY])


@pytest.mark.parametrize(
    ("choice", "told"), [("host", (False, False)), ("subdomains", (True, False)), ("preload", (True, True))]
)
def test_the_operator_says_how_far_https_binds(
    monkeypatch: pytest.MonkeyPatch, choice: str, told: tuple[bool, bool]
) -> None:
    monkeypatch.setenv("BRA_HSTS", choice)
    found = read()
    assert (found["SECURE_HSTS_INCLUDE_SUBDOMAINS"], found["SECURE_HSTS_PRELOAD"]) == told


def test_no_key_of_ours_is_good_enough() -> None:
    """What stands in the documents and the tests is refused, should somebody copy it."""
    texts = [path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]]
    words = [word.strip("`'\",.()") for text in texts for word in text.split()]
    good = [word for word in words if not set("/[(") & set(word) and production.weakness(word) == ""]
    assert good == []
    assert production.is_production(urlsplit("https://localhost"))
