"""How much one request may bring, and how often one user or address may ask for what costs much.

A view that takes files says so by `@takes_files`; every other form is bounded to a megabyte before anything is read of
it. A view that is dear says `@bounded("kind")`, one whose address holds a secret `@few_guesses`, and `settings.RATES`
says how often. Log-in has limits of its own in the settings, which django-allauth counts.
"""

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.shortcuts import render

from bra.models import User

LARGEST_FORM = 2**20  # bytes of a form without files
LARGEST_UPLOAD = 10 * 2**20  # and of one with; the rules of the file itself are narrower
LONGEST_ADDRESS = 8 * 2**10  # characters of path and query together

Handler = Callable[Concatenate[Any, ...], HttpResponseBase]
R = TypeVar("R", bound=HttpRequest)
P = ParamSpec("P")


def takes_files(view: Handler) -> Handler:
    """Let the view's form be as large as a file may be."""
    view.largest_body = LARGEST_UPLOAD  # type: ignore[attr-defined]
    return view


class BoundsMiddleware:
    """Refuse what is too large before it is read, and what no text holds before a view sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, unless its address is out of bounds."""
        query = request.META.get("QUERY_STRING", "")
        if len(request.path_info) + len(query) > LONGEST_ADDRESS:
            return render(request, "413.html", {"address": True}, status=414)
        if "\0" in request.path_info or "%00" in query or "\0" in query:
            raise BadRequest("a NUL in the address")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse a body that is larger than the view takes, or whose end nobody has told."""
        largest = getattr(view, "largest_body", LARGEST_FORM)
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            return self._refused(request, largest, status=411)
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError as error:
            raise BadRequest("a body of no known length") from error
        if length > largest:
            return self._refused(request, largest, status=413)
        if request.method == "POST":
            _refuse_what_nobody_types(request)
        return None

    @staticmethod
    def _refused(request: HttpRequest, largest: int, *, status: int) -> HttpResponse:
        return render(request, "413.html", {"most": largest // 2**20}, status=status)


def _refuse_what_nobody_types(request: HttpRequest) -> None:
    """Refuse a form with a NUL in it, which PostgreSQL takes in no text."""
    try:
        posted = request.POST.lists()
    except UnreadablePostError as error:
        raise BadRequest("a body that broke off") from error
    if any("\0" in str(text) for name, values in posted for text in (name, *values)):
        raise BadRequest("a NUL in a form")


def bounded(kind: str, *methods: str) -> Callable[[Handler], Handler]:
    """Let one user (or one address, before a log-in) ask only as often as settings.RATES says for `kind`.

    Only requests of those methods count; all of them when none is named. Who asks more often gets a page with 429 and
    is told when to come back.
    """

    def decorate(view: Handler) -> Handler:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            rate = settings.RATES.get(kind)
            if rate and (not methods or request.method in methods) and not _taken(request, kind, rate):
                return too_often(request, rate)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def few_guesses(view: Callable[Concatenate[R, P], HttpResponse]) -> Callable[Concatenate[R, P], HttpResponse]:
    """Bound how often one address may be told 404 by views whose address holds a secret; then it is 429 for all.

    The secrets can't be guessed (bra.links); this keeps it from being tried, and from keeping the database busy.
    """

    @wraps(view)
    def guarded(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        rate = settings.RATES.get("secret")
        if not rate:
            return view(request, *args, **kwargs)
        key = _key("secret", f"address {address_of(request)}")
        if not _within(key, rate):
            return too_often(request, rate)
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            _count(key, rate)
            raise
        if response.status_code == 404:
            _count(key, rate)
        return response

    return guarded


def _taken(request: HttpRequest, kind: str, rate: str) -> bool:
    """Count this request; say whether it was within the bound."""
    user = getattr(request, "user", None)
    key = _key(kind, f"user {user.pk}" if isinstance(user, User) else f"address {address_of(request)}")
    within = _within(key, rate)
    _count(key, rate)
    return within


def _key(kind: str, who: str) -> str:
    return f"bound:{kind}:{hashlib.sha256(who.encode()).hexdigest()}"


def _within(key: str, rate: str) -> bool:
    """Whether there is room for one more. A cache that forgets lets through, never shuts out."""
    number, _ends = cache.get(key, (0, 0.0))
    return bool(number < parts_of(rate)[0])


def _count(key: str, rate: str) -> None:
    """Count one; the time runs from the first."""
    now = time.time()
    # Two at the same instant may count as one: this is against wear, not a lock.
    number, ends = cache.get(key, (0, now + parts_of(rate)[1]))
    cache.set(key, (number + 1, ends), max(1, ends - now))


def parts_of(rate: str) -> tuple[int, int]:
    """Return how many times in how many seconds: "30/5m" is (30, 300). The unit is s, m, h or d."""
    amount, _, span = rate.partition("/")
    return int(amount), int(span[:-1] or 1) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[span[-1]]


def address_of(request: HttpRequest) -> str:
    """Return the address that the request came from, as the proxies that are ours tell it; log-in counts by it too."""
    return str(get_adapter().get_client_ip(request))


def too_often(request: HttpRequest, rate: str) -> HttpResponse:
    """Say in plain words that this was too often; `rate` is written as in settings.RATES."""
    seconds = parts_of(rate)[1]
    response = render(request, "429.html", {"minutes": max(1, seconds // 60)}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
