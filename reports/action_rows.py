"""The actions of a report, read in one go and rewound to its day, a few at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from actions.models import Action, Status
from bra.models import Council, HistoryEntry, Member
from meetings.models import Meeting
from reports.rows import ActionRow, Before, Changes, rewound

# What somebody wrote isn't rewound: a text that was mended or removed must not come back in a report of an earlier day.
REWOUND = ("status", "deadline", "closed_on", "owner", "activity", "approved_on", "version")
_DAYS = ("deadline", "closed_on")
_DONE = Status.DONE.value
# The first entry of a row says what it began as, not what was there before.
_BEGINNINGS = ("action.agreed", "action.imported", "case.opened")
# The activity of an action that serves another plan; such an action is in no report of this one.
OTHER_PLAN = 0
_AT_A_TIME = 2000

Entries = Sequence[tuple[date, Changes]]


def later_changes(
    council: Council, target_type: str, after: date, targets: Sequence[int] | None = None
) -> dict[int, list[tuple[date, Changes]]]:
    """What history says happened after the day: {row's key: [(day, changes)], oldest first}, of all or of some."""
    later: dict[int, list[tuple[date, Changes]]] = {}
    entries = HistoryEntry.objects.changes().filter(council=council, target_type=target_type, on__gt=after)
    if targets is not None:
        entries = entries.filter(target_id__in=targets)
    found = entries.exclude(verb__in=_BEGINNINGS).order_by("on", "pk").values_list("target_id", "on", "changes")
    for target, day, changes in found.iterator():
        later.setdefault(target, []).append((day, changes))
    return later


@dataclass(frozen=True, slots=True)
class Some:
    """Some actions as they were on the report's day, and what is known of them by their keys.

    `restricted` are those that are; `earlier` how those stood on an earlier day that have been changed since.
    """

    rows: list[ActionRow]
    restricted: set[int]
    earlier: dict[int, Before]


def read(council: Council, as_of: date, since: date, own: Mapping[int, int | None], marked: set[int]) -> Iterator[Some]:
    """The actions that existed on the day `as_of`, some at a time, in the order of the agreeing.

    The earlier day is `since`. `own` maps each activity of the plan to itself, a removed one to None; `marked` are the
    items related to extremism.
    """
    members = {
        pk: (name, title, organisation)
        for pk, name, title, organisation in Member.objects.filter(council=council).values_list(
            "pk", "name", "title", "organisation__name"
        )
    }
    numbers = {
        pk: f"{year}-{sequence}"
        for pk, year, sequence in Meeting.objects.filter(council=council).values_list("pk", "year", "sequence")
    }
    found = (
        Action.objects.agreed()
        .filter(council=council, agreed_on__lte=as_of)
        .order_by("agreed_on", "pk")
        .values_list(
            "pk",
            "title",
            "effect",
            "agreed_on",
            *REWOUND,
            "agenda_item",
            "agenda_item__title",
            "agenda_item__restricted",
            "agenda_item__case",
            "agenda_item__meeting",
            "decision__number",
        )
        .iterator(chunk_size=_AT_A_TIME)
    )
    moved = HistoryEntry.objects.changes().filter(council=council, target_type="action", on__gt=min(since, as_of))
    asks = moved.exclude(verb__in=_BEGINNINGS).exists()
    # One object for each day, so that a packed row refers to it instead of repeating it.
    day = _Same()
    new = tuple.__new__
    while batch := list(islice(found, _AT_A_TIME)):
        later = later_changes(council, "action", min(since, as_of), [now[0] for now in batch]) if asks else {}
        some = Some([], set(), {})
        for now in batch:
            # fmt: off
            (
                pk, title, effect, agreed_on, state, deadline, closed_on, owner, activity, approved_on, version,
                item, item_title, restricted, case, meeting, decision,
            ) = now
            # fmt: on
            if restricted:
                some.restricted.add(pk)
            if pk in later:
                values = dict(zip(REWOUND, now[4:11], strict=True))
                some.earlier[pk] = _before(values, later[pk], since)
                state, deadline, closed_on, owner, activity, approved_on, version = _as_of(values, later[pk], as_of)
            name, role, organisation = members[owner]
            is_done = state == _DONE
            fields = (
                pk,
                title,
                state,
                day[agreed_on],
                day[deadline],
                day[closed_on],
                effect if is_done else "",
                role,
                organisation,
                None if activity is None else own.get(activity, OTHER_PLAN),
                meeting,
                numbers[meeting],
                item,
                item_title,
                case,
                decision,
                item in marked,
                name,
                is_done and approved_on is None,
                version,
            )
            # Half the time of calling it, which a test makes up for by counting the fields.
            some.rows.append(new(ActionRow, fields))
        yield some


class _Same(dict[Any, Any]):
    """{value: the first value that was equal to it}."""

    def __missing__(self, value: Any) -> Any:
        self[value] = value
        return value


def _before(now: Mapping[str, Any], later: Entries, since: date) -> Before:
    then = rewound(now, [changes for day, changes in later if day > since])
    return Before(then["status"], _as_date(then["deadline"]))


def _as_of(now: Mapping[str, Any], later: Entries, day: date) -> Iterator[Any]:
    """The values of REWOUND at the end of the day."""
    then = rewound(now, [changes for on, changes in later if on > day])
    return (_as_date(value) if field in _DAYS else value for field, value in then.items())


def _as_date(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value
