"""The one-time links by which a password is chosen: for the first time, or because the old one is forgotten."""

from datetime import timedelta

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

from bra.models import User

# A link in an invitation lives as settings.PASSWORD_RESET_TIMEOUT says; one that somebody has just asked for, shorter.
FORGOTTEN = timedelta(hours=2)


class Tokens(PasswordResetTokenGenerator):
    """Django's own: a token dies with the password, the address and the last log-in of its user.

    Unlike allauth's it writes no row of EmailAddress: the address one logs in with is the user's and no other.
    """

    key_salt = "bra.tokens"

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Say whether the token is this user's, unused and young enough."""
        if user is None or not token or not user.is_active or not super().check_token(user, token):
            return False
        age = self._num_seconds(self._now()) - base36_to_int(token.partition("-")[0])
        return user.last_login is None or age <= FORGOTTEN.total_seconds()
