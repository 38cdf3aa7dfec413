"""Own masks in a document: which passages it has, and the document without those that were chosen.

A document is what JSON holds, as it is given to the typesetter. What is masked is taken out of it before a file is
made of it, so it can't be hidden anywhere in the file.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bra import personnummer

Tree = dict[str, Any]
Span = tuple[int, int]

# What steers the print: none of it was typed by anybody.
_STEERING = {"language", "lang", "made", "kind", "start", "agenda", "masked", "across", "words", "bold", "italic"}
# What is offered to be masked: below these of the document's parts, but for headings, numbers and days.
_OFFERED = {"title", "facts", "attendance", "points", "addenda", "situation", "outcome", "timeline", "signed"}
_NOT_OFFERED = {"number", "kind", "columns", "day", "where", "mark", "state", "deadline"}
_PARTS = {"points", "timeline", "addenda"}
# A full stop ends a sentence if what follows begins like one: "kl. 13" goes on.
_END = re.compile(r"(?:[.!?…](?=\s+[^\W\d_a-zåäö]|\s+[^\w\s])|\n)\s*")


@dataclass(frozen=True)
class Piece:
    """One text of a document: where it stands, its sentences as they can be ticked, and what it is called."""

    path: str
    sentences: tuple[str, ...]
    label: str = ""

    @property
    def line(self) -> str:
        """What stands on one line with it: the row of a table."""
        return self.path.rpartition(".")[0] if ".rows." in self.path else self.path


@dataclass(frozen=True)
class Part:
    """The pieces that are shown under one heading: an agenda item, a meeting of a case."""

    key: str
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Masked:
    """A document without what was to be masked: how many masks there are, and the words that are gone."""

    tree: Tree
    masks: int
    passages: tuple[str, ...]


def fingerprint(tree: Tree) -> str:
    """Return what tells whether the text is still the one that was looked at."""
    return hashlib.sha256(json.dumps(tree, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def parts(tree: Tree) -> list[Part]:
    """Return what of the document can be masked, in its order. Numbers that look like a person's aren't shown."""
    found: dict[str, list[Piece]] = {}
    for path, text in _offered(tree):
        shown = tuple(personnummer.masked(text[start:end].strip(), "…")[0] for start, end in _sentences(text))
        label = tree["facts"][int(path.split(".")[1])][0] if path.startswith("facts.") else ""
        found.setdefault(part_of(path), []).append(Piece(path, shown, label))
    return [Part(key, _title(tree, key), tuple(pieces)) for key, pieces in found.items()]


def part_of(path: str) -> str:
    """Return the key of the part that a piece stands in; "" for what stands above all parts."""
    first, *rest = path.split(".")
    if first in _PARTS:
        return f"{first}.{rest[0]}"
    return first if first in ("attendance", "signed") else ""


def masked(tree: Tree, chosen: Mapping[str, Collection[int]], words: Sequence[str] = ()) -> Masked:
    """Return the document without the chosen sentences, {path: places}, and without `words` wherever they stand.

    Numbers that look like personal identity numbers are taken out always.
    """
    work = _Work(chosen, [_pattern(word) for word in words], _("Masked: secrecy"))
    clear = work.walk(tree, "")
    return Masked(clear, work.masks, (*work.passages, *words))


def stands_in(tree: Tree, word: str) -> bool:
    """Whether the words stand anywhere in what somebody typed."""
    pattern = _pattern(word)
    return any(pattern.search(text) for text in texts(tree))


def texts(tree: Any) -> Iterator[str]:
    """Every text of the document, runs of one paragraph as one."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for value in tree:
            yield from texts(value)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if key == "runs":
                yield "".join(run["text"] for run in value)
            elif key not in _STEERING:
                yield from texts(value)


class _Work:
    """One masking: what to take out, and what has been taken out."""

    def __init__(self, chosen: Mapping[str, Collection[int]], words: list[re.Pattern[str]], instead: str) -> None:
        self.chosen, self.words, self.instead = chosen, words, instead
        self.masks = 0
        self.passages: list[str] = []

    def walk(self, value: Any, path: str) -> Any:
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, list):
            return [self.walk(part, _below(path, place)) for place, part in enumerate(value)]
        if isinstance(value, dict):
            return {key: self._member(key, part, _below(path, key)) for key, part in value.items()}
        return value

    def _member(self, key: str, value: Any, path: str) -> Any:
        if key in _STEERING:
            return value
        if key != "runs":
            return self.walk(value, path)
        whole = "".join(run["text"] for run in value)
        clear = self._text(whole, path)
        # What is left loses its bold and italics: where they stood would tell how long the masked words were.
        return value if clear == whole else [{"text": clear, "bold": False, "italic": False}]

    def _text(self, text: str, path: str) -> str:
        spans = [(one.start, one.end) for one in personnummer.find(text)]
        self.passages += personnummer.numbers(text)
        places = self.chosen.get(path, ())
        for place, (start, end) in enumerate(_sentences(text)):
            if place in places:
                passage = text[start:end].rstrip()
                spans.append((start, start + len(passage)))
                self.passages.append(passage)
        for pattern in self.words:
            spans += [match.span() for match in pattern.finditer(text)]
        merged = _merged(text, spans)
        self.masks += len(merged)
        if len(merged) == 1 and text[slice(*merged[0])].strip() == text.strip():
            return self.instead
        for start, end in reversed(merged):
            # Brackets tell where the mask ends and the text goes on.
            text = f"{text[:start]}[{self.instead}]{text[end:]}"
        return text


def _below(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _merged(text: str, spans: list[Span]) -> list[Span]:
    """The spans in order; those that overlap, or have only space between them, as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _sentences(text: str) -> list[Span]:
    spans, start = [], 0
    for match in _END.finditer(text):
        spans.append((start, match.end()))
        start = match.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return spans


def _pattern(words: str) -> re.Pattern[str]:
    """The words in whatever case and spacing, with the s of a genitive."""
    inner = r"\s+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){inner}(?::?s)?(?!\w)", re.IGNORECASE)


def _offered(tree: Tree) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        # The title of minutes is their kind and number; that of a case somebody has written.
        if key in _OFFERED and not (key == "title" and "points" in tree):
            yield from _pieces(value, key)


def _pieces(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value.strip() and not re.fullmatch(r"facts\.\d+\.0", path):
            yield path, value
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _pieces(part, f"{path}.{place}")
    elif isinstance(value, dict) and not value.get("masked"):
        for key, part in value.items():
            if key == "runs":
                yield f"{path}.runs", "".join(run["text"] for run in part)
            elif key not in _NOT_OFFERED and key not in _STEERING:
                yield from _pieces(part, f"{path}.{key}")


def _title(tree: Tree, key: str) -> str:
    """The heading of a part: the number of an item, the meeting of a case. Its own words are a piece below it."""
    if not key:
        return _("At the beginning")
    if key == "attendance":
        return _("Attendance")
    if key == "signed":
        return _("Signatures")
    name, place = key.split(".")
    part = tree[name][int(place)]
    if name == "points":
        return _("Item %(number)s") % {"number": part["number"]}
    if name == "timeline":
        return f"{part['day']} · {part['where']}"
    return _("Addendum")
