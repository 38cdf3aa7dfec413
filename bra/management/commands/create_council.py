"""`manage.py create_council`: where a real installation begins."""

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from bra import lifecycle
from bra.administering_forms import address_mistake
from bra.errors import RuleBroken
from bra.invitations import password_link
from bra.models import Council, Member, Organisation

LONGEST = {
    "name": Council._meta.get_field("name").max_length,
    "slug": Council._meta.get_field("slug").max_length,
    "organisation": Organisation._meta.get_field("name").max_length,
    "coordinator_name": Member._meta.get_field("name").max_length,
    "coordinator_title": Member._meta.get_field("title").max_length,
    "coordinator_email": Member._meta.get_field("email").max_length,
}


class Command(BaseCommand):
    """Makes a council with its coordinator and prints the link at which they choose their password."""

    help = "Make a council with its first organisation and its coordinator, and print the link to choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name them all; none has a default."""
        parser.add_argument("--name", required=True, help="the council's name: BRÅ Granby")
        parser.add_argument("--slug", required=True, help="its part of the address: granby")
        parser.add_argument("--organisation", required=True, help="the coordinator's organisation")
        parser.add_argument("--coordinator-name", required=True)
        parser.add_argument("--coordinator-title", required=True)
        parser.add_argument("--coordinator-email", required=True, help="what the coordinator logs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it; a mistake in what was given is one line and exit status 2."""
        given = {name: " ".join(str(options[name]).split()) for name in LONGEST}
        mistake = _mistake(given)
        if mistake:
            self._stop(mistake)
        try:
            council, member = lifecycle.create_council(
                name=given["name"],
                slug=given["slug"],
                organisation=given["organisation"],
                coordinator=given["coordinator_name"],
                title=given["coordinator_title"],
                email=given["coordinator_email"],
                on=timezone.localdate(),
            )
        except RuleBroken as error:
            self._stop(error.sentence)
        assert member.user is not None
        self.stdout.write(
            _("%(council)s is made. The coordinator logs in as %(address)s.")
            % {"council": council.name, "address": member.user.email}
        )
        if member.user.last_login is None:
            self.stdout.write(_("Choose a password here, once and within three days:"))
            self.stdout.write(password_link(member.user))

    def _stop(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(2)


def _mistake(given: dict[str, str]) -> str:
    """Return what is wrong with what was given, as a sentence; empty when nothing is."""
    for name, longest in LONGEST.items():
        option = "--" + name.replace("_", "-")
        if not given[name]:
            return _("%(option)s is empty.") % {"option": option}
        if longest is not None and len(given[name]) > longest:
            return _("%(option)s is longer than %(longest)d characters.") % {"option": option, "longest": longest}
    try:
        validate_email(given["coordinator_email"])
    except ValidationError:
        return _("%(address)s isn't an e-mail address.") % {"address": given["coordinator_email"]}
    return address_mistake(given["slug"])
