"""What items and cases are about."""

from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from bra.fields import SortKeyField
from bra.models import Council


class Topic(models.Model):
    """What an item or a case is about. A topic may mark what it is put on as related to violent extremism."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="topics")
    name = models.CharField(_("name"), max_length=80)
    extremism = models.BooleanField(_("marks as related to violent extremism"), default=False)
    sort_key = SortKeyField("name")

    class Meta:
        verbose_name = _("topic")
        ordering = ["sort_key"]
        constraints = [models.UniqueConstraint(fields=["council", "name"], name="topic_name_once_per_council")]

    def __str__(self) -> str:
        return self.name


def has_extremism_topic(model: Any) -> Exists:
    """Whether a topic of the row marks extremism."""
    through = model.topics.through
    source = f"{model._meta.model_name}_id"
    return Exists(through.objects.filter(**{source: OuterRef("pk")}, topic__extremism=True))


def count_per(rows: models.QuerySet[Any], key: str) -> Coalesce:
    """The number of `rows` (already narrowed to the outer row) as a column; `key` names the outer row."""
    counted = rows.values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)
