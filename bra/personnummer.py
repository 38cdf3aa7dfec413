"""Finds what looks like a Swedish personal identity number (personnummer, samordningsnummer) in a text.

The forms: YYMMDD-NNNC and YYYYMMDDNNNC. The separator may be a hyphen, a plus sign (from the year the person turns
100), any Unicode dash, a space, or nothing. A coordination number has 60 added to its day. The serial is 001-999.
Source of forms and check digit: Skatteverket, SKV 704 and SKV 707. Nothing here stores, logs or repeats a number.
"""

import re
from dataclasses import dataclass
from datetime import date

_BLANK = r"[ \u00a0\u2007\u2009\u202f]"
_DASH = r"[-+\u00ad\u2010-\u2015\u2043\u207b\u2212\ufe58\ufe63\uff0b\uff0d]"
# Characters without width, which come along when a text is pasted from a web page.
_UNSEEN = r"[\u200b-\u200d\u2060\ufeff]*"
_SEPARATOR = rf"{_UNSEEN}(?:{_BLANK}?{_DASH}{_BLANK}?|{_BLANK})?{_UNSEEN}"
_NUMBER = re.compile(rf"(?<!\d)(\d{{8}}|\d{{6}}){_SEPARATOR}(\d{{4}})(?!\d)")
# A checksum (SHA-256) holds ten digits in a row now and then; none of them is a person's.
_CHECKSUM = re.compile(r"(?<![0-9a-z])(?=\d*[a-f])[0-9a-f]{64}(?![0-9a-z])")
_CENTURIES = (18, 19, 20)


@dataclass(frozen=True)
class Finding:
    """A place in a text: characters `start` to `end` (exclusive) look like a personnummer.

    `certain`: the check digit is right too. About one in ten time stamps passes that test by chance, so a finding is
    a reason to ask, never to refuse for good.
    """

    start: int
    end: int
    certain: bool


def find(text: str) -> list[Finding]:
    """Return what looks like a personnummer in `text`, in order and without overlaps."""
    checksums = [range(*match.span()) for match in _CHECKSUM.finditer(text)]
    return [
        Finding(match.start(), match.end(), certain=_check_digit(day[-6:] + tail[:3]) == int(tail[3]))
        for match in _NUMBER.finditer(text)
        for day, tail in [(_plain(match[1]), _plain(match[2]))]
        if tail[:3] != "000" and _is_day(day) and not any(match.start() in span for span in checksums)
    ]


def masked(text: str, instead: str) -> tuple[str, int]:
    """Return `text` with the words `instead` for each finding, and how many findings there were."""
    found = find(text)
    for one in reversed(found):
        text = text[: one.start] + instead + text[one.end :]
    return text, len(found)


def numbers(text: str) -> dict[str, bool]:
    """Return {ten digits: certain} of the findings in `text`, to compare two texts. Never keep, log or show it."""
    return {
        _plain("".join(c for c in text[found.start : found.end] if c.isdecimal()))[-10:]: found.certain
        for found in find(text)
    }


def _plain(digits: str) -> str:
    """Return decimal digits of any script as 0-9."""
    return "".join(str(int(digit)) for digit in digits)


def _is_day(digits: str) -> bool:
    """Whether YYMMDD or YYYYMMDD is a day of the calendar, the day as it is or with 60 added."""
    month, day = int(digits[-4:-2]), int(digits[-2:])
    if day > 60:
        day -= 60
    if len(digits) == 8:
        years = [int(digits[:4])] if int(digits[:2]) in _CENTURIES else []
    else:
        years = [century * 100 + int(digits[:2]) for century in _CENTURIES]
    return any(_exists(year, month, day) for year in years)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _check_digit(nine: str) -> int:
    """Return the check digit of nine digits, without century: weights 2, 1, 2 ...; digits of products summed."""
    products = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return (10 - sum(product // 10 + product % 10 for product in products) % 10) % 10
