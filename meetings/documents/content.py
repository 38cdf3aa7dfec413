"""What stands in the minutes or in an agenda, in the words and the order in which it is printed.

Everything is text that has been translated and cleaned already, so that each form of file prints the same.
"""

import re
from dataclasses import dataclass
from datetime import datetime

# What neither XML nor a printer knows: control characters but for tab and line break, halves of pairs, non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Return the text with plain line breaks and without what can't be printed. What is left is as it was typed."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


def line(text: str) -> str:
    """Return the text as one line."""
    return " ".join(clean(text).split())


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the text's paragraphs, which empty lines part; the line breaks in one stay."""
    return tuple(part.strip("\n").rstrip() for part in re.split(r"\n[ \t]*\n", clean(text)) if part.strip())


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of the text that aren't empty."""
    return tuple(part for part in map(line, clean(text).split("\n")) if part)


@dataclass(frozen=True)
class Table:
    """A table with one row of headings."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def told(self) -> list[list[tuple[str, str]]]:
        """The rows as pairs of heading and cell."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Run:
    """Words in one dress. Line breaks in them are meant."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Block:
    """A piece of a text with lists and tables in it: a paragraph has `runs`, every other kind has `parts`.

    "bullets" and "numbers" (counted from `start`) consist of "item"s, these and a "quote" of any blocks. A "table"
    consists of "row"s, the first with its headings, a row of "cell"s; a cell has `runs` too.
    """

    kind: str
    runs: tuple[Run, ...] = ()
    parts: tuple["Block", ...] = ()
    start: int = 1


@dataclass(frozen=True)
class Addition:
    """A correction that stands below signed minutes. Of a masked one there are only the words that say so."""

    heading: str
    text: tuple[str, ...]
    masked: bool = False


@dataclass(frozen=True)
class Ruling:
    """One numbered decision: "§ 23", "Decided", and its text."""

    number: str
    kind: str
    text: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """One item of the agenda: its facts in one line each, what was said, decided and agreed.

    Of a masked one there is only the number, and the words that say so in place of the title.
    """

    number: str
    title: str
    masked: bool = False
    facts: tuple[str, ...] = ()
    notes: tuple[Block, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    agreed: Table | None = None


@dataclass(frozen=True)
class Words:
    """Headings that the document's language decides."""

    attendance: str
    items: str
    signatures: str
    page: str  # with {page} and {pages}
    signed: str = ""
    addenda: str = ""


@dataclass(frozen=True)
class Paper:
    """A whole document."""

    language: str  # "sv"
    made: datetime  # what the file says of when it was made: the meeting's own hour, so that it never varies
    agenda: bool  # the agenda before the meeting, not its minutes
    council: str
    title: str  # "Minutes 2017-2"
    running: str  # what stands on top of each page
    letterhead: tuple[str, ...]
    footer: str
    draft: str  # "Draft" or "Not signed off" on top of each page of what isn't final; "" when it is
    remarks: tuple[str, ...]  # what must be known of this copy: that it is masked
    facts: tuple[tuple[str, str], ...]
    attendance: Table | None
    points: tuple[Point, ...]
    signatures: tuple[str, ...]
    words: Words
    across: bool = False  # whether `draft` is printed across the pages, too
    caution: str = ""  # the sentence that says why it isn't final
    signed: tuple[str, ...] = ()  # who signed it, as what and when, in one line each
    seal: tuple[str, ...] = ()  # the edition and the checksum of what was signed
    addenda: tuple[Addition, ...] = ()
