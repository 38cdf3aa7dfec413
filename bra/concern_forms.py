"""The form of where a concern about an individual is reported."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import GuardedForm


class ConcernForm(GuardedForm):
    """What the council's own pages say of it."""

    guarded = ("contact",)

    contact = forms.CharField(
        label=_("Where a concern is reported"),
        max_length=200,
        required=False,
        help_text=_("For instance: Call the reception of the social services, 0370-67 80 00. Empty: the usual words."),
    )
    link = forms.URLField(
        label=_("Page that tells how"),
        max_length=200,
        required=False,
        assume_scheme="https",
        help_text=_("The municipality's own page about reporting a concern."),
        error_messages={"invalid": _("Write the address of a page, as https://www.example.org/orosanmalan.")},
    )
