"""What is written for those who run the product holds no personnummer, whatever went wrong.

A database that refuses a row repeats the row in its error, and an error's text ends up in a log.
"""

import logging
from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

from bra import personnummer

INSTEAD = "[number masked]"


class MaskingFormatter(logging.Formatter):
    """Masks what looks like a personnummer in each line of a log, the text of errors included."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line as usual, then mask it."""
        return personnummer.masked(super().format(record), INSTEAD)[0]


class NothingTyped(SafeExceptionReporterFilter):
    """Keeps what was typed, and every variable, out of the reports of errors, in development too."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always; Django's own filter rests while DEBUG is on."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """The names of what was sent, without a value."""
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request is not None else {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        """The names of the variables, without a value."""
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
