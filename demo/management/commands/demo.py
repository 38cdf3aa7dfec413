"""`manage.py demo`: load the demonstration once and print its log-ins."""

import contextlib
import errno
import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from bra.errors import RuleBroken
from bra.models import Council
from demo import council
from demo.council import Login


class Command(BaseCommand):
    """Standard output holds the log-ins and nothing else; exit status 2 when that can't be done."""

    help = "Loads the demonstration council, once, and prints its log-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --credentials-file."""
        parser.add_argument(
            "--credentials-file",
            type=Path,
            metavar="PATH",
            help="also write the log-ins to this file, which only its owner may read",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, or say that it is loaded already. The log-ins' file and the rows appear together or not at all."""
        there = council.existing()
        if there is not None:
            self.stdout.write(
                _("%(council)s is loaded already; nothing has been changed.") % {"council": there.name}
                + " "
                + _("A forgotten password is replaced by: python manage.py changepassword E-MAIL")
            )
            return
        path = options["credentials_file"]
        try:
            self.stdout.write(_load(path))
        except RuleBroken as refusal:
            raise CommandError(refusal.sentence, returncode=2) from refusal


def _load(path: Path | None) -> str:
    with _kept_when_all_goes_well(path) if path else contextlib.nullcontext() as file, transaction.atomic():
        said = sentences(council.load())
        if file is not None:
            file.write_text(said, encoding="utf-8")
    return said


def sentences(logins: list[Login]) -> str:
    """Return the log-ins as a table for people: role, name, e-mail, password."""
    place: Council = logins[0].member.council
    head = (_("Role"), _("Name"), _("E-mail"), _("Password"))
    body = [
        (capfirst(str(login.member.get_role_display())), login.member.name, login.email, login.password)
        for login in logins
    ]
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, tuple("-" * width for width in widths), *body)
    ]
    title = _("Log-ins of the demonstration, %(council)s:") % {"council": place.name}
    return "\n".join([title, "", *table, ""])


@contextlib.contextmanager
def _kept_when_all_goes_well(path: Path) -> Iterator[Path]:
    """A file of mode 600 beside `path`, which takes its place when the block ends well and is gone when not."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _not_written(path, error) from error
    os.close(descriptor)
    draft = Path(name)
    try:
        if path.is_dir():
            raise _not_written(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)))
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _not_written(path: Path, error: OSError) -> CommandError:
    sentence = _("The log-ins can't be written to %(path)s: %(reason)s.")
    return CommandError(sentence % {"path": path, "reason": error.strerror}, returncode=2)
