"""Reads what people write where a day should stand. Pure: no clock, no database."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from actions import quick

Cell = str | int | float | None
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
# Days since 1899-12-30 are what a spreadsheet shows as a date.
_ZERO, _SERIALS = date(1899, 12, 30), range(36_526, 73_051)

# Said instead of a day: there is none.
ONGOING = re.compile(
    r"(snarast.*|omg(ående|\.)?|löpande|fortlöpande|kontinuerligt|tills ?vidare|t\.?v\.?|ständigt|årligen|asap|"
    r"as soon as possible|ongoing|continuous(ly)?|tbd|ej bestämt|[-–—?]+|n/?a)\.?",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"^(?:senast|klart?|klart senast|före|innan|till och med|t\.?o\.?m\.?|under|i|den|ca\.?|c:a|slutet av|by|before|"
    r"end of|in|due)\s+",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"(före|innan|before|om|in|i ?morgon|tomorrow)\b", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"^(?:mån|tis|ons|tors?|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun)[^\W\d_]*[\s,.]+(?=\d|den)", re.IGNORECASE
)


@dataclass(frozen=True)
class Day:
    """What a cell says of a day. Without `day`: `ongoing` when it says that there is none. `guessed`: interpreted."""

    day: date | None = None
    guessed: bool = False
    ongoing: bool = False


@lru_cache(maxsize=20_000)
def read(cell: Cell, today: date) -> Day:
    """Read a cell. A week, a month, a quarter or a year means its last day; without a year, the one nearest `today`."""
    if cell is None:
        return Day()
    if isinstance(cell, int | float):
        return _plausible(_ZERO + timedelta(days=int(cell))) if _is_serial(cell) else _digits(str(cell))
    text = " ".join(cell.split())
    if ONGOING.fullmatch(text):
        return Day(ongoing=True)
    exact = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?: \d\d:\d\d)?", text, re.ASCII)
    if exact:
        return _plausible(_date(*map(int, exact.groups())))
    if text.isascii() and text.isdigit():
        return _digits(text)
    return _plausible(_loosely(text, today), guessed=True)


def _is_serial(number: float) -> bool:
    return number == number and abs(number) < 1e9 and int(number) in _SERIALS


def _digits(text: str) -> Day:
    """20170515, 170515, a year, or a serial number that came as text."""
    if re.fullmatch(r"(19|20)\d{6}", text):
        return _plausible(_date(int(text[:4]), int(text[4:6]), int(text[6:])), guessed=True)
    if re.fullmatch(r"\d{5}", text) and int(text) in _SERIALS:
        return _plausible(_ZERO + timedelta(days=int(text)), guessed=True)
    if re.fullmatch(r"\d{6}", text):
        return _plausible(_date(2000 + int(text[:2]), int(text[2:4]), int(text[4:])), guessed=True)
    if re.fullmatch(r"20\d\d", text):
        return _plausible(date(int(text), 12, 31), guessed=True)
    return Day()


def _plausible(day: date | None, *, guessed: bool = False) -> Day:
    return Day(day, guessed) if day and EARLIEST <= day < LATEST else Day()


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _loosely(text: str, today: date) -> date | None:
    # What the quick line of the live page knows: "om två veckor", "före jul" (which isn't July).
    if _RELATIVE.match(text) and (found := quick.day(text, today)):
        return found
    words = _WEEKDAY.sub("", text.casefold()).strip(" .!,;")
    for _time in range(3):  # "klart senast den"
        words = _BEFORE.sub("", words)
    words = re.sub(r"\s+", " ", words.replace("–", "-").replace("—", "-")).strip()
    for reader in _READERS:
        if found := reader(words, today):
            return found
    return None


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _nearest(today: date, make: Callable[[int], date | None], year: str | None) -> date | None:
    """The day of that year; without one, that of the year in which it is nearest to today."""
    if said := _year(year):
        return make(said)
    days = [day for offset in (-1, 0, 1) if (day := make(today.year + offset))]
    return min(days, key=lambda day: abs(day - today), default=None)


def _numbers(words: str, today: date) -> date | None:
    """15/5 2017, 15/5-17, 15.5.2017, 15-05-2017, 2017/05/15, 2017.5.15, 15/5."""
    found = re.fullmatch(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[t ].*)?", words, re.ASCII)
    if found:
        return _date(*map(int, found.groups()))
    found = re.fullmatch(
        r"(\d{1,2})\s?[/.\-]\s?(\d{1,2})\.?(?:\s?[/.\- ,]\s?'?(\d{4}|\d{2}))?(?: \d\d?[:.]\d\d)?", words, re.ASCII
    )
    if not found or (found[3] is None and re.fullmatch(r"\d+ ?- ?\d+", words)):
        return None
    first, second = int(found[1]), int(found[2])

    def make(year: int) -> date | None:
        # 5/15/2017 can only be the fifteenth of May.
        return _date(year, second, first) or _date(year, first, second)

    return _nearest(today, make, found[3])


def _named_month(words: str, today: date) -> date | None:
    """15 maj 2017, 15:e maj, maj 15 2017, maj 2017, maj -17, 15-20 maj: of a span the last day."""
    found = re.fullmatch(
        r"(?:\d{1,2}\s?-\s?)?(?:(\d{1,2})(?::?[ea]|st|nd|rd|th|\.)?\s+)?([^\W\d_]{3,9})\.?"
        r"(?:\s+(\d{1,2})(?:st|nd|rd|th)?(?=,|\s|$))?(?:[\s,\-']+(\d{4}|\d{2}))?",
        words,
    )
    month = quick.month(found[2]) if found else None
    if not found or month is None:
        return None
    first, number, year = found[1], found[3], found[4]
    if number and not first and not year:
        # "maj 17" is the year, as "maj -17" is; "may 15, 2017" has both.
        number, year = None, number

    def make(year: int) -> date | None:
        day = first or number
        return _date(year, month, int(day) if day else monthrange(year, month)[1])

    return _nearest(today, make, year)


def _week(words: str, today: date) -> date | None:
    """Vecka 20, v. 20 2017, vecka 20 2017, v 20-22, 2017 v 20, v1720: Sunday of the last week."""
    found = re.fullmatch(r"(\d{4})[\s,\-]*(?:v|w|vecka|week)[.\s]*(\d{1,2})()", words)
    year, week = (found[1], found[2]) if found else (None, None)
    if not found:
        found = re.fullmatch(
            r"(?:v|w|vecka|veckan|veckorna|week)[.:\s]*(\d{1,2})(?:\s?-\s?(?:v\.?\s?)?(\d{1,2}))?"
            r"(?:[\s,/\-']+(\d{4}|\d{2}))?",
            words,
        )
        if not found:
            return None
        week, year = found[2] or found[1], found[3]
        if found[2] and int(found[2]) < int(found[1]):  # v. 20-17
            week, year = found[1], year or found[2]

    def make(year: int) -> date | None:
        try:
            return date.fromisocalendar(year, int(week or 0), 7)
        except ValueError:
            return None

    return _nearest(today, make, year)


def _quarter(words: str, today: date) -> date | None:
    """Kvartal 2 2017, Q2 2017, K2, 2017-K2, 2017-05."""
    found = re.fullmatch(r"(\d{4})[\s\-/]*(?:k|q|kv|kvartal|quarter)[.\s]*([1-4])", words)
    year, quarter = (found[1], found[2]) if found else (None, None)
    if not found:
        if month := re.fullmatch(r"(20\d\d)[-/](\d{1,2})", words, re.ASCII):
            return _last_of(int(month[1]), int(month[2]))
        found = re.fullmatch(r"(?:k|q|kv|kvartal|quarter)[.\s]*([1-4])(?:[\s,/\-']+(\d{4}|\d{2}))?", words)
        if not found:
            return None
        quarter, year = found[1], found[2]
    return _nearest(today, lambda year: _last_of(year, int(quarter or 0) * 3), year)


def _last_of(year: int, month: int) -> date | None:
    return date(year, month, monthrange(year, month)[1]) if 1 <= month <= 12 else None


_READERS = (_numbers, _named_month, _week, _quarter)
