"""What each row of a list would become: a new action, one that is there already, or nothing, and why. Pure."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import LIVE, Status
from imports.proposing import columns, days, states
from imports.proposing.choices import Choices, Mend
from imports.proposing.columns import Table
from imports.proposing.owners import People, parts, plain
from imports.reading import MASK, Cell

LONGEST_TITLE = 300
_SUMS = re.compile(r"(del)?summa|totalt?( antal)?|antal|sum|(sub)?total|count|\d+ ?st")


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    SAME = "same"
    REFUSED = "refused"
    OUT = "out"


@dataclass(frozen=True)
class Known:
    """What the council has already.

    `rows`: fingerprints of rows that were brought in before; `actions`: (plain title, owner's key, deadline).
    `activities`: {code or plain title: key} of the plan.
    """

    rows: frozenset[str] = frozenset()
    actions: frozenset[tuple[str, int, date]] = frozenset()
    activities: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Row:
    """One row as it is read. `why` says what keeps it from being an action, `notes` how it was understood."""

    number: int
    title: str = ""
    owner_text: str = ""
    owners: tuple[int, ...] = ()
    owner: int | None = None
    owner_label: str = ""
    deadline_text: str = ""
    listed: date | None = None  # the deadline of the list, or the one that somebody wrote for this row
    deadline: date | None = None
    status: str = Status.NOT_STARTED
    closed_on: date | None = None
    agreed_on: date | None = None
    effect: str = ""
    comment: str = ""
    activity: int | None = None
    fingerprint: str = ""
    fate: Fate = Fate.NEW
    why: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    mend: Mend = field(default_factory=Mend)
    lacks: set[str] = field(default_factory=set)  # what has to be mended: title, owner, deadline

    @property
    def is_live(self) -> bool:
        """Whether it is still to be done."""
        return self.status in LIVE

    @property
    def label(self) -> str:
        """The state in words."""
        return str(Status(self.status).label)

    def refuse(self, what: str, words: str) -> None:
        """Say what is wrong with the row; `what` is the field by which it can be mended."""
        self.fate = Fate.REFUSED
        self.why.append(words)
        self.lacks.add(what)


@dataclass(frozen=True)
class Lookups:
    """What the rows are read against."""

    today: date
    people: People
    known: Known
    name_of: Callable[[int], str]


def read(rows: Mapping[int, Sequence[Cell]], choices: Choices, with_: Lookups) -> list[Row]:
    """Return what the rows of a sheet would become, in their order; headings and what stands above are left out."""
    found = [_row(number, said, choices, with_) for number, said in _cells(rows, choices.tables)]
    seen: dict[str, int] = {}
    keys: dict[tuple[str, int, date], int] = {}
    for row in found:
        _compare(row, seen, keys, with_.known)
    return found


def _cells(rows: Mapping[int, Sequence[Cell]], tables: Sequence[Table]) -> Iterator[tuple[int, dict[str, list[Cell]]]]:
    """Yield the rows as {meaning: cells}, by the columns of the table that each stands in."""
    starts = {table.heading: table for table in tables}
    current = starts.get(0)
    for number in sorted(rows):
        if number in starts:
            current = starts[number]
        elif current is not None:
            said: dict[str, list[Cell]] = {}
            for column, cell in enumerate(rows[number]):
                role = current.columns.get(column, columns.IGNORE)
                if cell is not None and role != columns.IGNORE:
                    said.setdefault(role, []).append(cell)
            if said:
                yield number, said


def _row(number: int, said: dict[str, list[Cell]], choices: Choices, with_: Lookups) -> Row:
    row = Row(number, mend=choices.rows.get(number, Mend()))
    texts = {role: _text(cells) for role, cells in said.items()}
    listed = said.get(columns.DEADLINE, [None])[0]
    row.owner_text = texts.get(columns.OWNER, "")
    row.deadline_text = texts.get(columns.DEADLINE, "")
    words = [texts.get(columns.TITLE, ""), row.owner_text, row.deadline_text]
    row.fingerprint = hashlib.sha256("\n".join(map(plain, words)).encode()).hexdigest()
    _read_state(row, said.get(columns.STATUS, [None])[0], with_.today)
    _read_rest(row, texts, with_)
    if _read_title(row, texts, said):
        _read_owner(row, choices, with_)
        _read_deadline(row, listed, choices, with_.today)
        _settle_days(row, said.get(columns.AGREED, [None])[0], with_.today)
    if row.mend.out:
        row.fate = Fate.OUT
    return row


def _text(cells: Sequence[Cell]) -> str:
    return "\n".join(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in cells)


def _read_title(row: Row, texts: dict[str, str], said: dict[str, list[Cell]]) -> bool:
    """Read what is to be done; return whether the row can be an action at all."""
    row.title = row.mend.title or " ".join(texts.get(columns.TITLE, "").split())
    if not row.title:
        row.refuse("title", _("It doesn't say what is to be done."))
    elif _SUMS.fullmatch(row.title.casefold().strip(" :.")):
        row.refuse("title", _("It looks like a sum, not like an action."))
        return False
    elif set(said) == {columns.TITLE} and not (row.mend.owner or row.mend.deadline):
        row.refuse("title", _("Nothing but the first words is filled in: it looks like a heading."))
        return False
    elif len(row.title) > LONGEST_TITLE:
        length = _("The text has %(length)d characters. At most %(most)d fit; write it shorter.")
        row.refuse("title", length % {"length": len(row.title), "most": LONGEST_TITLE})
    elif MASK in row.title:
        row.refuse(
            "title", _("Something in the text is written like a personal identity number. Write it without that.")
        )
    return True


def _read_owner(row: Row, choices: Choices, with_: Lookups) -> None:
    row.owners = with_.people.of(row.owner_text)
    answer = choices.owners.get(plain(row.owner_text))
    row.owner = row.mend.owner or answer or (row.owners[0] if len(row.owners) == 1 else None)
    row.owner_label = with_.name_of(row.owner) if row.owner is not None else ""
    if row.owner_label:
        if len(parts(row.owner_text)) > 1 and row.owner_text.casefold() != row.owner_label.casefold():
            # An action has one owner; the others aren't forgotten.
            row.comment = _joined(row.comment, _("Owner in the list: %(text)s") % {"text": row.owner_text})
        return
    row.owner = None  # if it was chosen, then somebody who can't own it any longer
    if not row.owner_text:
        row.refuse("owner", _("It has no owner."))
    elif row.owners:
        words = ngettext(
            "“%(text)s” fits %(count)d member: choose.", "“%(text)s” fits %(count)d members: choose.", len(row.owners)
        )
        row.refuse("owner", words % {"text": row.owner_text, "count": len(row.owners)})
    else:
        row.refuse("owner", _("No member is called “%(text)s”.") % {"text": row.owner_text})


def _read_deadline(row: Row, cell: Cell, choices: Choices, today: date) -> None:
    found = days.read(cell, today)
    row.listed = row.mend.deadline or found.day
    row.deadline = row.listed
    if row.listed is None:
        row.deadline = choices.missing
        if row.deadline is None and cell is None:
            row.refuse("deadline", _("It has no deadline."))
        elif row.deadline is None and found.ongoing:
            row.refuse("deadline", _("“%(text)s” isn't a day. An action needs one.") % {"text": row.deadline_text})
        elif row.deadline is None:
            row.refuse("deadline", _("“%(text)s” can't be read as a day.") % {"text": row.deadline_text})
    elif found.guessed and row.mend.deadline is None:
        row.notes.append(_read_as(row.deadline_text, found.day))
    if choices.overdue and row.is_live and row.listed and row.listed < today and row.mend.deadline is None:
        row.deadline = choices.overdue
    if row.deadline_text and row.deadline != found.day and row.deadline is not None:
        row.comment = _joined(row.comment, _("Deadline in the list: %(text)s") % {"text": row.deadline_text})


def _read_as(text: str, day: date | None) -> str:
    return _("“%(text)s” is read as %(day)s.") % {"text": text, "day": day}


def _read_state(row: Row, cell: Cell, today: date) -> None:
    found = states.read(cell, today)
    row.status, row.closed_on = found.status, found.closed_on
    if found.unsure:
        label = Status(found.status).label
        row.notes.append(_("“%(text)s” is read as “%(state)s”.") % {"text": _text([cell]), "state": label})
        # The own words say more than the state does.
        row.comment = _joined(row.comment, _("State in the list: %(text)s") % {"text": _text([cell])})


def _settle_days(row: Row, cell: Cell, today: date) -> None:
    """The day it was agreed is no later than the deadline; what is over was closed by its deadline, or today."""
    if row.deadline is None:
        return
    agreed = days.read(cell, today)
    if agreed.guessed and agreed.day:
        row.notes.append(_read_as(_text([cell]), agreed.day))
    row.agreed_on = min(agreed.day or today, row.deadline, today)
    if row.is_live:
        row.closed_on = None
    else:
        row.closed_on = max(min(row.closed_on or row.deadline, today), row.agreed_on)


def _read_rest(row: Row, texts: dict[str, str], with_: Lookups) -> None:
    row.effect = texts.get(columns.EFFECT, "")
    row.comment = _joined(texts.get(columns.COMMENT, ""), row.comment)
    if case := texts.get(columns.CASE):
        row.comment = _joined(row.comment, _("Case in the list: %(text)s") % {"text": case})
    if named := texts.get(columns.ACTIVITY):
        code = re.match(r"\d+\.\d+", named)
        row.activity = with_.known.activities.get(plain(named)) or with_.known.activities.get(code[0] if code else "")
        if row.activity is None:
            row.comment = _joined(row.comment, _("Activity in the list: %(text)s") % {"text": named})
            row.notes.append(
                _("The plan has no activity “%(text)s”. The words are kept as a comment.") % {"text": named}
            )
    if MASK in row.effect or MASK in row.comment:
        row.notes.append(_("What is written like a personal identity number is taken out."))


def _joined(first: str, second: str) -> str:
    return "\n".join(filter(None, (first, second)))


def _compare(row: Row, seen: dict[str, int], keys: dict[tuple[str, int, date], int], known: Known) -> None:
    """Find what is there already: in the council, or further up in the same list."""
    if row.fate == Fate.OUT:
        return
    day = row.listed or row.deadline
    key = (plain(row.title), row.owner, day) if row.owner and day else None
    twin = seen.get(row.fingerprint) or (keys.get(key) if key else None)
    if row.fingerprint in known.rows or key in known.actions:
        row.fate, row.why = Fate.SAME, [_("The council has this action already.")]
    elif twin is not None and row.lacks <= {"owner", "deadline"}:
        row.fate, row.why = Fate.SAME, [_("The same as row %(number)d.") % {"number": twin}]
    else:
        if not row.lacks & {"title"}:
            seen[row.fingerprint] = row.number
        if key is not None:
            keys[key] = row.number
