"""The register of what is restricted: items, cases and addenda with ground, day and who decided."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Value

from bra.models import LegalGround, Member, Restrictable
from meetings.models import Addendum, AgendaItem, Case


@dataclass(frozen=True)
class Entry:
    """One restricted thing: its kind ("item", "case", "addendum") and its row."""

    kind: str
    row: Any


# What can be restricted, and what its line in the register reads beside.
_KINDS: dict[str, tuple[type[Restrictable], tuple[str, ...]]] = {
    "item": (AgendaItem, ("meeting",)),
    "case": (Case, ()),
    "addendum": (Addendum, ("meeting",)),
}


def _visible(kind: str, member: Member) -> QuerySet[Any]:
    model: Any = _KINDS[kind][0]
    found: QuerySet[Any] = model.objects.visible_to(member).filter(restricted=True)
    return found


def register_of(member: Member, ground: LegalGround | None = None) -> QuerySet[Any, Any]:
    """Return (day, kind, key) of everything restricted that the member sees, the latest decision first."""
    parts = []
    for kind in _KINDS:
        rows = _visible(kind, member)
        rows = rows.filter(legal_ground=ground) if ground else rows
        parts.append(rows.order_by().annotate(day=F("restricted_on"), of=Value(kind)).values_list("day", "of", "pk"))
    return parts[0].union(*parts[1:], all=True).order_by("-day", "of", "-pk")


def entries_of(found: list[tuple[Any, str, int]], member: Member) -> list[Entry]:
    """Return what stands on a page of the register, in its order. At most one query for each kind."""
    rows: dict[tuple[str, int], Any] = {}
    for kind, (_model, beside) in _KINDS.items():
        keys = [pk for _day, of, pk in found if of == kind]
        if keys:
            read = _visible(kind, member).filter(pk__in=keys)
            read = read.select_related("legal_ground", "restricted_by", *beside)
            rows |= {(kind, row.pk): row for row in read}
    return [Entry(kind, rows[kind, pk]) for _day, kind, pk in found if (kind, pk) in rows]


def uses_of(member: Member) -> dict[int, int]:
    """Return how many restrictions that the member sees use each ground, by its key. Three queries."""
    uses: dict[int, int] = {}
    for kind in _KINDS:
        for ground, number in _visible(kind, member).order_by().values_list("legal_ground").annotate(n=Count("pk")):
            uses[ground] = uses.get(ground, 0) + number
    return uses
