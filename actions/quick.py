"""Quick entry: reads one typed line as an action, a decision or a state of the item. Pure: no clock, no database.

    ! Polisen: föräldramöte om klotter senast 2017-05-15      an action, its owner and deadline
    § Planen sänds till kommunstyrelsen.                       a decision
    § bordlägg: Frågan tas upp i maj.                          a decision of another kind
    : bordlägg                                                 the item is tabled

Nothing is lost: what isn't understood stays in the title. What is understood is a proposal, shown in the normal form
before anything is saved. docs/quick.md is the same for users.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# What a decision does with the matter, by the word that begins it: values of meetings.models.DecisionKind.
_KINDS = {
    "decided": ("beslut", "beslutat", "decided"),
    "tabled": ("bordlägg", "bordlagd", "bordlagt", "bordlägga", "bordläggs", "tabled", "table"),
    "referred_back": (
        "återremiss",
        "återremittera",
        "återremitterad",
        "återremitterat",
        "återremitteras",
        "referred back",
        "refer back",
    ),
    "filed": (
        "till handlingarna",
        "lägg till handlingarna",
        "läggs till handlingarna",
        "lagd till handlingarna",
        "filed",
        "file",
    ),
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words}

# States of an item: values of meetings.models.ItemState.
_STATE_OF = {
    **dict.fromkeys(("bordlägg", "bordlagd", "bordlagt", "bordläggs", "bordlägga", "tabled", "table"), "tabled"),
    **dict.fromkeys(("behandlad", "behandlat", "klar", "treated", "done"), "treated"),
}

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "jan", "january"),
            ("februari", "feb", "february"),
            ("mars", "mar", "march"),
            ("april", "apr"),
            ("maj", "may"),
            ("juni", "jun", "june"),
            ("juli", "jul", "july"),
            ("augusti", "aug", "august"),
            ("september", "sep", "sept"),
            ("oktober", "okt", "october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            ("en", "ett", "one", "a"),
            ("två", "two"),
            ("tre", "three"),
            ("fyra", "four"),
            ("fem", "five"),
            ("sex", "six"),
            ("sju", "seven"),
            ("åtta", "eight"),
            ("nio", "nine"),
            ("tio", "ten"),
            ("elva", "eleven"),
            ("tolv", "twelve"),
        ),
        start=1,
    )
    for word in words
}
_UNITS = {
    **dict.fromkeys(("dag", "dagar", "day", "days"), "days"),
    **dict.fromkeys(("vecka", "veckor", "week", "weeks"), "weeks"),
    **dict.fromkeys(("månad", "månader", "month", "months"), "months"),
}
# Fixed days that people name: before the summer holidays, before the year ends.
_SEASONS = {
    **dict.fromkeys(("före sommaren", "innan sommaren", "before summer"), (6, 15)),
    **dict.fromkeys(("före jul", "innan jul", "before christmas"), (12, 15)),
    **dict.fromkeys(("före årsskiftet", "innan årsskiftet", "before new year"), (12, 31)),
}

_ISO = r"\d{4}-\d{1,2}-\d{1,2}"
_SLASH = r"\d{1,2}/\d{1,2}(?:[/ ]\d{4})?"
_WORDS = r"(?:den )?\d{1,2}(?::e|:a)? [^\W\d_]+\.?(?: \d{4})?"
_IN = r"(?:om|in) (?:\d{1,3}|[^\W\d_]+) [^\W\d_]+"
_TOMORROW = r"i morgon|imorgon|tomorrow"
_NAMED = "|".join(_SEASONS)
# With a word that announces it any form is a day; without, only what can hardly be anything else.
_ANNOUNCED = re.compile(
    r"(?:^|(?<= ))(?:senast|till och med|t\.?o\.?m\.?|by) "
    rf"(?P<day>{_ISO}|{_SLASH}|{_WORDS}|{_IN}|{_TOMORROW}|{_NAMED})[.!]?$",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:^|(?<= ))(?P<day>{_ISO}|{_IN}|{_NAMED})[.!]?$", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """Somebody who may own an action: key, name ("" for a seat without holder), title, organisation."""

    pk: int
    name: str
    title: str
    organisation: str


@dataclass(frozen=True)
class ActionLine:
    """An action: the text of each part as typed, and what it was understood as.

    `owners` are the keys of those whom `owner_text` fits; `deadline` is None when none was understood.
    """

    title: str
    owner_text: str = ""
    owners: tuple[int, ...] = ()
    deadline_text: str = ""
    deadline: date | None = None


@dataclass(frozen=True)
class DecisionLine:
    """A decision of a kind (a value of DecisionKind); `kind_text` is the word that said so."""

    text: str
    kind: str = "decided"
    kind_text: str = ""


@dataclass(frozen=True)
class StateLine:
    """A state for the item (a value of ItemState)."""

    state: str


Line = ActionLine | DecisionLine | StateLine


def read(line: str, *, today: date, people: Iterable[Person]) -> Line:
    """Read a line as typed on `today`. Never fails: a line that begins with no mark is the title of an action."""
    text = " ".join(line.split())
    if text.startswith("§"):
        return _decision(text[1:].strip())
    if text.startswith(":"):
        state = _STATE_OF.get(text[1:].strip().rstrip(".").casefold())
        return StateLine(state) if state else ActionLine(text)
    if text.startswith("!"):
        return action(text[1:].strip(), today=today, people=people)
    return action(text, today=today, people=people)


def action(text: str, *, today: date, people: Iterable[Person]) -> ActionLine:
    """Read "owner: what is to be done senast day"; both ends are optional."""
    title = " ".join(text.split())
    owner_text = ""
    owners: tuple[int, ...] = ()
    head, colon, tail = title.partition(":")
    if colon:
        owners = matching(head, people)
        if owners:
            owner_text, title = head.strip(), tail.strip()
    for pattern in (_ANNOUNCED, _BARE):
        found = pattern.search(title)
        deadline = day(found["day"], today) if found else None
        if found and deadline:
            return ActionLine(title[: found.start()].strip(), owner_text, owners, found[0], deadline)
    return ActionLine(title, owner_text, owners)


def _decision(text: str) -> DecisionLine:
    head, colon, tail = text.partition(":")
    kind = _KIND_OF.get(head.strip().casefold())
    if kind and colon:
        return DecisionLine(tail.strip(), kind, head.strip())
    alone = _KIND_OF.get(text.rstrip(".").casefold())
    if alone and not colon:
        return DecisionLine("", alone, text)
    return DecisionLine(text)


def matching(text: str, people: Iterable[Person]) -> tuple[int, ...]:
    """Return the keys of those whom the text names: by name, role or organisation in full, else by how words begin.

    "Polisen" fits everybody of the police, "kommunpolis" and "Eva" whoever has that role or name.
    """
    wanted = " ".join(text.casefold().split())
    if not wanted:
        return ()
    people = list(people)
    for field in ("name", "title", "organisation"):
        exact = [one.pk for one in people if str(getattr(one, field)).casefold() == wanted]
        if exact:
            return tuple(exact)
    words = wanted.split()
    return tuple(one.pk for one in people if all(_begins_a_word(word, one) for word in words))


def _begins_a_word(beginning: str, person: Person) -> bool:
    names = re.split(r"[\s,/-]+", f"{person.name} {person.title} {person.organisation}".casefold())
    # One or two letters fit half the council: then it is hardly meant as a name.
    return any(name == beginning or (len(beginning) > 2 and name.startswith(beginning)) for name in names if name)


def day(text: str, today: date) -> date | None:
    """Return the day that the text names, seen from `today`; None when it names none.

    A day without a year is the next one: "15/5" is this year's, or next year's when this year's has passed. A day with
    its year is what it says, even when it has passed.
    """
    words = " ".join(text.casefold().split()).rstrip(".!")
    try:
        if words in _SEASONS:
            month, number = _SEASONS[words]
            return _next(month, number, today)
        if re.fullmatch(_TOMORROW, words):
            return today + timedelta(days=1)
        if re.fullmatch(_ISO, words, re.ASCII):
            return date(*map(int, words.split("-")))
        if re.fullmatch(_SLASH, words, re.ASCII):
            number, month, *year = map(int, re.split("[/ ]", words))
            return date(year[0], month, number) if year else _next(month, number, today)
        return _after(words, today) if re.match("(om|in) ", words) else _by_month(words, today)
    except (ValueError, OverflowError):
        return None  # the 31st of February, or beyond the calendar


def month(name: str) -> int | None:
    """Return the number of the month with that name, or its beginning, in Swedish or English; None of none."""
    return _MONTHS.get(name.casefold())


def _by_month(words: str, today: date) -> date | None:
    found = re.fullmatch(r"(?:den )?(\d{1,2})(?::[ea])? ([^\W\d_]+)\.?(?: (\d{4}))?", words, re.IGNORECASE)
    number = month(found[2]) if found else None
    if not found or number is None:
        return None
    return date(int(found[3]), number, int(found[1])) if found[3] else _next(number, int(found[1]), today)


def _after(words: str, today: date) -> date | None:
    _om, number, unit = words.split(" ")
    count = int(number) if number.isdecimal() else _NUMBERS.get(number)
    kind = _UNITS.get(unit)
    if count is None or kind is None:
        return None
    if kind == "months":
        year, month = divmod(today.year * 12 + today.month - 1 + count, 12)
        return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
    return today + timedelta(days=count * (7 if kind == "weeks" else 1))


def _next(month: int, number: int, today: date) -> date:
    """The next such day from today on; the 29th of February may be years away. ValueError when there is none."""
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, number)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(f"no {number}/{month}")


_LIST_MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")


def paragraphs(notes: str) -> list[str]:
    """Return the paragraphs of notes, and the points of their lists one by one."""
    found: list[list[str]] = [[]]
    for line in notes.splitlines():
        if not line.strip() or _LIST_MARK.match(line):
            found.append([])
        if line.strip():
            found[-1].append(line.strip())
    return ["\n".join(lines) for lines in found if lines]


def unmarked(text: str) -> str:
    """Return a piece of notes without the mark of a list before it."""
    return _LIST_MARK.sub("", text.strip(), count=1).strip()
