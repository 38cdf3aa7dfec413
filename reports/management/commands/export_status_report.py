"""Write a status report to a file: the same file, byte for byte, as the one that the report page offers."""

import shutil
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.models import WorkPlan
from bra.errors import RuleBroken
from bra.models import Council
from reports import lifecycle, selection, workbook
from reports.selection import Question


class Refused(CommandError):
    """A sentence on one line, and exit status 2."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.split()), returncode=2)


class Command(BaseCommand):
    """The command line's door to the status report."""

    help = "Write the status report of a council's plan, as of a day, to an Excel file."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options; days are YYYY-MM-DD."""
        parser.add_argument("--council", required=True, metavar="SLUG")
        parser.add_argument("--plan", required=True, metavar="NAME", help="for example 2016-2017")
        parser.add_argument("--as-of", required=True, metavar="DAY", help="the day whose state is shown")
        parser.add_argument("--from", dest="period_from", metavar="DAY", help="default: the plan's first day")
        parser.add_argument("--to", dest="period_to", metavar="DAY", help="default: the as-of day")
        parser.add_argument("--output", required=True, metavar="FILE.xlsx")

    def handle(self, **options: Any) -> None:
        """Write the file and say how large it is; refuse with one line on stderr and exit status 2."""
        question = self._question(options)
        try:
            lifecycle.refuse_bad_question(question, question.council.today(timezone.now()))
        except RuleBroken as refused:
            raise Refused(refused.sentence) from refused
        path = Path(options["output"])
        if path.is_dir():
            raise Refused(_("%(path)s is a folder; name a file.") % {"path": path})
        data = selection.load(question)
        try:
            size = _write(path.resolve(), lambda file: workbook.write(data, file))
        except OSError as error:
            raise Refused(
                _("%(path)s can't be written: %(reason)s.") % {"path": path, "reason": error.strerror}
            ) from error
        self.stdout.write(_("%(path)s: %(size)d bytes.") % {"path": path, "size": size})

    def _question(self, options: dict[str, Any]) -> Question:
        council = Council.objects.filter(slug=options["council"]).first()
        if council is None:
            raise Refused(_("There is no council with the address %(slug)s.") % {"slug": options["council"]})
        plan = WorkPlan.objects.filter(council=council, name=options["plan"]).first()
        if plan is None:
            raise Refused(
                _("%(council)s has no plan called %(plan)s.") % {"council": council.name, "plan": options["plan"]}
            )
        plan.council = council
        as_of = _day(options["as_of"])
        period_from = _day(options["period_from"]) if options["period_from"] else plan.starts
        period_to = _day(options["period_to"]) if options["period_to"] else min(max(as_of, period_from), plan.ends)
        return Question(plan, period_from, period_to, as_of)


def _write(path: Path, write: Callable[[IO[bytes]], None]) -> int:
    """Write the file, return its size. What isn't an ordinary file (a pipe) is written to, never replaced."""
    if not path.exists() or path.is_file():
        return lifecycle.write_whole(path, write).size
    with tempfile.TemporaryFile() as whole, path.open("wb") as target:
        write(whole)
        size = whole.tell()
        whole.seek(0)
        shutil.copyfileobj(whole, target)
    return size


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("%(text)s is not a day; write it as 2017-03-15.") % {"text": text}) from error
