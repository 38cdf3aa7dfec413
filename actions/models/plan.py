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


class Goal(models.Model):
    """One goal of a plan."""

    plan = models.ForeignKey(WorkPlan, models.CASCADE, related_name="goals")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("goal"), max_length=200)

    class Meta:
        verbose_name = _("goal")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="goal_number_once_per_plan")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Activity(models.Model):
    """What the plan says is to be done for a goal. Its actions are agreed at meetings."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="activities")
    number = models.PositiveSmallIntegerField(_("number in the goal"))
    title = models.CharField(_("activity"), max_length=300)
    responsible_role = models.CharField(_("responsible role"), max_length=200)
    indicator = models.CharField(_("indicator"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["goal__number", "number"]
        constraints = [models.UniqueConstraint(fields=["goal", "number"], name="activity_number_once_per_goal")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

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
