"""The forms of cases. They clean; the verbs decide."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from bra.errors import RuleBroken
from bra.forms import GroundField, GuardedForm, LongText, SeveralField, row_choice
from bra.models import Council, Organisation
from meetings.models import Case, CaseState, Topic


class CaseForm(GuardedForm):
    """What a new case is, or what is to be changed in one. Only who may put locks on sees the lock."""

    guarded = ("title", "registry_number", "situation")

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        help_text=_("Name the question, never a person: “Graffiti at the school”."),
    )
    registry_number = forms.CharField(
        label=_("Registry number"),
        max_length=40,
        required=False,
        help_text=_("Leave it empty to get the next number of the year."),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible organisation"), empty_label=_("Choose")
    )
    topics = SeveralField(Topic.objects.none(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)
    situation = LongText(
        label=_("Situation in short"),
        longest=Case._meta.get_field("situation").max_length,
        required=False,
        help_text=_("What the question is about and how it stands now. No names, addresses or number plates."),
    )
    situation_mark = forms.CharField(widget=forms.HiddenInput, required=False)
    ground = GroundField(
        help_text=_(
            "With a legal ground, only members who are cleared see the case. Its agenda items become restricted "
            "too, and stay so until the lock is taken off each of them."
        ),
    )

    def __init__(
        self, *args: Any, council: Council, may_restrict: bool, case: Case | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        row_choice(self, "organisation").queryset = Organisation.objects.filter(council=council)
        row_choice(self, "topics").queryset = Topic.objects.filter(council=council)
        ground = self.fields["ground"]
        assert isinstance(ground, GroundField)
        ground.offer(council, but=case.legal_ground if case else None)
        if not may_restrict:
            del self.fields["ground"]
        if "situation_mark" not in self.initial:
            del self.fields["situation_mark"]

    def refuse(self, error: RuleBroken) -> None:
        """Show it; whoever is shown somebody else's text has it before them when they save again."""
        super().refuse(error)
        if error.field == "situation":
            assert isinstance(self.data, QueryDict)
            sent = self.data.copy()
            sent["situation_mark"] = self.initial["situation_mark"]
            self.data = sent

    @staticmethod
    def initial_of(case: Case) -> dict[str, Any]:
        """What the form shows of a case before anything is changed."""
        names = ("title", "registry_number", "organisation", "situation", "situation_mark")
        return {name: getattr(case, name) for name in names} | {
            "topics": list(case.topics.all()),
            "ground": case.legal_ground_id,
        }


class CaseStateForm(forms.Form):
    """Where a live case stands now. Closing is a page of its own, since it wants an outcome."""

    state = forms.ChoiceField(
        label=_("State"), choices=[choice for choice in CaseState.choices if choice[0] != CaseState.CLOSED]
    )
