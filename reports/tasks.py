"""What Celery wakes: the builder of reports. Ids in, one verb called; what must not be lost is a row."""

import logging
from functools import partial

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from bra.models import Council
from celery_app import app
from imports import lifecycle as imports
from reports import lifecycle, purging, returning, scheduling
from reports.models import Report

logger = logging.getLogger(__name__)


@app.task(name="reports.build")
def build(report_pk: int) -> None:
    """Build one report, unless somebody else has it."""
    lifecycle.build(report_pk, timezone.now)


@app.task(name="reports.build_waiting")
def build_waiting() -> None:
    """Build what waits: reports whose wake-up was lost, and those whose worker died."""
    for pk in Report.objects.filter(lifecycle.due(timezone.now())).order_by("pk").values_list("pk", flat=True):
        lifecycle.build(pk, timezone.now)


@app.task(name="reports.make_scheduled")
def make_scheduled() -> None:
    """Ask for the reports that are made by themselves; a council's failure stops no other."""
    now = timezone.now()
    for council in Council.objects.order_by("pk"):
        try:
            scheduling.make_due(council=council, today=council.today(now))
        except Exception:
            logger.exception("automatic reports failed council=%s", council.pk)


@app.task(name="reports.sweep")
def sweep() -> None:
    """Take away uploads that nobody went on with, and files that no report names; the rules are those of records."""
    now = timezone.now()
    for council in Council.objects.order_by("pk"):
        try:
            returning.forget_old(council=council, on=council.today(now))
            imports.forget_old(council=council, on=council.today(now))
        except Exception:
            logger.exception("forgetting uploads failed council=%s", council.pk)
    purging.sweep_files(now)


def wake_after_commit(report: Report) -> None:
    """Wake a worker once the report's row is there. A broker that is away does no harm: beat finds the row."""
    transaction.on_commit(partial(_wake, report.pk))


def _wake(report_pk: int) -> None:
    try:
        build.delay(report_pk)
    except (OperationalError, OSError):
        logger.warning("report %s: the broker doesn't answer; it is built by the next sweep", report_pk)
