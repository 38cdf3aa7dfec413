"""The verbs of reports. The row is the queue: a report is asked for, claimed under a lease, and ends ready or failed.

`on` is the council's day; `clock` tells the time to whoever holds a lease, since building takes a while.
"""

import errno
import hashlib
import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bra import history, readings
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from bra.sealing import head_of
from reports import formats, kinds, permissions, schedule, selection
from reports.models import WAITING, Download, Format, Language, Report, ReportState, Variant
from reports.questions import Question

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

# Longer than it takes to write the largest report's slowest step; each step renews it.
LEASE = timedelta(seconds=settings.REPORT_LEASE_SECONDS)
# A report that isn't ready by then takes its builders down with it.
PATIENCE = timedelta(hours=1)
# The sweep takes up each minute what a dead worker has left.
LATELY = timedelta(minutes=10)

# Kept in English and translated where they are shown.
DISK_FULL = gettext_noop("The disk is full, so the file couldn't be written.")
UNWRITABLE = gettext_noop("The file couldn't be written: the folder of the reports can't be written to.")
BROKEN = gettext_noop("The report couldn't be built. The reason is in the server's log.")
TOOK_TOO_LONG = gettext_noop("The report couldn't be built within an hour.")

# No room: on the disk, in the quota, or under the limit that the process has been given.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
    *, council: Council, question: Question, by: Member | None, on: date, file_format: str = Format.XLSX
) -> Report:
    """Ask for a report; it waits in the queue until a worker builds it. `by` is None for one made by itself.

    When the same one is waited for already, that one is returned. What it is compared with is settled here, whatever
    the question says.
    """
    if question.plan.council_id != council.pk:
        raise RuleBroken(_("Choose a plan of this council."), field="plan")
    refuse_bad_question(question, on)
    locked(council)
    asked = _asked(council, question, file_format)
    if waiting := Report.objects.waiting().filter(**asked).first():
        return waiting
    head = head_of(council.pk)
    report = Report.objects.create(
        **asked,
        previous=previous_day(question),
        asked_by=by,
        audit_sequence=head.sequence,
        audit_seal=head.seal,
    )
    history.created(
        report,
        council=council,
        by=by,
        on=on,
        verb="report.asked",
        fields=("plan", "kind", "variant", "language", "format", "period_from", "period_to", "as_of"),
    )
    return report


def _asked(council: Council, question: Question, file_format: str) -> dict[str, Any]:
    """The columns in which two reports that share a run are the same."""
    return {
        "council": council,
        "plan": question.plan,
        "period_from": question.period_from,
        "period_to": question.period_to,
        "as_of": question.as_of,
        "kind": question.kind,
        "variant": question.variant,
        "language": question.language,
        "format": file_format,
    }


def previous_day(question: Question) -> date | None:
    """The as-of day of the report that one made now would be compared with; None when there is none."""
    return Report.objects.before(question.plan, question.kind, question.as_of)


@transaction.atomic
def cancel(*, report: Report, by: Member, on: date) -> Report:
    """Give a report up that isn't ready yet. A worker that builds it notices at its next step."""
    report = locked(report)
    if report.state not in WAITING:
        raise RuleBroken(_("The report isn't waited for any longer."))
    history.change(
        report,
        council=report.council,
        by=by,
        on=on,
        verb="report.cancelled",
        state=ReportState.CANCELLED,
        claimed_until=None,
    )
    return report


@transaction.atomic
def log_download(*, report: Report, by: Member, on: date, at: datetime) -> Download:
    """Note that somebody fetches the report's file."""
    readings.exported("report.fetched", target=report, by=by, on=on, file_format=report.format)
    return Download.objects.create(report=report, by=by, at=at)


@transaction.atomic
def ask_again(*, report: Report, by: Member, at: datetime) -> Report:
    """Put a report that failed or was given up into the queue again; return the one that is waited for now.

    When the same one has been asked for meanwhile that one is returned, and tells those who were to be told.
    """
    council = locked(report.council)
    report = locked(report)
    if report.state not in (ReportState.FAILED, ReportState.CANCELLED):
        raise RuleBroken(_("Only a report that failed or was cancelled can be made again."))
    on = council.today(at)
    question = question_of(report)
    refuse_bad_question(question, on)
    if waiting := Report.objects.waiting().filter(**_asked(council, question, report.format)).first():
        report.schedules.update(report=waiting)
        schedule.tell_if_ready(waiting, on=on)
        return waiting
    history.change(
        report,
        council=council,
        by=by,
        on=on,
        verb="report.asked_again",
        state=ReportState.QUEUED,
        failure="",
        # From now on its builders have the whole of their patience again.
        asked_at=at,
    )
    return report


def due(now: datetime) -> Q:
    """The condition for a report that a worker may take up: it waits, or the worker that had it is gone."""
    return Q(state=ReportState.QUEUED) | Q(state=ReportState.RUNNING, claimed_until__lt=now)


def claim(pk: int, now: datetime) -> Report | None:
    """Take a report up for LEASE; None when another worker has it or it is finished."""
    free = Report.objects.filter(due(now), pk=pk)
    # One whose lease ran out long ago has been tried by nobody since: the server was down, and that isn't its fault.
    tried = free.filter(state=ReportState.RUNNING, claimed_until__gte=now - LATELY)
    if _given_up(tried.filter(asked_at__lt=now - PATIENCE), now):
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
        kept = _written(report, clock)
    except LeaseLost:
        logger.warning("report %s: the lease ran out and another worker has it", pk)
        return None
    except OSError as error:
        logger.warning("report %s: not written, errno %s", pk, error.errno)
        return _fail(report, DISK_FULL if error.errno in FULL else UNWRITABLE, clock())
    except Exception:
        logger.exception("report %s: not built", pk)
        return _fail(report, BROKEN, clock())
    return _ready(report, kept, clock())


def question_of(report: Report) -> Question:
    """The question that a report answers."""
    return Question(
        report.plan,
        report.period_from,
        report.period_to,
        report.as_of,
        previous=report.previous,
        kind=report.kind,
        variant=report.variant,
        language=report.language,
        log_end=(report.audit_sequence, report.audit_seal),
        counts_left_out=permissions.may_count_left_out(report),
    )


def download_name(report: Report) -> str:
    """The name that the file is offered under: kind, council, plan, day and copy, nothing of what was said."""
    publish = {Language.SWEDISH: "publik", Language.ENGLISH: "public"}[Language(report.language)]
    parts = [
        kinds.file_word(report.kind, report.language),
        report.council.slug,
        slugify(report.plan.name) or "plan",
        report.as_of.isoformat(),
        publish if report.variant == Variant.PUBLISH else "",
    ]
    return f"{'-'.join(filter(None, parts))}.{report.format}"


def stored_path(report: Report) -> Path:
    """Where the report's file is kept."""
    return Path(settings.REPORTS_DIR) / report.file_name


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that has been written: its name, its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


def write_whole(path: Path, write: Callable[[IO[bytes]], None]) -> Kept:
    """Let `write` fill a file, so that it is there whole or not at all, whenever the power fails."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Kept(path.name, size, digest)


def _written(report: Report, clock: Clock) -> Kept:
    """Write the report's file. Raises OSError, LeaseLost when another worker has it meanwhile; then no file is left."""
    folder = Path(settings.REPORTS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f".{report.pk}-*.part"):
        left.unlink(missing_ok=True)  # by a worker that died; one that is only slow has lost its lease
    data = selection.load(question_of(report))
    _renew(report, clock, rows_done=0, rows_total=data.rows)

    def write(file: IO[bytes]) -> None:
        formats.write(report.format, data, file, progress=lambda rows: _renew(report, clock, rows_done=rows))

    kept = write_whole(folder / f"{report.pk}-{secrets.token_hex(8)}.{report.format}", write)
    try:
        _renew(report, clock, rows_done=data.rows)
    except LeaseLost:
        (folder / kept.name).unlink(missing_ok=True)
        raise
    return kept


def _mine(report: Report) -> QuerySet[Report]:
    """The row as long as the lease is ours: the end of the lease is what tells two builders apart."""
    return Report.objects.filter(pk=report.pk, state=ReportState.RUNNING, claimed_until=report.claimed_until)


def _renew(report: Report, clock: Clock, **progress: int) -> None:
    until = clock() + LEASE
    if not _mine(report).update(claimed_until=until, **progress):
        raise LeaseLost
    report.claimed_until = until


@transaction.atomic
def _ready(report: Report, kept: Kept, now: datetime) -> Report | None:
    finished = _mine(report).update(
        state=ReportState.READY,
        claimed_until=None,
        ready_at=now,
        failure="",
        file_name=kept.name,
        size=kept.size,
        sha256=kept.sha256,
    )
    if not finished:
        (Path(settings.REPORTS_DIR) / kept.name).unlink(missing_ok=True)
        return None
    history.record(
        council=report.council,
        by=None,
        on=report.council.today(now),
        verb="report.ready",
        target=report,
        changes={"sha256": (None, kept.sha256)},
    )
    schedule.tell(report, on=report.council.today(now))
    report.refresh_from_db()
    return report


@transaction.atomic
def _given_up(hopeless: QuerySet[Report], now: datetime) -> bool:
    report = hopeless.select_related("council").first()
    if report is None or not hopeless.update(state=ReportState.FAILED, failure=TOOK_TOO_LONG, claimed_until=None):
        return False
    _record_failure(report, TOOK_TOO_LONG, now)
    return True


@transaction.atomic
def _fail(report: Report, failure: str, now: datetime) -> Report | None:
    if not _mine(report).update(state=ReportState.FAILED, claimed_until=None, failure=failure):
        return None
    _record_failure(report, failure, now)
    report.refresh_from_db()
    return report


def _record_failure(report: Report, failure: str, now: datetime) -> None:
    on = report.council.today(now)
    changes = {"failure": ("", failure)}
    history.record(council=report.council, by=None, on=on, verb="report.failed", target=report, changes=changes)
