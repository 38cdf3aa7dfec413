"""Forms of the minutes as a document."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import GuardedForm
from meetings.forms import LongText
from meetings.models import LONGEST_HEADING, LONGEST_SIGNATURES, MinutesLayout, PaperKind


class LayoutForm(GuardedForm):
    """What a council prints around its minutes."""

    guarded = ("heading", "footer", "signatures")

    kind = forms.ChoiceField(
        label=_("Kind of document"),
        choices=PaperKind,
        help_text=_("Minutes are signed off by adjusters; meeting notes are approved by the chair."),
    )
    heading = LongText(
        label=_("Letterhead"),
        longest=LONGEST_HEADING,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "short"}),
        help_text=_("One line each: the council, the municipality, the address. The first line is printed in bold."),
    )
    footer = forms.CharField(label=_("Footer"), max_length=200, required=False)
    signatures = LongText(
        label=_("Signatures"),
        longest=LONGEST_SIGNATURES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "short"}),
        help_text=_("One line for each who signs, by role. Leave it empty when nobody signs on paper."),
    )
    with_organisation = forms.BooleanField(label=_("Show the organisation of those who attended"), required=False)

    @staticmethod
    def of(layout: MinutesLayout) -> dict[str, Any]:
        """Return the initial values for a layout."""
        names = ("kind", "heading", "footer", "signatures", "with_organisation")
        return {name: getattr(layout, name) for name in names}

    def fields_of_layout(self) -> dict[str, Any]:
        """Return what the verbs take (of a valid form)."""
        return {name: self.cleaned_data[name] for name in self.of(MinutesLayout())}


class RegisterForm(GuardedForm):
    """The registry number of a meeting's minutes."""

    guarded = ("registry_number",)

    registry_number = forms.CharField(label=_("Registry number"), max_length=40, required=False)
