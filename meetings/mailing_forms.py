"""The form that mails the minutes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import GuardedForm
from bra.models import Member


class MailMinutesForm(GuardedForm):
    """To whom the minutes go, and that whoever sends them knows that they aren't signed off."""

    recipients = forms.MultipleChoiceField(
        label=_("Recipients"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who is to get the mail.")},
    )
    sure = forms.BooleanField(
        label=_("Send them all the same"), error_messages={"required": _("Say that they are to be sent all the same.")}
    )

    def __init__(self, *args: Any, members: Sequence[Member], is_final: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(member.pk): member for member in members}
        choices = self.fields["recipients"]
        assert isinstance(choices, forms.MultipleChoiceField)
        choices.choices = [(pk, f"{member.label} ({member.organisation})") for pk, member in self.members.items()]
        if is_final:
            del self.fields["sure"]

    @property
    def chosen(self) -> list[Member]:
        """The members that were ticked (of a valid form)."""
        return [self.members[pk] for pk in self.cleaned_data["recipients"]]
