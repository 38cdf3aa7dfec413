"""The lists that were taken in, and which actions came of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actions.models import Action, Comment
from bra.models import LOGGERS, Council, Member
from meetings.models import AgendaItem


class ImportState(models.TextChoices):
    """How far an import has come."""

    READ = "read", pgettext_lazy("import", "Being prepared")
    APPLIED = "applied", pgettext_lazy("import", "Brought in")
    UNDONE = "undone", pgettext_lazy("import", "Undone")


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Words for imports."""

    def visible_to(self, member: Member) -> "ImportBatchQuerySet":
        """Those that exist for the member: of the own council, for those who log.

        What is being prepared may hold anything, so it is only for who took it in. At a restricted item: the cleared.
        """
        if member.role not in LOGGERS:
            return self.none()
        own = self.filter(council_id=member.council_id).filter(~Q(state=ImportState.READ) | Q(by=member))
        return own if member.cleared else own.filter(Q(item=None) | Q(item__restricted=False))

    def with_numbers(self) -> "ImportBatchQuerySet":
        """Add `number`: how many actions came of it."""
        return self.annotate(number=models.Count("imported"))


class ImportBatch(models.Model):
    """One list that somebody took in.

    Its cells are kept only while it is being prepared; what then remains is which actions came of it.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="imports")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    # As imports.reading.Book.as_json gives it.
    rows = models.JSONField(default=dict, editable=False)
    # What the columns mean and what was mended, as imports.proposing.Choices.as_json gives it.
    mapping = models.JSONField(default=dict, editable=False)
    # Where its actions hang, and whether the item was made for them.
    item = models.ForeignKey(AgendaItem, models.SET_NULL, related_name="+", null=True, editable=False)
    made_item = models.BooleanField(default=False, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=ImportState, default=ImportState.READ)
    applied_on = models.DateField(null=True, editable=False)
    undone_on = models.DateField(null=True, editable=False)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(
                condition=Q(state=ImportState.READ, applied_on=None)
                | (~Q(state=ImportState.READ) & Q(applied_on__isnull=False)),
                name="import_applied_has_day",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.UNDONE, undone_on__isnull=False)
                | (~Q(state=ImportState.UNDONE) & Q(undone_on=None)),
                name="import_undone_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ImportedAction(models.Model):
    """An action that came of a row. The fingerprint says which row of which words, so that none comes twice."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="imported")
    action = models.OneToOneField(Action, models.CASCADE, related_name="imported")
    row = models.PositiveIntegerField(_("row"))
    fingerprint = models.CharField(max_length=64, db_index=True, editable=False)
    # What the list said besides, as a comment: not a sign that somebody has worked with the action.
    comment = models.OneToOneField(Comment, models.SET_NULL, related_name="+", null=True, editable=False)

    class Meta:
        verbose_name = _("imported action")
        ordering = ["row", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="import_row_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row}"
