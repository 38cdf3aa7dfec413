"""Ends of chains that are known from elsewhere: from reports that were made, and from notes that somebody kept."""

import re
from collections.abc import Iterable

from bra.models import Council
from bra.verifying import SHORT
from reports.models import Report

_NOTED = re.compile(rf"(?:([a-z0-9-]+)\s+)?(\d{{1,18}})\s*[:·]\s*([0-9a-f]{{{SHORT},64}})")
# What stands for the installation where a council's address would.
INSTALLATION = "-"

Head = tuple[int, str]


def of_reports(council: Council) -> Iterable[Head]:
    """The ends that the council's reports carry."""
    told = Report.objects.of(council).exclude(audit_seal="").order_by("audit_sequence")
    return told.values_list("audit_sequence", "audit_seal").distinct()


def noted(line: str) -> tuple[str, Head] | None:
    """Read "123:SEAL", "granby 123:SEAL" or "- 123:SEAL" (the installation): the address ("" for none) and the end.

    None for a line that isn't one; a seal may be shortened as it is on reports.
    """
    found = _NOTED.fullmatch(line.strip())
    return (found[1] or "", (int(found[2]), found[3])) if found else None
