"""The form that a filled-in working copy is chosen with."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import GuardedForm


class ReturnForm(GuardedForm):
    """A working copy that comes back."""

    guarded = ("file",)

    file = forms.FileField(
        label=_("The filled-in file"),
        help_text=_("The working copy that was sent out, saved as .xlsx. Choose it, or drop it on this page."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("There is nothing in the file."),
            "max_length": _("The file's name is too long."),
        },
    )
