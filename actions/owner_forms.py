"""The forms on the owner's page: what a person chooses, never a link. Nothing is chosen beforehand."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db import models, transaction
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from actions import lifecycle
from actions.models import Action, Comment, Status
from actions.owner_acts import Act, What
from bra import post
from bra.errors import RuleBroken
from bra.forms import DayField, GuardedForm, LongText, note_override
from bra.models import Deputy, Frequency, MailChoice, Member
from bra.permissions import may_log
from bra.rows import locked

NEW = "new"


class Outcome(models.TextChoices):
    """What an owner may say of an action."""

    DONE = "done", _("Done")
    IN_PROGRESS = "in_progress", _("In progress")


class OwnerForm(GuardedForm):
    """A form about one action. `perform` does it; sent twice, it is done once."""

    letter = ""
    seats = False  # whether a colleague may have to be seated
    guarded: tuple[str, ...] = ("text",)

    def __init__(self, data: Any = None, *, action: Action, **options: Any) -> None:
        super().__init__(data, prefix=f"{self.letter}{action.pk}", **options)

    def save(self, action: Action, *, by: Member, on: date) -> Act | None:
        """Do what was chosen; return how to undo it, None when it had been done already. Raises RuleBroken."""
        with transaction.atomic():
            if self.seats:
                # The council before the action, as everywhere.
                locked(by.council)
            action = locked(action)
            if not Action.objects.agreed().answered_by(by, on).filter(pk=action.pk).exists():
                raise RuleBroken(gettext("The action has been handed over to somebody else meanwhile."))
            was, before = lifecycle.as_it_is(action), action.version
            act = self.perform(action, by=by, on=on)
            if act is None:
                return None
            act.was, act.before = was, before
            act.after = Action.objects.values_list("version", flat=True).get(pk=action.pk)
            note_override(self, council=by.council, by=by, on=on, target=action)
            return act

    def perform(self, action: Action, *, by: Member, on: date) -> Act | None:
        """Run the verb under the lock."""
        raise NotImplementedError


def _act(
    what: What, action: Action, *, comment: int | None = None, request: int | None = None, made: int | None = None
) -> Act:
    return Act(what.value, action.pk, {}, 0, 0, comment=comment, request=request, made=made)


def _comment(action: Action, text: str, *, by: Member, on: date) -> int | None:
    """Say it, unless it was said already; return the comment's key."""
    text = text.strip()
    if not text or Comment.objects.filter(action=action, author=by, on=on, text=text).exists():
        return None
    return lifecycle.comment(action=action, text=text, by=by, on=on).pk


class OutcomeForm(OwnerForm):
    """How it goes, what has been done, and what came of it."""

    letter = "a"
    guarded = ("text", "effect_text")

    outcome = forms.ChoiceField(
        label=_("How is it going?"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it is going. Nothing has been changed.")},
    )
    text = LongText(
        label=_("What has been done?"),
        help_text=_("Write nothing about single persons."),
        required=False,
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    effect_text = LongText(
        label=_("What did it lead to?"), required=False, longest=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, action: Action, **options: Any) -> None:
        # A link proves less than a log-in, so what is known of a restricted action isn't shown.
        known = "" if action.agenda_item.restricted else action.effect
        super().__init__(data, action=action, initial={"effect_text": known}, **options)

    def perform(self, action: Action, *, by: Member, on: date) -> Act | None:
        """Report it; what has been done is a comment, what it led to belongs to the action."""
        said = self.cleaned_data
        if said["outcome"] == Outcome.DONE:
            if action.status == Status.DONE:
                return None
            lifecycle.report_done(action=action, by=by, on=on, effect=said["effect_text"])
            return _act(What.DONE, action, comment=_comment(action, said["text"], by=by, on=on))
        began = action.status != Status.IN_PROGRESS
        lifecycle.start(action=action, by=by, on=on)
        # What it has led to so far is said too; it becomes the action's own once it is done.
        effect = said["effect_text"].strip()
        parts = (said["text"].strip(), effect if effect != action.effect else "")
        words = "\n\n".join(part for part in parts if part)
        comment = _comment(action, words, by=by, on=on)
        return _act(What.STARTED, action, comment=comment) if began or comment else None


class MoreTimeForm(OwnerForm):
    """More time is needed: until when, and why."""

    letter = "t"

    deadline = DayField(
        label=_("New date"),
        error_messages={"required": _("Say until when you need more time. Nothing has been changed.")},
    )
    text = forms.CharField(label=_("Why"), required=False, max_length=1000)

    def perform(self, action: Action, *, by: Member, on: date) -> Act | None:
        """Ask for it; who may log simply postpones."""
        until, reason = self.cleaned_data["deadline"], self.cleaned_data["text"].strip()
        if not may_log(by):
            waiting = set(action.deadline_requests.waiting().values_list("pk", flat=True))
            asked = lifecycle.ask_deadline(action=action, until=until, reason=reason, by=by, on=on)
            return None if asked.pk in waiting else _act(What.ASKED, action, request=asked.pk)
        if action.status == Status.POSTPONED and action.deadline == until:
            return None
        lifecycle.postpone(action=action, until=until, by=by, on=on)
        return _act(What.POSTPONED, action, comment=_comment(action, reason, by=by, on=on))


class PassOnForm(OwnerForm):
    """Somebody else in the organisation does it: one whom the council knows, or a colleague who is added."""

    letter = "h"
    seats = True
    guarded = ("name", "title")

    colleague = forms.ChoiceField(
        label=_("Colleague"), error_messages={"required": _("Choose a colleague. Nothing has been changed.")}
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=120)
    title = forms.CharField(label=pgettext_lazy("member", "Title"), required=False, max_length=120)
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("At work, at the same place as yours."))

    def __init__(self, data: Any = None, *, action: Action, colleagues: Iterable[Member], **options: Any) -> None:
        super().__init__(data, action=action, **options)
        self.known = {str(member.pk): member for member in colleagues}
        field = self.fields["colleague"]
        assert isinstance(field, forms.ChoiceField)
        self.takes_new = not action.agenda_item.restricted
        new = [(NEW, gettext("Somebody new, written below"))] if self.takes_new else []
        field.choices = [("", gettext("Choose")), *((key, member.label) for key, member in self.known.items()), *new]

    def clean(self) -> dict[str, Any]:
        """Somebody new needs a name, a title and an address. Whoever only writes one has chosen somebody new."""
        cleaned = super().clean()
        wrote = any(str(self[name].data or "").strip() for name in ("name", "title", "email"))
        if wrote and not self["colleague"].data and self.takes_new:
            del self.errors["colleague"]
            cleaned["colleague"] = NEW
        if wrote and cleaned.get("colleague") in self.known:
            self.add_error(
                "colleague",
                gettext(
                    "You have chosen %(colleague)s under “Colleague” and also written under “Somebody new”. "
                    "Keep one of them."
                )
                % {"colleague": self.known[cleaned["colleague"]].label},
            )
        if cleaned.get("colleague") == NEW:
            for name, sentence in (
                ("name", gettext("Write the colleague's name.")),
                ("title", gettext("Write what the colleague works as.")),
                ("email", gettext("Write the colleague's address.")),
            ):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, sentence)
        return cleaned

    def perform(self, action: Action, *, by: Member, on: date) -> Act | None:
        """Hand it over."""
        said = self.cleaned_data
        if said["colleague"] != NEW:
            lifecycle.hand_over(action=action, to=self.known[said["colleague"]], by=by, on=on)
            return _act(What.HANDED_OVER, action)
        _action, colleague, new = lifecycle.hand_over_to_colleague(
            action=action, name=said["name"], title=said["title"], email=said["email"], by=by, on=on
        )
        return _act(What.HANDED_OVER, action, made=colleague.pk if new else None)


class MailChoiceForm(GuardedForm):
    """How often the owner is reminded, and a pause."""

    frequency = forms.ChoiceField(label=_("Reminders come"), choices=Frequency.choices, widget=forms.RadioSelect)
    paused_until = DayField(label=_("No reminders up to and including"), required=False)

    def __init__(self, data: Any = None, *, member: Member) -> None:
        chosen = MailChoice.objects.filter(member=member).first() or MailChoice(member=member)
        initial = {"frequency": chosen.frequency, "paused_until": chosen.paused_until}
        super().__init__(data, prefix="mail", initial=initial)

    def save(self, member: Member, *, on: date) -> None:
        """Choose. Raises RuleBroken."""
        said = self.cleaned_data
        post.choose_mail(
            member=member, frequency=Frequency(said["frequency"]), paused_until=said["paused_until"], by=member, on=on
        )


class DeputyForm(GuardedForm):
    """Who gets the reminders and answers them while the owner is away."""

    deputy = forms.ChoiceField(label=_("Colleague"), error_messages={"required": _("Choose a colleague.")})
    starts = DayField(label=_("From"))
    ends = DayField(label=_("Up to and including"))

    def __init__(self, data: Any = None, *, colleagues: Iterable[Member]) -> None:
        super().__init__(data, prefix="deputy")
        self.known = {str(member.pk): member for member in colleagues}
        field = self.fields["deputy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("Choose")), *((key, member.label) for key, member in self.known.items())]

    def save(self, member: Member, *, on: date) -> Deputy:
        """Name the deputy. Raises RuleBroken."""
        said = self.cleaned_data
        return post.name_deputy(
            member=member,
            deputy=self.known[said["deputy"]],
            starts=said["starts"],
            ends=said["ends"],
            by=member,
            on=on,
        )


class EndDeputyForm(GuardedForm):
    """Take the own reminders back. The box must be ticked, so a scanner that sends the form changes nothing."""

    back = forms.BooleanField(
        label=_("I answer for my actions myself again"),
        error_messages={"required": _("Tick the box to end it. Nothing has been changed.")},
    )

    def __init__(self, data: Any = None, *, named: Deputy) -> None:
        super().__init__(data, prefix=f"end-{named.pk}")


class CalendarChoice(models.TextChoices):
    """What an owner may do with the address of the own calendar."""

    MAKE = "make", _("Make an address")
    STOP = "stop", _("Stop the address")


class CalendarForm(GuardedForm):
    """Make or renew the secret address of the own deadlines, or stop it."""

    what = forms.ChoiceField(
        label=_("What do you want to do?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do with the address. Nothing has been changed.")},
    )

    def __init__(self, data: Any = None, *, has_address: bool) -> None:
        super().__init__(data, prefix="calendar")
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        renew = [(CalendarChoice.MAKE.value, gettext("Renew the address")), *CalendarChoice.choices[1:]]
        field.choices = renew if has_address else CalendarChoice.choices[:1]
