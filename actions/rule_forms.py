"""Forms of the coordinator's settings: when mail goes out, and rounds of updates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.reminders.decisions import BOUNDS
from bra.forms import DayField, GuardedForm

_WORDS: dict[str, Any] = {
    "first_days": _("First reminder, days before the deadline"),
    "second_days": _("Second reminder, days before the deadline"),
    "weeks_between": _("After the deadline, weeks between reminders"),
    "digest_days": _("Days before a meeting that owners are told what will be asked there"),
    "escalate_weeks": _("Weeks overdue until the council itself takes the action up"),
    "grace_days": _("Days that owners have to answer a round of updates"),
}
_HELP: dict[str, Any] = {
    "digest_days": _("0 for never."),
    "escalate_weeks": _("0 for never. It is proposed for the next agenda and the chair is told."),
}


class RulesForm(GuardedForm):
    """When the council's mail goes out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _WORDS.items():
            least, most = BOUNDS[name]
            self.fields[name] = forms.IntegerField(
                label=label, min_value=least, max_value=most, help_text=_HELP.get(name, "")
            )
        self.fields["squeeze_days"] = forms.BooleanField(
            label=_("No mail on squeeze days"),
            required=False,
            help_text=_("A working day between two days off. Mail never goes out on weekends and holidays."),
        )


class RoundForm(GuardedForm):
    """Asking all owners how their actions stand."""

    as_of = DayField(label=_("The day of the report"))
    grace_days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=BOUNDS["grace_days"][1])
