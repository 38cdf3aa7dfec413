"""What the pages of automatic reports and of keeping are filled in with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import DayField, GuardedForm, SeveralField, row_choice
from bra.models import Member, MemberQuerySet
from reports.models import ReportKind, ReportState, Variant

DECISION_HELP = _("For instance a number in the registry, KS 2017/12. It is kept in the history.")


class RecipientsForm(GuardedForm):
    """Who is told by mail."""

    recipients = SeveralField(
        Member.objects.none(),
        label=_("Told by mail"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The mail carries a link to the report, never the file."),
    )

    def __init__(self, readers: MemberQuerySet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = row_choice(self, "recipients")
        field.queryset = readers


class ScheduleForm(RecipientsForm):
    """A day whose report is made by itself."""

    day = DayField(label=_("Day"), help_text=_("The report is made the night after."))
    kind = forms.ChoiceField(label=_("Kind"), choices=ReportKind.choices)
    variant = forms.ChoiceField(label=_("Copy"), choices=Variant.choices)
    field_order = ("day", "kind", "variant", "recipients")


class DeleteForm(GuardedForm):
    """By which decision a report with a file is taken away."""

    guarded = ("decision",)

    decision = forms.CharField(label=_("Decision to purge by"), max_length=80, help_text=DECISION_HELP)


class ListForm(forms.Form):
    """Which reports the list shows. Its names differ from those of the question, which stands in the same address."""

    shown_state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *ReportState.choices]
    )
    shown_kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *ReportKind.choices])

    def chosen(self) -> dict[str, str]:
        """What to filter the reports by; what can't be chosen filters nothing."""
        self.is_valid()
        values = {"state": self.cleaned_data.get("shown_state"), "kind": self.cleaned_data.get("shown_kind")}
        return {name: value for name, value in values.items() if value}
