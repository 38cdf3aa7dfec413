"""From cells to proposals: columns, days, states and owners as people write them. Pure; nothing here is saved."""

from imports.proposing.choices import Choices, Mend, choices_of
from imports.proposing.columns import Table, tables
from imports.proposing.owners import People, plain
from imports.proposing.rows import Fate, Known, Lookups, Row, read

__all__ = [
    "Choices",
    "Fate",
    "Known",
    "Lookups",
    "Mend",
    "People",
    "Row",
    "Table",
    "choices_of",
    "plain",
    "read",
    "tables",
]
