"""How often the secret of a link may be guessed from one address; log-in has its limits in the settings.

The secrets can't be guessed (bra.links); this keeps it from being tried, and from keeping the database busy.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from allauth.core.internal.ratelimit import consume, get_cache_key, get_rates, respond_429
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

_APP, _ACTION = "bra", "secret"
_LIMITS = {_ACTION: "30/5m/ip"}
R = TypeVar("R", bound=HttpRequest)
P = ParamSpec("P")


def _exhausted(request: HttpRequest) -> bool:
    """Whether the address has guessed wrong too often; looking doesn't count."""
    now = timezone.now().timestamp()
    for rate in get_rates(app=_APP, action=_ACTION, config=_LIMITS):
        tries: list[float] = cache.get(get_cache_key(request, app=_APP, action=_ACTION, rate=rate), [])
        if sum(at > now - rate.duration for at in tries) >= rate.amount:
            return True
    return False


def _note(request: HttpRequest) -> None:
    consume(request, app=_APP, action=_ACTION, config=_LIMITS, limit_get=True)


def few_guesses(view: Callable[Concatenate[R, P], HttpResponse]) -> Callable[Concatenate[R, P], HttpResponse]:
    """Bound how often one address may be told 404 by a view whose address holds a secret; then it is 429 for all."""

    @wraps(view)
    def bounded(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if _exhausted(request):
            refusal: HttpResponse = respond_429(request)
            return refusal
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            _note(request)
            raise
        if response.status_code == 404:
            _note(request)
        return response

    return bounded
