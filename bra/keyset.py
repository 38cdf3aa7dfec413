"""Paging by keys: a page begins after a row, not after a number of rows, so the last page is as quick as the first.

Rows come in the order of one column and, among equals, of their primary key; so none is lost or doubled between two
pages, whatever happens to other rows meanwhile. The column must not be NULL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)

# The names in the address: a page begins after one row, or ends before one.
AFTER, BEFORE = "after", "before"


@dataclass(frozen=True)
class Order:
    """How a list is sorted: by the column `key` (a lookup path), then the primary key; both in the same direction.

    A cursor holds the row's primary key and, where `in_address`, its value of the column. Leave `in_address` off for
    texts that don't belong in addresses and logs; the value is then looked up, and a row that was changed between two
    pages takes the reader along to its new place.
    """

    key: str
    descending: bool = False
    in_address: bool = False


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the parameters of the addresses of its neighbours (None: there is none)."""

    rows: Sequence[Any]
    next: dict[str, str] | None
    previous: dict[str, str] | None


def page(
    rows: QuerySet[M],
    *,
    order: Order,
    size: int,
    query: Mapping[str, str],
    dressed: QuerySet[M, Any] | None = None,
    among: QuerySet[M] | None = None,
) -> Page:
    """Return one page of at most `size` rows: the one that `query` (the address) asks for by a cursor, or the first.

    `rows` says which; `dressed` how those found are read: a queryset of the same model with its joins, annotations and
    values() (with "pk" and the key among them). So the database joins and counts for the rows of the page alone.
    A cursor that says nothing leads to the first page. One without a value is looked up `among` the rows that the
    reader may know of (by default `rows`): it may have left the list meanwhile. One query, two with such a cursor.
    """
    backwards = AFTER not in query and BEFORE in query
    at = _position(rows if among is None else among, order, query.get(BEFORE if backwards else AFTER, ""))
    if at is None:
        backwards = False
    # Backwards the same rows are read from the other end.
    falling = order.descending != backwards
    sorting = [f"-{name}" if falling else name for name in (order.key, "pk")]
    found: Any = rows if at is None else rows.filter(_beyond(order.key, at, falling))
    found = found.order_by(*sorting)[: size + 1]
    if dressed is not None:
        found = dressed.filter(pk__in=found.values("pk")).order_by(*sorting)
    read = list(found)
    more, read = len(read) > size, read[:size]
    if backwards:
        read.reverse()
    has_next = bool(read) and (more or backwards)
    has_previous = bool(read) and (at is not None if not backwards else more)
    return Page(
        read,
        {AFTER: _cursor(order, read[-1])} if has_next else None,
        {BEFORE: _cursor(order, read[0])} if has_previous else None,
    )


def _beyond(key: str, at: tuple[Any, int], falling: bool) -> Q:
    """Rows beyond the position. The first condition alone is what an index can begin its scan with."""
    value, pk = at
    word = "lt" if falling else "gt"
    return Q(**{f"{key}__{word}e": value}) & (Q(**{f"{key}__{word}": value}) | Q(**{f"pk__{word}": pk}))


def _cursor(order: Order, row: Any) -> str:
    pk, value = _pair(order, row)
    return f"{value.isoformat()}.{pk}" if order.in_address and isinstance(value, date) else str(pk)


def _pair(order: Order, row: Any) -> tuple[int, Any]:
    if isinstance(row, dict):
        return row["pk"], row[order.key]
    value = row
    for name in order.key.split("__"):
        value = getattr(value, name)
    return row.pk, value


def _position(rows: QuerySet[M], order: Order, cursor: str) -> tuple[Any, int] | None:
    """Read (value, primary key) out of a cursor; None for one that means nothing here."""
    text, _dot, key = cursor.rpartition(".")
    if not (key.isascii() and key.isdigit() and len(key) <= 18):
        return None
    if order.in_address:
        try:
            return date.fromisoformat(text), int(key)
        except ValueError:
            return None
    value = rows.filter(pk=key).values_list(order.key, flat=True).first()
    return None if value is None else (value, int(key))
