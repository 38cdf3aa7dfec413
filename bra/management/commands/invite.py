"""`manage.py invite`: a log-in for somebody without a council, or a new link for whoever can't get any by mail."""

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from bra.invitations import password_link
from bra.models import User


class Command(BaseCommand):
    """Make the user, or look it up, and print a link that lets them choose a password, once."""

    help = "Print a link by which somebody chooses a password; makes the user if there is none with the address."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address, and whether they look after the installation."""
        parser.add_argument("email", help="the address they log in with")
        parser.add_argument("--administrator", action="store_true", help="let them look after the installation")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do so, or exit with status 2 and a sentence."""
        self._invite(str(options["email"]).strip().lower(), administrator=bool(options["administrator"]))

    def _invite(self, email: str, *, administrator: bool) -> None:
        try:
            validate_email(email)
        except ValidationError:
            self._stop(_("%(address)s isn't an e-mail address.") % {"address": email})
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, None)
        elif not user.is_active:
            self._stop(_("The log-in of %(address)s is closed. A coordinator opens it again.") % {"address": email})
        if administrator and not user.is_administrator:
            user.is_administrator = True
            user.save(update_fields=["is_administrator"])
        if user.is_administrator:
            self.stdout.write(_("%(address)s looks after the installation.") % {"address": email})
        if user.last_login is None:
            self.stdout.write(_("Choose a password here, once and within three days:"))
        else:
            self.stdout.write(_("Choose a password here, once and within two hours:"))
        self.stdout.write(password_link(user))

    def _stop(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(2)
