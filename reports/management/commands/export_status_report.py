"""Write a report to a file: the same file, byte for byte, as the one that the report page offers."""

import shutil
import signal
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.models import WorkPlan
from bra.errors import RuleBroken
from bra.models import Council
from reports import formats, lifecycle, selection
from reports.models import Format, Language, ReportKind, Variant
from reports.questions import Question

USAGE, FAILURE, INTERRUPTED, TERMINATED = 2, 1, 130, 143
STDOUT = "-"
_BAR = 30  # characters


def refused(sentence: str, status: int = USAGE) -> CommandError:
    """A sentence on one line, and the exit status."""
    return CommandError(" ".join(sentence.split()), returncode=status)


class Terminated(KeyboardInterrupt):
    """The process has been told to end."""


@contextmanager
def cleared_away() -> Iterator[None]:
    """Let SIGTERM end what is under way as Ctrl-C does, so that no half file is left beside its place."""

    def end(*_signal: object) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Command(BaseCommand):
    """The command line's door to the reports."""

    help = (
        "Write a report of a council's plan, as of a day, to a file: the same as the report page gives. "
        "A file that is there already is replaced when the new one is whole, never before. "
        "Exit status: 0 written; 1 it couldn't be written; 2 the question was refused; 130 interrupted; "
        "143 told to end. Unless it is 0, no file has been made or changed."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options; days are YYYY-MM-DD."""
        parser.add_argument("--council", required=True, metavar="SLUG", help="the council's address")
        parser.add_argument("--plan", required=True, metavar="NAME", help="for example 2016-2017")
        parser.add_argument("--as-of", required=True, metavar="DAY", help="the day whose state is shown")
        parser.add_argument("--from", dest="period_from", metavar="DAY", help="default: the plan's first day")
        parser.add_argument("--to", dest="period_to", metavar="DAY", help="default: the as-of day")
        parser.add_argument(
            "--kind", choices=ReportKind.values, default=ReportKind.STATUS.value, help="default: status, of the plan"
        )
        parser.add_argument(
            "--variant", choices=Variant.values, default=Variant.WORKING.value, help="default: working, for colleagues"
        )
        parser.add_argument("--language", choices=Language.values, default=Language.SWEDISH.value, help="default: sv")
        parser.add_argument("--format", choices=Format.values, help="default: what FILE ends in, else xlsx")
        parser.add_argument("--output", required=True, metavar="FILE", help="- writes to standard output")

    def handle(self, **options: Any) -> None:
        """Write the file and say how large it is; refuse with one line on stderr."""
        question = self._question(options)
        file_format = _format(options["output"], options["format"])
        try:
            lifecycle.refuse_bad_question(question, question.council.today(timezone.now()))
        except RuleBroken as broken:
            raise refused(broken.sentence) from broken
        to_stdout = options["output"] == STDOUT
        path = Path(options["output"])
        if not to_stdout and path.is_dir():
            raise refused(_("%(path)s is a folder; name a file.") % {"path": path})
        try:
            bar = Bar(sys.stderr)
            data = selection.load(replace(question, previous=lifecycle.previous_day(question)))

            def write(file: IO[bytes]) -> None:
                with bar.of(data.rows):
                    formats.write(file_format, data, file, progress=bar.show)

            with cleared_away():
                size = _copied(sys.stdout.buffer, write) if to_stdout else _write(path.resolve(), write)
        except KeyboardInterrupt as stopped:
            status = TERMINATED if isinstance(stopped, Terminated) else INTERRUPTED
            raise refused(_("Interrupted; nothing was written."), status) from stopped
        except BrokenPipeError as gone:
            raise refused(_("Nobody reads what is written."), FAILURE) from gone
        except OSError as error:
            words = {"path": _("Standard output") if to_stdout else path, "reason": error.strerror}
            raise refused(_("%(path)s can't be written: %(reason)s.") % words, FAILURE) from error
        if not to_stdout:
            self.stdout.write(_("%(path)s: %(size)d bytes.") % {"path": path, "size": size})

    def _question(self, options: dict[str, Any]) -> Question:
        council = Council.objects.filter(slug=options["council"]).first()
        if council is None:
            raise refused(_("There is no council with the address %(slug)s.") % {"slug": options["council"]})
        plan = WorkPlan.objects.filter(council=council, name=options["plan"]).first()
        if plan is None:
            raise refused(
                _("%(council)s has no plan called %(plan)s.") % {"council": council.name, "plan": options["plan"]}
            )
        plan.council = council
        as_of = _day(options["as_of"])
        period_from = _day(options["period_from"]) if options["period_from"] else plan.starts
        period_to = _day(options["period_to"]) if options["period_to"] else min(max(as_of, period_from), plan.ends)
        return Question(
            plan,
            period_from,
            period_to,
            as_of,
            kind=options["kind"],
            variant=options["variant"],
            language=options["language"],
        )


class Bar:
    """How far the writing is, on a terminal; elsewhere nothing is shown."""

    def __init__(self, out: Any) -> None:
        self._out = out if out.isatty() else None
        self._total = 0
        # Now, because while a file is written its language is the active one.
        self._words = _("%(done)d of %(total)d rows")

    def of(self, total: int) -> "Bar":
        """Say how many rows there are in all."""
        self._total = total
        return self

    def __enter__(self) -> "Bar":
        self.show(0)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._out is not None:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def show(self, done: int) -> None:
        """Show how many rows are written."""
        if self._out is None:
            return
        share = min(1.0, done / self._total) if self._total else 1.0
        full = int(share * _BAR)
        words = self._words % {"done": done, "total": self._total}
        self._out.write(f"\r[{'#' * full}{' ' * (_BAR - full)}] {words}")
        self._out.flush()


def _format(output: str, asked: str | None) -> str:
    """The format that is asked for, or that the file's ending names. They must not contradict each other."""
    ending = "" if output == STDOUT else Path(output).suffix.removeprefix(".").lower()
    if asked is None:
        if ending and ending not in Format.values:
            raise refused(
                _("No format is called %(ending)s. Choose one with --format: %(formats)s.")
                % {"ending": ending, "formats": ", ".join(Format.values)}
            )
        return ending or Format.XLSX
    if ending in Format.values and ending != asked:
        raise refused(
            _("The file ends in .%(ending)s, but the format asked for is %(format)s.")
            % {"ending": ending, "format": asked}
        )
    return asked


def _write(path: Path, write: Callable[[IO[bytes]], None]) -> int:
    """Write the file, return its size. What isn't an ordinary file (a pipe) is written to, never replaced."""
    if not path.exists() or path.is_file():
        return lifecycle.write_whole(path, write).size
    with path.open("wb") as target:
        return _copied(target, write)


def _copied(target: IO[bytes], write: Callable[[IO[bytes]], None]) -> int:
    """Write the file aside, and copy it when it is whole: a pipe gets all of it or nothing, and can't be rewound."""
    with tempfile.TemporaryFile() as whole:
        write(whole)
        size = whole.tell()
        whole.seek(0)
        shutil.copyfileobj(whole, target)
        target.flush()
    return size


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise refused(_("%(text)s is not a day; write it as 2017-03-15.") % {"text": text}) from error
