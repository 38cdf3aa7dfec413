"""The work plan: goals, and the activities that lead there."""

from datetime import date, timedelta

from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _

from bra.models import Council


class WorkPlanQuerySet(models.QuerySet["WorkPlan"]):
    """Words for plans."""

    def current(self, on: date) -> "WorkPlan | None":
        """The plan whose period covers the day `on`, otherwise the one that begins last; None when there is none."""
        covers = ExpressionWrapper(Q(starts__lte=on, ends__gte=on), models.BooleanField())
        return self.order_by(covers.desc(), "-starts", "pk").first()


class WorkPlan(models.Model):
    """The council's plan for a period (handlingsplan): goals, and the activities that lead there."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="plans")
    name = models.CharField(_("name"), max_length=40)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("to"))

    objects = WorkPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("work plan")
        ordering = ["-starts"]
        constraints = [
            models.UniqueConstraint(fields=["council", "name"], name="plan_name_once_per_council"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="plan_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name


class GoalQuerySet(models.QuerySet["Goal"]):
    """Words for goals."""

    def live(self) -> "GoalQuerySet":
        """Those not removed."""
        return self.filter(removed=False)


class Goal(models.Model):
    """One goal of a plan. The number is its place; a removed one keeps the place that it had."""

    plan = models.ForeignKey(WorkPlan, models.CASCADE, related_name="goals")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("goal"), max_length=200)
    removed = models.BooleanField(default=False, editable=False)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"], condition=Q(removed=False), name="goal_number_once_per_plan"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Words for activities."""

    def live(self) -> "ActivityQuerySet":
        """Those that are in the plan: neither removed nor of a removed goal."""
        return self.filter(removed=False, goal__removed=False)


class Activity(models.Model):
    """What the plan says is to be done for a goal. Its actions are agreed at meetings."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="activities")
    number = models.PositiveSmallIntegerField(_("number in the goal"))
    title = models.CharField(_("activity"), max_length=300)
    responsible_role = models.CharField(_("responsible role"), max_length=200)
    # As the plan words it; what is measured are the rows of Indicator.
    indicator = models.CharField(_("indicator"), max_length=200, blank=True)
    removed = models.BooleanField(default=False, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["goal__number", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "number"], condition=Q(removed=False), name="activity_number_once_per_goal"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_live(self) -> bool:
        """Whether it is in the plan: neither removed nor of a removed goal."""
        return not (self.removed or self.goal.removed)

    @property
    def code(self) -> str:
        """The number as the plan writes it: "3.2"."""
        return f"{self.goal.number}.{self.number}"


class DueQuarter(models.Model):
    """A quarter in which an activity is due; a recurring activity has several."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="due_quarters")
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))

    class Meta:
        verbose_name = _("due quarter")
        ordering = ["year", "quarter"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "year", "quarter"], name="due_quarter_once_per_activity"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="due_quarter_one_to_four"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-K{self.quarter}"

    @property
    def last_day(self) -> date:
        """The last day of the quarter."""
        if self.quarter == 4:
            return date(self.year, 12, 31)
        return date(self.year, self.quarter * 3 + 1, 1) - timedelta(days=1)


class IndicatorKind(models.TextChoices):
    """What an indicator counts in."""

    COUNT = "count", _("Number")
    SHARE = "share", _("Share in %")
    YES_NO = "yes_no", _("Yes or no")
    DAY = "day", _("Date")


class Indicator(models.Model):
    """How one sees that an activity is done: a target, by a day, and the outcomes that were measured.

    A number or a share is a `number` (70 for 70 %), yes and no are 1 and 0, a date is a `day`.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="indicators")
    name = models.CharField(_("indicator"), max_length=200)
    kind = models.CharField(_("kind"), max_length=6, choices=IndicatorKind)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    target_number = models.DecimalField(_("target"), max_digits=12, decimal_places=2, null=True, blank=True)
    target_day = models.DateField(_("target"), null=True, blank=True)
    target_by = models.DateField(_("to be reached by"), null=True, blank=True)
    removed = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("indicator")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=IndicatorKind.values), name="indicator_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="indicator_has_name"),
            models.CheckConstraint(
                condition=Q(kind=IndicatorKind.DAY, target_number=None)
                | (~Q(kind=IndicatorKind.DAY) & Q(target_day=None)),
                name="indicator_target_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorOutcome(models.Model):
    """What an indicator showed on a day."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="outcomes")
    on = models.DateField(_("day"))
    number = models.DecimalField(_("outcome"), max_digits=12, decimal_places=2, null=True, blank=True)
    day = models.DateField(_("outcome"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    removed = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("outcome")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number=None, day__isnull=False) | Q(number__isnull=False, day=None),
                name="outcome_says_one_thing",
            ),
            models.UniqueConstraint(
                fields=["indicator", "on"], condition=Q(removed=False), name="outcome_once_per_indicator_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.on}"
