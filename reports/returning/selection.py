"""A filled-in file against the actions as they are: for the preview, and again when it is taken in."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from actions import permissions
from actions.models import Action
from bra.models import Council, HistoryEntry, Member
from imports import reading
from reports import marks
from reports.models import ReturnedFile
from reports.returning.columns import NAMES, column_words
from reports.returning.rows import Cell, Fate, Row, State, decide, moved, state_before, state_of_action


@dataclass(frozen=True)
class Preview:
    """A file as it would be taken in now. `absent` are the columns that it hasn't."""

    rows: list[Row]
    absent: list[str]
    taken: frozenset[int]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows become what."""
        counted = Counter(row.fate for row in self.rows)
        return {fate.value: counted[fate] for fate in Fate}

    def of(self, fate: Fate) -> list[Row]:
        """The rows that become that."""
        return [row for row in self.rows if row.fate == fate]

    @property
    def to_apply(self) -> list[Row]:
        """The rows that would change something: those without a conflict, and those to be taken in anyway."""
        return [row for row in self.rows if row.fate == Fate.CHANGED or self.is_taken(row)]

    def is_taken(self, row: Row) -> bool:
        """Whether the row is to be taken in although its action has moved on."""
        return row.fate == Fate.CONFLICT and row.number in self.taken

    @property
    def seen(self) -> str:
        """A short sum of what is shown, by which one can tell whether it still is so."""
        shown = [
            (row.number, row.fate.value, row.action.version if row.action else 0)
            for row in self.rows
            if row.fate != Fate.SAME
        ]
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def kept(read: reading.Returned) -> dict[str, Any]:
    """What is kept of a file that was read."""
    return {"rows": list(read.rows.items()), "absent": read.absent, "formulas": read.formulas}


def preview(returned: ReturnedFile, *, member: Member, on: date) -> Preview:
    """What the file would do, for the member. A fixed number of queries, however many rows there are."""
    stored = returned.rows
    formulas = set(stored["formulas"])
    rows: list[tuple[Row, dict[str, Cell], int | None]] = []
    for number, cells in stored["rows"]:
        said = dict(zip(NAMES, cells, strict=True))
        row, version = _named(number, said, returned.council)
        if number in formulas and not row.why:
            row.why.append(_("A cell holds a formula. Write the value itself."))
        rows.append((row, said, version))
    _refuse_twins([row for row, _said, _version in rows])
    old = {row.pk: version for row, _said, version in rows if row.pk is not None and version is not None}
    actions = _actions(list(old), member)
    before = _before(returned.council, actions, old)
    words = column_words()  # looked up once: there may be thousands of rows
    for row, said, version in rows:
        _judge(row, said, version, actions, before, member, on, words)
    absent = [words[name] for name in stored["absent"]]
    return Preview([row for row, _said, _version in rows], absent, frozenset(returned.taken))


def _named(number: int, said: dict[str, Cell], council: Council) -> tuple[Row, int | None]:
    """The row with its action's key and version, or why they can't be trusted."""
    cell = said["id"]
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str("" if cell is None else cell)
    row = Row(number, int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None)
    if cell is None and said["version"] is None:
        row.why.append(
            _("The row was added to the file. New actions are agreed at a meeting, or brought in as a list.")
        )
        return row, None
    version = marks.version_of(council.slug, row.pk, str(said["version"])) if row.pk is not None else None
    if version is None:
        row.why.append(
            _("The ID or the version isn't the one that was sent out, so it can't be told which action is meant.")
        )
    return row, version


def _refuse_twins(rows: list[Row]) -> None:
    places: dict[int, list[Row]] = {}
    for row in rows:
        if row.pk is not None:
            places.setdefault(row.pk, []).append(row)
    for twins in places.values():
        if len(twins) > 1:
            where = ", ".join(str(row.number) for row in twins[:5])
            for row in twins:
                row.why.append(_("The same action stands on several rows: %(rows)s.") % {"rows": where})


def _actions(pks: list[int], member: Member) -> dict[int, Action]:
    """Those that may be changed through a file: a file shows nothing restricted, so nothing restricted comes back."""
    found = Action.objects.visible_to(member).agreed().filter(pk__in=pks, agenda_item__restricted=False)
    fields = ("council", "title", "owner", "agreed_on", "status", "closed_on", "effect", "version", "removed")
    return {action.pk: action for action in found.only(*fields)}


def _before(council: Council, actions: dict[int, Action], old: dict[int, int]) -> dict[int, list[Any]]:
    """What has happened, oldest first, to the actions that aren't of the version any more which the file says."""
    later: dict[int, list[Any]] = {pk: [] for pk, action in actions.items() if action.version != old[pk]}
    if not later:
        return later
    entries = HistoryEntry.objects.changes().filter(council=council, target_type="action", target_id__in=list(later))
    for pk, changes in entries.order_by("pk").values_list("target_id", "changes").iterator():
        counted = changes.get("version")
        if counted and counted[0] is not None and counted[0] >= old[pk]:
            later[pk].append(changes)
    return later


def _judge(
    row: Row,
    said: dict[str, Cell],
    version: int | None,
    actions: dict[int, Action],
    before: dict[int, list[Any]],
    member: Member,
    on: date,
    words: dict[str, str],
) -> None:
    action = actions.get(row.pk) if row.pk is not None and version is not None else None
    if not row.why and action is None:
        # The same words for what is restricted now, removed, or was never there.
        row.why.append(_("This action can't be changed through a file."))
    row.action = action
    if action is None or row.why:
        row.fate = Fate.REFUSED
        return
    then = _then(action, before)
    decide(row, said, then, on, words)
    if row.fate == Fate.CHANGED and not permissions.may_report(member, action, on):
        row.why.append(_("You may not say how this action goes."))
        row.fate = Fate.REFUSED
    if row.fate == Fate.CHANGED and action.version != version:
        if row.changes:
            row.fate, row.moved = Fate.CONFLICT, moved(action, then, words)
        else:
            row.fate = Fate.SAME  # somebody has written the same meanwhile
    elif row.fate == Fate.CHANGED and not row.changes:
        row.fate = Fate.SAME


def _then(action: Action, before: dict[int, list[Any]]) -> State:
    later = before.get(action.pk)
    return state_of_action(action) if later is None else state_before(action, later)
