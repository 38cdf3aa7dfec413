"""The forms of cases. They clean; the verbs decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.forms import GuardedForm
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
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.none(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    situation = forms.CharField(
        label=_("Situation in short"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text=_("What the question is about and how it stands now. No names, addresses or number plates."),
    )
    restricted = forms.BooleanField(
        label=pgettext_lazy("case", "Restricted"),
        required=False,
        help_text=_(
            "Only members who are cleared see the case. Its agenda items become restricted too, and stay so until "
            "the lock is taken off each of them."
        ),
    )

    def __init__(self, *args: Any, council: Council, may_restrict: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        _choices(self, "organisation").queryset = Organisation.objects.filter(council=council)
        _choices(self, "topics").queryset = Topic.objects.filter(council=council)
        if not may_restrict:
            del self.fields["restricted"]

    def clean_situation(self) -> str:
        """Give the text the line ends that the database keeps."""
        return str(self.cleaned_data["situation"]).replace("\r\n", "\n")

    @staticmethod
    def initial_of(case: Case) -> dict[str, Any]:
        """What the form shows of a case before anything is changed."""
        names = ("title", "registry_number", "organisation", "situation", "restricted")
        return {name: getattr(case, name) for name in names} | {"topics": list(case.topics.all())}


class CaseStateForm(forms.Form):
    """Where a live case stands now. Closing is a page of its own, since it wants an outcome."""

    state = forms.ChoiceField(
        label=_("State"), choices=[choice for choice in CaseState.choices if choice[0] != CaseState.CLOSED]
    )


def _choices(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    """Return a field that chooses rows, typed as one."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field
