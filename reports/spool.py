"""Rows that are gathered once and read as often as wanted, in the memory of a few hundred however many they are."""

import pickle
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")

_ROWS_AT_A_TIME = 1000
_IN_MEMORY = 4 << 20  # bytes; a council's report stays below


class Spool(Collection[T], Generic[T]):
    """Rows in the order in which they were added. Many of them lie in a temporary file that has no name.

    Plain tuples take a third of the time that other rows take to pack: `pack` makes one of a row, and `make` makes the
    row of it again. For a named tuple its `_make` is enough.
    """

    def __init__(
        self, make: Callable[[tuple[Any, ...]], T] | None = None, pack: Callable[[T], tuple[Any, ...]] | None = None
    ) -> None:
        self._make = make
        self._pack = pack or (cast(Callable[[T], tuple[Any, ...]], tuple) if make else None)
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the next line
        weakref.finalize(self, self._file.close)
        self._places: list[tuple[int, int]] = []
        self._last: list[T] = []
        self._packed = 0

    def append(self, row: T) -> None:
        """Add one row. Raises OSError when the disk is full."""
        self.extend((row,))

    def extend(self, rows: Iterable[T]) -> None:
        """Add some rows. Raises OSError when the disk is full."""
        self._last.extend(rows)
        if len(self._last) >= _ROWS_AT_A_TIME:
            plain = list(map(self._pack, self._last)) if self._pack else self._last
            packed = pickle.dumps(plain, pickle.HIGHEST_PROTOCOL)
            begin = self._file.seek(0, 2)
            self._file.write(packed)
            self._places.append((begin, len(packed)))
            self._packed += len(self._last)
            self._last = []

    def __iter__(self) -> Iterator[T]:
        for begin, size in self._places:
            self._file.seek(begin)
            rows = pickle.loads(self._file.read(size))  # noqa: S301 - written above, by this very object
            yield from map(self._make, rows) if self._make else rows
        yield from self._last

    def __len__(self) -> int:
        return self._packed + len(self._last)

    def __contains__(self, row: object) -> bool:
        return any(row == other for other in self)
