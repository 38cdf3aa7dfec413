"""manage.py send_reminders: the day's reminders of one council, with who gets what and why."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions import reminders
from bra import post
from bra.models import Council


class Command(BaseCommand):
    """Plan and send the reminders of a day, as the daily sweep does; a day that has been done is left as it is."""

    help = "Send the day's reminders of a council, and print who gets what and why, and who doesn't."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the council, the day and whether to print only."""
        parser.add_argument("--council", required=True, metavar="SLUG", help="the council's address")
        parser.add_argument("--date", metavar="2017-03-15", help="the day; by default the council's today")
        parser.add_argument("--dry-run", action="store_true", help="print only; send and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print, and send unless it is a dry run. Exit status 2 and one line on stderr for a wrong argument."""
        council = Council.objects.filter(slug=options["council"]).first()
        if council is None:
            raise CommandError(_("There is no council “%(slug)s”.") % {"slug": options["council"]}, returncode=2)
        today = council.today(timezone.now())
        on = self._day(options["date"]) or today
        if on > today and not options["dry_run"]:
            raise CommandError(
                _("%(day)s is still to come for this council. See what would be sent with --dry-run.") % {"day": on},
                returncode=2,
            )
        self._print(council, reminders.preview(council, on), dry=options["dry_run"])
        if not options["dry_run"]:
            reminders.plan_day(council=council, on=on)
            self._tell(post.deliver(council, today=on, clock=timezone.now))

    @staticmethod
    def _day(text: str | None) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise CommandError(
                _("“%(text)s” isn't a date. Write it as 2017-03-15.") % {"text": text}, returncode=2
            ) from None

    def _print(self, council: Council, preview: reminders.Preview, *, dry: bool) -> None:
        heading = _("%(council)s, reminders of %(day)s") % {"council": council, "day": preview.on}
        self.stdout.write(heading + (" " + _("(dry run: nothing is sent)") if dry else ""))
        if not preview.groups:
            self.stdout.write(_("Nobody is to be reminded of anything new."))
        for group in preview.groups:
            self.stdout.write(f"\n{group.owner.label} <{group.owner.address}>")
            for line in group.lines:
                self.stdout.write(f"  {line.title}, {line.action.deadline}: {line.why}")
        if preview.held:
            self.stdout.write("\n" + _("Held back:"))
        for held in preview.held:
            self.stdout.write(f"  {held.line.title}, {held.line.action.deadline}, {held.owner.label}: {held.reason}")

    def _tell(self, done: post.Delivered) -> None:
        sent = ngettext("%(n)d reminder sent.", "%(n)d reminders sent.", done.sent) % {"n": done.sent}
        self.stdout.write("\n" + sent)
        for number, words in (
            (done.failed, _("Failed: %(n)d.")),
            (done.unknown, _("Unknown whether sent: %(n)d.")),
            (done.later, _("Tried again later: %(n)d.")),
            (done.dropped, _("Nothing left to remind of: %(n)d.")),
        ):
            if number:
                self.stdout.write(words % {"n": number})
        if done.away:
            self.stdout.write(_("The mail server can't be reached. What waits goes out as soon as it answers."))
