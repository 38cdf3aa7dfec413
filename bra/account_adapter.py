"""What django-allauth asks us: nobody signs up by themselves, and it sends no mail of its own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bra.models import User
from bra.recent import is_recent


class AccountAdapter(DefaultAccountAdapter):
    """The answers about log-in with a password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address and the password do not belong together. Try again."),
        "incorrect_password": _("That is not your password. Try again."),
        "enter_current_password": _("That is not the password you have now."),
        "too_many_login_attempts": _("That was tried too often. Wait five minutes, then try again."),
        "rate_limited": _("That was tried too often. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: a log-in is given by a coordinator, or by the one who runs the installation."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Say no: the pages answer with pages, whatever a header asks for."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Say that the log-in is closed, to somebody who has proved by a key of their own that it was theirs."""
        messages.error(request, _("Your log-in is closed. Ask the coordinator."))
        return redirect("account_login")

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Return how the user may prove that it is still them, in our words."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code from your app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": str(words[method["id"]])} for method in methods]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Say whether proof is asked for: a log-in a moment ago is as good as having been asked since."""
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required and not is_recent(context.request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where the request comes from: what the nearest trusted proxy says, else who is connected."""
        try:
            found: str = super().get_client_ip(request)
        except ImproperlyConfigured:  # fewer proxies than BRA_PROXIES says: it didn't come through all of them
            found = request.META["REMOTE_ADDR"]
        return found

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: mail goes through the ledger (bra.post), never from a request."""
        raise AssertionError(f"allauth would mail {template_prefix}")


def _asked_at(sociallogin: SocialLogin) -> float:
    """When the provider last asked the person to log in, in seconds since 1970; 0 when it doesn't say."""
    found = sociallogin.account.extra_data.get("id_token", {}).get("auth_time")
    return float(found) if isinstance(found, int | float) else 0.0


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The answers about log-in with the municipality's own identity provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Say no: only a user who is here already is let in."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in whom the provider's subject belongs to; the first time, whose address the provider has verified.

        When the provider says that it has just asked them to log in (`auth_time`), that is noted as proof.
        Raises ImmediateHttpResponse with a page that says what to do for everybody else.
        """
        user = sociallogin.user if sociallogin.is_existing else self._whose_address(sociallogin)
        process = sociallogin.state.get("process", AuthProcess.LOGIN)
        if user is None or not user.is_active or process != AuthProcess.LOGIN:
            raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", status=403))
        asked_at = _asked_at(sociallogin)
        # Who it is, is kept; what else the provider tells about the person isn't.
        sociallogin.account.extra_data = {}
        if sociallogin.account.pk:
            sociallogin.account.save(update_fields=["extra_data"])
        else:
            sociallogin.connect(request, user)
        account = sociallogin.account
        if asked_at > timezone.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            known = {"provider": account.provider, "uid": account.uid}
            record_authentication(request, user, "socialaccount", reauthenticated=True, **known)
        if request.user == user:
            # It was to prove that it is still them: the session stays, with what they had written.
            goes_on = resume_request(request) or redirect(sociallogin.get_redirect_url(request) or "start")
            raise ImmediateHttpResponse(goes_on)

    def _whose_address(self, sociallogin: SocialLogin) -> User | None:
        for address in sociallogin.email_addresses:
            email = address.email.strip().lower()
            trusted = address.verified in (True, "true") or email.rpartition("@")[2] in settings.OIDC_DOMAINS
            user = User.objects.filter(email=email).first() if trusted else None
            # A user belongs to one subject: another one with the same address is somebody else.
            if user is not None and not SocialAccount.objects.filter(user=user).exists():
                return user
        return None
