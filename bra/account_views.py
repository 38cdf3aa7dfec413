"""The pages of log-in where we do something else than django-allauth; bra/account_urls.py lists them all."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import requests
from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bra import tasks
from bra.browsers import in_words
from bra.http import Refusing
from bra.invitations import invitations_of
from bra.models import User

log = logging.getLogger(__name__)

# The span over which attempts are counted (settings.ACCOUNT_RATE_LIMITS): after it everybody may try again.
WAIT_SECONDS = 300


_ASK_THEM = "max_age=0"


def too_many(request: HttpRequest) -> HttpResponse:
    """Say that it was tried too often, and when to try again. allauth calls this."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(WAIT_SECONDS)
    return response


class Forgotten(PasswordResetView):
    """Ask for a new password. Nothing here looks whether the address is known."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Note the request and wake whoever answers it."""
        response: HttpResponse = super().form_valid(form)
        if response.status_code == 302:
            tasks.wake_sender()
        return response


class NewPassword(Refusing, PasswordResetFromKeyView):
    """Choose a password by the link in a mail; whoever does so for the first time reads who invited them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the councils that gave the log-in."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.reset_user
        context["reset_user"] = user
        context["invitations"] = invitations_of(user) if user is not None and user.last_login is None else []
        return context


def _answering(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Say kindly that the municipality's provider is away, or answers nonsense."""

    @wraps(view)
    def kindly(request: HttpRequest, provider_id: str) -> HttpResponse:
        # allauth would hand on whatever the address says; the one thing we ask is that the person is asked who it is.
        if request.GET.get("auth_params", _ASK_THEM) != _ASK_THEM:
            raise Http404
        try:
            return view(request, provider_id)
        except requests.RequestException as error:
            log.warning("identity provider away error=%s", type(error).__name__)
            return render(request, "socialaccount/authentication_error.html", status=401)

    return kindly


provider_login = _answering(openid_connect.login)
provider_callback = _answering(openid_connect.callback)
forgotten = never_cache(Forgotten.as_view())
new_password = never_cache(NewPassword.as_view())


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """List where the user is logged in; end one, or all but this one."""
    assert isinstance(request.user, User)  # login_required saw to it
    rows: list[UserSession] = UserSession.objects.purge_and_list(request.user)
    if request.method == "POST":
        chosen = request.POST.get("end", "")
        ending = [row for row in rows if str(row.pk) == chosen or (chosen == "others" and not row.is_current())]
        here = any(row.is_current() for row in ending)
        end_sessions(request, ending)
        if ending and not here:
            messages.success(request, _("It is logged out there."))
        return redirect("account_login" if here else "usersessions_list")
    listed = [
        {"row": row, "browser": in_words(row.user_agent), "current": row.is_current()}
        for row in sorted(rows, key=lambda row: (not row.is_current(), -row.last_seen_at.timestamp()))
    ]
    return render(request, "usersessions/usersession_list.html", {"sessions": listed})
