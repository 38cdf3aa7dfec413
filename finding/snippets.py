"""A piece of a text around what was found, escaped, with the words marked. Pure."""

import unicodedata
from collections.abc import Iterator, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from bra.text import WORD, answers

BEFORE, LENGTH = 60, 220  # characters before the first word found, and of the whole piece


def _places(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where in the text the words stand that answer one of `words` (stems)."""
    for match in WORD.finditer(text):
        if any(answers(match[0], word) for word in words):
            yield match.span()


def marked(text: str, words: Sequence[str]) -> SafeString:
    """Return the text, escaped, each word that was found in a <mark>."""
    text = unicodedata.normalize("NFC", text)
    parts, at = [], 0
    for start, end in _places(text, words):
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return mark_safe("".join([*parts, escape(text[at:])]))  # noqa: S308 - every piece of the text is escaped above


def snippet(text: str, words: Sequence[str]) -> SafeString:
    """Return a piece of the text around the first word that was found, or its beginning, marked as in `marked`."""
    text = unicodedata.normalize("NFC", text)
    first = next(_places(text, words), (0, 0))[0]
    start = 0 if first <= BEFORE else _word_border(text, first - BEFORE)
    end = len(text) if len(text) - start <= LENGTH else text.rfind(" ", start, start + LENGTH)
    end = start + LENGTH if end <= first else end
    piece = " ".join(text[start:end].split())
    return marked(("… " if start else "") + piece + (" …" if end < len(text) else ""), words)


def _word_border(text: str, near: int) -> int:
    """The beginning of a word at or soon after `near`; `near` itself in a text without blanks."""
    blank = text.find(" ", near, near + BEFORE)
    return blank + 1 if blank >= 0 else near
