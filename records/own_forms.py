"""The forms of personal data: one's own, corrected, and a former member's, removed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import GuardedForm


class OwnDataForm(GuardedForm):
    """What a member corrects by themselves. Title, role and mandate are the coordinator's."""

    guarded = ("name",)

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Where mail reaches you. Links in mails that went to another address stop working."),
    )


class EraseForm(GuardedForm):
    """Why a former member's personal data is removed."""

    guarded = ("reason",)

    reason = forms.CharField(
        label=_("Reason, or the decision"),
        max_length=200,
        help_text=_("For instance: asked for on 3 March, KS 2017/14. It stands in the log, so write no name."),
    )
    sure = forms.BooleanField(
        label=_("I know that this can't be undone."), error_messages={"required": _("Tick the box to go on.")}
    )
