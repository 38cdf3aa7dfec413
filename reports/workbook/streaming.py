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
from itertools import islice
from typing import Any

from openpyxl.utils import get_column_letter

from reports.workbook.texts import FORMULA_LIKE, cell_text, lines

# What a cell's text must be looked at for, before it may be written as it is.
_AWKWARD = re.compile("[<>&\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
# Spaces that a reader may drop unless it is told to keep them.
_SPACED = re.compile(r"^\s|\s$|[\n\t]|  ")
_SAFE_LENGTH = 16_000  # characters: shorter than a cell's longest text in whatever script
_EPOCH = date(1899, 12, 30).toordinal()
_REMEMBERED = 4096  # values per column
_ROWS_AT_A_TIME = 250


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
    """

    first: int
    last: int
    stamps: Sequence[Stamp]
    values: Iterable[Sequence[Any]]
    height: Callable[[int], float]


def encoded(rows: Rows) -> Iterator[str]:
    """Some rows at a time as XML, made column by column, since a column's values have much in common.

    A value is a text, a number, a date or None; a text is a text whatever it begins with. Raises ValueError when there
    are more or fewer rows than were foretold: the table and its filters end at `last`.
    """
    columns = [
        (f'<c r="{get_column_letter(index)}', _Column(stamp)) for index, stamp in enumerate(rows.stamps, start=1)
    ]
    values = iter(rows.values)
    number = rows.first
    while some := list(islice(values, _ROWS_AT_A_TIME)):
        ends = [f'{place}"' for place in range(number, number + len(some))]
        number += len(some)
        most = [1] * len(some)
        cells = []
        for (letter, column), down in zip(columns, zip(*some, strict=True), strict=True):
            column.forget_some()
            cells.append([letter + end + column[value] for end, value in zip(ends, down, strict=True)])
            if column.tall:
                most = [max(taken, column.tall.get(value, 1)) for taken, value in zip(most, down, strict=True)]
        yield "".join(
            f'<row r="{end}{_height(rows, taken)}>{"".join(across)}</row>'
            for end, taken, across in zip(ends, most, zip(*cells, strict=True), strict=True)
        )
    if number != rows.last + 1:
        raise ValueError(f"{number - 1} is the last row, not {rows.last}")


def _height(rows: Rows, taken: int) -> str:
    return f' ht="{rows.height(taken):g}" customHeight="1"' if taken > 1 else ""


class _Column(dict[Any, str]):
    """What has been written of a column's values: {value: the cell's XML after its place}; a new one is written.

    True and 1 are the same key, as are 1 and 1.0; neither is written as a bool. `tall` has the lines of texts that
    take more than one.
    """

    def __init__(self, stamp: Stamp) -> None:
        super().__init__()
        self.plain, self.quoted, self.width = f' s="{stamp.plain}"', f' s="{stamp.quoted}"', stamp.width
        self.tall: dict[str, int] = {}

    def forget_some(self) -> None:
        """Hold no more than some thousand values; names and states repeat, titles don't."""
        if len(self) > _REMEMBERED:
            self.clear()
            self.tall.clear()

    def __missing__(self, value: Any) -> str:
        if isinstance(value, str):
            written = self._text(value)
        elif value is None:
            written = f"{self.plain}/>"
        elif isinstance(value, date):
            written = f"{self.plain}><v>{value.toordinal() - _EPOCH}</v></c>"
        else:
            written = f"{self.plain}><v>{value}</v></c>"
        self[value] = written
        return written

    def _text(self, value: str) -> str:
        kept = safe = value
        if len(value) > _SAFE_LENGTH or _AWKWARD.search(value):
            kept = cell_text(value)
            safe = kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        style = self.quoted if kept.startswith(FORMULA_LIKE) else self.plain
        if self.width and (taken := lines(kept, self.width)) > 1:
            self.tall[value] = taken
        space = ' xml:space="preserve"' if _SPACED.search(kept) else ""
        return f'{style} t="inlineStr"><is><t{space}>{safe}</t></is></c>'


_END = b"</sheetData>"
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')


def spliced(sheet: bytes, rows: Rows) -> Iterator[bytes]:
    """The sheet's XML with the rows in it, a few hundred at a time. Raises ValueError as `encoded` does."""
    before, end, after = sheet.partition(_END)
    if not end:
        raise ValueError("the sheet has no rows to put others after")
    corner = f"{get_column_letter(len(rows.stamps))}{max(rows.last, rows.first - 1)}"
    yield _DIMENSION.sub(f'<dimension ref="A1:{corner}"'.encode(), before, count=1)
    for some in encoded(rows):
        yield some.encode("utf-8")
    yield end + after
