"""`manage.py encrypt_anew`: the last step but one when SECRET_KEY is changed."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from bra import second_step


class Command(BaseCommand):
    """One line, and exit status 0; with secrets that no known key opens another, and exit status 1."""

    help = "Encrypt the secrets of second steps with SECRET_KEY, so that SECRET_KEY_FALLBACKS can be emptied."

    def handle(self, *args: Any, **options: Any) -> None:
        """Encrypt them, and say how many they were."""
        done, lost = second_step.encrypt_anew()
        said = ngettext(
            "%(n)d secret is encrypted with SECRET_KEY.", "%(n)d secrets are encrypted with SECRET_KEY.", done
        )
        self.stdout.write(said % {"n": done})
        if lost:
            said = ngettext(
                "%(n)d secret is opened by no key: put the key of then in SECRET_KEY_FALLBACKS and try again.",
                "%(n)d secrets are opened by no key: put the key of then in SECRET_KEY_FALLBACKS and try again.",
                lost,
            )
            self.stderr.write(said % {"n": lost})
            sys.exit(1)
