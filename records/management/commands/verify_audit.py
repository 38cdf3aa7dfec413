"""`manage.py verify_audit`: whether the audit log is what was written."""

import sys
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bra.models import Council
from bra.verifying import Verified, verify
from records.kept_heads import INSTALLATION, Head, noted, of_reports


class Command(BaseCommand):
    """A line for each finding, one for each chain that holds. Exit status 1 with findings, 2 for wrong use."""

    help = "Recomputes the audit log and tells what was edited, deleted, reordered or cut off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a council and ends that were kept."""
        parser.add_argument("--council", metavar="SLUG", help="only this council; - for the installation's own log")
        parser.add_argument(
            "--head", nargs="+", default=[], metavar="SEQ:SEAL", help="ends of this council's log that were kept"
        )
        parser.add_argument(
            "--head-file", type=Path, metavar="FILE", help='such ends, one a line, "SLUG SEQ:SEAL" for any council'
        )
        parser.add_argument(
            "--ends", action="store_true", help="write the ends of logs that hold as --head-file reads them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify chain by chain."""
        chains = self._chains(options["council"])
        heads = self._heads(options, chains)
        sound = True
        for slug, council in chains.items():
            known = [*heads[slug], *(of_reports(council) if council else ())]
            verified = verify(council.pk if council else None, heads=known, now=timezone.now())
            sound = self._tell(slug, verified, ends=options["ends"]) and sound
        if not sound:
            sys.exit(1)

    def _chains(self, slug: str | None) -> dict[str, Council | None]:
        if slug == INSTALLATION:
            return {INSTALLATION: None}
        councils: dict[str, Council | None] = {row.slug: row for row in Council.objects.order_by("slug")}
        if slug is None:
            return {**councils, INSTALLATION: None}
        if slug not in councils:
            self._stop(_("There is no council with the address %(slug)s.") % {"slug": slug})
        return {slug: councils[slug]}

    def _heads(self, options: dict[str, Any], chains: dict[str, Council | None]) -> dict[str, list[Head]]:
        heads: dict[str, list[Head]] = defaultdict(list)
        lines = list(options["head"])
        if options["head_file"] is not None:
            try:
                lines += options["head_file"].read_text(encoding="utf-8").splitlines()
            except (OSError, UnicodeDecodeError):
                self._stop(_("%(path)s can't be read.") % {"path": options["head_file"]})
        for line in filter(str.strip, lines):
            found = noted(line)
            if found is None:
                self._stop(_("%(line)s isn't the end of a log: write 123:SEAL.") % {"line": line.strip()})
                continue
            slug = found[0] or options["council"]
            if not slug:
                self._stop(_("Say with --council whose log %(line)s is the end of.") % {"line": line.strip()})
            if options["council"] is None and slug not in chains:
                self._stop(_("There is no council with the address %(slug)s.") % {"slug": slug})
            heads[slug].append(found[1])
        return heads

    def _tell(self, slug: str, verified: Verified, *, ends: bool) -> bool:
        whose = _("the installation") if slug == INSTALLATION else slug
        for finding in verified.findings:
            self.stdout.write(f"{whose}: {finding}")
        if verified.untold:
            more = ngettext("and %(n)d more finding.", "and %(n)d more findings.", verified.untold)
            self.stdout.write(f"{whose}: {more % {'n': verified.untold}}")
        if verified.holds and not ends:
            self.stdout.write(sound(whose, verified))
        elif verified.holds and verified.sequence:
            self.stdout.write(f"{slug} {verified.sequence}:{verified.seal}")
        return verified.holds

    def _stop(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(2)


def sound(whose: str, verified: Verified) -> str:
    """Return the one sentence about a chain that holds."""
    told = ngettext(
        "%(council)s: the log holds, %(n)d entry, the end is %(end)s",
        "%(council)s: the log holds, %(n)d entries, the end is %(end)s",
        verified.entries,
    )
    return told % {"council": whose, "n": verified.entries, "end": f"{verified.sequence}:{verified.seal}"}
