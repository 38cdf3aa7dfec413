"""The form that a filled-in working copy is chosen with."""

from django.utils.translation import gettext_lazy as _

from bra.forms import GuardedForm
from bra.uploads import FileField


class ReturnForm(GuardedForm):
    """A working copy that comes back."""

    guarded = ("file",)

    file = FileField(
        label=_("The filled-in file"),
        help_text=_("The working copy that was sent out, saved as .xlsx. Choose it, or drop it on this page."),
        accept=".xlsx",
    )
