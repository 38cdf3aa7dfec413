"""What of restricted matter a request has before it: rows note themselves when they are read from the database.

The door of the council's pages asks for notes and writes them down (bra.readings); nobody else does, so a worker or a
command notes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# (model's name, key) of what was seen; None: nobody asks.
Seen = set[tuple[str, int]]
_SEEN: ContextVar[Seen | None] = ContextVar("seen", default=None)


@contextmanager
def noting() -> Iterator[Seen]:
    """Gather what is noted inside."""
    seen: Seen = set()
    token = _SEEN.set(seen)
    try:
        yield seen
    finally:
        _SEEN.reset(token)


def note(model_name: str, pk: int) -> None:
    """Note restricted matter that may be shown; for rows that come as values. Nothing happens when nobody asks."""
    seen = _SEEN.get()
    if seen is not None:
        seen.add((model_name, pk))
