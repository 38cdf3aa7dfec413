"""Forms of the second step of closing, of requests and of handing everything over. They clean; the verbs decide."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.forms import OwnerField
from actions.lifecycle import LONGEST_REPEAT
from actions.models import Action
from bra.forms import GuardedForm, LongText, row_choice
from bra.models import Member

# So many open actions are offered to wait for, those of the same meeting first.
MOST_OFFERED = 100


class SendBackForm(GuardedForm):
    """Something is left to be done."""

    guarded = ("text",)
    text = LongText(
        label=gettext_lazy("What is left to be done?"),
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say what is left to be done.")},
    )


class AnswerForm(GuardedForm):
    """The answer to a request for more time; the button says whether it is granted."""

    guarded = ("answer",)
    answer = forms.CharField(label=gettext_lazy("Your answer"), max_length=1000, required=False)
    grant = forms.ChoiceField(choices=[("yes", ""), ("no", "")], widget=forms.HiddenInput)

    def granted(self) -> bool:
        """Whether it is granted."""
        return bool(self.cleaned_data["grant"] == "yes")


class TiesForm(GuardedForm):
    """What the action waits for, and how often it is done again."""

    waits_for = forms.ModelChoiceField(
        Action.objects.none(),
        label=gettext_lazy("Waits for"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose an action of this council.")},
    )
    repeat_months = forms.IntegerField(
        label=gettext_lazy("Repeated every (months)"),
        help_text=gettext_lazy("When it has been approved, the next one is made by itself."),
        required=False,
        min_value=1,
        max_value=LONGEST_REPEAT,
    )

    def __init__(self, data: Any = None, *, action: Action, member: Member, **options: Any) -> None:
        initial = {"waits_for": action.waits_for_id, "repeat_months": action.repeat_months}
        super().__init__(data, initial=initial, **options)
        field = row_choice(self, "waits_for")
        field.queryset = Action.objects.visible_to(member).agreed().exclude(pk=action.pk)
        live = Action.objects.visible_to(member).live().exclude(pk=action.pk).select_related("owner")
        meeting = action.agenda_item.meeting_id
        offered = [*live.filter(agenda_item__meeting=meeting).order_by("deadline", "pk")[:MOST_OFFERED]]
        offered += live.exclude(agenda_item__meeting=meeting).order_by("deadline", "pk")[: MOST_OFFERED - len(offered)]
        chosen = action.waits_for_id
        if chosen is not None and all(one.pk != chosen for one in offered):
            # One that is done, or far away; one that the member may not see isn't named.
            offered += field.queryset.filter(pk=chosen).select_related("owner")
        field.choices = [("", _("Nothing")), *((one.pk, f"{one.title} ({one.owner.label})") for one in offered)]
        self.hides = chosen is not None and all(one.pk != chosen for one in offered)


class HandOverAllForm(GuardedForm):
    """Who takes over everything that a member owns."""

    owner = OwnerField()

    def __init__(self, data: Any = None, *, member: Member, on: date, cleared_only: bool) -> None:
        super().__init__(data)
        field = self.fields["owner"]
        assert isinstance(field, OwnerField)
        field.label, field.error_messages["required"] = _("New owner"), _("Choose who takes everything over.")
        field.offer(member.council, on=on, cleared_only=cleared_only, but=member)
