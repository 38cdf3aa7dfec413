"""What a row of a filled-in file would do to its action. Pure: no clock, no database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from actions import lifecycle
from actions.models import LIVE, Action, Status
from bra.errors import RuleBroken
from imports import reading
from imports.proposing import days
from reports.marks import LONGEST
from reports.returning.columns import plain, state_of
from reports.workbook.texts import cell_text

Cell = str | int | float | None


class Fate(StrEnum):
    """What becomes of a row."""

    CHANGED = "changed"
    CONFLICT = "conflict"
    REFUSED = "refused"
    SAME = "same"


@dataclass(frozen=True)
class Change:
    """One field: what it is called, what it says now, and what the file says."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Step:
    """What is to be done with the action, by its own verbs: each of these where it isn't None or empty."""

    status: str | None = None
    closed_on: date | None = None
    effect: str = ""
    comment: str = ""


@dataclass
class Row:
    """A row of the file, and what it would do.

    `action` is None where the reader may not know it. `moved`: what has become of it since the file was written.
    """

    number: int
    pk: int | None
    fate: Fate = Fate.SAME
    action: Action | None = None
    changes: list[Change] = field(default_factory=list)
    moved: list[Change] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    step: Step = Step()


@dataclass(frozen=True)
class State:
    """How an action stood: what its row said when the file was written. More than one effect where none is sure."""

    status: str
    closed_on: date | None
    effects: tuple[str, ...]


def state_of_action(action: Action) -> State:
    """How the action stands."""
    return State(action.status, action.closed_on, (action.effect,))


def state_before(action: Action, later: Sequence[Mapping[str, Any]]) -> State:
    """How it stood before the changes in `later`, oldest first, as bra.history writes them.

    History doesn't copy long texts, and a report shows today's effect of what was done by its day; so both count.
    """
    then: dict[str, Any] = {"status": action.status, "closed_on": action.closed_on, "effect": action.effect}
    for changes in reversed(later):
        then |= {name: changes[name][0] for name in then if name in changes}
    closed_on = then["closed_on"]
    day = date.fromisoformat(closed_on) if isinstance(closed_on, str) else closed_on
    return State(then["status"], day, (then["effect"], action.effect))


def decide(row: Row, cells: Mapping[str, Cell], then: State, on: date, words: Mapping[str, str]) -> None:
    """Say what the row would do: its changes, its steps, its fate; or why it is refused.

    `then` is how the action stood when the file was written, so what nobody has touched isn't taken for a change. An
    empty cell changes nothing. `words`: what the columns are called.
    """
    action = row.action
    assert action is not None
    said = _Said(row, cells, then, on, words)
    if not (row.why or said.status or said.closed_on or said.effect or said.comment):
        return
    if not row.why:
        row.step = Step(said.status, said.closed_on, said.effect, said.comment)
        row.why += _refusals(action, row.step, on)
        row.changes = list(_changes(action, row.step, on, words))
    row.fate = Fate.REFUSED if row.why else Fate.CHANGED


class _Said:
    """What was filled in: of each field the new value, or None or nothing when nobody touched it."""

    def __init__(self, row: Row, cells: Mapping[str, Cell], then: State, on: date, words: Mapping[str, str]) -> None:
        self.row, self.words = row, words
        status = self._status(cells["status"])
        self.status = status if status != then.status else None
        closed_on = self._day(cells["closed"], on)
        self.closed_on = closed_on if closed_on != then.closed_on else None
        before = then.effects if then.status == Status.DONE else ()
        self.effect = self._text("effect", cells["effect"], before)
        self.comment = self._text("comment", cells["comment"], ())

    def _status(self, cell: Cell) -> str | None:
        if cell is None:
            return None
        status = state_of(str(cell))
        if status is None:
            self.row.why.append(
                _("“%(word)s” isn't a status. Choose one of the words in the list.") % {"word": str(cell)[:40]}
            )
        return status

    def _day(self, cell: Cell, on: date) -> date | None:
        if cell is None:
            return None
        day = days.read(cell, on).day
        if day is None:
            self.row.why.append(_("“%(text)s” isn't a day. Write it as 2017-05-15.") % {"text": str(cell)[:40]})
        return day

    def _text(self, name: str, cell: Cell, before: tuple[str, ...]) -> str:
        text = "" if cell is None else plain(str(cell))
        if not text or text in {plain(reading.masked(cell_text(one))) for one in before}:
            return ""
        if len(text) > LONGEST:
            self.row.why.append(
                _("“%(column)s” is too long: at most %(most)d characters can be taken in.")
                % {"column": self.words[name], "most": LONGEST}
            )
        if reading.MASK in text:
            self.row.why.append(
                _("“%(column)s” holds what looks like a personal identity number. Take it out.")
                % {"column": self.words[name]}
            )
        return text


def _refusals(action: Action, step: Step, on: date) -> Iterator[str]:
    """Why the steps can't be taken with the action as it is now; the verbs would say the same."""
    status = action.status if step.status is None else step.status
    if status != action.status:
        yield from _status_refusals(action, step)
    if step.closed_on is not None:
        yield from _day_refusals(action, status, step.closed_on, on)
    if step.effect and status != Status.DONE:
        yield _("What it led to is told when the action is done.")


def _status_refusals(action: Action, step: Step) -> Iterator[str]:
    if step.status == Status.NOT_STARTED:
        yield _("What has been begun can't become not started.")
    elif step.status == Status.POSTPONED:
        yield _("Postponing needs a new deadline. Do it on the action's page.")
    elif step.status in (Status.DONE, Status.CANCELLED) and action.status not in LIVE:
        yield _("The action is closed. Reopen it first.")
    elif step.status == Status.CANCELLED and not step.comment:
        yield _("Say in the comment why it is cancelled.")


def _day_refusals(action: Action, status: str, closed_on: date, on: date) -> Iterator[str]:
    if status != Status.DONE:
        yield _("There is a new day of closing, but the status isn't “%(done)s”.") % {"done": Status.DONE.label}
    elif action.status == Status.DONE and action.closed_on != closed_on:
        yield _("The action was closed on %(day)s already.") % {"day": action.closed_on}
    elif action.status in LIVE:
        try:
            lifecycle.refuse_closing_day(action, closed_on, on)
        except RuleBroken as refused:
            yield refused.sentence


def _changes(action: Action, step: Step, on: date, words: Mapping[str, str]) -> Iterator[Change]:
    """What would change, beside what is there now."""
    if step.status is not None and step.status != action.status:
        yield Change(words["status"], action.get_status_display(), str(Status(step.status).label))
        if step.status in (Status.DONE, Status.CANCELLED):
            yield Change(words["closed"], _iso(action.closed_on), _iso(closing_day(step, on)))
        elif action.closed_on is not None:
            yield Change(words["closed"], _iso(action.closed_on), "")
    if step.effect and step.effect != action.effect:
        yield Change(words["effect"], action.effect, step.effect)
    if step.comment:
        yield Change(words["comment"], "", step.comment)


def closing_day(step: Step, on: date) -> date:
    """The day on which an action that isn't closed yet will have been; without one in the file, today."""
    return step.closed_on if step.closed_on and step.status == Status.DONE else on


def moved(action: Action, then: State, words: Mapping[str, str]) -> list[Change]:
    """What has become of the action since it stood so."""
    found = [
        Change(words["status"], str(Status(then.status).label), action.get_status_display()),
        Change(words["closed"], _iso(then.closed_on), _iso(action.closed_on)),
        Change(words["effect"], then.effects[0], action.effect),
    ]
    return [change for change in found if change.old != change.new]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
