"""Why something is secret: the legal grounds, which change with the law."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bra import shown
from bra.fields import SortKeyField
from bra.models.council import Council, Member


class LegalGroundQuerySet(models.QuerySet["LegalGround"]):
    """Words for legal grounds."""

    def live(self) -> "LegalGroundQuerySet":
        """Those that may be chosen."""
        return self.filter(removed=False)


class LegalGround(models.Model):
    """A provision by which something is secret, as a council cites it: "OSL 35 kap. 1 §"."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="legal_grounds")
    reference = models.CharField(_("legal ground"), max_length=80)
    summary = models.CharField(_("what it protects"), max_length=200, blank=True)
    removed = models.BooleanField(default=False, editable=False)
    sort_key = SortKeyField("reference")

    objects = LegalGroundQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal ground")
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="legal_ground_once_per_council"),
            models.CheckConstraint(condition=~models.Q(reference=""), name="legal_ground_says_something"),
        ]

    def __str__(self) -> str:
        return self.reference


class Restrictable(models.Model):
    """Something that may be secret: then it says by which ground, since when and who decided it."""

    LOCK = ("restricted", "legal_ground", "restricted_on", "restricted_by")

    restricted = models.BooleanField(_("restricted"), default=False)
    legal_ground = models.ForeignKey(
        LegalGround, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("legal ground")
    )
    # The day of the decision on this ground, and who took it.
    restricted_on = models.DateField(_("restricted on"), null=True, editable=False)
    restricted_by = models.ForeignKey(
        Member, models.PROTECT, related_name="+", null=True, editable=False, verbose_name=_("decided by")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(restricted=False, legal_ground=None, restricted_on=None, restricted_by=None)
                | Q(
                    restricted=True,
                    legal_ground__isnull=False,
                    restricted_on__isnull=False,
                    restricted_by__isnull=False,
                ),
                name="%(class)s_lock_says_why_when_and_who",
            )
        ]

    @property
    def lock(self) -> dict[str, Any]:
        """The lock as it is, by its fields; what goes on with this row takes it along."""
        return {name: getattr(self, name) for name in self.LOCK}

    @property
    def secrecy(self) -> str:
        """Ground, day and who decided, for the cleared: "Secrecy: OSL 18 kap. 8 §, ..."; empty without a lock."""
        if self.restricted_by is None or self.restricted_on is None:
            return ""
        return gettext("Secrecy: %(ground)s, %(day)s, decided by %(member)s") % {
            "ground": self.legal_ground,
            "day": self.restricted_on.isoformat(),
            "member": self.restricted_by.label,
        }

    @classmethod
    def from_db(cls, *args: Any, **options: Any) -> Self:
        """Read a row, also along with another one; a restricted one is noted, in case it is shown to somebody."""
        row = super().from_db(*args, **options)
        if row.__dict__.get("restricted"):
            shown.note(cls._meta.model_name or "", row.pk)
        return row
