"""What the reminders of a day would be, if they were planned now."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.models import ActionQuerySet
from actions.reminders.due import held_back, held_back_words, to_send
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
    """Say who would get what on the day `on`, and why, and who wouldn't; writes nothing. Two queries.

    With `member`, only the actions which that member may see; without, all of them (for the operator's command).
    """

    def read(actions: ActionQuerySet) -> list[Any]:
        if member is not None:
            actions = actions.visible_to(member)
        related = actions.select_related("owner__user", "owner__organisation", "agenda_item__meeting")
        return list(related.order_by("owner__sort_key", "owner_id", "deadline", "pk"))

    groups: dict[Member, list[Line]] = defaultdict(list)
    for action in read(to_send(council, on, foreseen=True)):
        groups[action.owner].append(Line(action, action.step, on))
    held = [
        Held(Line(action, action.step, on), action.owner, held_back_words(action.reason))
        for action in read(held_back(council, on, foreseen=True))
    ]
    return Preview(on, [Group(owner, lines) for owner, lines in groups.items()], held)
