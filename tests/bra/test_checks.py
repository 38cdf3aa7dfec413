"""`manage.py check` knows the rules of the house, and finds them broken."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from bra.urls import urlpatterns as ours


@csrf_exempt
def careless(request: HttpRequest) -> HttpResponse:
    """Take a form from anybody."""
    return HttpResponse()


urlpatterns = [path("slarvig/", careless, name="careless"), *ours]


def found(**options: Any) -> list[str]:
    return [message.id or "" for message in run_checks(tags=["house"], **options)]


def test_the_house_stands() -> None:
    assert found() == []


@pytest.mark.parametrize("policy", [["'self'", "'unsafe-inline'"], ["https:"], ["*"]])
def test_a_lax_policy_is_found(settings: Any, policy: list[str]) -> None:
    strict = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": strict | {"script-src": policy}}
    assert found() == ["bra.E002"]


def test_a_page_that_may_be_framed_is_found(settings: Any) -> None:
    strict = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": strict | {"frame-ancestors": ["https://example.org"]}}
    assert found() == ["bra.E002"]


@pytest.mark.parametrize("name", ["bra.headers.HeadersMiddleware", "bra.bounds.BoundsMiddleware"])
def test_a_middleware_in_the_wrong_place_is_found(settings: Any, name: str) -> None:
    settings.MIDDLEWARE = [*(one for one in settings.MIDDLEWARE if one != name), name]
    assert found() == ["bra.E001"]


def test_a_form_without_a_token_is_found(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    assert found() == ["bra.E003"]


def test_an_installation_on_this_machine_is_not_ready_for_others(settings: Any) -> None:
    settings.PRODUCTION, settings.LOCALE_PATHS = False, []
    assert found(include_deployment_checks=True) == ["bra.E004"]


def test_a_log_of_another_kind_is_found(settings: Any) -> None:
    settings.PRODUCTION, settings.LOCALE_PATHS = True, []
    settings.ADMINS = [("Karin", "karin@example.org")]
    assert found(include_deployment_checks=True) == ["bra.E005"]


def test_a_catalogue_that_was_not_read_in_is_found(settings: Any, tmp_path: Path) -> None:
    """Pages would be in English: Django says nothing when there is no catalogue."""
    settings.PRODUCTION, settings.LOCALE_PATHS = True, [tmp_path]
    words, read_in = (tmp_path / "sv" / "LC_MESSAGES" / f"django.{end}" for end in ("po", "mo"))
    words.parent.mkdir(parents=True)
    words.touch()
    assert found(include_deployment_checks=True) == ["bra.E006"]
    read_in.touch()
    os.utime(words, (1000, 1000))
    assert found(include_deployment_checks=True) == []
    os.utime(read_in, (999, 999))
    assert found(include_deployment_checks=True) == ["bra.E006"]
