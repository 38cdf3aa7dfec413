"""What records do when something happens on a floor below."""

from datetime import date
from typing import Any

from django.dispatch import receiver

from bra.models import Member
from records.models import Purge, local_day
from reports.models import Report
from reports.signals import purged_by_hand


@receiver(purged_by_hand, sender=Report)
def log_report(report: Report, decision: str, by: Member, on: date, **_more: Any) -> None:
    """A report that somebody deletes by a decision stands in the purge log like any other record."""
    if decision.strip():
        day = local_day(report.asked_at)
        Purge.objects.create(
            council=report.council,
            kind="report",
            on=on,
            by=by,
            decision=decision.strip(),
            number=1,
            oldest=day,
            newest=day,
            first_key=report.pk,
            last_key=report.pk,
        )
