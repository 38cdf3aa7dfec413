"""Texts for the personnummer guard to be measured on, made by the tax agency's rules and not by the guard's code.

    python -m tests.bra.guard_corpus    prints, for each kind of text, how many there are and how many were asked about

Everything is drawn with one seed, so the figures are the same wherever they are printed.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bra import personnummer

SEED = 2017
FORMS = 2_000
OTHERS = 3_000

SEPARATORS = ["-", "-", "-", "+", "", "", " ", "\u00a0", "\u202f", "\u2010", "\u2011", "\u2012", "–", "—", "\u2212"]
SEPARATORS += [" - ", " – ", "\u00ad", "\uff0d", "\u200b-\u200b", "- ", "-\n"]
SENTENCES = [
    "{}",
    "({})",
    "pnr:{}",
    "Pnr {}.",
    "Personnummer: {}, se bilaga",
    "Mannen, {}, sågs vid skolan i går kväll.",
    "Mötet den 15 mars 2017 tog upp {} och KS 2016/168.",
    "Ring {} före kl. 13.00",
    "Rad ett\nRad två slutar med {}\nrad tre",
    "Rad ett\r\n{}\r\nrad tre",
    "§ 77 {} (se § 78)",
    "Eleven {}; vårdnadshavaren vidtalad",
    "namn={};ort=Vaggeryd",
    "“{}”",
    "Samordningsnr {}!",
    "anteckning {}.docx",
    "{}/2",
    "två stycken, {}, och en till",
]


def check_digit(nine: str) -> int:
    """The tenth digit: every second digit doubled from the first on, digit sums added up, what lacks to a ten."""
    sums = [sum(map(int, str(int(digit) * (1 + (place % 2 == 0))))) for place, digit in enumerate(nine)]
    return -sum(sums) % 10


def day(draw: random.Random, first: int, last: int) -> date:
    """A day of the years `first` to `last`."""
    start = date(first, 1, 1)
    return start + timedelta(days=draw.randrange((date(last, 12, 31) - start).days + 1))


def number(draw: random.Random) -> str:
    """One personnummer or samordningsnummer, in one of the ways in which they are written."""
    born = day(draw, *draw.choice([(1890, 1949), (1950, 1999), (2000, 2017)]))
    short = f"{born:%y%m}{born.day + 60 * (draw.random() < 0.15):02}"
    serial = f"{draw.randint(1, 999):03}"
    century = draw.choice(["", f"{born.year // 100}"])
    return f"{century}{short}{draw.choice(SEPARATORS)}{serial}{check_digit(short + serial)}"


def forms(draw: random.Random) -> str:
    """A text with a number in it."""
    return draw.choice(SENTENCES).format(number(draw))


def dates(draw: random.Random) -> str:
    """A day, or a range of days, in a sentence or alone."""
    one = day(draw, 2000, 2025)
    two = one + timedelta(days=draw.randrange(1, 700))
    ways = [
        f"{one:%Y-%m-%d}",
        f"{one:%Y%m%d}",
        f"{one:%y%m%d}",
        f"{one:%y-%m-%d}",
        f"{one.day}/{one.month} {one.year}",
        f"{one.day}/{one.month}-{one:%y}",
        f"{one.day}.{one.month}.{one.year}",
        f"den {one.day} mars {one.year}",
        f"{one:%Y%m%d}-{two:%Y%m%d}",
        f"{one:%Y%m%d} - {two:%Y%m%d}",
        f"{one:%Y%m%d}–{two:%Y%m%d}",
        f"{one:%y%m%d}-{two:%y%m%d}",
        f"{one:%y%m%d} {two:%Y-%m-%d}",
        f"{one:%Y-%m-%d}--{two:%Y-%m-%d}",
        f"{one:%Y-%m-%d} - {two:%Y-%m-%d}",
        f"{one:%Y}-{two:%Y}",
        f"{one:%Y}–{two:%Y}",
        f"{one:%Y}/{two:%y}",
        f"{one:%Y}-K{draw.randint(1, 4)}",
        f"v. {draw.randint(1, 52)} {one.year}",
        f"{one:%Y-%m-%d} kl. {draw.randint(8, 17):02}.{draw.choice(['00', '15', '30'])}",
        f"{one:%Y-%m-%d} {draw.randint(8, 17):02}:{draw.choice(['00', '15', '30'])}",
        f"{one:%Y%m%dT%H%M}",
        f"{one:%Y-%m}",
    ]
    return draw.choice(["{}", "Mötet {} ställs in.", "({})", "{}.docx", "Från {} och framåt"]).format(draw.choice(ways))


def stamps(draw: random.Random) -> str:
    """A day with a clock time in four digits, or a range within a year: these two are written like a personnummer."""
    one = day(draw, 2000, 2025)
    clock = f"{draw.randrange(24):02}{draw.randrange(60):02}"
    return draw.choice(
        [f"{one:%Y%m%d}-{clock}", f"{one:%Y%m%d} {clock}", f"{one:%y%m%d}-{clock}", f"{one:%Y%m%d}{clock}"]
    )


def registry(draw: random.Random) -> str:
    """A registry number of a municipality or an agency."""
    year, n = draw.randint(2010, 2025), draw.randint(1, 99_999)
    who = draw.choice(["BRÅ", "KS", "SN", "BUN", "Dnr", "dnr", "Dnr KS", "Diarienr", "KSF"])
    ways = [
        f"{who} {year}/{n}",
        f"{who} {year}-{n:05}",
        f"{who} {year}/{n:04}",
        f"{who}.{year}.{n % 1000}",
        f"{year}-{n:06}",
        f"{who} {year}:{n:05}",
        f"{who}/{year}:{n % 1000}",
        f"{who}{year}/{n % 1000:04}-1",
        f"{n % 1000}-{n}-{year}",
        f"A{n % 1000:03}.{draw.randint(0, 999):03}/{year}",
        f"5000-K{n:06}-{year % 100}",
        f"B {n}-{year % 100}",
        f"{who} {year}-{n:05} {draw.randint(100, 999)}",
        f"{who} {year}-{n:06}, {year}-{n % 7 + 1:06}",
        f"{year}{n:06}",
        f"SKL{year}/{n % 10_000:05}-{n % 9 + 1}",
    ]
    return draw.choice(["{}", "Ärendet har {}.", "({})", "{}.pdf", "Se {} och § 77"]).format(draw.choice(ways))


def phones(draw: random.Random) -> str:
    """A Swedish telephone number, mobile or fixed, in one of the ways in which they are written."""

    def digits(many: int) -> str:
        return str(draw.randint(1, 9)) + "".join(str(draw.randrange(10)) for _place in range(many - 1))

    area, rest = draw.choice(
        [(f"07{draw.choice('02369')}", 7)] * 5
        + [("010", 7), ("08", 6), ("08", 7), ("08", 8), ("031", 6), ("031", 7), ("040", 6), ("040", 7), ("036", 6)]
        + [("011", 6), ("020", 6), ("021", 6), ("0370", 5), ("0370", 6), ("0371", 5), ("0393", 5), ("0771", 6)]
    )
    n = digits(rest)
    spaced = " ".join(filter(None, [n[: rest % 2 + 2], *(n[i : i + 2] for i in range(rest % 2 + 2, rest, 2))]))
    ways = [
        f"{area}-{n}",
        f"{area}-{spaced}",
        f"{area} {spaced}",
        f"{area}{n}",
        f"{area} {n}",
        f"{area}/{n}",
        f"+46{area[1:]}{n}",
        f"+46 {area[1:]} {spaced}",
        f"+46 (0){area[1:]}-{spaced}",
        f"+46-{area[1:]}-{n}",
        f"0046{area[1:]}{n}",
        f"0046 {area[1:]} {n}",
        f"Tel: {area}{n}",
        f"{area}-{n} {area}-{digits(rest)}",
        f"{area}-{n}, {area}-{digits(rest)}",
    ]
    return draw.choice(["{}", "Ring {} i dag", "({})", "Växel {}.", "{} el. växeln"]).format(draw.choice(ways))


def unspaced_mobiles(draw: random.Random) -> str:
    """A mobile number in ten digits in a row: the hardest telephones to tell apart."""
    return f"07{draw.choice('02369')}{draw.randint(0, 9_999_999):07}"


def others(draw: random.Random) -> str:
    """What else stands in minutes: paragraphs, money, giro, organisation numbers, coordinates, postcodes."""
    n = draw.randint(1, 9_999)
    ways = [
        f"§ {n % 300}-{n % 300 + 9}",
        f"§§ {n % 300}–{n % 300 + 9}",
        f"{n % 900 + 100} {n % 1000:03} kr",
        f"{n % 9 + 1} {n % 900 + 100} {n % 1000:03} kronor",
        f"{n} 000:-",
        f"bankgiro {n % 900 + 100}-{n % 9000 + 1000}",
        f"bankgiro {n % 9000 + 1000}-{n % 8999 + 1000}",
        f"plusgiro {n % 90 + 10} {n % 89 + 10} {n % 88 + 10}-{n % 10}",
        f"org.nr 212000-{n:04}",
        f"org.nr 5565{n % 90 + 10}-{n:04}",
        f"57.{draw.randrange(10**6):06}, 14.{draw.randrange(10**6):06}",
        f"57.{draw.randrange(10**10):010} 14.{draw.randrange(10**10):010}",
        f"N 63{draw.randrange(10**5):05} E 44{draw.randrange(10**4):04}",
        f"567 {n % 90 + 10} Vaggeryd",
        f"SHA-256 {hashlib.sha256(str(n).encode()).hexdigest()}",
        f"ISBN 978-91-{n:04}-123-4",
        f"SE35 5000 0000 0549 1000 {n:04}",
        f"{n} personer av {n + 17}",
    ]
    return draw.choice(ways)


def orders(draw: random.Random) -> str:
    """A number of ten digits that means something else: an order, an invoice."""
    return f"Order {draw.randrange(10**9, 10**10)}"


KINDS: dict[str, tuple[Callable[[random.Random], str], int]] = {
    "personnummer": (forms, FORMS),
    "dates": (dates, OTHERS),
    "registry numbers": (registry, OTHERS),
    "telephone numbers": (phones, OTHERS),
    "mobile numbers without a space": (unspaced_mobiles, OTHERS),
    "clock stamps": (stamps, OTHERS),
    "money, giro, coordinates and the like": (others, OTHERS),
    "order numbers of ten digits": (orders, OTHERS),
}


def texts(kind: str) -> list[str]:
    """The texts of a kind, the same each time."""
    make, many = KINDS[kind]
    draw = random.Random(f"{SEED} {kind}")
    return [make(draw) for _one in range(many)]


def asked(kind: str) -> list[bool]:
    """For each text that the guard asks about: whether it is certain."""
    return [any(one.certain for one in found) for text in texts(kind) if (found := personnummer.find(text))]


def lines() -> Iterator[str]:
    """What was measured, a line for each kind."""
    for kind, (_make, many) in KINDS.items():
        found = asked(kind)
        yield f"{kind:40} {many:5} texts  asked {len(found):5} {len(found) / many:7.2%}  certain {sum(found):5}"


if __name__ == "__main__":
    print("\n".join(lines()))
