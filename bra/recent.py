"""Proof that the one at the keyboard is still the one who logged in, asked for before something sensitive leaves.

`recently_authenticated` lets a request through whose session has seen a password, a code, a key or a log-in at the
municipality's provider within fifteen minutes; others are asked first. What was typed is kept and shown as ready to be
sent; only attached files must be chosen again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

R = TypeVar("R", bound=HttpRequest)
P = ParamSpec("P")
_CALLBACK = "bra.recent.resume"


def is_recent(request: HttpRequest) -> bool:
    """Whether the user has given proof within settings.ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    since = timezone.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    # A provider may let in whoever sits at an open screen; it is proof only when it has asked them (account_adapter).
    proofs = [row for row in records if row["method"] != "socialaccount" or row.get("reauthenticated")]
    return any(row["at"] > since for row in proofs)


def recently_authenticated(
    when: Callable[..., bool] | None = None,
) -> Callable[[Callable[Concatenate[R, P], HttpResponseBase]], Callable[Concatenate[R, P], HttpResponseBase]]:
    """Ask for proof first unless it is recent. `when` is called as the view is, and says whether proof is needed."""

    def decorate(
        view: Callable[Concatenate[R, P], HttpResponseBase],
    ) -> Callable[Concatenate[R, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if is_recent(request) or (when is not None and not when(request, *args, **kwargs)):
                return view(request, *args, **kwargs)
            return _ask(request)

        return guarded

    return decorate


def is_sent(request: HttpRequest, *_args: Any, **_kwargs: Any) -> bool:
    """Whether a form is sent: for views where looking is open, and doing asks for proof."""
    return request.method == "POST"


def _ask(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        state = {"path": request.get_full_path(), "sent": request.POST.urlencode()}
        request.session[STATE_SESSION_KEY] = {"state": state, "callback": _CALLBACK}
    methods = get_adapter().get_reauthentication_methods(request.user)
    page = methods[0]["url"] if methods else reverse("account_reauthenticate")
    address = f"{page}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def resume(request: HttpRequest, state: dict[str, str]) -> HttpResponse:
    """Show what was about to be sent, with one button that sends it; allauth calls this when proof has been given."""
    sent = QueryDict(state["sent"])
    fields = [(name, value) for name, values in sent.lists() if name != "csrfmiddlewaretoken" for value in values]
    return render(request, "account/resume.html", {"action": state["path"], "fields": fields})
