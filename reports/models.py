"""The status reports that have been asked for, and the working copies of them that came back filled in."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actions.models import Action, Comment, WorkPlan
from bra.models import Council, Member, Role


class ReportState(models.TextChoices):
    """What has become of a report that was asked for."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Being built")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


WAITING = (ReportState.QUEUED, ReportState.RUNNING)
# The kind of the mail that tells of a report that was made by itself.
REPORT_MAIL = "report"


class ReportKind(models.TextChoices):
    """What a report is for."""

    STATUS = "status", _("Status of the work plan")
    FOLLOW_UP = "follow_up", _("Follow-up before a meeting")
    EXTREMISM = "extremism", _("Work against violent extremism")
    CASES = "cases", _("Cases")


class Variant(models.TextChoices):
    """For colleagues, or for outside."""

    WORKING = "working", _("Working copy")
    PUBLISH = "publish", _("For publication")


class Language(models.TextChoices):
    """The language of the file."""

    SWEDISH = "sv", _("Swedish")
    ENGLISH = "en", _("English")


class Format(models.TextChoices):
    """What kind of file it is; the value is the ending of its name."""

    XLSX = "xlsx", _("Excel")
    ODS = "ods", _("OpenDocument (LibreOffice)")
    CSV = "csv", _("CSV, the actions only")
    PDF = "pdf", _("PDF, the summary only")
    JSON = "json", _("JSON, for machines")


def comes_back(kind: str, variant: str, file_format: str = Format.XLSX) -> bool:
    """Whether such a file can be filled in: a working copy, in Excel's format, with a table of actions."""
    with_actions = kind in (ReportKind.STATUS, ReportKind.FOLLOW_UP)
    return with_actions and variant == Variant.WORKING and file_format == Format.XLSX


class ReportQuerySet(models.QuerySet["Report"]):
    """Words for reports."""

    def of(self, council: Council) -> "ReportQuerySet":
        """Those of one council."""
        return self.filter(council=council)

    def waiting(self) -> "ReportQuerySet":
        """Those to be built, and those being built."""
        return self.filter(state__in=WAITING)

    def before(self, plan: WorkPlan, kind: str, as_of: date) -> date | None:
        """The day of the latest report made of the plan before the day `as_of`: what that day's is compared with.

        Those made by themselves count from when they are asked for: several may be, after the server was down.
        """
        made = Q(state=ReportState.READY) | Q(state__in=WAITING, asked_by=None)
        earlier = self.filter(made, plan=plan, kind=kind, as_of__lt=as_of)
        return earlier.order_by("-as_of").values_list("as_of", flat=True).first()


class Report(models.Model):
    """A status report of a plan for a period, as of a day. The row is the queue; Celery only wakes the builder."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="reports")
    plan = models.ForeignKey(WorkPlan, models.PROTECT, related_name="reports", verbose_name=_("plan"))
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    as_of = models.DateField(_("as of"))
    # Kept, so that the same report can be made again when others have been made in between.
    previous = models.DateField(_("compared with"), null=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ReportKind, default=ReportKind.STATUS)
    variant = models.CharField(_("variant"), max_length=8, choices=Variant, default=Variant.WORKING)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.SWEDISH)
    format = models.CharField(_("file"), max_length=4, choices=Format, default=Format.XLSX)
    # None: it was made by itself, at a chosen date.
    asked_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    # The end of the audit log when the report was asked for: whoever keeps the file can tell whether it was rewritten.
    audit_sequence = models.PositiveBigIntegerField(default=0, editable=False)
    audit_seal = models.CharField(max_length=64, default="", editable=False)
    state = models.CharField(_("state"), max_length=9, choices=ReportState, default=ReportState.QUEUED)
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
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="report_kind_known"),
            models.CheckConstraint(condition=Q(variant__in=Variant.values), name="report_variant_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="report_language_known"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="report_format_known"),
            models.CheckConstraint(
                condition=~Q(state=ReportState.READY) | (~Q(file_name="") & ~Q(sha256="")),
                name="report_ready_has_file",
            ),
            models.CheckConstraint(
                condition=Q(previous=None) | Q(previous__lt=F("as_of")), name="report_previous_is_earlier"
            ),
            # Two who ask for the same thing wait for the same run.
            models.UniqueConstraint(
                fields=[
                    "council",
                    "plan",
                    "kind",
                    "variant",
                    "language",
                    "format",
                    "period_from",
                    "period_to",
                    "as_of",
                ],
                condition=Q(state__in=WAITING),
                name="report_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.as_of}"

    @property
    def comes_back(self) -> bool:
        """Whether its file is there and can be filled in."""
        return self.state == ReportState.READY and comes_back(self.kind, self.variant, self.format)


class Download(models.Model):
    """Somebody fetched a report's file."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="downloads")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("fetched"))

    class Meta:
        verbose_name = _("download")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.report_id} {self.by_id}"


class ReportSchedule(models.Model):
    """A day whose report is made by itself once it is over; `made` stays when the report itself has been purged."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="report_schedules")
    on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=ReportKind, default=ReportKind.STATUS)
    variant = models.CharField(_("variant"), max_length=8, choices=Variant, default=Variant.WORKING)
    recipients = models.ManyToManyField(Member, related_name="+", verbose_name=_("told by mail"))
    report = models.ForeignKey(Report, models.SET_NULL, null=True, related_name="schedules")
    made = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("automatic report")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["council", "on", "kind", "variant"], name="report_schedule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.council_id} {self.on}"


class ReturnState(models.TextChoices):
    """What has become of a file that came back."""

    READ = "read", pgettext_lazy("file", "Being looked at")
    APPLIED = "applied", pgettext_lazy("file", "Taken in")
    UNDONE = "undone", pgettext_lazy("file", "Undone")


class ReturnedFileQuerySet(models.QuerySet["ReturnedFile"]):
    """Words for files that came back."""

    def visible_to(self, member: Member) -> "ReturnedFileQuerySet":
        """Those that exist for the member: of the own council, for the coordinator.

        What is being looked at may hold anything, so it is only for who chose the file.
        """
        if member.role != Role.COORDINATOR:
            return self.none()
        own = self.filter(council_id=member.council_id)
        return own.filter(~Q(state=ReturnState.READ) | Q(by=member)).defer("rows")


class ReturnedFile(models.Model):
    """A working copy of a report that came back filled in. Its cells are kept only while it is being looked at."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="returned_files")
    report = models.ForeignKey(Report, models.SET_NULL, null=True, related_name="returned_files")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    # As reports.returning.selection.kept gives it.
    rows = models.JSONField(default=dict, editable=False)
    # The rows that are to be taken in although their actions have moved on, by their numbers.
    taken = models.JSONField(default=list, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=ReturnState, default=ReturnState.READ)
    applied_on = models.DateField(null=True, editable=False)
    undone_on = models.DateField(null=True, editable=False)
    # How many rows were what, once it was taken in.
    unchanged = models.PositiveIntegerField(default=0, editable=False)
    left_out = models.PositiveIntegerField(default=0, editable=False)

    objects = ReturnedFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("filled-in report")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReturnState.values), name="returned_state_known"),
            models.CheckConstraint(
                condition=Q(state=ReturnState.READ, applied_on=None)
                | (~Q(state=ReturnState.READ) & Q(applied_on__isnull=False)),
                name="returned_applied_has_day",
            ),
            models.CheckConstraint(
                condition=Q(state=ReturnState.UNDONE, undone_on__isnull=False)
                | (~Q(state=ReturnState.UNDONE) & Q(undone_on=None)),
                name="returned_undone_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ReturnedAction(models.Model):
    """An action that a file that came back has changed, and what is needed to put it back."""

    file = models.ForeignKey(ReturnedFile, models.CASCADE, related_name="returned")
    action = models.ForeignKey(Action, models.CASCADE, related_name="+")
    row = models.PositiveIntegerField(_("row"))
    # As actions.lifecycle.as_it_is gives it; empty once the file is undone.
    before = models.JSONField(default=dict, editable=False)
    # The action's version as the file left it.
    version = models.PositiveIntegerField(editable=False)
    comment = models.OneToOneField(Comment, models.SET_NULL, related_name="+", null=True, editable=False)

    class Meta:
        verbose_name = _("action of a filled-in report")
        ordering = ["row", "pk"]
        constraints = [models.UniqueConstraint(fields=["file", "action"], name="returned_action_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.row}"
