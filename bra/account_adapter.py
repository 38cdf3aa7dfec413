"""What django-allauth asks us: nobody signs up by themselves, and it sends no mail of its own."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The answers about log-in with a password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: a log-in is given by a coordinator, or by the one who runs the installation."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The answers about log-in with the municipality's own identity provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Say no: only a user who is here already is let in."""
        return False
