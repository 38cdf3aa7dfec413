"""Templates rendered once and filled many times: mails of one kind differ in a name, a link and their lines.

A mould is the template rendered with marks in the places of what differs; filling it puts the words there. What isn't a
slot must be the same whenever the `key` is.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

PARTS = ("subject", "txt", "html")
# Old moulds go when there are more: a council's name may change.
MOST = 500
_MARKS = tuple(f"\ue000{number}\ue001" for number in range(9))
_moulds: dict[Hashable, dict[str, str]] = {}


@dataclass(frozen=True)
class Words:
    """What stands in a slot: as text, and as HTML, which is the text escaped unless it is given."""

    text: str
    html: str = ""

    def in_part(self, part: str) -> str:
        """The words as they stand in that part of a mail."""
        return (self.html or escape(self.text)) if part == "html" else self.text


def fill(
    name: str, context: Mapping[str, Any], slots: Mapping[str, Words], *, key: Hashable, parts: tuple[str, ...] = PARTS
) -> dict[str, str]:
    """Return the `parts` of templates/emails/<name>.*, with the context, and the slots in their places."""
    whole_key = (name, get_language(), key, parts, *slots)
    mould = _moulds.get(whole_key)
    if mould is None:
        # Characters for private use (U+E000 ...), which nobody types: no word of the context holds them.
        marks = {slot: mark_safe(mark) for slot, mark in zip(slots, _MARKS, strict=False)}  # noqa: S308 - made here
        mould = {part: render_to_string(f"emails/{name}.{part}", {**context, **marks}).strip() for part in parts}
        if len(_moulds) >= MOST:
            _moulds.clear()
        _moulds[whole_key] = mould
    filled = {}
    for part, text in mould.items():
        for mark, words in zip(_MARKS, slots.values(), strict=False):
            if mark in text:
                text = text.replace(mark, words.in_part(part))
        filled[part] = text
    return filled
