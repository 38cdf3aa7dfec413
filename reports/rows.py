"""The rows of a status report, and how they stood on an earlier day.

Nothing here reads the clock or the database: `reports.selection` reads the rows, `reports.status` counts them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from actions.indicators import Measured
from actions.models import LIVE

Changes = Mapping[str, Sequence[Any]]


class ActionRow(NamedTuple):
    """One action as it was on the report's day. A tuple, since there may be a million of them."""

    pk: int
    title: str
    status: str
    agreed_on: date
    deadline: date
    closed_on: date | None
    effect: str
    owner_role: str
    organisation: str
    activity: int | None
    meeting: int
    meeting_number: str
    item: int
    item_title: str
    case: int | None
    decision: int | None
    extremism: bool
    # Empty where only the role is to be shown.
    owner_name: str = ""
    # Reported done, and the council is still to agree.
    awaits: bool = False
    # How many times it had been changed by the end of the day.
    version: int = 0

    @property
    def is_live(self) -> bool:
        """Whether it was still to be done."""
        return self.status in LIVE

    @property
    def owner(self) -> str:
        """Name and role, or the role alone: "Eva Ek, kommunpolis"."""
        return f"{self.owner_name}, {self.owner_role}" if self.owner_name else self.owner_role

    def days_overdue(self, day: date) -> int:
        """Days past the deadline on `day`; 0 when it was done, ended or still in time."""
        return (day - self.deadline).days if self.deadline < day and self.is_live else 0


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One goal of the plan."""

    number: int
    title: str

    @property
    def label(self) -> str:
        """Number and title: "3 Knowledge"."""
        return f"{self.number} {self.title}"


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One activity of the plan; `quarters` as the plan writes them, `ends` the last day of each, in order."""

    pk: int
    goal: int
    code: str
    title: str
    responsible_role: str
    indicator: str
    quarters: tuple[str, ...]
    ends: tuple[date, ...]
    indicators: tuple[Measured, ...] = ()

    @property
    def due(self) -> date | None:
        """The last day of the last quarter; None when the plan names none."""
        return self.ends[-1] if self.ends else None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as it was on the report's day."""

    pk: int
    registry_number: str
    title: str
    state: str
    organisation: str
    opened_on: date
    last_treated: date | None
    open_actions: int
    extremism: bool


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One extremism-related agenda item of a meeting in the period."""

    pk: int
    meeting_number: str
    day: date
    position: int
    title: str
    state: str
    decisions: int
    actions: int


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting of the period, with how many came and what it came to."""

    pk: int
    number: str
    title: str
    day: date
    place: str
    present: int
    decisions: int
    actions: int


def rewound(now: Mapping[str, Any], later: Sequence[Changes]) -> dict[str, Any]:
    """Return the fields of a row as they were before the changes in `later`.

    `later` holds the row's history after the day, oldest first, each {field: [old, new]} as bra.history writes it.
    Fields that `now` doesn't have are passed over.
    """
    then = dict(now)
    for changes in reversed(later):
        for field, (old, _new) in changes.items():
            if field in then:
                then[field] = old
    return then


class Before(NamedTuple):
    """How an action stood on an earlier day."""

    status: str
    deadline: date


class Change(StrEnum):
    """What may have become of an action between two days."""

    NEW = "new"
    CLOSED = "closed"
    SLIPPED = "slipped"
    REOPENED = "reopened"


class ChangeRow(NamedTuple):
    """One change of an action since an earlier day; `before` is None for a new one."""

    kind: Change
    action: ActionRow
    before: Before | None

    @classmethod
    def unpacked(cls, values: Sequence[Any]) -> "ChangeRow":
        """The row whose `packed` form is given."""
        kind, action, before = values
        return cls(Change(kind), ActionRow._make(action), before and Before._make(before))

    def packed(self) -> tuple[str, tuple[Any, ...], tuple[Any, ...] | None]:
        """The row as plain values, which are quick to store."""
        return self.kind.value, tuple(self.action), self.before and tuple(self.before)


def changes_of(row: ActionRow, before: Before | None) -> list[Change]:
    """What has become of the action since it stood as in `before`; None when it hadn't been agreed yet.

    One that was agreed and closed since is both new and closed. A new one can't have slipped.
    """
    was_live = before is None or before.status in LIVE
    found = [] if before else [Change.NEW]
    if was_live and not row.is_live:
        found.append(Change.CLOSED)
    if before and row.deadline > before.deadline:
        found.append(Change.SLIPPED)
    if row.is_live and not was_live:
        found.append(Change.REOPENED)
    return found


def in_period(row: ActionRow, first: date, last: date) -> bool:
    """Whether an action belongs to a report of the days `first` to `last`.

    Those agreed in the period do, and of earlier ones those that were still to be done when it began.
    """
    if row.agreed_on > last:
        return False
    return row.agreed_on >= first or row.closed_on is None or row.closed_on >= first
