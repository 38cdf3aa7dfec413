"""The verbs of reports. The row is the queue: a report is asked for, claimed under a lease, and ends ready or failed.

`on` is the council's day; `clock` tells the time to whoever holds a lease, since building takes a while.
"""

import errno
import hashlib
import logging
import os
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from actions.models import WorkPlan
from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from reports import selection, workbook
from reports.models import Report, ReportState
from reports.selection import Question

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

# Longer than it takes to write the largest report's slowest step; each step renews it.
LEASE = timedelta(minutes=5)
# A report that isn't ready by then takes its builders down with it.
PATIENCE = timedelta(hours=1)

# Kept in English and translated where they are shown.
DISK_FULL = gettext_noop("The disk is full, so the file couldn't be written.")
UNWRITABLE = gettext_noop("The file couldn't be written: the folder of the reports can't be written to.")
BROKEN = gettext_noop("The report couldn't be built. The reason is in the server's log.")
TOOK_TOO_LONG = gettext_noop("The report couldn't be built within an hour.")


class LeaseLost(Exception):
    """Somebody else has taken the report up meanwhile."""


def refuse_bad_question(question: Question, on: date) -> None:
    """Raise RuleBroken with a sentence when the question can't be answered on the day `on`."""
    plan = question.plan
    bounds = {"plan": plan.name, "from": plan.starts, "to": plan.ends}
    if question.period_to < question.period_from:
        raise RuleBroken(_("The period must end on the day it begins or later."), field="period_to")
    if question.period_from < plan.starts or question.period_from > plan.ends:
        raise RuleBroken(
            _("The period must lie within the plan %(plan)s, %(from)s to %(to)s.") % bounds, field="period_from"
        )
    if question.period_to > plan.ends:
        raise RuleBroken(
            _("The period must lie within the plan %(plan)s, %(from)s to %(to)s.") % bounds, field="period_to"
        )
    if question.as_of > on:
        raise RuleBroken(_("The as-of day can't be in the future: today is %(today)s.") % {"today": on}, field="as_of")
    if question.as_of < question.period_from:
        raise RuleBroken(
            _("The as-of day can't be before the period begins, %(from)s.") % {"from": question.period_from},
            field="as_of",
        )


@transaction.atomic
def request_report(
    *, council: Council, plan: WorkPlan, period_from: date, period_to: date, as_of: date, by: Member, on: date
) -> Report:
    """Ask for a status report; it waits in the queue until a worker builds it."""
    if plan.council_id != council.pk:
        raise RuleBroken(_("Choose a plan of this council."), field="plan")
    refuse_bad_question(Question(plan, period_from, period_to, as_of), on)
    report = Report.objects.create(
        council=council, plan=plan, period_from=period_from, period_to=period_to, as_of=as_of, asked_by=by
    )
    history.created(
        report,
        council=council,
        by=by,
        on=on,
        verb="report.asked",
        fields=("plan", "period_from", "period_to", "as_of"),
    )
    return report


def due(now: datetime) -> Q:
    """The condition for a report that a worker may take up: it waits, or the worker that had it is gone."""
    return Q(state=ReportState.QUEUED) | Q(state=ReportState.RUNNING, claimed_until__lt=now)


def claim(pk: int, now: datetime) -> Report | None:
    """Take a report up for LEASE; None when another worker has it or it is finished."""
    free = Report.objects.filter(due(now), pk=pk)
    if free.filter(state=ReportState.RUNNING, asked_at__lt=now - PATIENCE).update(
        state=ReportState.FAILED, failure=TOOK_TOO_LONG, claimed_until=None
    ):
        return None
    claimed = free.update(state=ReportState.RUNNING, claimed_until=now + LEASE, rows_done=0, rows_total=0)
    if not claimed:
        return None
    return Report.objects.select_related("plan__council").get(pk=pk)


def build(pk: int, clock: Clock) -> Report | None:
    """Build a waiting report into a file; None when it was somebody else's.

    Whatever goes wrong ends as a sentence on the row, never as half a file.
    """
    report = claim(pk, clock())
    if report is None:
        return None
    try:
        content = _built(report, clock)
        name = _keep(report, content)
    except LeaseLost:
        logger.warning("report %s: the lease ran out and another worker has it", pk)
        return None
    except OSError as error:
        logger.warning("report %s: not written, errno %s", pk, error.errno)
        return _fail(report, DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else UNWRITABLE)
    except Exception:
        logger.exception("report %s: not built", pk)
        return _fail(report, BROKEN)
    return _ready(report, name, content, clock())


def download_name(report: Report) -> str:
    """The name that the file is offered under: council, plan and day, nothing of what was said."""
    return f"statusrapport-{report.council.slug}-{slugify(report.plan.name) or 'plan'}-{report.as_of.isoformat()}.xlsx"


def stored_path(report: Report) -> Path:
    """Where the report's file is kept."""
    return Path(settings.REPORTS_DIR) / report.file_name


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whenever the power fails."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _built(report: Report, clock: Clock) -> bytes:
    data = selection.load(Question(report.plan, report.period_from, report.period_to, report.as_of))
    _renew(report, clock, rows_done=0, rows_total=data.rows)
    content = workbook.build(data, progress=lambda rows: _renew(report, clock, rows_done=rows))
    _renew(report, clock, rows_done=data.rows)
    return content


def _mine(report: Report) -> QuerySet[Report]:
    """The row as long as the lease is ours: the end of the lease is what tells two builders apart."""
    return Report.objects.filter(pk=report.pk, state=ReportState.RUNNING, claimed_until=report.claimed_until)


def _renew(report: Report, clock: Clock, **progress: int) -> None:
    until = clock() + LEASE
    if not _mine(report).update(claimed_until=until, **progress):
        raise LeaseLost
    report.claimed_until = until


def _keep(report: Report, content: bytes) -> str:
    folder = Path(settings.REPORTS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{report.pk}-{secrets.token_hex(8)}.xlsx"
    write_whole(folder / name, content)
    return name


@transaction.atomic
def _ready(report: Report, name: str, content: bytes, now: datetime) -> Report | None:
    digest = hashlib.sha256(content).hexdigest()
    finished = _mine(report).update(
        state=ReportState.READY,
        claimed_until=None,
        ready_at=now,
        failure="",
        file_name=name,
        size=len(content),
        sha256=digest,
    )
    if not finished:
        (Path(settings.REPORTS_DIR) / name).unlink(missing_ok=True)
        return None
    history.record(
        council=report.council,
        by=None,
        on=report.council.today(now),
        verb="report.ready",
        target=report,
        changes={"sha256": (None, digest)},
    )
    report.refresh_from_db()
    return report


def _fail(report: Report, failure: str) -> Report | None:
    if not _mine(report).update(state=ReportState.FAILED, claimed_until=None, failure=failure):
        return None
    report.refresh_from_db()
    return report
