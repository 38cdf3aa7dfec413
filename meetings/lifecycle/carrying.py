"""What a meeting takes over from the last one held, unprompted: items left untreated or tabled, and its number.

The verbs of planning, opening and adjourning call this under the council's lock.
"""

from datetime import date

from django.db.models import Q

from bra import history
from bra.models import Council, HistoryEntry, Member
from bra.rows import locked
from meetings.lifecycle.common import renumber, take_off
from meetings.lifecycle.locks import with_case
from meetings.models import ENDED, PLANNED, AgendaItem, ItemKind, ItemState, Meeting, MeetingState

LONGEST_TITLE = AgendaItem._meta.get_field("title").max_length or 0


def last_held_before(meeting: Meeting) -> Meeting | None:
    """The last adjourned meeting before this one's day and hour."""
    earlier = Q(date__lt=meeting.date) | Q(date=meeting.date, starts_at__lt=meeting.starts_at)
    return Meeting.objects.filter(earlier, council=meeting.council_id, state__in=ENDED).first()


def next_planned_after(meeting: Meeting) -> Meeting | None:
    """The first planned meeting after this one's day and hour."""
    later = Q(date__gt=meeting.date) | Q(date=meeting.date, starts_at__gt=meeting.starts_at)
    planned = Meeting.objects.filter(later, council=meeting.council_id, state__in=PLANNED)
    return planned.order_by("date", "starts_at", "pk").first()


def next_planned_from(council: Council, on: date) -> Meeting | None:
    """The first meeting planned for the day `on` or later."""
    planned = Meeting.objects.filter(council=council, state__in=PLANNED, date__gte=on)
    return planned.order_by("date", "starts_at", "pk").first()


def is_next(meeting: Meeting, council: Council, on: date) -> bool:
    """Whether no other meeting is planned from `on` until this one."""
    earlier = Q(date__lt=meeting.date) | Q(date=meeting.date, starts_at__lt=meeting.starts_at)
    planned = Meeting.objects.filter(earlier, council=council, state__in=PLANNED, date__gte=on)
    return not planned.exists()


def carry_over(meeting: Meeting, *, by: Member | None, on: date) -> None:
    """Bring what the last meeting held left over onto this agenda, each item once, with case, topics and lock.

    What stands on this agenda anyway isn't doubled: a tabled item, or one of a case, is joined to its namesake.
    What a meeting that was cancelled had brought along moves on to this one, as it has become there.
    """
    last = last_held_before(meeting)
    _fetch_stranded(meeting, last, by=by, on=on)
    if last is None:
        return
    _name_minutes(meeting, last, by=by, on=on)
    held = list(last.items.order_by("position", "pk").select_related("case").prefetch_related("topics"))
    agenda = list(meeting.items.order_by("position", "pk"))
    for index, item in enumerate(held):
        if item.carried or item.state == ItemState.TREATED:
            continue
        if _stands_anyway(item, agenda):
            continue
        namesake = _namesake(item, agenda)
        if namesake is not None:
            _join(namesake, item, by=by, on=on)
        else:
            agenda.insert(_place(index, held, agenda), _bring(item, meeting, by=by, on=on))
            renumber(agenda)
        item.carried = True
        item.save(update_fields=["carried"])


def take_back(meeting: Meeting, *, by: Member, on: date) -> None:
    """Take from the next agenda what this meeting, taken into session again, has treated after all."""
    brought = AgendaItem.objects.filter(
        carried_from__meeting=meeting,
        carried_from__state=ItemState.TREATED,
        meeting__state__in=PLANNED,
    ).select_related("meeting", "carried_from")
    for item in brought:
        locked(item.meeting)
        source = item.carried_from
        assert source is not None
        source.carried = False
        source.save(update_fields=["carried"])
        if history.entries_of(item).filter(verb="item.carried").exists():
            # The meeting that is mended may leave it over once more, and an item is carried to one other only.
            take_off(item, by=by, on=on, carried_from=None)
        else:
            history.change(item, council=meeting.council, by=by, on=on, verb="item.unjoined", carried_from=None)


def let_go(meeting: Meeting, *, by: Member, on: date) -> None:
    """Let a cancelled meeting's own items no longer go on with those of the meeting before, so that others can.

    What it had brought along stays until a planned meeting fetches it, with its lock and all else that was changed.
    """
    for item in meeting.items.filter(carried_from__isnull=False, restricted=False).select_related("carried_from"):
        source = item.carried_from
        if source is not None and not history.entries_of(item).filter(verb="item.carried").exists():
            source.carried = False
            source.save(update_fields=["carried"])
            history.change(item, council=meeting.council, by=by, on=on, verb="item.let_go", carried_from=None)


def bring_back(meeting: Meeting, *, by: Member, on: date) -> None:
    """Bring back what other planned meetings fetched from this one while it was cancelled."""
    fetched = HistoryEntry.objects.filter(
        council=meeting.council, verb="item.moved_on", target_type="agendaitem", changes__meeting__0=meeting.pk
    )
    places = {entry.target_id: entry.changes["meeting"][1] for entry in fetched.order_by("pk")}
    items = AgendaItem.objects.filter(pk__in=places, meeting__state__in=PLANNED).select_related("meeting")
    # Whoever writes their agendas holds a lock on the meeting alone; what stands there is read after it.
    others = Meeting.objects.filter(pk__in=set(places.values()), state__in=PLANNED).exclude(pk=meeting.pk)
    list(others.order_by("pk").select_for_update(no_key=True))
    agenda = list(meeting.items.order_by("position", "pk"))
    for item in items.order_by("position", "pk"):
        if item.meeting_id == places[item.pk]:
            _move(item, meeting, agenda, len(agenda), verb="item.moved_back", by=by, on=on)


def _fetch_stranded(meeting: Meeting, last: Meeting | None, *, by: Member | None, on: date) -> None:
    """Move here what cancelled meetings had brought along."""
    stranded = AgendaItem.objects.filter(
        meeting__council=meeting.council_id, meeting__state=MeetingState.CANCELLED, carried_from__isnull=False
    )
    held = list(last.items.order_by("position", "pk")) if last else []
    agenda = list(meeting.items.order_by("position", "pk"))
    for item in stranded.select_related("meeting").order_by("meeting__date", "position", "pk"):
        index = next((place for place, other in enumerate(held) if other.pk == item.carried_from_id), None)
        place = len(agenda) if index is None else _place(index, held, agenda)
        _move(item, meeting, agenda, place, verb="item.moved_on", by=by, on=on)


def _move(
    item: AgendaItem, meeting: Meeting, agenda: list[AgendaItem], place: int, *, verb: str, by: Member | None, on: date
) -> None:
    """Move an item to another planned meeting, whose `agenda` is given, to the place there."""
    left = item.meeting
    history.change(item, council=meeting.council, by=by, on=on, verb=verb, meeting=meeting)
    agenda.insert(place, item)
    renumber(agenda)
    renumber(list(left.items.order_by("position", "pk")))


def _name_minutes(meeting: Meeting, last: Meeting, *, by: Member | None, on: date) -> None:
    """Let the item that approves the last minutes say which: "Föregående protokoll (2017-2)"."""
    items = meeting.items.filter(kind=ItemKind.LAST_MINUTES, carried_from=None, notes="")
    for item in items.exclude(minutes_of=last).select_related("minutes_of"):
        title = item.title.removesuffix(f" ({item.minutes_of.number})") if item.minutes_of else item.title
        ending = f" ({last.number})"
        history.change(
            item,
            council=meeting.council,
            by=by,
            on=on,
            verb="item.minutes_named",
            title=title[: LONGEST_TITLE - len(ending)] + ending,
            minutes_of=last,
        )


def _key(item: AgendaItem) -> tuple[bool, str]:
    """What makes two items of different meetings the same: their words; the minutes' item carries a number."""
    is_minutes = item.kind == ItemKind.LAST_MINUTES and item.carried_from_id is None
    return (is_minutes, "" if is_minutes else item.title.strip().casefold())


def _stands_anyway(item: AgendaItem, agenda: list[AgendaItem]) -> bool:
    """Whether a formality that nobody marked as treated is on every agenda as it is."""
    formal = item.state == ItemState.PENDING and item.case_id is None and not item.restricted
    return formal and any(_key(other) == _key(item) for other in agenda)


def _namesake(item: AgendaItem, agenda: list[AgendaItem]) -> AgendaItem | None:
    """The item of this agenda that goes on with the same question. A lock is never put on one that stands open."""
    if item.restricted or item.kind == ItemKind.LAST_MINUTES or (item.case and item.case.restricted):
        return None
    for other in agenda:
        free = not other.restricted and other.carried_from_id is None and not other.notes
        if free and _key(other) == _key(item) and other.case_id in (None, item.case_id):
            return other
    return None


def _join(namesake: AgendaItem, item: AgendaItem, *, by: Member | None, on: date) -> None:
    history.change(
        namesake,
        council=item.meeting.council,
        by=by,
        on=on,
        verb="item.joined",
        carried_from=item,
        case=item.case,
        presenter=namesake.presenter or item.presenter,
        minutes_planned=namesake.minutes_planned or item.minutes_planned,
    )
    namesake.topics.add(*item.topics.all())


def _bring(item: AgendaItem, meeting: Meeting, *, by: Member | None, on: date) -> AgendaItem:
    brought = AgendaItem.objects.create(
        meeting=meeting,
        position=item.position,
        title=item.title,
        kind=item.kind,
        presenter=item.presenter,
        minutes_planned=item.minutes_planned,
        case=item.case,
        carried_from=item,
        minutes_of=item.minutes_of,
        **with_case(item.lock, item.case),
    )
    brought.topics.set(item.topics.all())
    fields = ("title", "kind", "case", "restricted", "legal_ground", "carried_from")
    history.created(brought, council=meeting.council, by=by, on=on, verb="item.carried", fields=fields)
    return brought


def _place(index: int, held: list[AgendaItem], agenda: list[AgendaItem]) -> int:
    """Where on the agenda an item belongs: after what came before it last time, or before what came after it."""
    keys = {_key(item): place for place, item in enumerate(agenda)}
    for before in reversed(held[:index]):
        if _key(before) in keys:
            return keys[_key(before)] + 1
    return next((keys[_key(after)] for after in held[index + 1 :] if _key(after) in keys), len(agenda))
