"""The decisions that a report lists, and the meetings before and after its day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from bra.models import Council, HistoryEntry
from meetings.models import Decision, DecisionQuerySet, Meeting
from meetings.models.states import HELD, PLANNED
from reports.rows import Changes, rewound

# Not the place, nor the title: what somebody wrote isn't rewound.
_REWOUND = ("date", "starts_at", "state", "year", "sequence")


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision, at an item of a meeting; `number` is its §, None until the meeting is adjourned."""

    pk: int
    number: int | None
    kind: str
    text: str
    meeting_number: str
    day: date
    item: int
    position: int
    item_title: str
    case: int | None


@dataclass(frozen=True, slots=True)
class MeetingDay:
    """When a meeting was or is to be held."""

    pk: int
    number: str
    day: date
    starts_at: time


def around(council: Council, day: date) -> tuple[MeetingDay | None, MeetingDay | None]:
    """The last meeting held and the next one planned, as they stood at the end of the day. Two queries."""
    later: dict[int, list[Changes]] = {}
    unborn: set[int] = set()
    entries = (
        HistoryEntry.objects.changes().filter(council=council, target_type="meeting", on__gt=day).order_by("on", "pk")
    )
    for meeting, verb, changes in entries.values_list("target_id", "verb", "changes"):
        if verb == "meeting.planned":
            unborn.add(meeting)
        later.setdefault(meeting, []).append(changes)
    held: list[MeetingDay] = []
    planned: list[MeetingDay] = []
    for now in Meeting.objects.filter(council=council).order_by("pk").values("pk", *_REWOUND):
        if now["pk"] in unborn:
            continue
        then = rewound(now, later.get(now["pk"], ()))
        on, starts_at = then["date"], then["starts_at"]
        found = MeetingDay(
            now["pk"],
            f"{then['year']}-{then['sequence']}",
            date.fromisoformat(on) if isinstance(on, str) else on,
            time.fromisoformat(starts_at) if isinstance(starts_at, str) else starts_at,
        )
        if then["state"] in HELD and found.day <= day:
            held.append(found)
        elif then["state"] in PLANNED and found.day >= day:
            planned.append(found)
    return max(held, key=_when, default=None), min(planned, key=_when, default=None)


def _when(meeting: MeetingDay) -> tuple[date, time, int]:
    return meeting.day, meeting.starts_at, meeting.pk


def of_meeting(meeting: MeetingDay) -> Iterator[tuple[DecisionRow, bool]]:
    """Each decision of a meeting, in the order of its agenda, and whether it is restricted."""
    found = Decision.objects.live().filter(item__meeting=meeting.pk)
    yield from _rows(found.order_by("item__position", "item_id", "pk"))


def of_cases(council: Council, first: date, last: date) -> Iterator[tuple[DecisionRow, bool]]:
    """Each decision about a case at the meetings held on the days `first` to `last`: the cases in order of opening."""
    held = Meeting.objects.held().filter(council=council, date__gte=first, date__lte=last)
    found = Decision.objects.live().filter(item__meeting__in=held, item__case__isnull=False)
    yield from _rows(
        found.order_by(
            "item__case__opened_on",
            "item__case",
            "item__meeting__date",
            "item__meeting",
            "item__position",
            "item_id",
            "pk",
        )
    )


def _rows(found: DecisionQuerySet) -> Iterator[tuple[DecisionRow, bool]]:
    fields = (
        "pk",
        "number",
        "kind",
        "text",
        "item__meeting__year",
        "item__meeting__sequence",
        "item__meeting__date",
        "item",
        "item__position",
        "item__title",
        "item__case",
        "item__restricted",
        "item__case__restricted",
    )
    for pk, number, kind, text, year, sequence, *item, restricted, hidden in found.values_list(*fields).iterator():
        yield DecisionRow(pk, number, kind, text, f"{year}-{sequence}", *item), restricted or bool(hidden)
