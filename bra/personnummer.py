"""Finds what looks like a Swedish personal identity number (personnummer, samordningsnummer) in a text.

The forms: YYMMDD-NNNC and YYYYMMDDNNNC. The separator may be a hyphen, a plus sign (from the year the person turns
100), any Unicode dash, a space, or nothing. A coordination number has 60 added to its day. The serial is 001-999.
Source of forms and check digit: Skatteverket, SKV 704 and SKV 707. Nothing here stores, logs or repeats a number.
"""

import re
from dataclasses import dataclass
from datetime import date

_BLANK = r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]"
# Every dash there is (Unicode's class Pd), the minus signs, the soft hyphen, and plus.
_DASH = (
    r"[-+\u00ad\u02d7\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2796\u2e17\u2e1a\u2e3a\u2e3b\u2e40"
    r"\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe62\ufe63\uff0b\uff0d]"
)
# Characters without width, which come along when a text is pasted from a web page.
_UNSEEN = r"[\u200b-\u200d\u2060\ufeff]*"
_SEPARATOR = rf"{_UNSEEN}(?:{_BLANK}{{0,2}}{_DASH}{_BLANK}{{0,2}}(?:\r?\n)?|{_BLANK}{{1,2}})?{_UNSEEN}"
# What follows "161231 " in "161231 2017-01-01" is a year.
_NUMBER = re.compile(rf"(?<!\d)(\d{{8}}|\d{{6}})({_SEPARATOR})(\d{{4}})(?!\d|-\d\d-\d\d(?!\d))")
# A checksum (SHA-256) holds ten digits in a row now and then; none of them is a person's.
_CHECKSUM = re.compile(r"(?<![0-9a-z])(?=[0-9]{0,63}[a-f])[0-9a-f]{64}(?![0-9a-z])")
_CENTURIES = (18, 19, 20)

# What stands before something that is written like a personnummer says now and then what it is.
_CALLED_SO = re.compile(r"(?:p(?:ers(?:on)?)?[-. ]?nr|personn\w*|samordningsn\w*|född\w*)\W{0,3}$", re.IGNORECASE)
_CALLED_PHONE = re.compile(r"(?:tel|tele?fon\w*|phone|tfn|mob|mobil\w*|sms)[.:]{0,2}\s?$", re.IGNORECASE)
_AREA_CODE = re.compile(r"(?<!\d)0\d{1,3}[-/]$")
_DECIMALS = re.compile(r"\d[.,]$")


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
    found = []
    for match in _NUMBER.finditer(text):
        day, tail = _plain(match[1]), _plain(match[3])
        if tail[:3] == "000" or not _is_day(day) or any(match.start() in span for span in checksums):
            continue
        certain = _check_digit(day[-6:] + tail[:3]) == int(tail[3])
        before = text[max(0, match.start() - 24) : match.start()]
        if not _is_other(before, day + tail, match[2], certain) and (certain or not _is_clock(before, day, tail)):
            found.append(Finding(match.start(), match.end(), certain))
    return found


def _is_other(before: str, digits: str, separator: str, certain: bool) -> bool:
    """Whether it is a telephone number, a registry number, or the decimals of one of the world's coordinates.

    Between two area codes ("0370-110212 0370..."), after "+" ("+4611123456"), or ten digits that begin with 0 where
    a word says that it is a telephone. What this misses: nothing that anybody writes for a personnummer.

    Ten digits in a row that begin with 0, or with a year ("2011059543"), and decimals: only with a wrong check digit.
    What this misses: a number mistyped without its hyphen, of somebody born in 1900-1909, 1920, 2000-2009 or 2020.
    """
    if separator:
        return digits[-4] == "0" and bool(_AREA_CODE.search(before))
    if len(digits) != 10 or _CALLED_SO.search(before):
        return False
    if before.endswith("+") and digits.startswith("46"):
        return True
    if digits.startswith("0") and _CALLED_PHONE.search(before):
        return True
    return not certain and (digits.startswith(("0", "20")) or bool(_DECIMALS.search(before)))


def _is_clock(before: str, day: str, tail: str) -> bool:
    """Whether it is a day of 2000-2029 with an hour ("20170315-1302"), or with a later day ("20170315-0401").

    Asked only where the check digit is wrong. What this misses: one mistyped number of seven of those born since
    2000 (or in 1900-1929, without the century), unless a word before it says what it is.
    """
    if len(day) == 8 and not day.startswith("20"):
        return False
    if int(day[-6:-4]) > 29 or int(day[-2:]) > 31 or _CALLED_SO.search(before):
        return False
    hour, minute = int(tail[:2]), int(tail[2:])
    later = tail > day[-4:] and 1 <= hour <= 12 and 1 <= minute <= 31
    return (hour <= 23 and minute <= 59) or later


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
