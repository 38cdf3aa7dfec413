"""Reads what people write of how an action goes. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from actions.models import Status
from imports.proposing import days

Cell = str | int | float | None
_WORDS = {
    Status.DONE: (
        r"klart?a?|färdigt?|färdigställt?|avslutat?|avslutade?|avslutad|genomförd?|genomfört|utförd|utfört|"
        r"åtgärdat?d?|slutfört?d?|done|completed?|closed|finished|x|ja|yes|ok|✓|✔|√|☑|v|grön"
    ),
    Status.IN_PROGRESS: (
        r"pågår|pågående|påbörjat?d?|startat?d?|under arbete|på gång|igång|delvis( klart?| genomfört)?|"
        r"ongoing|in progress|started|begun|wip|gul|arbete pågår|i gång"
    ),
    Status.NOT_STARTED: (
        r"(ej|inte|icke) (påbörjat?d?|startat?d?|klart?|genomförd?|genomfört|utförd|utfört|avslutat?d?)|"
        r"planerat?d?|ny(tt)?|not started|new|open|öppen|planned|kvar|återstår|att göra|to ?do|nej|no|röd|"
        r"väntar|not done|☐"
    ),
    Status.POSTPONED: (
        r"uppskjute[nt]|framflyttat?d?|senarelag[dt]|skjuts upp|vilande|pausat?d?|postponed|on hold|"
        r"bordlag[dt]|flyttat?d?|deferred|paused"
    ),
    Status.CANCELLED: (
        r"avbrute[nt]|avbrytes?|utgår|utgått|inställ[dt]|ej aktuell?t?|inte (längre )?aktuell?t?|avskrive[nt]|"
        r"struken|stryks|cancell?ed|dropped|nedlag[dt]|inaktuell?t?|n/?a|läggs ned"
    ),
}
_LATE = re.compile(r"försena[dt]|sena?|late|overdue|delayed")
_PATTERNS = [(status, re.compile(rf"(?:{words})")) for status, words in _WORDS.items()]


@dataclass(frozen=True)
class State:
    """What a cell says: a status, the day it was closed where one is named, and how sure that is.

    `known` is False when the words say nothing; `unsure` when they say it with a question mark or in their own way.
    """

    status: str = Status.NOT_STARTED
    closed_on: date | None = None
    known: bool = True
    unsure: bool = False


@lru_cache(maxsize=20_000)
def read(cell: Cell, today: date | None = None) -> State:
    """Read a cell; an empty one is not started. `today` lets a day beside the word be read."""
    if cell is None:
        return State(known=False)
    if isinstance(cell, int | float):
        return _share(cell if cell <= 1 else cell / 100) if 0 <= cell <= 100 else State(known=False, unsure=True)
    words = " ".join(cell.casefold().split())
    asked = "?" in words
    if found := re.fullmatch(r"(\d{1,3}) ?%\s?.*", words, re.ASCII):
        return _share(int(found[1]) / 100)
    plain = words.strip(" .!?,;:-–()")
    status = _status_of(plain)
    if status is not None:
        # What may be done isn't done.
        doubtful = asked and status in (Status.DONE, Status.CANCELLED)
        return State(Status.IN_PROGRESS if doubtful else status, unsure=asked)
    if _LATE.fullmatch(plain):
        return State(Status.IN_PROGRESS, unsure=True)
    return _with_more(plain, today, asked)


def _status_of(words: str) -> str | None:
    return next((status for status, pattern in _PATTERNS if pattern.fullmatch(words)), None)


def _share(part: float) -> State:
    if part >= 1:
        return State(Status.DONE)
    return State(Status.IN_PROGRESS if part > 0 else Status.NOT_STARTED)


def _with_more(words: str, today: date | None, asked: bool) -> State:
    """A word and more: "klar 2017-02-01", "pågår, väntar på lokal"."""
    head = re.match(r"((?:ej|inte|icke|not|in|on|under|på|delvis)\s)?[^\W\d_]+", words)
    status = _status_of(head[0]) if head and len(head[0]) > 2 else None
    if head is None or status is None:
        return State(known=False, unsure=True)
    rest = words[head.end() :].strip(" ,:;()-–")
    day = days.read(rest, today).day if today and rest else None
    if status in (Status.DONE, Status.CANCELLED):
        if day and not asked:
            return State(status, closed_on=day)
        # "klar till sommaren" isn't done.
        return State(Status.IN_PROGRESS, unsure=True)
    return State(status, unsure=True)
