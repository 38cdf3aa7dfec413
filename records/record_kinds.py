"""What a kind of record is, and what its rule makes of its rows; records/retention.py lists the kinds there are."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, JSONField, Max, Model, QuerySet
from django.utils.functional import Promise

from bra.models import STOCKHOLM, Council, EntryKind, HistoryEntry, Member
from records.models import RetentionRule, local_day, years_after

Rows = QuerySet[Any, Any]
# What the log calls what the recycle bin threw away.
BIN = "bin"


@dataclass(frozen=True)
class Kind:
    """One kind of record. `rows` are those of a council that are closed; `day` names the column of the closing day.

    `suggested` is how many years we propose, None for ever. `seen` narrows the rows to what a member may see; the
    system sees all. `named` is what a row is called in lists: a number, never its words.
    """

    name: str
    label: str | Promise
    about: str | Promise
    suggested: int | None
    model: type[Model]
    rows: Callable[[Council], Rows]
    day: str
    named: Callable[[Any], str | Promise]
    seen: Callable[[Rows, Member], Rows] = lambda rows, _member: rows
    # Whether `day` is an instant.
    instant: bool = False
    # Only the texts go; the rows are links of a chain.
    only_texts: bool = False
    # What history says of the rows is no text about anybody, and tells that they were there.
    keeps_history: bool = False
    related: tuple[str, ...] = ()

    def closed(self, council: Council, member: Member | None) -> Rows:
        """The closed rows that the member may see (None: all), with `closes`, the oldest first."""
        rows = self.rows(council)
        if member is not None:
            rows = self.seen(rows, member)
        return rows.select_related(*self.related).annotate(closes=F(self.day)).order_by("closes", "pk")

    def due(self, council: Council, member: Member | None, last: date) -> Rows:
        """Those closed on the day `last` or earlier."""
        sign = "lt" if self.instant else "lte"
        return self.closed(council, member).filter(**{f"{self.day}__{sign}": self._bound(last)})

    def after(self, council: Council, member: Member | None, last: date) -> Rows:
        """Those closed later than the day `last`."""
        sign = "gte" if self.instant else "gt"
        return self.closed(council, member).filter(**{f"{self.day}__{sign}": self._bound(last)})

    def _bound(self, last: date) -> date | datetime:
        """The day itself, or the instant at which it is over."""
        return datetime.combine(last + timedelta(days=1), time(0), STOCKHOLM) if self.instant else last


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind; a later floor or part may add its own."""
    KINDS[kind.name] = kind
    return kind


def rules_of(council: Council) -> dict[str, RetentionRule]:
    """What the council has decided, {kind: rule}; kinds without a decision are left out (one query)."""
    return {rule.kind: rule for rule in RetentionRule.objects.filter(council=council) if rule.kind in KINDS}


def falls_due_next(kind: Kind, rule: RetentionRule, member: Member | None, today: date) -> date | None:
    """The next day on which something falls due by the rule; None when nothing will (one query)."""
    last = rule.last_due(today)
    if rule.years is None or last is None:
        return None
    first = kind.after(rule.council, member, last).values_list("closes", flat=True).first()
    return None if first is None else years_after(local_day(first), rule.years)


def marks(kind: Kind, rows: Rows, council: Council) -> Iterator[tuple[int, str]]:
    """(key, mark) of each row in its order: another mark later says that the row, or its history, has changed."""
    columns = [column.attname for column in kind.model._meta.local_concrete_fields if not isinstance(column, JSONField)]
    found = list(rows.values_list(*columns))
    place = columns.index(kind.model._meta.pk.attname)
    keys = [values[place] for values in found]
    latest = latest_entries(kind.model, keys, council)
    encode = DjangoJSONEncoder(sort_keys=True).encode
    for key, values in zip(keys, found, strict=True):
        text = encode([list(values), latest.get(key)])
        yield key, hashlib.sha256(text.encode()).hexdigest()[:16]


def latest_entries(model: type[Model], keys: Collection[int], council: Council) -> dict[int, int]:
    """{key of a row: key of the last entry of its history}."""
    if model is HistoryEntry:
        return {}
    told = HistoryEntry.objects.filter(council=council, target_type=model._meta.model_name, target_id__in=keys)
    told = told.exclude(kind=EntryKind.READING)
    return dict(told.order_by().values_list("target_id").annotate(last=Max("pk")))


def names(rows: Iterable[Any], kind: Kind) -> list[tuple[str, date]]:
    """(what it is called, closing day) of each row."""
    return [(str(kind.named(row)), local_day(row.closes)) for row in rows]
