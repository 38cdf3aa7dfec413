"""Take away status reports that are older than the retention rule lets them be, by a decision."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from bra.errors import RuleBroken
from bra.models import Council
from reports import lifecycle


class Command(BaseCommand):
    """The command line's door to purging."""

    help = "Purge a council's status reports, files and all; history keeps their checksums and the decision."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--council", required=True, metavar="SLUG")
        parser.add_argument("--days", required=True, type=int, help="how long reports are kept")
        parser.add_argument("--decision", required=True, metavar="NUMBER", help="the decision to purge by")

    def handle(self, **options: Any) -> None:
        """Purge, and say how many; refuse with one line on stderr and exit status 2."""
        council = Council.objects.filter(slug=options["council"]).first()
        if council is None:
            sentence = _("There is no council with the address %(slug)s.") % {"slug": options["council"]}
            raise CommandError(sentence, returncode=2)
        now = timezone.now()
        before = now - timedelta(days=max(0, options["days"]))
        try:
            purged = lifecycle.purge(
                council=council, before=before, decision=options["decision"], on=council.today(now)
            )
        except RuleBroken as refused:
            raise CommandError(refused.sentence, returncode=2) from refused
        self.stdout.write(_("%(number)d reports purged.") % {"number": purged})
