"""The form of a member. It cleans; the verbs decide."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.forms import DayInput, GuardedForm, row_choice
from bra.models import Council, Member, Organisation, Role


class MemberForm(GuardedForm):
    """Who somebody on the council is, for whom they sit, what they do there and how long."""

    guarded = ("name", "title", "new_organisation")

    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("Leave it empty while the seat has no holder.")
    )
    title = forms.CharField(
        label=pgettext_lazy("member", "Title"),
        max_length=120,
        help_text=_("For instance: head of social services."),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Organisation"),
        required=False,
        empty_label=_("Choose, or write a new one"),
    )
    new_organisation = forms.CharField(label=_("New organisation"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Reminders go there, and it is what one logs in with.")
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=lambda: [(value, capfirst(label)) for value, label in Role.choices],
        initial=Role.MEMBER,
        help_text=_(
            "An action owner sees nothing but their own actions. An auditor sees who did and read what, and when, "
            "nothing of what was said."
        ),
    )
    cleared = forms.BooleanField(
        label=_("May see restricted items"),
        required=False,
        help_text=_("Decided by a coordinator who is cleared."),
    )
    mandate_from = forms.DateField(label=_("Mandate from"), widget=DayInput)
    mandate_to = forms.DateField(
        label=_("Mandate to"), required=False, widget=DayInput, help_text=_("Leave it empty as long as it goes on.")
    )

    def __init__(self, *args: Any, council: Council, may_clear: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        organisation = row_choice(self, "organisation")
        organisation.queryset = Organisation.objects.filter(council=council)
        if not may_clear:
            del self.fields["cleared"]

    def clean(self) -> dict[str, Any]:
        """See that there is one organisation: a known one or a new one."""
        cleaned = super().clean()
        if {"organisation", "new_organisation"} & set(self.errors):
            return cleaned
        if not cleaned.get("organisation") and not cleaned.get("new_organisation"):
            self.add_error("organisation", _("Choose an organisation, or write a new one below."))
        elif "organisation" in self.changed_data and cleaned["organisation"] and cleaned["new_organisation"]:
            self.add_error("new_organisation", _("Choose an organisation or write a new one, not both."))
        return cleaned

    @staticmethod
    def initial_of(member: Member) -> dict[str, Any]:
        """What the form shows of a member before anything is changed."""
        names = ("name", "title", "organisation", "email", "role", "cleared", "mandate_from", "mandate_to")
        return {name: getattr(member, name) for name in names}


class MandateEndForm(forms.Form):
    """The last day of a mandate."""

    mandate_to = forms.DateField(label=_("Last day"), widget=DayInput)
