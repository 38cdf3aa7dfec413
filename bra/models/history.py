"""What was done, by whom and when: one chain of entries per council."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.models.council import Council, Member, User


class EntryKind(models.TextChoices):
    """What an entry tells of."""

    CHANGE = "change", pgettext_lazy("audit", "Change")
    # Restricted matter was shown, or left the house in a file.
    READING = "reading", pgettext_lazy("audit", "Reading of restricted matter")
    # Log-ins, and who may what.
    ACCESS = "access", pgettext_lazy("audit", "Access")


class HistoryEntryQuerySet(models.QuerySet["HistoryEntry"]):
    """Words for entries."""

    def changes(self) -> "HistoryEntryQuerySet":
        """What was changed: no readings, no log-ins."""
        return self.filter(kind=EntryKind.CHANGE)

    def of_chain(self, council_pk: int | None) -> "HistoryEntryQuerySet":
        """Those of a council's chain; None: of the installation's."""
        return self.filter(council=council_pk)

    def unsealed(self) -> "HistoryEntryQuerySet":
        """Those that have no seal yet."""
        return self.filter(sequence=None)


class HistoryEntry(models.Model):
    """One event, as it was. Only bra.history writes them; nothing changes them afterwards.

    Soon after it is written an entry is sealed: it gets the next `sequence` of its council's chain, and a `seal`
    (SHA-256) over the seal before it and over what it says; of `changes` only a salted digest goes in, so that
    retention can blank a text and the chain still holds. Without a council: the chain of the installation.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="history", null=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    on = models.DateField(_("day"), help_text=_("The council's own day, which may be pinned."))
    kind = models.CharField(_("kind"), max_length=8, choices=EntryKind, default=EntryKind.CHANGE)
    actor = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    # Who was logged in, where it isn't told by the actor: log-ins, and what an administrator does.
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    target_type = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    salt = models.CharField(max_length=32, default="", editable=False)
    # Salted digest of `changes`, kept when retention has blanked them.
    content = models.CharField(max_length=64, default="", editable=False)
    sequence = models.PositiveBigIntegerField(null=True, editable=False)
    seal = models.CharField(max_length=64, default="", editable=False)

    objects = HistoryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="history_by_target"),
            # Reports of an earlier day rewind what was changed since.
            models.Index(fields=["council", "target_type", "on"], name="history_by_council_day"),
            models.Index(fields=["council", "id"], name="history_unsealed", condition=Q(sequence=None)),
            # The audit log's page: newest first, of one kind, of one person.
            models.Index(fields=["council", "on", "id"], name="history_by_day"),
            models.Index(fields=["council", "kind", "on", "id"], name="history_by_kind"),
            models.Index(fields=["council", "actor", "on", "id"], name="history_by_actor"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["council", "sequence"], name="history_sequence_once_per_council"),
            models.UniqueConstraint(
                fields=["sequence"], condition=Q(council=None), name="history_sequence_once_in_installation"
            ),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="history_kind_known"),
            models.CheckConstraint(
                condition=Q(sequence=None, seal="") | (Q(sequence__gte=1) & ~Q(seal="")), name="history_sealed_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.verb}"

    @property
    def is_blanked(self) -> bool:
        """Whether its text has been thrown away by retention."""
        return bool(self.content) and not self.salt


class ChainHeadQuerySet(models.QuerySet["ChainHead"]):
    """Words for ends."""

    def of_chain(self, council_pk: int | None) -> "ChainHeadQuerySet":
        """The end of a council's chain; None: of the installation's."""
        return self.filter(council=council_pk)


class ChainHead(models.Model):
    """The end of a chain. Whoever seals entries holds this row's lock; without a council it is the installation's."""

    council = models.OneToOneField(Council, models.PROTECT, related_name="chain_head", null=True)
    sequence = models.PositiveBigIntegerField(default=0)
    seal = models.CharField(max_length=64, default="")

    objects = ChainHeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("end of the audit log")
        constraints = [
            # NULLs differ from each other; the installation must have one chain all the same.
            models.UniqueConstraint(Coalesce("council", 0), name="chain_head_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.seal}"
