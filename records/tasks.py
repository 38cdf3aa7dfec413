"""What Celery wakes: purging that was ordered, and what is swept each night. What must not be lost is a row."""

import logging
from functools import partial

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from bra.models import Council
from celery_app import app
from records.lifecycle import bin as recycling
from records.lifecycle import purging
from records.lifecycle.producing import sweep_copies
from records.models import PurgeOrder

logger = logging.getLogger(__name__)


@app.task(name="records.purge_order")
def purge_order(pk: int) -> None:
    """Purge what one order says, unless somebody else does."""
    purging.run(pk, timezone.now)


@app.task(name="records.purge_ordered")
def purge_ordered() -> None:
    """Purge what waits: orders whose wake-up was lost, and those whose worker died."""
    for pk in PurgeOrder.objects.filter(purging.due(timezone.now())).order_by("pk").values_list("pk", flat=True):
        purging.run(pk, timezone.now)


@app.task(name="records.keep")
def keep() -> None:
    """Purge by the rules that work by themselves, and empty the recycle bins; a council's failure stops no other."""
    now = timezone.now()
    for council in Council.objects.order_by("pk"):
        try:
            purging.purge_by_rule(council=council, at=now)
            recycling.empty(council=council, at=now)
        except Exception:
            logger.exception("keeping records failed council=%s", council.pk)
    purging.forget_orders(now)
    sweep_copies(now)
    # What a page kept of somebody's work goes with the session that it was kept in.
    Session.objects.filter(expire_date__lt=now).delete()


def wake_after_commit(order: PurgeOrder) -> None:
    """Wake a worker once the order is there. A broker that is away does no harm: beat finds the row."""
    transaction.on_commit(partial(_wake, order.pk))


def _wake(pk: int) -> None:
    try:
        purge_order.delay(pk)
    except (OperationalError, OSError):
        logger.warning("purge order %s: the broker doesn't answer; the next sweep finds it", pk)
