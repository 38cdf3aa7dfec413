"""The form of a legal ground. It cleans; the verbs decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import GuardedForm
from bra.models import LegalGround


class LegalGroundForm(GuardedForm):
    """A provision by which the council restricts."""

    guarded = ("reference", "summary")

    reference = forms.CharField(
        label=_("Legal ground"),
        max_length=LegalGround._meta.get_field("reference").max_length,
        help_text=_("As it is cited: “OSL 18 kap. 8 §”."),
    )
    summary = forms.CharField(
        label=_("What it protects"),
        max_length=LegalGround._meta.get_field("summary").max_length,
        required=False,
        help_text=_("In a few words, for whoever chooses."),
    )
