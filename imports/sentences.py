"""The history of an import as sentences."""

from django.utils.translation import ngettext

from bra import history
from bra.models import HistoryEntry
from bra.sentences import Line, lines
from imports.models import ImportBatch


def lines_of(batch: ImportBatch) -> list[Line]:
    """Return what has been done with the list, the latest first. One query."""
    return lines(history.entries_of(batch).reverse(), lambda entry: [_sentence(entry)])


def _sentence(entry: HistoryEntry) -> str:
    before, after = entry.changes.get("actions", [0, 0])
    if entry.verb == "import.applied":
        words = ngettext("brought in %(n)d action", "brought in %(n)d actions", after) % {"n": after}
        out = entry.changes["left_out"][1]
        return words + (ngettext(", left out %(n)d row", ", left out %(n)d rows", out) % {"n": out} if out else "")
    if entry.verb == "import.undone":
        return ngettext("took back %(n)d action", "took back %(n)d actions", before - after) % {"n": before - after}
    return entry.verb
