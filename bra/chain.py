"""The chain as a whole: texts of it blanked by retention, and the whole of it verified.

A seal covers the digest of an entry's text and not the text itself: so a text can be thrown away, and the chain still
holds. What was thrown away is covered by an entry "history.blanked", which names the sequence numbers; a text that
is missing without one was tampered with.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from bra import history
from bra.models import Council, HistoryEntry, Member
from bra.rows import locked
from bra.sealing import seal as seal

BLANKED = "history.blanked"
# Runs of sequence numbers that one entry names.
LONGEST_LIST = 500
Runs = list[tuple[int, int]]


@transaction.atomic
def blank(entries: QuerySet[HistoryEntry], *, council: Council, by: Member | None, on: date, decision: str) -> int:
    """Throw the texts of these entries of the council away, for good; return how many had one.

    `decision` is what it was decided by ("KS 2017/12 § 4"). Who did what, when and to which thing stays, and so do the
    numbers and seals. Call it after what else the transaction writes about the things, so that those entries
    can be among them; the council is locked here. Entries that say so themselves are never blanked.
    """
    council = locked(council)
    # Sealed first, so that each has the number by which it is named.
    seal(council.pk)
    keys = sorted(entries.filter(council=council).order_by().values_list("pk", flat=True))
    numbers: list[int] = []
    for first in range(0, len(keys), 500):
        told = HistoryEntry.objects.filter(council=council, pk__in=keys[first : first + 500]).exclude(verb=BLANKED)
        told = told.exclude(salt="").select_for_update(no_key=True).order_by("pk")
        numbers += [entry.sequence for entry in told.only("sequence") if entry.sequence is not None]
    for first in range(0, len(numbers), 500):
        HistoryEntry.objects.filter(council=council, sequence__in=numbers[first : first + 500]).update(
            changes={}, salt=""
        )
    named = list(runs(sorted(numbers)))
    for first in range(0, len(named), LONGEST_LIST):
        part = named[first : first + LONGEST_LIST]
        history.record(
            council=council,
            by=by,
            on=on,
            verb=BLANKED,
            target=council,
            changes={"sequences": (None, part), "decision": (None, decision)},
        )
    return len(numbers)


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Return rising numbers as runs without gaps, (first, last) each."""
    first = last = None
    for number in numbers:
        if last is not None and number == last + 1:
            last = number
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = number
    if first is not None and last is not None:
        yield first, last
