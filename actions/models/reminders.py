"""Reminders: mails of the ledger, and which actions each of them reminds of."""

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from actions.models.actions import Action
from bra.models import Council, Letter, LetterQuerySet, Member

REMINDER = "reminder"


def reminder_letters() -> LetterQuerySet:
    """The reminders among the mails: one to each owner and day, which is its cause."""
    return Letter.objects.filter(kind=REMINDER)


def visible_reminders(member: Member) -> LetterQuerySet:
    """The reminders with an action that the member may see."""
    seen = ReminderLine.objects.filter(reminder=OuterRef("pk"), action__in=Action.objects.visible_to(member))
    return reminder_letters().filter(Exists(seen), council_id=member.council_id)


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
