"""What the pages of retention are filled in with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import DayField, GuardedForm
from records.models import MOST_YEARS

LONGEST_DECISION = 80


class DecisionField(forms.CharField):
    """The number of a decision."""

    def __init__(self, **options: Any) -> None:
        words: dict[str, Any] = {
            "label": _("Decision"),
            "help_text": _("For instance a number in the registry, KS 2017/12. It is kept in the purge log."),
            "error_messages": {
                "required": _("Name the decision to purge by; without a decision nothing may be purged.")
            },
        }
        super().__init__(max_length=LONGEST_DECISION, **(words | options))


class RuleForm(GuardedForm):
    """How long one kind of record is kept."""

    guarded = ("decision",)

    keep = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[("keep", _("Kept for ever")), ("purge", _("Purged after some years"))],
        widget=forms.RadioSelect,
    )
    years = forms.IntegerField(
        label=_("Years after the closing day"), min_value=1, max_value=MOST_YEARS, required=False
    )
    decision = DecisionField(required=False)
    decided_on = DayField(label=_("Day of the decision"), required=False)
    automatic = forms.BooleanField(
        label=_("Purge by itself each night"),
        required=False,
        help_text=_("Otherwise you are shown what is due, and purge it yourself."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the years of what is to be purged, and forget them for what is kept."""
        data = super().clean()
        if data.get("keep") == "purge" and data.get("years") is None and "years" not in self.errors:
            self.add_error("years", _("Write how many years it is kept."))
        if data.get("keep") == "keep":
            data["years"], data["automatic"] = None, False
        return data


class SuggestedForm(GuardedForm):
    """One decision for all kinds that have none."""

    guarded = ("decision",)

    decision = DecisionField()
    decided_on = DayField(label=_("Day of the decision"))


class OrderForm(GuardedForm):
    """By which decision what was shown is purged."""

    guarded = ("decision",)

    decision = DecisionField(label=_("Decision to purge by"))
