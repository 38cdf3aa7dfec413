"""The door of every council page, and the language of every page."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from bra import readings, shown
from bra.errors import Removed
from bra.http import CouncilRequest
from bra.login_receivers import BEGAN, SEEN
from bra.models import Member

# A session ends when nothing has been asked for so long, and after a day in any case: one logs in once a working day.
IDLE_SECONDS, LONGEST_SECONDS = 12 * 3600, 24 * 3600
# How seldom it is written down that a session is used: a write with each request would queue up on SQLite.
NOTED_EVERY_SECONDS = 300


def _page_of(request: HttpRequest) -> str:
    """The page to go on to after the log-in: of a form, the one it stood on; its own address may take POST alone."""
    stood_on = urlsplit(request.headers.get("Referer", ""))
    if request.method in ("GET", "HEAD") or stood_on.netloc != request.get_host():
        return request.get_full_path()
    return urlunsplit(("", "", stood_on.path, stood_on.query, ""))


class LanguageMiddleware:
    """Swedish, unless the user has chosen another language in the menu.

    The browser's own wish doesn't count: a council's pages look the same on a colleague's computer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the chosen language."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class SessionMiddleware:
    """End sessions that are too old or have lain too long, and note when the others were last used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as to nobody when the session has ended; whoever must be logged in is asked to."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            now = timezone.now().timestamp()
            began, seen = (request.session.get(key, 0.0) for key in (BEGAN, SEEN))
            if now - began > LONGEST_SECONDS or now - seen > IDLE_SECONDS:
                UserSession.objects.filter(session_key=request.session.session_key).delete()
                logout(request)
            elif now - seen > NOTED_EVERY_SECONDS and request.user.is_authenticated:
                request.session[SEEN] = now
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


class RemovedMiddleware:
    """Answer 404 when a verb's row was removed after the view had read it, and the view says nothing of it itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Say on the page that it has been removed."""
        if isinstance(exception, Removed):
            messages.error(request, exception.sentence)
            raise Http404 from exception


class MethodMiddleware:
    """Give a page to who opens an address that only takes forms: by a bookmark, or from the address bar."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the page of what isn't there; the status and what is allowed stay said."""
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET":
            return response
        page = render(request, "404.html", status=response.status_code)
        page.headers["Allow"] = response.headers["Allow"]
        return page


class CouncilMiddleware:
    """Turn the `council_slug` of an address into request.council, .member, .now and .today.

    Whoever isn't an active member of that council gets 404, the same answer as for a council that doesn't exist;
    whoever isn't logged in is asked to. This is where the clock is read, once per request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; process_view does the work when the address names a council."""
        with shown.noting() as seen:
            response = self.get_response(request)
        if hasattr(request, "member"):
            # Pages that may hold restricted text stay in no cache, on no shared computer.
            add_never_cache_headers(response)
        if seen and self._shows(response) and getattr(request, "entered", False):
            self._write_down(cast(CouncilRequest, request), seen)
        return response

    @staticmethod
    def _shows(response: HttpResponseBase) -> bool:
        """Whether there is something to read in the answer: a page, a form that was refused, or what others wrote."""
        return response.status_code in (200, 206, 409, 422)

    @staticmethod
    def _write_down(request: CouncilRequest, seen: shown.Seen) -> None:
        """Write what the member was shown, before it leaves: what can't be logged isn't shown.

        Others than the cleared are never shown what is restricted, though a rule may look at it on their behalf.
        """
        if request.member.cleared:
            readings.write(seen, member=request.member, on=request.today)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Open the door, or say 404."""
        slug = kwargs.pop("council_slug", None)
        if slug is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(_page_of(request))
        member = (
            Member.objects.select_related("council", "organisation")
            .filter(council__slug=slug, user_id=request.user.pk)
            .first()
        )
        if member is None:
            raise Http404
        now = member.council.now(timezone.now())
        if not member.is_active(now.date()):
            raise Http404
        entered = cast(CouncilRequest, request)
        entered.member, entered.council = member, member.council
        entered.now, entered.today = now, now.date()
        entered.entered = True
        return None
