"""What was changed, by whom and when."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from bra.models.council import Council, Member


class HistoryEntry(models.Model):
    """One change, as it was made. Only bra.history writes them; nothing changes them afterwards."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="history")
    at = models.DateTimeField(_("at"), auto_now_add=True)
    on = models.DateField(_("day"), help_text=_("The council's own day, which may be pinned."))
    actor = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    target_type = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("history entry")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="history_by_target"),
            # Reports of an earlier day rewind what was changed since.
            models.Index(fields=["council", "target_type", "on"], name="history_by_council_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.verb}"
