"""Which row holds the headings, and what the columns mean: by their headings, else by what stands in them. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from imports.proposing import days, states

Cell = str | int | float | None
Rows = Mapping[int, Sequence[Cell]]

TITLE, OWNER, DEADLINE, STATUS, AGREED = "title", "owner", "deadline", "status", "agreed"
EFFECT, COMMENT, ACTIVITY, CASE, IGNORE = "effect", "comment", "activity", "case", "ignore"
# In this order: each pattern stands for a whole heading in lower case, signs taken away. Later ones are vaguer.
_HEADINGS: list[tuple[str, str]] = [
    (
        IGNORE,
        (
            r"nr|nummer|no|number|#|id|löpnr|löpnummer|rad|pos|punkt|§|version|prio\w*|kostnad|budget|e ?post|"
            r"mail|telefon"
        ),
    ),
    (
        DEADLINE,
        (
            r"(slut|klar|förfallo|mål|sista) ?(datum|dag)|"
            r"(ska |skall )?(vara )?(klart?|färdigt?|utfört?) (senast|till|datum|när|den|före)|senast( klart?)?|"
            r"dead ?line|due( date| by| on)?|när|when|tidsplan|tidplan|tid|tidpunkt|tidsgräns|tidsram|target date|"
            r"end( date)?|by when|klart när|datum klart?|förväntat klart?"
        ),
    ),
    (
        STATUS,
        (
            r"(nu)?läge(t)?|status\w*|state|progress|hur går det|avstämning|ok|uppföljning status|genomförd ?\?|"
            r"utfört ?\?"
        ),
    ),
    (
        OWNER,
        (
            r"(huvud)?ansvarig\w*( \w+)?|ansvar|vem( .*)?|ägare|uppgiftsägare|owner|(action )?owner|"
            r"responsible( \w+)?|who|person|namn|name|assigned( to)?|assignee|utförare|handläggare|funktion|"
            r"verkställs av|kontaktperson|lead"
        ),
    ),
    (
        AGREED,
        (
            r"beslut(at|ad|sdatum|as)?( den| datum)?|datum( för beslut)?|möte(sdatum)?|bestämt( den)?|startdatum|"
            r"start|från|date|(meeting|start) date|agreed( on)?|decided( on)?|inkom|registrerad|created|skapad|"
            r"tillagd"
        ),
    ),
    (
        EFFECT,
        (r"effekt(er)?|resultat|utfall|vad blev det|result(s)?|outcome|effect|slutsats|uppnått"),
    ),
    (
        COMMENT,
        (
            r"kommentar(er)?|anm(ärkning(ar)?)?|notering(ar)?|noter|not|övrigt|uppföljning|information|info|"
            r"comments?|notes?|remarks?|följs upp( \w+)?|återkoppling|beskrivning|description|details"
        ),
    ),
    (
        ACTIVITY,
        (
            r"aktivitet(er)? (i|ur) (handlings)?plan(en)?|mål( .*)?|delmål|(insats)?område|fokusområde|goal|"
            r"objective|handlingsplan|målområde|activity (of|in) .*"
        ),
    ),
    (
        CASE,
        (r"ärende(t)?(nr|nummer)?|dnr|diarienr|diarienummer|case( number)?|diarie"),
    ),
    (
        TITLE,
        (
            r"åtgärd(er|en)?|vad( .*)?|uppdrag(et)?|uppgift(er)?|aktivitet(er)?|att göra|insats(er)?|what( .*)?|"
            r"actions?( item| point)?s?|task(s| name)?|to ?do|activit(y|ies)|assignment|item|rubrik|title|"
            r"åtgärd .*|beslutad åtgärd|titel|subject"
        ),
    ),
]
_PATTERNS = [(role, re.compile(pattern)) for role, pattern in _HEADINGS]
# Words of a heading that a row of content holds as well: they give a column its meaning, but make no row of headings.
_TICKED = re.compile(r"klart?|genomförd|genomfört|utförd|utfört|avslutad|avslutat|done|completed?|finished")
LONGEST_HEADING = 60
MOST_TABLES = 6  # what looks like the headings of one more is a row like others
_SAMPLE = 200  # rows that say what stands in a column


@dataclass(frozen=True)
class Table:
    """Rows that share their columns: those after `heading` (its row's number; 0: none), up to the next table."""

    heading: int
    columns: dict[int, str] = field(default_factory=dict)


def heading_of(cell: Cell) -> str | None:
    """Return what a column with this heading means; None when the words aren't known."""
    words = _words(cell)
    if not words:
        return None
    for role, pattern in _PATTERNS:
        if pattern.fullmatch(words):
            return role
    return STATUS if _TICKED.fullmatch(words) else None


def _words(cell: Cell) -> str:
    if not isinstance(cell, str) or len(cell) > LONGEST_HEADING:
        return ""
    plain = re.sub(r"\(.*?\)|[*:?.\"'_/\\-]", " ", cell.casefold())
    return " ".join(plain.split()) or cell.strip()


def is_heading(cells: Sequence[Cell]) -> bool:
    """Whether a row holds headings: two or more meanings, what is to be done or by whom among them, mostly known."""
    filled = [cell for cell in cells if cell is not None]
    if len(filled) < 2 or not all(isinstance(cell, str) and len(cell) <= LONGEST_HEADING for cell in filled):
        return False
    known = [heading_of(cell) for cell in filled if not _TICKED.fullmatch(_words(cell))]
    roles = {role for role in known if role not in (None, IGNORE)}
    return len(roles) >= 2 and bool(roles & {TITLE, OWNER}) and 2 * sum(map(bool, known)) >= len(filled)


def tables(rows: Rows, *, today: date, is_owner: Callable[[str], bool], heading: int | None = None) -> list[Table]:
    """Propose the tables of a sheet. `heading` is the row that somebody says holds the headings; 0 for none."""
    numbers = sorted(rows)
    first = heading
    if first is None:
        first = next((number for number in numbers if is_heading(rows[number])), 0)
    starts = [first, *(number for number in numbers if number > first and first and is_heading(rows[number]))]
    starts = starts[:MOST_TABLES]
    found = []
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else numbers[-1] + 1 if numbers else 1
        content = [rows[number] for number in numbers if start < number < end]
        found.append(Table(start, _columns(rows.get(start, ()), content, today, is_owner)))
    return found


def _columns(
    heading: Sequence[Cell], content: Sequence[Sequence[Cell]], today: date, is_owner: Callable[[str], bool]
) -> dict[int, str]:
    """Give each column a meaning; all but comments once."""
    width = max([len(heading), *(len(row) for row in content)], default=0)
    given: dict[int, str] = {}
    for column in range(width):
        role = heading_of(heading[column]) if column < len(heading) else None
        if role and (role in (IGNORE, COMMENT) or role not in given.values()):
            given[column] = role
        elif role:
            given[column] = COMMENT
    if TITLE not in given.values() and ACTIVITY in given.values():
        # "Mål" beside "Aktivitet" is the goal; alone it is what is to be done.
        given[next(column for column, role in given.items() if role == ACTIVITY)] = TITLE
    left = {
        column: _Content([row[column] if column < len(row) else None for row in content[:_SAMPLE]], today, is_owner)
        for column in range(width)
        if column not in given
    }
    _by_content(given, {column: seen for column, seen in left.items() if seen.filled}, titled=bool(heading))
    return {column: given.get(column, IGNORE) for column in range(width)}


class _Content:
    """What stands in a column: how many of its cells are days, states or people, and how long its texts are."""

    def __init__(self, cells: Sequence[Cell], today: date, is_owner: Callable[[str], bool]) -> None:
        values: list[Any] = [cell for cell in cells if cell is not None]
        self.filled = len(values)
        texts = [value for value in values if isinstance(value, str)]
        read = [found.day for found in (days.read(value, today) for value in values) if found.day]
        self.days = self._share(len(read))
        self.mean = sum(day.toordinal() for day in read) / len(read) if read else 0.0
        self.states = self._share(sum(states.read(text).known for text in texts))
        self.owners = self._share(sum(len(text) <= 80 and is_owner(text) for text in texts))
        self.letters = sum(len(text) for text in texts if any(c.isalpha() for c in text)) / max(self.filled, 1)

    def _share(self, number: int) -> float:
        return number / self.filled if self.filled else 0.0


def _by_content(given: dict[int, str], left: dict[int, _Content], *, titled: bool) -> None:
    """Fill in the meanings that no heading gave. Days: the later ones are deadlines."""
    missing = {TITLE, OWNER, DEADLINE, STATUS} - set(given.values())

    def take(role: str, column: int) -> None:
        given[column] = role
        left.pop(column)
        missing.discard(role)

    dated = sorted((c for c, seen in left.items() if seen.days >= 0.6), key=lambda c: left[c].mean)
    if dated and DEADLINE in missing:
        take(DEADLINE, dated.pop())
        if dated and not titled:
            take(AGREED, dated[0])
    for role, share in ((STATUS, lambda seen: seen.states), (OWNER, lambda seen: seen.owners)):
        best = max(left, key=lambda c: share(left[c]), default=None)
        if role in missing and best is not None and share(left[best]) >= 0.5:
            take(role, best)
    worded = sorted((c for c, seen in left.items() if seen.letters >= 3), key=lambda c: -left[c].letters)
    if worded and TITLE in missing:
        take(TITLE, worded.pop(0))
    if worded and OWNER in missing:
        # Names and roles that no member has are short.
        take(OWNER, worded.pop())
    for column in worded if not titled else ():
        given[column] = COMMENT
