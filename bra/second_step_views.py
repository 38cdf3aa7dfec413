"""The pages of the second step: django-allauth's views with our words, refusals and locks."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bra import second_step
from bra.http import REFUSED, Refusing
from bra.models import User
from bra.second_step_adapter import passkeys_work
from bra.second_step_middleware import NEXT, came_through_provider, owes


def _lock(request: HttpRequest) -> None:
    """Let nobody else change the user's second steps until the transaction ends."""
    assert isinstance(request.user, User)  # the views let nobody else in
    User.objects.select_for_update(no_key=True).get(pk=request.user.pk)


def _options(asked: Mapping[str, Any]) -> str:
    """What the browser is asked for, as the attribute of a form that bra/js/passkeys.js reads."""
    return json.dumps(asked)


def _reasons(user: User) -> list[str]:
    """The councils for whose sake a second step is demanded of the user, by name."""
    seats = second_step.seats_that_write(second_step.real_day(timezone.now())).filter(user=user)
    return [seat.council.name for seat in seats.select_related("council").order_by("council__name")]


@method_decorator(never_cache, name="dispatch")
class Overview(IndexView):
    """What is set up, and what is demanded."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is demanded and why, the passkeys and how many recovery codes are left."""
        user = self.request.user
        rows = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
        by_type: dict[str, list[Authenticator]] = {}
        for row in rows:
            by_type.setdefault(row.type, []).append(row)
        codes = by_type.get(Authenticator.Type.RECOVERY_CODES, [])
        demanded = second_step.is_demanded_of(user, second_step.real_day(timezone.now()))
        return super().get_context_data(**kwargs) | {
            "app": next(iter(by_type.get(Authenticator.Type.TOTP, [])), None),
            "passkeys": by_type.get(Authenticator.Type.WEBAUTHN, []),
            "codes": codes[0] if codes else None,
            "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else 0,
            "demanded": demanded,
            "reasons": _reasons(user) if demanded else [],
            "owes": owes(self.request),
            "through_provider": came_through_provider(self.request),
            "passkeys_work": passkeys_work(self.request),
            "going_to": self.request.session.get(NEXT, ""),
        }


class Authenticate(Refusing, AuthenticateView):
    """The second step at log-in."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on, and say it when the recovery codes run out."""
        response: HttpResponse = super().form_valid(form)
        used = getattr(form, "authenticator", None)
        if used is not None and used.type == Authenticator.Type.RECOVERY_CODES:
            left = len(Authenticator.objects.get(pk=used.pk).wrap().get_unused_codes())
            messages.warning(
                self.request,
                _("You logged in with a recovery code. Codes left: %(left)s. Make new ones before they run out.")
                % {"left": left},
            )
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add which of the ways the user has, and whether passkeys work here."""
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "options": _options(context["js_data"]["request_options"]),
            "has_app": Authenticator.Type.TOTP in types,
            "has_passkey": Authenticator.Type.WEBAUTHN in types,
            "passkeys_work": passkeys_work(self.request),
        }


@method_decorator(never_cache, name="dispatch")
class Reauthenticate(Refusing, ReauthenticateView):
    """A code confirms that it is still you."""


@method_decorator(never_cache, name="dispatch")
class ReauthenticateByPasskey(ReauthenticateWebAuthnView):
    """A passkey confirms that it is still you."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what was wrong, on the same page: the log-in page would lead elsewhere."""
        messages.error(self.request, _("That didn't work. Try again."))
        return redirect(self.request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the browser is asked for, and whether passkeys work here."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = _options(context["js_data"]["request_options"])
        return context | {"options": options, "passkeys_work": passkeys_work(self.request)}


@method_decorator(never_cache, name="dispatch")
class ActivateApp(Refusing, ActivateTOTPView):
    """Set an app up."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it up; the code that showed that it works isn't taken a second time."""
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            app = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
            second_step.remember(app, form.counter)
        return response


@method_decorator(never_cache, name="dispatch")
class RemoveApp(Refusing, DeactivateTOTPView):
    """Take the app away."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Judge and remove under the user's lock: of two at the same time one must see that it would be the last."""
        with transaction.atomic():
            _lock(request)
            response: HttpResponse = super().post(request, *args, **kwargs)
        return response


@method_decorator(never_cache, name="dispatch")
class Codes(ViewRecoveryCodesView):
    """The recovery codes, the one time they are shown."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the codes in two groups, as a file too, and where the user was going."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        unused = context["unused_codes"]
        codes = [f"{code[:5]} {code[5:]}" for code in unused] if context["can_view_codes"] else []
        head = _("Recovery codes for %(address)s at %(host)s. Each works once.") % {
            "address": self.request.user,
            "host": self.request.get_host(),
        }
        text = "\r\n".join([head, "", *codes, ""])
        return context | {
            "codes": codes,
            "left": len(unused),
            "as_text": text,
            "as_file": "data:text/plain;charset=utf-8;base64," + base64.b64encode(text.encode()).decode(),
            "going_to": self.request.session.get(NEXT) or reverse("mfa_index"),
            "was_going": NEXT in self.request.session,
        }


@method_decorator(never_cache, name="dispatch")
class NewCodes(Refusing, GenerateRecoveryCodesView):
    """Renew the recovery codes; the old ones stop working."""


@method_decorator(never_cache, name="dispatch")
class AddPasskey(Refusing, AddWebAuthnView):
    """Make a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask the browser for a key that opens by itself, behind a fingerprint, a face or a PIN."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = _options(auth.begin_registration(self.request.user, passwordless=True))
        form = kwargs.get("form", context["form"])
        return context | {"form": form, "options": options, "passkeys_work": passkeys_work(self.request)}


@method_decorator(never_cache, name="dispatch")
class RenamePasskey(Refusing, EditWebAuthnView):
    """Name a passkey."""

    success_url = reverse_lazy("mfa_index")


@method_decorator(never_cache, name="dispatch")
class RemovePasskey(RemoveWebAuthnView):
    """Take a passkey away."""

    success_url = reverse_lazy("mfa_index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether it may be removed at all."""
        may = second_step.may_remove(self.object, second_step.real_day(timezone.now()))
        return super().get_context_data(**kwargs) | {"may_remove": may}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Judge and remove under the user's lock, as with an app."""
        with transaction.atomic():
            _lock(request)
            self.object = self.get_object()
            if not second_step.may_remove(self.object, second_step.real_day(timezone.now())):
                return self.render_to_response(self.get_context_data(object=self.object), status=REFUSED)
            response: HttpResponse = super().post(request, *args, **kwargs)
        return response


class LogInByPasskey(LoginWebAuthnView):
    """Log in with a passkey alone: it is something you have, behind something you are or know."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell bra/js/passkeys.js what to ask the browser for; anybody else is led to the log-in page."""
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"request_options": auth.begin_authentication(user=None)})
        return redirect("account_login")
