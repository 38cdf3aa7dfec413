"""What django-allauth asks us about second steps: names, secrets, and what may be removed."""

import ipaddress
from typing import ClassVar

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bra import second_step
from bra.models import User


def passkeys_work(request: HttpRequest) -> bool:
    """Whether browsers make passkeys for the address that the page was asked for: a name, over HTTPS or on itself."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False


class SecondStepAdapter(DefaultMFAAdapter):
    """Our answers."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy(
            "Your log-in must have a second step, and this is the only one. Add another before you remove it."
        ),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes go with an app or a passkey. Set one of them up first."
        ),
        "incorrect_code": gettext_lazy("That didn't work. Try again."),
    }

    def get_totp_issuer(self) -> str:
        """Return the name under which the app files the code: the product, and where it is."""
        return f"BRÅ {context.request.get_host()}"

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()

    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it."""
        return second_step.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return second_step.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Say no to removing the last one while a role demands it."""
        return second_step.may_remove(authenticator, second_step.real_day(timezone.now()))

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's name
        """Return a name for one that the user didn't name."""
        taken = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)s") % {"number": taken + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return who a passkey is for: the host, by which browsers keep those of different sites apart."""
        host = context.request.get_host()
        return {"id": host.rpartition(":")[0] or host, "name": f"BRÅ {host}"}
