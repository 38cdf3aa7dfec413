"""The verb that takes one report away by a decision, and the sweep of files. History keeps what was."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Member
from bra.rows import locked
from reports.lifecycle import stored_path
from reports.models import WAITING, Report, ReportState
from reports.signals import purged_by_hand

# A file that no row names may be of a report that is just being written; after a day it isn't.
ORPHAN_AGE = timedelta(days=1)
# What `lifecycle` writes; whatever else somebody keeps in the folder is left alone.
_OURS = re.compile(r"\.?\d+-[0-9a-f]{16}\.\w+(\.[0-9a-f]+\.part)?")


@transaction.atomic
def delete(*, report: Report, decision: str, by: Member, on: date) -> None:
    """Take one report away; a file goes by a decision only."""
    report = locked(report)
    if report.state in WAITING:
        raise RuleBroken(_("The report is still waited for. Cancel it first."))
    if report.state == ReportState.READY:
        _refuse_without(decision)
    forget(report, decision=decision, by=by, on=on)
    purged_by_hand.send(Report, report=report, decision=decision, by=by, on=on)
    report.delete()


def sweep_files(now: datetime) -> int:
    """Take away the files of reports that no row names, left by a power cut; return how many."""
    return sweep(Path(settings.REPORTS_DIR), _OURS, Report.objects.all(), now)


def sweep(folder: Path, ours: re.Pattern[str], rows: QuerySet[Any, Any], now: datetime) -> int:
    """Take away the folder's files that are called like ours and that no row's `file_name` names; return how many."""
    old = (now - ORPHAN_AGE).timestamp()
    left = [path for path in _files(folder) if ours.fullmatch(path.name) and path.stat().st_mtime < old]
    known = set(rows.filter(file_name__in=[path.name for path in left]).values_list("file_name", flat=True))
    orphans = [path for path in left if path.name not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else ()


def _refuse_without(decision: str) -> None:
    if not decision.strip():
        raise RuleBroken(
            _("Name the decision to purge by; without a decision nothing may be purged."), field="decision"
        )


def forget(report: Report, *, decision: str, by: Member | None, on: date) -> None:
    """Say in history that a report goes, and let its file go once the caller's transaction, which takes the row, holds.

    After the row: a row without its file would offer what isn't there. What a crash leaves is swept.
    """
    kept = stored_path(report) if report.file_name else None
    history.record(
        council=report.council,
        by=by,
        on=on,
        verb="report.purged",
        target=report,
        changes={"sha256": (report.sha256, ""), "decision": ("", decision.strip())},
    )
    if kept:
        # One that can't be removed is told in the log; the others go all the same.
        transaction.on_commit(lambda: kept.unlink(missing_ok=True), robust=True)
