"""Whoever must log in with two steps and has set up none is led to where it is done, before anything else."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from bra.models import User
from bra.second_step import DEMANDED, real_day, with_debt

NEXT = "second_step_next"
# What is open to who is only half way in: logging in and out, the own log-in, and what asks for no log-in at all.
_NAMES = {"set_language", "healthz", "unsubscribe", "calendar_feed"}
_PAGES = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_")
_LINK_DOORS = {"owner", "reading", "reply"}


class SecondStepMiddleware:
    """Lead who owes a second step to the page that sets one up; remember where they were going."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; process_view does the work when it is known which page is asked for."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Let pass who owes nothing, and everybody to the pages of the own log-in."""
        if _is_open(request):
            return None
        if not owes(request):
            if NEXT in request.session:
                del request.session[NEXT]  # they are under way again
            return None
        if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
            request.session[NEXT] = request.get_full_path()
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("mfa_index")})
        return redirect("mfa_index")


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    assert match is not None
    name = match.url_name or ""
    if match.namespaces:
        return match.namespaces[0] in _LINK_DOORS
    return name in _NAMES or name.startswith(_PAGES)


def owes(request: HttpRequest) -> bool:
    """Whether the logged-in user must set up a second step before going on.

    Whoever came through the municipality's own identity provider has taken its steps already. The answer comes with
    the query for the user (bra.second_step_backend): fresh at each request, and no query more.
    """
    user = request.user
    if settings.BRA_MFA != DEMANDED or not isinstance(user, User):
        return False
    owed = getattr(user, "owes_second_step", None)
    if owed is None:  # whoever logged in during this very request
        found = with_debt(User.objects.filter(pk=user.pk), real_day(timezone.now())).first()
        owed = bool(getattr(found, "owes_second_step", False))
    return owed and not came_through_provider(request)


def came_through_provider(request: HttpRequest) -> bool:
    """Whether this session was logged in by an identity provider."""
    return any(step.get("method") == "socialaccount" for step in get_authentication_records(request, request.user))
