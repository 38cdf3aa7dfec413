"""Take away status reports that are older than the retention rule lets them be, by a decision."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from bra.errors import RuleBroken
from bra.models import Council
from reports import purging
from reports.models import ReportRules


class Command(BaseCommand):
    """The command line's door to purging."""

    help = (
        "Purge a council's status reports, files and all; history keeps their checksums and the decision. "
        "Without --days and --decision by the rule that the council has chosen on its page."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--council", required=True, metavar="SLUG")
        parser.add_argument("--days", type=int, help="how long reports are kept")
        parser.add_argument("--decision", metavar="NUMBER", help="the decision to purge by")

    def handle(self, **options: Any) -> None:
        """Purge, and say how many; refuse with one line on stderr and exit status 2."""
        council = Council.objects.filter(slug=options["council"]).first()
        if council is None:
            sentence = _("There is no council with the address %(slug)s.") % {"slug": options["council"]}
            raise CommandError(sentence, returncode=2)
        try:
            purged = _purged(council, options["days"], options["decision"])
        except RuleBroken as refused:
            raise CommandError(refused.sentence, returncode=2) from refused
        self.stdout.write(_("%(number)d reports purged.") % {"number": purged})


def _purged(council: Council, days: int | None, decision: str | None) -> int:
    now = timezone.now()
    rules = ReportRules.of(council)
    before = rules.oldest_kept(council.now(now)) if days is None else now - timedelta(days=max(0, days))
    chosen = rules.decision if decision is None else decision
    return purging.purge(council=council, before=before, decision=chosen, on=council.today(now))
