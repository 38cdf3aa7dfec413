"""What the forms of all floors share."""

from typing import Any

from django import forms

from bra.errors import RuleBroken


class GuardedForm(forms.Form):
    """A form whose `guarded` text fields are read for personnummer before anything is saved.

    A verb's refusal goes to the field it belongs to: `form.refuse(error)`.
    """

    guarded: tuple[str, ...] = ()

    def refuse(self, error: RuleBroken) -> None:
        """Show a verb's sentence at its field, or on top of the form when it belongs to none."""
        self.add_error(error.field if error.field in self.fields else None, error)

    def clean(self) -> dict[str, Any]:
        """Clean all fields."""
        return super().clean() or {}
