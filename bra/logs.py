"""What a log may hold: when, where and what kind of fault; never what somebody wrote, nor a secret address.

A log is read by those who run the machines, who may see nothing of the councils' matter.
"""

import logging
import re
import traceback
from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

from bra import personnummer

_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
_HIDDEN = "…"
INSTEAD = "[number masked]"


class Formatter(logging.Formatter):
    """Writes a record on lines of its own: faults by their kind and place, addresses by their pattern, no personnummer.

    A database that refuses a row repeats the row in its error.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        plain = logging.makeLogRecord(record.__dict__)
        plain.exc_text = None  # another handler may have written the whole of it there
        plain.args = _harmless(record)
        return personnummer.masked(super().format(plain), INSTEAD)[0]

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is the library's
        """Return the line; what was sent to forge a line of its own stays on this one."""
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the name is the library's
        """Return the places of a fault and its kind, without its words: they may repeat what a user wrote."""
        return "\n".join(_told(ei[1]))


def _told(error: BaseException | None) -> list[str]:
    lines: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kind = type(error)
        here = [
            f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        lines = [*here, f"{kind.__module__}.{kind.__qualname__}", *lines]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


def _harmless(record: logging.LogRecord) -> Any:
    """Return what goes into the record's message: addresses as patterns, faults as their kinds."""
    args = record.args
    if isinstance(args, dict):  # Celery's: {"exc": repr, "traceback": text, "args": repr ...}
        return {name: _HIDDEN if name in _OF_TASKS else value for name, value in args.items()}
    request = getattr(record, "request", None)
    path = getattr(request, "path", None)
    if not args or not isinstance(args, tuple):
        return args
    shown = _pattern(request) if path else ""
    spoken = {path, path and path.encode("unicode_escape").decode("ascii")}
    return tuple(
        shown
        if path and isinstance(one, str) and one in spoken
        else f"{type(one).__name__}"
        if isinstance(one, BaseException)
        else one
        for one in args
    )


_OF_TASKS = {"exc", "traceback", "args", "kwargs", "return_value", "result"}


def _pattern(request: Any) -> str:
    """Return a request's address as its pattern, with numbers in it; where it has none, its first part."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        first = str(request.path).split("/")[1][:20]
        safe = first.encode("unicode_escape").decode("ascii")
        return f"/{safe}/{_HIDDEN}" if str(request.path).count("/") > 1 else f"/{_HIDDEN}"

    def number(found: re.Match[str]) -> str:
        value = match.captured_kwargs.get(found[1]) if match.captured_kwargs else None
        return str(value) if isinstance(value, int) else found[0]

    return "/" + _CONVERTER.sub(number, match.route)


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
