"""The settings: what docs/running.md promises, and values that can't be used."""

import runpy
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from ops.environment import ROOT

VARIABLES = [
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "BRA_BASE_URL",
    "BRA_MAIL_FROM",
    "ALLOWED_HOSTS",
    "DEBUG",
    "BRA_PROXIES",
    "BRA_OIDC_URL",
    "BRA_OIDC_CLIENT_ID",
    "BRA_OIDC_SECRET",
    "BRA_OIDC_NAME",
    "BRA_OIDC_DOMAINS",
]


@pytest.fixture(autouse=True)
def own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BRA_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def read() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "bra" / "settings.py"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://user:hemligt@host/name"),
        ("DATABASE_URL", "postgres://user:hemligt@host:port/name"),
        ("REDIS_URL", "nonsense"),
        ("EMAIL_URL", "host:25"),
        ("EMAIL_URL", "imap://user:hemligt@host"),
        ("BRA_BASE_URL", "bra.example.org"),
        ("BRA_BASE_URL", "https://bra.example.org/sub"),
        ("BRA_BASE_URL", "https://bra.example.org:99999"),
        ("BRA_MAIL_FROM", "BRÅ"),
        ("BRA_DATA", "/dev/null/data"),
    ],
)
def test_a_value_that_cannot_be_used_stops_the_start_by_its_name_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as stopped:
        read()
    said = str(stopped.value)
    assert (said.split()[0], "hemligt" in said) == (name, False)


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://user:p%40ss@mail.example.org", 25, False, False),
        ("smtp+tls://user:p%40ss@mail.example.org", 587, True, False),
        ("smtp+ssl://user:p%40ss@mail.example.org:4650", 4650, False, True),
    ],
)
def test_mail_servers_are_given_by_one_address(
    monkeypatch: pytest.MonkeyPatch, url: str, port: int, tls: bool, ssl: bool
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    found = read()
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert [found[f"EMAIL_{name}"] for name in names] == ["mail.example.org", port, "user", "p@ss", tls, ssl]


def test_a_variable_that_is_empty_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def facts() -> list[Any]:
        found = read()
        names = (
            "DATABASES",
            "ALLOWED_HOSTS",
            "EMAIL_BACKEND",
            "DEFAULT_FROM_EMAIL",
            "CELERY_BROKER_URL",
            "BASE_URL",
            "DEBUG",
        )
        return [found[name] for name in names]

    without = facts()
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    assert facts() == without


def test_the_key_is_made_once_for_this_user_only(own_data: Path) -> None:
    first, second = read()["SECRET_KEY"], read()["SECRET_KEY"]
    assert (first == second, len(first) > 50) == (True, True)
    assert stat.S_IMODE((own_data / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(own_data.stat().st_mode) == 0o700
    assert [path.name for path in own_data.iterdir()] == ["secret-key"]


OIDC = {"BRA_OIDC_URL": "https://login.example.org", "BRA_OIDC_CLIENT_ID": "bra", "BRA_OIDC_SECRET": "hemligt"}


def test_the_municipalitys_own_provider_is_given_by_three_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read()["SOCIALACCOUNT_PROVIDERS"] == {}
    for name, value in (OIDC | {"BRA_OIDC_NAME": "Granby kommun", "BRA_OIDC_DOMAINS": "Granby.se, "}).items():
        monkeypatch.setenv(name, value)
    found = read()
    (app,) = found["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    assert (app["name"], app["client_id"], app["secret"]) == ("Granby kommun", "bra", "hemligt")
    assert app["settings"] == {"server_url": "https://login.example.org", "oauth_pkce_enabled": True}
    assert found["OIDC_DOMAINS"] == {"granby.se"}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BRA_OIDC_URL", "http://login.example.org", "BRA_OIDC_URL must begin with https://."),
        ("BRA_OIDC_SECRET", "", "BRA_OIDC_URL needs BRA_OIDC_CLIENT_ID and BRA_OIDC_SECRET."),
        ("BRA_OIDC_CLIENT_ID", "", "BRA_OIDC_URL needs BRA_OIDC_CLIENT_ID and BRA_OIDC_SECRET."),
        ("BRA_PROXIES", "ett", "BRA_PROXIES must be the number of proxies in front of the product, 0 without one."),
        ("BRA_PROXIES", "-1", "BRA_PROXIES must be the number of proxies in front of the product, 0 without one."),
    ],
)
def test_a_log_in_that_cannot_work_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    for variable, given in (OIDC | {name: value}).items():
        monkeypatch.setenv(variable, given)
    with pytest.raises(ImproperlyConfigured) as stopped:
        read()
    assert str(stopped.value) == sentence
