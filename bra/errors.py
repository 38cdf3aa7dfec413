"""The one error that a verb raises when a rule says no."""

from django.core.exceptions import ValidationError


class RuleBroken(ValidationError):
    """A verb refused: the message is a sentence for the user, `field` the form field that it belongs to.

    It is a ValidationError, so `form.add_error(error.field, error)` shows it where it can be mended.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

    @property
    def sentence(self) -> str:
        """The sentence to show."""
        return str(self.messages[0])
