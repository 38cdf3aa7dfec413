"""The audit log verified: each entry is recomputed, in constant memory, and what doesn't fit is told in sentences."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bra.chain import BLANKED, Runs
from bra.models import HistoryEntry
from bra.sealing import Sealed, digest_of_text, head_of, link

# What hasn't been sealed for so long is no longer on its way.
UNSEALED_FOR = timedelta(hours=1)
# More than these are counted, not told.
MOST_FINDINGS = 100
# Digits of a seal that are written where a whole one is too long; as many must be given to compare with.
SHORT = 32
# What is left of a text that was thrown away.
_BLANK = "{}"


@dataclass
class Verified:
    """What verifying a chain came to: how many entries it has, where it ends, and what doesn't fit."""

    entries: int = 0
    sequence: int = 0
    seal: str = ""
    findings: list[str] = field(default_factory=list)
    untold: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def tell(self, sentence: str) -> None:
        """Take a finding down."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(sentence)
        else:
            self.untold += 1


def verify(council_pk: int | None, *, heads: Iterable[tuple[int, str]] = (), now: datetime) -> Verified:
    """Recompute the chain of a council (None: of the installation) as it is at the instant `now`.

    `heads` are ends that were kept elsewhere, (sequence, seal or the first SHORT digits of it).
    """
    result = Verified()
    before = head_of(council_pk)
    kept: dict[int, set[str]] = {}
    for sequence, seal in [*heads, (before.sequence, before.seal)]:
        if sequence:
            kept.setdefault(sequence, set()).add(seal)
    entries = HistoryEntry.objects.of_chain(council_pk)
    covered = _Covered(entries.filter(verb=BLANKED).exclude(sequence=None).order_by("sequence"))
    # As values, and the changes as text: half the time of making an object of each.
    rows = entries.exclude(sequence=None).annotate(text=Cast("changes", TextField())).values_list(*Sealed._fields)
    for row in rows.order_by("sequence").iterator(chunk_size=2000):
        _look_at(Sealed._make(row), result, covered, kept)
    _look_at_end(result, kept, head_of(council_pk).sequence)
    waiting = entries.unsealed().filter(at__lt=now - UNSEALED_FOR).count()
    if waiting:
        result.tell(
            ngettext(
                "%(n)d entry has been without a seal for more than an hour.",
                "%(n)d entries have been without a seal for more than an hour.",
                waiting,
            )
            % {"n": waiting}
        )
    return result


def _look_at(entry: Sealed, result: Verified, covered: "_Covered", kept: Mapping[int, set[str]]) -> None:
    """Compare one entry with its seal, its digest, its number and the ends that were kept."""
    number = entry.sequence
    missing = number - result.sequence - 1
    if missing:
        result.tell(_gone(result.sequence + 1, number - 1))
    # After a gap the seal before isn't known, so the entry's own can't be recomputed.
    elif link(entry, number, result.seal) != entry.seal:
        result.tell(
            _("Entry %(n)d isn't what was sealed: it was edited, or another one was put in its place.") % {"n": number}
        )
    if entry.salt:
        if not _fits(entry):
            result.tell(_("The text of entry %(n)d was edited.") % {"n": number})
    elif entry.text != _BLANK or not covered.holds(number):
        result.tell(
            _("The text of entry %(n)d was thrown away, and no decision to do so is in the log.") % {"n": number}
        )
    if not all(entry.seal.startswith(seal) for seal in kept.get(number, ())):
        result.tell(
            _("The seal of entry %(n)d isn't the one that was kept: the log was written anew up to there.")
            % {"n": number}
        )
    result.entries += 1
    result.sequence, result.seal = number, entry.seal


def _fits(entry: Sealed) -> bool:
    """Whether the text is what the digest was made of; one that can't even be read isn't."""
    try:
        return digest_of_text(entry.text, entry.salt) == entry.content
    except (ValueError, RecursionError):
        return False


def _look_at_end(result: Verified, kept: Mapping[int, set[str]], end: int) -> None:
    """Compare the last entry with the chain's own end and with those that were kept."""
    known = max(kept, default=0)
    if result.sequence < known:
        result.tell(_gone(result.sequence + 1, known))
    elif result.sequence > end:
        result.tell(
            _("The log's own end is entry %(end)d, but its entries go on to %(n)d: the end was set back.")
            % {"end": end, "n": result.sequence}
        )


def _gone(first: int, last: int) -> str:
    if first == last:
        return _("Entry %(n)d is gone.") % {"n": first}
    return _("Entries %(first)d to %(last)d are gone.") % {"first": first, "last": last}


class _Covered:
    """The numbers whose texts were thrown away by a decision, to be asked in rising order."""

    def __init__(self, entries: Iterable[HistoryEntry]) -> None:
        self._runs = iter(sorted(self._read(entries)))
        self._run = next(self._runs, None)

    @staticmethod
    def _read(entries: Iterable[HistoryEntry]) -> Iterator[tuple[int, int]]:
        """The runs that sealed entries name; an edited one's words are no decision, and it is found for itself."""
        for entry in entries:
            named: Runs = entry.changes.get("sequences", (None, ()))[1] or []
            # What was thrown away came before.
            yield from ((first, last) for first, last in named if last < (entry.sequence or 0))

    def holds(self, number: int) -> bool:
        """Whether a decision covers the number."""
        while self._run is not None and self._run[1] < number:
            self._run = next(self._runs, None)
        return self._run is not None and self._run[0] <= number
