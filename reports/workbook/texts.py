"""Texts as cells can hold them."""

import re

from django.utils.translation import gettext as _

LONGEST_TEXT = 32_767  # UTF-16 code units; Excel's limit for a cell
# A viewer may read a text that begins like this as a formula, so such a cell is marked as quoted.
FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r", "\n")

# What XML 1.0 can't carry, and the halves of surrogate pairs.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x0041_ in a text as the character A; with its underscore escaped it stays as it was typed.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")


def cell_text(text: str) -> str:
    """Return the text as a cell can hold it: what can't be shown is marked, what is too long is cut visibly."""
    return _cut(_LOOKS_ESCAPED.sub("_x005F_", _clean(text)))


def plain_text(text: str) -> str:
    """Do as `cell_text`, for a format that knows no escapes."""
    return _cut(_clean(text))


def unescaped(cell: str) -> str:
    """Return what `cell_text` made as a viewer shows it."""
    return _ESCAPED.sub("_", cell)


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))


def _cut(clean: str) -> str:
    if len(clean) * 2 > LONGEST_TEXT and (units := clean.encode("utf-16-le")) and len(units) > LONGEST_TEXT * 2:
        mark = " … [" + _("cut: the whole text is in the application") + "]"
        kept = units[: (LONGEST_TEXT - len(mark)) * 2].decode("utf-16-le", errors="ignore")
        return kept + mark
    return clean


def room(width: float) -> int:
    """Characters that are sure to go on one line of a column of `width` characters."""
    return max(1, int(width * 0.9) - 2)


def lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of `width` characters, rather one too many than one too few."""
    longest = room(width)
    return sum(max(1, -(-len(line) // longest)) for line in text[:4000].split("\n"))
