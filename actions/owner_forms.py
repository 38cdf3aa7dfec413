"""The form on the owner's page: how an action goes, chosen by the person, never by a link."""

from datetime import date
from typing import Any

from django import forms
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions import lifecycle
from actions.models import Action, Comment, Status
from bra.errors import RuleBroken
from bra.forms import DayInput, GuardedForm, LongText, note_override
from bra.models import Member
from bra.rows import locked


class Outcome(models.TextChoices):
    """What an owner may say of an action."""

    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    MORE_TIME = "more_time", _("I need more time")


class OutcomeForm(GuardedForm):
    """How it goes, what came of it and, where more time is needed, until when. Nothing is chosen beforehand."""

    guarded = ("text",)

    outcome = forms.ChoiceField(
        label=_("How is it going?"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it is going. Nothing has been changed.")},
    )
    deadline = forms.DateField(
        label=_("If you need more time: new date"),
        required=False,
        widget=DayInput(),
        error_messages={"invalid": _("Write the day as 2017-05-15.")},
    )
    text = LongText(
        label=_("What has been done, and what did it lead to?"),
        help_text=_("Write nothing about single persons."),
        required=False,
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """More time needs a day."""
        cleaned = super().clean()
        wanted = cleaned.get("outcome") == Outcome.MORE_TIME and "deadline" not in self.errors
        if wanted and not cleaned.get("deadline"):
            self.add_error("deadline", _("Say until when you need more time."))
        return cleaned

    def save(self, action: Action, *, by: Member, on: date) -> None:
        """Report it. Sent twice, it is reported once. Raises RuleBroken."""
        said = self.cleaned_data
        with transaction.atomic():
            action = locked(action)
            if action.owner_id != by.pk:
                raise RuleBroken(gettext("The action has been handed over to somebody else meanwhile."))
            if self._is_reported(action):
                return
            if said["outcome"] == Outcome.DONE:
                lifecycle.report_done(action=action, by=by, on=on, effect=said["text"])
            elif said["outcome"] == Outcome.MORE_TIME:
                lifecycle.postpone(action=action, until=said["deadline"], by=by, on=on, reason=said["text"])
            else:
                lifecycle.start(action=action, by=by, on=on)
                self._comment(action, by=by, on=on)
            note_override(self, council=by.council, by=by, on=on, target=action)

    def _is_reported(self, action: Action) -> bool:
        outcome = self.cleaned_data["outcome"]
        if outcome == Outcome.DONE:
            return action.status == Status.DONE
        if outcome == Outcome.MORE_TIME:
            return action.status == Status.POSTPONED and action.deadline == self.cleaned_data["deadline"]
        return False

    def _comment(self, action: Action, *, by: Member, on: date) -> None:
        text = self.cleaned_data["text"].strip()
        if text and not Comment.objects.filter(action=action, author=by, on=on, text=text).exists():
            lifecycle.comment(action=action, text=text, by=by, on=on)
