"""The rows of a large table, written as XML into the place that the saved workbook keeps for them.

openpyxl holds each cell as an object: a report of 100,000 actions takes 600 MB and half a minute. Its write-only mode
holds little, but then loses the freeze panes, widths and tables that are known only afterwards. So openpyxl saves the
whole workbook around a sheet that has only its header, and the rows go into that sheet one by one while the file is
packed. The module knows rows and XML, nothing of what a report says; tests compare it with openpyxl's own output.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, repeat
from typing import Any

from openpyxl.utils import get_column_letter

from reports.workbook.texts import FORMULA_LIKE, cell_text, lines, room

# What a cell's text must be looked at for, before it may be written as it is.
_AWKWARD = re.compile("[<>&\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
# Spaces that a reader may drop unless it is told to keep them.
_SPACED = re.compile(r"^\s|\s$|[\n\t]|  ")
_SHORT = 4000  # characters: those that a row's height is counted by
_SAFE_LENGTH = 16_000  # characters: shorter than a cell's longest text in whatever script
# A text that begins with one of these needs more than its characters; so does an empty one.
_MARKED = ("", " ", *FORMULA_LIKE)
_EPOCH = date(1899, 12, 30).toordinal()
_REMEMBERED = 4096  # values per column
_ROWS_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Stamp:
    """The style of one column's cells, by its number in the workbook.

    `quoted` is the one for a text which looks like a formula; `width`: the column's, in characters, 0 when its texts
    aren't wrapped.
    """

    plain: int
    quoted: int
    width: float


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one sheet, from the row `first` to the row `last`, which is known before they are read.

    `height` gives a row's height in points for the lines that its longest text takes; one line has the ordinary one.
    `told` hears how many rows have been written since it was told last.
    """

    first: int
    last: int
    stamps: Sequence[Stamp]
    values: Iterable[Sequence[Any]]
    height: Callable[[int], float]
    told: Callable[[int], None] = lambda number: None


def encoded(rows: Rows) -> Iterator[bytes]:
    """Some rows at a time as XML in UTF-8, made column by column, since a column's values have much in common.

    A value is a text, a number, a date or None; a text is a text whatever it begins with. Raises ValueError when there
    are more or fewer rows than were foretold: the table and its filters end at `last`.

    Within a row, what differs from the row above is the values and the number; and the number stands between them,
    once for each cell. So a row is its values, each with the beginning of the next cell, joined by the number.
    """
    letters = [get_column_letter(index) for index in range(1, len(rows.stamps) + 1)]
    beginnings = [f'<c r="{letter}' for letter in letters[1:]] + ["</row>"]
    columns = [_Column(stamp, after) for stamp, after in zip(rows.stamps, beginnings, strict=True)]
    heights = _Heights(rows.height)
    values = iter(rows.values)
    number = rows.first
    while some := list(islice(values, _ROWS_AT_A_TIME)):
        most = [1] * len(some)
        cells = []
        for column, down in zip(columns, zip(*some, strict=True), strict=True):
            column.forget_some()
            cells.append(list(map(column.__getitem__, down)))
            if column.tall:
                most = list(map(max, most, map(column.tall.get, down, repeat(1))))
        across = zip(repeat(b'<row r="'), map(heights.__getitem__, most), *cells, strict=False)
        places = range(number, number + len(some))
        yield b"".join([(b'%d"' % place).join(row) for place, row in zip(places, across, strict=True)])
        number += len(some)
        rows.told(len(some))
    if number != rows.last + 1:
        raise ValueError(f"{number - 1} is the last row, not {rows.last}")


class _Heights(dict[int, bytes]):
    """What stands between a row's number and that of its first cell: {lines that its longest text takes: XML}."""

    def __init__(self, height: Callable[[int], float]) -> None:
        super().__init__({1: b'><c r="A'})
        self.height = height

    def __missing__(self, taken: int) -> bytes:
        self[taken] = written = f' ht="{self.height(taken):g}" customHeight="1"><c r="A'.encode()
        return written


class _Column(dict[Any, bytes]):
    """What has been written of a column's values: {value: its cell's XML from the style on}; a new one is written.

    `after` comes after each cell: what the next one begins with. True and 1 are the same key, as are 1 and 1.0; neither
    is written as a bool. `tall` has the lines of texts that take more than one.
    """

    def __init__(self, stamp: Stamp, after: str) -> None:
        super().__init__()
        self.plain, self.quoted = f' s="{stamp.plain}"', f' s="{stamp.quoted}"'
        self.width, self.after = stamp.width, after
        self.longest = room(stamp.width) if stamp.width else _SAFE_LENGTH
        self.tall: dict[str, int] = {}

    def forget_some(self) -> None:
        """Hold no more than some thousand values; names and states repeat, titles don't."""
        if len(self) > _REMEMBERED:
            self.clear()
            self.tall.clear()

    def __missing__(self, value: Any) -> bytes:
        if isinstance(value, str):
            written = self._ordinary(value) if _is_ordinary(value) else self._text(value)
        elif value is None:
            written = f"{self.plain}/>{self.after}"
        elif isinstance(value, date):
            written = f"{self.plain}><v>{value.toordinal() - _EPOCH}</v></c>{self.after}"
        else:
            written = f"{self.plain}><v>{value}</v></c>{self.after}"
        self[value] = encoded = written.encode("utf-8")
        return encoded

    def _ordinary(self, value: str) -> str:
        if len(value) > self.longest:
            self.tall[value] = -(-len(value) // self.longest)
        return f'{self.plain} t="inlineStr"><is><t>{value}</t></is></c>{self.after}'

    def _text(self, value: str) -> str:
        kept = safe = value
        if len(value) > _SAFE_LENGTH or _AWKWARD.search(value):
            kept = cell_text(value)
            safe = kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        style = self.quoted if kept.startswith(FORMULA_LIKE) else self.plain
        if self.width and (taken := lines(kept, self.width)) > 1:
            self.tall[value] = taken
        space = ' xml:space="preserve"' if _SPACED.search(kept) else ""
        return f'{style} t="inlineStr"><is><t{space}>{safe}</t></is></c>{self.after}'


def _is_ordinary(value: str) -> bool:
    """Whether a text goes into the XML as it is, in the plain style, as nearly all do: the quick question."""
    return (
        len(value) < _SHORT
        and value.isprintable()  # no control characters, line breaks or halves of surrogate pairs
        and value[:1] not in _MARKED
        and value[-1:] != " "
        and "<" not in value
        and "&" not in value
        and ">" not in value
        and "_x" not in value
        and "  " not in value
    )


_END = b"</sheetData>"
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')


def spliced(sheet: bytes, rows: Rows) -> Iterator[bytes]:
    """The sheet's XML with the rows in it, a few hundred at a time. Raises ValueError as `encoded` does."""
    before, end, after = sheet.partition(_END)
    if not end:
        raise ValueError("the sheet has no rows to put others after")
    corner = f"{get_column_letter(len(rows.stamps))}{max(rows.last, rows.first - 1)}"
    yield _DIMENSION.sub(f'<dimension ref="A1:{corner}"'.encode(), before, count=1)
    yield from encoded(rows)
    yield end + after
