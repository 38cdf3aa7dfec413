"""Working copies of a report that come back filled in: read, compared with what is there, taken in, undone."""

from reports.returning.lifecycle import choose, discard, forget_old, read, take_in, take_up, undo
from reports.returning.rows import Change, Fate, Row
from reports.returning.selection import Preview, preview

__all__ = [
    "Change",
    "Fate",
    "Preview",
    "Row",
    "choose",
    "discard",
    "forget_old",
    "preview",
    "read",
    "take_in",
    "take_up",
    "undo",
]
