"""What the reminders of a day would be, if they were planned now."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from actions.reminders.due import due, held_back_words
from actions.reminders.steps import Line
from bra.models import Council, Member


@dataclass(frozen=True)
class Group:
    """One owner's reminder, as it would be."""

    owner: Member
    lines: list[Line]


@dataclass(frozen=True)
class Held:
    """An action whose owner isn't reminded of it, and why, in words."""

    line: Line
    owner: Member
    reason: str


@dataclass(frozen=True)
class Preview:
    """What the reminders of a day would be, if they were planned now."""

    on: date
    groups: list[Group]
    held: list[Held]

    @property
    def actions(self) -> int:
        """How many actions are reminded of."""
        return sum(len(group.lines) for group in self.groups)


def preview(council: Council, on: date, *, member: Member | None = None) -> Preview:
    """Say who would get what on the day `on`, and why, and who wouldn't; writes nothing. One query.

    With `member`, only the actions which that member may see; without, all of them (for the operator's command).
    """
    seen = due(council, on, foreseen=True)
    if member is not None:
        seen = seen.visible_to(member)
    related: QuerySet[Any] = seen.select_related("owner__user", "owner__organisation", "agenda_item__meeting")
    groups: dict[Member, list[Line]] = defaultdict(list)
    held = []
    for action in related.order_by("owner__sort_key", "owner_id", "deadline", "pk"):
        line = Line(action, action.step, on)
        if action.reason:
            held.append(Held(line, action.owner, held_back_words(action.reason)))
        else:
            groups[action.owner].append(line)
    return Preview(on, [Group(owner, lines) for owner, lines in groups.items()], held)
