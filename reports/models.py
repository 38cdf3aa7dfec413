"""The status reports that have been asked for."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actions.models import WorkPlan
from bra.models import Council, Member


class ReportState(models.TextChoices):
    """What has become of a report that was asked for."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Being built")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class ReportQuerySet(models.QuerySet["Report"]):
    """Words for reports."""

    def of(self, council: Council) -> "ReportQuerySet":
        """Those of one council."""
        return self.filter(council=council)

    def waiting(self) -> "ReportQuerySet":
        """Those to be built."""
        return self.filter(state=ReportState.QUEUED)


class Report(models.Model):
    """A status report of a plan for a period, as of a day. The row is the queue; Celery only wakes the builder."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="reports")
    plan = models.ForeignKey(WorkPlan, models.PROTECT, related_name="reports", verbose_name=_("plan"))
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    as_of = models.DateField(_("as of"))
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=8, choices=ReportState, default=ReportState.QUEUED)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    failure = models.CharField(_("reason"), max_length=300, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(_("size"), null=True)
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("status report")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["council", "-id"], name="report_by_council")]
        constraints = [
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="report_period_in_order"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ReportState.READY) | (~Q(file_name="") & ~Q(sha256="")),
                name="report_ready_has_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.as_of}"
