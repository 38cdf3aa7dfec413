"""How long each kind of record is kept, what is about to be purged, and what has been."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.models import STOCKHOLM, Council, Member

MOST_YEARS = 100


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier; 28 February where that year has no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_after(day: date, years: int) -> date:
    """Return the first day on which `day` lies so many years back."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def local_day(value: date | datetime) -> date:
    """Return the day of a day, or of an instant where the councils are."""
    return value.astimezone(STOCKHOLM).date() if isinstance(value, datetime) else value


class RetentionRule(models.Model):
    """What a council has decided about one kind of record (records.retention). Without a row it is kept for ever."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="retention_rules")
    kind = models.CharField(_("kind"), max_length=20)
    # None: kept for ever (bevaras). Otherwise purged so many years after its closing day.
    years = models.PositiveSmallIntegerField(_("years kept"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=80, blank=True)
    decided_on = models.DateField(_("day of the decision"), null=True, blank=True)
    automatic = models.BooleanField(_("purged by itself each night"), default=False)

    class Meta:
        verbose_name = _("rule of retention")
        constraints = [
            models.UniqueConstraint(fields=["council", "kind"], name="retention_rule_once_per_kind"),
            models.CheckConstraint(
                condition=Q(years=None) | Q(years__gte=1, years__lte=MOST_YEARS), name="retention_rule_years"
            ),
            models.CheckConstraint(
                condition=Q(years=None) | (~Q(decision="") & Q(decided_on__isnull=False)),
                name="retention_rule_purges_by_decision",
            ),
            models.CheckConstraint(
                condition=Q(automatic=False) | Q(years__isnull=False), name="retention_rule_automatic_purges"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.years}"

    @property
    def purges(self) -> bool:
        """Whether anything is purged by it."""
        return self.years is not None

    def last_due(self, today: date) -> date | None:
        """The latest closing day of what may be purged today; None when all is kept."""
        return None if self.years is None else years_before(today, self.years)


class OrderState(models.TextChoices):
    """How far a purging has come."""

    SHOWN = "shown", pgettext_lazy("purge", "Shown, not decided")
    WAITING = "waiting", pgettext_lazy("purge", "Waiting")
    RUNNING = "running", pgettext_lazy("purge", "Being purged")
    DONE = "done", pgettext_lazy("purge", "Done")


class PurgeOrder(models.Model):
    """What somebody was shown, and then told to purge. The row is the queue; nothing else than its rows is purged.

    `rows` is a list of [kind, key, mark]: a row whose mark is another one by then has changed, and is left out.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="purge_orders")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    made_at = models.DateTimeField()
    # Shown to somebody who may see what is restricted: then it is for the cleared alone.
    cleared = models.BooleanField(default=False, editable=False)
    # As far as the one who was shown it may see.
    rows = models.JSONField(default=list, editable=False)
    # What the rules would purge if nothing kept it: a list of [kind, key, names of what keeps it].
    kept = models.JSONField(default=list, editable=False)
    decision = models.CharField(_("decision"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=OrderState, default=OrderState.SHOWN)
    claimed_until = models.DateTimeField(null=True)
    # How many of the rows have been dealt with, and how many of those were left out.
    done = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("purging")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="purge_order_state_known"),
            models.CheckConstraint(
                condition=Q(state=OrderState.SHOWN) | ~Q(decision=""), name="purge_order_has_decision"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="purge_order_to_do", condition=Q(state__in=[OrderState.WAITING, OrderState.RUNNING])
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_waited_for(self) -> bool:
        """Whether it has been ordered and isn't done."""
        return self.state in (OrderState.WAITING, OrderState.RUNNING)


class Purge(models.Model):
    """The log of what has been purged: never its words, and never deleted itself.

    `kind` is one of records.retention, or "bin" for what the recycle bin threw away by itself.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="purges")
    order = models.ForeignKey(PurgeOrder, models.SET_NULL, related_name="purges", null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    # None: the council's rule did it by itself.
    by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(_("decision"), max_length=80)
    number = models.PositiveIntegerField(_("number"), default=0)
    oldest = models.DateField(_("oldest"), null=True)
    newest = models.DateField(_("newest"), null=True)
    first_key = models.BigIntegerField(null=True)
    last_key = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("purge")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["council", "-id"], name="purge_by_council")]
        constraints = [
            models.CheckConstraint(condition=~Q(decision=""), name="purge_by_decision"),
            models.UniqueConstraint(fields=["order", "kind"], name="purge_once_per_order_and_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind} {self.number}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: what was purged is told for ever."""
        raise TypeError("the purge log is never deleted")
