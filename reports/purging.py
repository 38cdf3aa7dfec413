"""The verbs that take reports away by a decision: one alone, or all that a rule outlives. History keeps what was."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from reports.lifecycle import stored_path
from reports.models import WAITING, Report, ReportRules, ReportState

# A file that no row names may be of a report that is just being written; after a day it isn't.
ORPHAN_AGE = timedelta(days=1)
# What `lifecycle` writes; whatever else somebody keeps in the folder is left alone.
_OURS = re.compile(r"\.?\d+-[0-9a-f]{16}\.\w+(\.[0-9a-f]+\.part)?")


@transaction.atomic
def choose_rules(*, council: Council, years_kept: int, decision: str, by: Member, on: date) -> ReportRules:
    """Choose how many years reports are kept, and by which decision they are purged then; without one none is."""
    if not 1 <= years_kept <= ReportRules.MOST_YEARS:
        raise RuleBroken(
            _("Choose between 1 and %(most)s years.") % {"most": ReportRules.MOST_YEARS}, field="years_kept"
        )
    council = locked(council)
    rules, _new = ReportRules.objects.get_or_create(council=council)
    history.change(
        rules,
        council=council,
        by=by,
        on=on,
        verb="report.rules_chosen",
        years_kept=years_kept,
        decision=decision.strip(),
    )
    return rules


@transaction.atomic
def delete(*, report: Report, decision: str, by: Member, on: date) -> None:
    """Take one report away; a file goes by a decision only."""
    report = locked(report)
    if report.state in WAITING:
        raise RuleBroken(_("The report is still waited for. Cancel it first."))
    if report.state == ReportState.READY:
        _refuse_without(decision)
    _delete(report, decision, by, on)


def purge(*, council: Council, before: datetime, decision: str, on: date) -> int:
    """Take away the reports asked for before an instant, files and all; return how many.

    `decision` refers to the decision to purge; without one nothing is purged.
    """
    _refuse_without(decision)
    purged = 0
    for report in Report.objects.of(council).outlived(before):
        with transaction.atomic():
            found = Report.objects.select_for_update().filter(pk=report.pk).exclude(state__in=WAITING).first()
            if found is not None:
                _delete(found, decision, None, on)
                purged += 1
    return purged


def purge_by_rule(*, council: Council, now: datetime) -> int:
    """Take away what the council's rule no longer keeps at the council's instant `now`; return how many."""
    rules = ReportRules.of(council)
    if not rules.decision:
        return 0
    return purge(council=council, before=rules.oldest_kept(now), decision=rules.decision, on=now.date())


def sweep_files(now: datetime) -> int:
    """Take away the files of reports that no row names, left by a power cut; return how many."""
    folder = Path(settings.REPORTS_DIR)
    old = (now - ORPHAN_AGE).timestamp()
    left = [path for path in _files(folder) if _OURS.fullmatch(path.name) and path.stat().st_mtime < old]
    known = set(Report.objects.filter(file_name__in=[path.name for path in left]).values_list("file_name", flat=True))
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


def _delete(report: Report, decision: str, by: Member | None, on: date) -> None:
    """Delete the row in the caller's transaction, and its file once that has held."""
    kept = stored_path(report) if report.file_name else None
    history.record(
        council=report.council,
        by=by,
        on=on,
        verb="report.purged",
        target=report,
        changes={"sha256": (report.sha256, ""), "decision": ("", decision.strip())},
    )
    report.delete()
    if kept:
        # After the row: a row without its file would offer what isn't there. What a crash leaves is swept.
        transaction.on_commit(lambda: kept.unlink(missing_ok=True))
