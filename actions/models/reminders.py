"""Reminders: mails of the ledger, and which actions each of them reminds of."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from actions.models.actions import Action
from bra.models import Council, Letter, LetterQuerySet, LetterState, Member
from meetings.models import ItemProposal

REMINDER = "reminder"


def reminder_letters() -> LetterQuerySet:
    """The reminders among the mails: one to each owner and day, which is its cause."""
    return Letter.objects.filter(kind=REMINDER)


def visible_reminders(member: Member) -> LetterQuerySet:
    """The reminders with an action that the member may see.

    One that was dropped has none any more, and may have been about anything: it is for the cleared.
    """
    lines = ReminderLine.objects.filter(reminder=OuterRef("pk"))
    seen = Q(Exists(lines.filter(action__in=Action.objects.visible_to(member))))
    if member.cleared:
        seen |= Q(~Exists(lines), state=LetterState.DROPPED)
    return reminder_letters().filter(seen, council_id=member.council_id)


class ReminderLine(models.Model):
    """One action in a reminder, and the step that called for it.

    `step` is 14, 3 or 0 (days before the deadline) or -1, -2 ... (weeks after it). A step of a deadline is reminded
    of once; a new deadline begins anew.
    """

    reminder = models.ForeignKey(Letter, models.CASCADE, related_name="lines")
    # The constraint's own index begins with the action; a second one would only slow the sweep down.
    action = models.ForeignKey(Action, models.CASCADE, related_name="reminder_lines", db_index=False)
    deadline = models.DateField(_("deadline"))
    step = models.SmallIntegerField(_("step"))

    class Meta:
        verbose_name = _("reminder line")
        ordering = ["deadline", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "deadline", "step"], name="reminder_step_once_per_action_and_deadline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reminder_id} {self.action_id} {self.step}"


class ReminderRun(models.Model):
    """The day's reminders of a council have been planned: two schedulers make one run."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="reminder_runs")
    on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("reminder run")
        constraints = [models.UniqueConstraint(fields=["council", "on"], name="reminder_run_once_per_day")]

    def __str__(self) -> str:
        return f"{self.council_id} {self.on}"


class ReminderRules(models.Model):
    """When a council reminds. No row means the defaults."""

    FIRST, SECOND, WEEKS_BETWEEN = 14, 3, 1

    council = models.OneToOneField(Council, models.CASCADE, related_name="reminder_rules", primary_key=True)
    first_days = models.PositiveSmallIntegerField(_("first reminder, days before the deadline"), default=FIRST)
    second_days = models.PositiveSmallIntegerField(_("second reminder, days before the deadline"), default=SECOND)
    weeks_between = models.PositiveSmallIntegerField(
        _("weeks between reminders after the deadline"), default=WEEKS_BETWEEN
    )
    squeeze_days = models.BooleanField(_("no reminders on squeeze days"), default=False)
    # How long before a meeting the owners are told what will be asked there; 0 for never.
    digest_days = models.PositiveSmallIntegerField(_("days before a meeting that owners get a digest"), default=5)
    # How long an action may be overdue before the council itself must take it up; 0 for never.
    escalate_weeks = models.PositiveSmallIntegerField(_("weeks overdue until the council takes it up"), default=4)
    grace_days = models.PositiveSmallIntegerField(_("days to answer a round of updates"), default=5)
    # Whether what an owner reports as done is approved by the council before it is closed.
    two_steps = models.BooleanField(_("the council approves what is reported as done"), default=True)

    class Meta:
        verbose_name = _("rules of reminders")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_days__gt=F("second_days"), first_days__lte=60, second_days__gte=1)
                & Q(weeks_between__gte=1, weeks_between__lte=12, digest_days__lte=30)
                & Q(escalate_weeks__lte=52, grace_days__gte=1, grace_days__lte=30),
                name="reminder_rules_within_bounds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_days} {self.second_days} {self.weeks_between}"

    @classmethod
    def of(cls, council: Council) -> "ReminderRules":
        """What the council has chosen, or the defaults (not saved)."""
        return cls.objects.filter(council=council).first() or cls(council=council)


class UpdateRound(models.Model):
    """Before a report's day each owner is asked once how their actions stand."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="update_rounds")
    as_of = models.DateField(_("as of"))
    asked_on = models.DateField(_("asked"))
    until = models.DateField(_("answers up to and including"))

    class Meta:
        verbose_name = _("round of updates")
        ordering = ["-as_of"]
        constraints = [
            models.UniqueConstraint(fields=["council", "as_of"], name="update_round_once_per_day"),
            models.CheckConstraint(condition=Q(until__gte=F("asked_on")), name="update_round_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.council_id} {self.as_of}"


class Escalation(models.Model):
    """An action so long overdue that it has been put before the council; once per deadline."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="escalations", db_index=False)
    deadline = models.DateField(_("deadline"))
    on = models.DateField(_("day"))
    proposal = models.ForeignKey(ItemProposal, models.SET_NULL, related_name="escalations", null=True)

    class Meta:
        verbose_name = _("escalation")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "deadline"], name="escalation_once_per_action_and_deadline")
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.deadline}"
