"""The error that a verb raises when a rule says no."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


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


class Removed(RuleBroken):
    """A verb found that what it was to change was removed after the page had read it.

    A view that shows refusals shows this one too; where none does, bra.middleware.RemovedMiddleware answers 404.
    """

    def __init__(self) -> None:
        super().__init__(_("This has been removed meanwhile. Nothing has been changed."))
