"""The verbs of meetings: each checks the state, changes it and writes history in one transaction.

All take `by`, the acting member (None for the system), and `on`, the council's day. They raise RuleBroken with a
sentence for the user when a rule says no.
"""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member, Organisation
from bra.rows import locked
from meetings.models import (
    AgendaItem,
    Attendance,
    AttendanceStatus,
    Case,
    CaseState,
    Decision,
    DecisionKind,
    ItemKind,
    ItemState,
    Meeting,
    MeetingState,
    StandingItem,
    Topic,
    last_decision_number,
)
from meetings.signals import removing_item, restricting_item

_CASE_FIELDS = ("registry_number", "title", "organisation", "situation", "restricted")
_ITEM_FIELDS = ("title", "kind", "presenter", "case", "restricted")


class NotesConflict(Exception):
    """Somebody else saved the notes of the item meanwhile; `item` carries their text, `text` what was sent."""

    def __init__(self, item: AgendaItem, text: str) -> None:
        super().__init__("notes were saved by somebody else")
        self.item = item
        self.text = text


# Cases


def next_registry_number(council: Council, on: date) -> str:
    """Propose the next registry number of the year: "BRÅ 2017/3"."""
    prefix = f"BRÅ {on.year}/"
    taken = Case.objects.filter(council=council, registry_number__startswith=prefix)
    serials = [
        int(tail)
        for number in taken.values_list("registry_number", flat=True)
        if (tail := number[len(prefix) :]).isdigit()
    ]
    return f"{prefix}{max(serials, default=0) + 1}"


@transaction.atomic
def open_case(
    *,
    council: Council,
    by: Member | None,
    on: date,
    title: str,
    organisation: Organisation,
    registry_number: str = "",
    topics: Iterable[Topic] = (),
    situation: str = "",
    restricted: bool = False,
    state: CaseState = CaseState.NEW,
) -> Case:
    """Open a case; without a registry number it gets the next of the year."""
    locked(council)
    number = registry_number.strip() or next_registry_number(council, on)
    _refuse_taken_registry_number(council, number, but=None)
    case = Case.objects.create(
        council=council,
        registry_number=number,
        title=title,
        organisation=organisation,
        situation=situation,
        restricted=restricted,
        state=state,
        opened_on=on,
    )
    case.topics.set(topics)
    history.created(
        case, council=council, by=by, on=on, verb="case.opened", fields=("registry_number", "title", "state")
    )
    return case


@transaction.atomic
def edit_case(
    *,
    case: Case,
    by: Member,
    on: date,
    topics: Iterable[Topic],
    state: CaseState,
    **fields: object,
) -> Case:
    """Change a case: `fields` may hold registry_number, title, organisation, situation and restricted.

    A case that becomes restricted takes its agenda items with it.
    """
    _only(fields, _CASE_FIELDS)
    council = locked(case.council)
    case = locked(case)
    number = str(fields.get("registry_number", "")).strip() or case.registry_number
    _refuse_taken_registry_number(council, number, but=case)
    fields["registry_number"] = number
    changes = history.change(case, council=council, by=by, on=on, verb="case.edited", state=state, **fields)
    _set_topics(case, topics, by=by, on=on)
    if "restricted" in changes and case.restricted:
        for item in case.items.filter(restricted=False):
            _restrict(item, by=by, on=on)
    return case


def _set_topics(case: Case, topics: Iterable[Topic], *, by: Member, on: date) -> None:
    old, new = set(case.topics.all()), set(topics)
    if old != new:
        case.topics.set(new)
        was, became = (sorted(topic.name for topic in chosen) for chosen in (old, new))
        history.record(
            council=case.council, by=by, on=on, verb="case.edited", target=case, changes={"topics": (was, became)}
        )


def _refuse_taken_registry_number(council: Council, number: str, but: Case | None) -> None:
    taken = Case.objects.filter(council=council, registry_number=number)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    if taken.exists():
        raise RuleBroken(
            _("The registry number %(number)s is taken by another case. Choose another.") % {"number": number},
            field="registry_number",
        )


# Planning a meeting


@transaction.atomic
def plan_meeting(
    *,
    council: Council,
    by: Member | None,
    on: date,
    date: date,
    starts_at: time,
    ends_at: time | None = None,
    place: str = "",
    title: str = "",
) -> Meeting:
    """Make a meeting with a copy of the council's standing agenda; its number is the next of its year."""
    locked(council)
    _refuse_bad_hours(council, date, starts_at, ends_at, but=None)
    meeting = Meeting.objects.create(
        council=council,
        year=date.year,
        sequence=_next_sequence(council, date.year),
        date=date,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        title=title,
    )
    for standing in StandingItem.objects.filter(council=council).prefetch_related("topics"):
        item = AgendaItem.objects.create(
            meeting=meeting, position=standing.position, title=standing.title, kind=standing.kind
        )
        item.topics.set(standing.topics.all())
    history.created(
        meeting,
        council=council,
        by=by,
        on=on,
        verb="meeting.planned",
        fields=("date", "starts_at", "ends_at", "place"),
    )
    return meeting


@transaction.atomic
def replan_meeting(
    *,
    meeting: Meeting,
    by: Member,
    on: date,
    date: date,
    starts_at: time,
    ends_at: time | None,
    place: str,
    title: str,
) -> Meeting:
    """Change when and where a planned meeting is held; a new year gives it a new number."""
    council = locked(meeting.council)
    meeting = locked(meeting)
    if meeting.state != MeetingState.DRAFT:
        raise RuleBroken(_("The meeting has begun, so its time and place can no longer be changed."))
    _refuse_bad_hours(council, date, starts_at, ends_at, but=meeting)
    number = {}
    if date.year != meeting.year:
        number = {"year": date.year, "sequence": _next_sequence(council, date.year)}
    history.change(
        meeting,
        council=council,
        by=by,
        on=on,
        verb="meeting.replanned",
        date=date,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        title=title,
        **number,
    )
    return meeting


def _next_sequence(council: Council, year: int) -> int:
    last = Meeting.objects.filter(council=council, year=year).aggregate(last=Max("sequence"))["last"]
    return (last or 0) + 1


def _refuse_bad_hours(council: Council, day: date, starts_at: time, ends_at: time | None, but: Meeting | None) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise RuleBroken(_("The meeting must end after it starts."), field="ends_at")
    same_day = Meeting.objects.filter(council=council, date=day)
    if but is not None:
        same_day = same_day.exclude(pk=but.pk)
    for other in same_day:
        # A meeting without an end takes up its first moment only.
        overlaps = starts_at < (other.ends_at or other.starts_at) and other.starts_at < (ends_at or starts_at)
        if overlaps or starts_at == other.starts_at:
            raise RuleBroken(
                _("Meeting %(number)s is held at that time. Choose another hour.") % {"number": other.number},
                field="starts_at",
            )


# The agenda


@transaction.atomic
def add_item(
    *,
    meeting: Meeting,
    by: Member,
    on: date,
    title: str,
    kind: ItemKind = ItemKind.DISCUSSION,
    presenter: str = "",
    case: Case | None = None,
    topics: Iterable[Topic] = (),
    restricted: bool = False,
) -> AgendaItem:
    """Add an item last on the agenda. An item of a restricted case is restricted."""
    meeting = _locked_before_adjourned(meeting)
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem.objects.create(
        meeting=meeting,
        position=last + 1,
        title=title,
        kind=kind,
        presenter=presenter,
        case=case,
        restricted=restricted or bool(case and case.restricted),
    )
    item.topics.set(_with_topics_of(case, topics))
    history.created(
        item,
        council=meeting.council,
        by=by,
        on=on,
        verb="item.added",
        fields=("title", "kind", "case", "restricted"),
    )
    return item


@transaction.atomic
def edit_item(
    *, item: AgendaItem, by: Member, on: date, topics: Iterable[Topic] | None = None, **fields: object
) -> AgendaItem:
    """Change an item: `fields` may hold title, kind, presenter, case and restricted; `topics` replaces its topics.

    A case brings its topics along, and a restricted one restricts the item.
    """
    _only(fields, _ITEM_FIELDS)
    meeting = _locked_before_adjourned(item.meeting)
    item = locked(item)
    case = fields.get("case", item.case)
    if isinstance(case, Case) and case.restricted:
        fields["restricted"] = True
    if fields.pop("restricted", item.restricted) != item.restricted:
        if item.restricted:
            history.change(item, council=meeting.council, by=by, on=on, verb="item.unrestricted", restricted=False)
        else:
            _restrict(item, by=by, on=on)
    changes = history.change(item, council=meeting.council, by=by, on=on, verb="item.edited", **fields)
    if topics is not None or "case" in changes:
        chosen = item.topics.all() if topics is None else topics
        item.topics.set(_with_topics_of(item.case if "case" in changes else None, chosen))
    if item.case and item.case.state == CaseState.NEW and meeting.state != MeetingState.DRAFT:
        history.change(item.case, council=meeting.council, by=by, on=on, verb="case.edited", state=CaseState.OPEN)
    return item


def _restrict(item: AgendaItem, *, by: Member | None, on: date) -> None:
    restricting_item.send(AgendaItem, item=item)
    history.change(item, council=item.meeting.council, by=by, on=on, verb="item.restricted", restricted=True)


def _with_topics_of(case: Case | None, topics: Iterable[Topic]) -> set[Topic]:
    return {*topics, *(case.topics.all() if case else ())}


@transaction.atomic
def move_item(*, item: AgendaItem, by: Member, on: date, up: bool) -> AgendaItem:
    """Move an item one step up or down among all items of the agenda; at the end nothing happens."""
    meeting = _locked_before_adjourned(item.meeting)
    order = list(meeting.items.order_by("position", "pk"))
    place = next(index for index, other in enumerate(order) if other.pk == item.pk)
    target = place - 1 if up else place + 1
    if 0 <= target < len(order):
        order.insert(target, order.pop(place))
        _renumber(order)
        moved = order[target]
        history.record(
            council=meeting.council,
            by=by,
            on=on,
            verb="item.moved",
            target=moved,
            changes={"position": (place + 1, target + 1)},
        )
        return moved
    return item


@transaction.atomic
def remove_item(*, item: AgendaItem, by: Member, on: date) -> None:
    """Remove an item on which nothing has been logged."""
    meeting = _locked_before_adjourned(item.meeting)
    item = locked(item)
    if item.notes.strip() or item.decisions.exists():
        raise RuleBroken(_("Something has been logged at this item, so it stays on the agenda."))
    removing_item.send(AgendaItem, item=item)
    history.record(
        council=meeting.council,
        by=by,
        on=on,
        verb="item.removed",
        target=item,
        changes={"title": (item.title, None)},
    )
    item.delete()
    _renumber(list(meeting.items.order_by("position", "pk")))


def _renumber(items: list[AgendaItem]) -> None:
    for position, item in enumerate(items, start=1):
        item.position = position
    AgendaItem.objects.bulk_update(items, ["position"])


# In session


@transaction.atomic
def open_meeting(*, meeting: Meeting, by: Member, at: datetime) -> Meeting:
    """Open a planned meeting at the council's local time `at`."""
    council = locked(meeting.council)
    meeting = locked(meeting)
    if meeting.state == MeetingState.IN_SESSION:
        raise RuleBroken(_("The meeting is already in session."))
    if meeting.state != MeetingState.DRAFT:
        raise RuleBroken(_("The meeting has already been held."))
    other = Meeting.objects.filter(council=council, state=MeetingState.IN_SESSION).first()
    if other is not None:
        raise RuleBroken(_("Meeting %(number)s is still in session. Adjourn it first.") % {"number": other.number})
    history.change(
        meeting,
        council=council,
        by=by,
        on=at.date(),
        verb="meeting.opened",
        state=MeetingState.IN_SESSION,
        opened_at=at,
    )
    return meeting


@transaction.atomic
def adjourn(*, meeting: Meeting, by: Member, at: datetime) -> Meeting:
    """Adjourn a meeting at the council's local time `at`: the §§ of its decisions are settled, agenda order."""
    council = locked(meeting.council)
    meeting = _locked_in_session(meeting)
    last = last_decision_number(council)
    decisions = list(Decision.objects.live().filter(item__meeting=meeting).in_order_of_meeting())
    for number, decision in enumerate(decisions, start=last + 1):
        decision.number = number
    Decision.objects.bulk_update(decisions, ["number"])
    history.change(
        meeting,
        council=council,
        by=by,
        on=at.date(),
        verb="meeting.adjourned",
        state=MeetingState.ADJOURNED,
        adjourned_at=at,
    )
    return meeting


@transaction.atomic
def reopen_meeting(*, meeting: Meeting, by: Member, on: date) -> Meeting:
    """Take an adjourned meeting back into session to mend it, as long as no later § has been settled."""
    council = locked(meeting.council)
    meeting = locked(meeting)
    if meeting.state != MeetingState.ADJOURNED:
        raise RuleBroken(_("Only an adjourned meeting can be opened again."))
    other = Meeting.objects.filter(council=council, state=MeetingState.IN_SESSION).first()
    if other is not None:
        raise RuleBroken(_("Meeting %(number)s is still in session. Adjourn it first.") % {"number": other.number})
    own = Decision.objects.filter(item__meeting=meeting, number__isnull=False)
    last_own = own.aggregate(last=Max("number"))["last"]
    if last_own is not None and last_own != last_decision_number(council):
        raise RuleBroken(_("A later meeting has numbered its decisions on from this one, so it can't be opened again."))
    own.update(number=None)
    history.change(
        meeting,
        council=council,
        by=by,
        on=on,
        verb="meeting.reopened",
        state=MeetingState.IN_SESSION,
        adjourned_at=None,
    )
    return meeting


@transaction.atomic
def mark_attendance(*, meeting: Meeting, member: Member, status: AttendanceStatus | None, by: Member, on: date) -> None:
    """Log how a member attends; None takes the log back. May be logged from the planning on (apologies)."""
    meeting = _locked_before_adjourned(meeting)
    if member.council_id != meeting.council_id or not member.is_active(meeting.date):
        raise RuleBroken(_("%(member)s has no mandate on the day of the meeting.") % {"member": member.label})
    row = Attendance.objects.filter(meeting=meeting, member=member).first()
    old = row.status if row else None
    if old == status:
        return
    if status is None:
        Attendance.objects.filter(meeting=meeting, member=member).delete()
    else:
        Attendance.objects.update_or_create(meeting=meeting, member=member, defaults={"status": status})
    history.record(
        council=meeting.council,
        by=by,
        on=on,
        verb="meeting.attendance",
        target=meeting,
        changes={f"member {member.pk}": (old, status)},
    )


@transaction.atomic
def save_notes(*, item: AgendaItem, text: str, version: int, by: Member, on: date) -> AgendaItem:
    """Save the notes of an item, written on its `version`; raises NotesConflict when a newer one is there.

    The first words also mark the item as treated.
    """
    meeting = _locked_in_session(item.meeting)
    item = locked(item)
    text = text.replace("\r\n", "\n")
    if item.notes == text:
        return item
    if item.version != version:
        raise NotesConflict(item, text)
    history.change(
        item,
        council=meeting.council,
        by=by,
        on=on,
        verb="item.noted",
        notes=text,
        version=item.version + 1,
        state=ItemState.TREATED if text.strip() and item.state == ItemState.PENDING else item.state,
    )
    _wake_case(item, by=by, on=on)
    return item


@transaction.atomic
def set_item_state(*, item: AgendaItem, state: ItemState, by: Member, on: date) -> AgendaItem:
    """Say that an item is treated, tabled, or not treated after all."""
    meeting = _locked_in_session(item.meeting)
    item = locked(item)
    history.change(item, council=meeting.council, by=by, on=on, verb="item.state", state=state)
    if state == ItemState.TREATED:
        _wake_case(item, by=by, on=on)
    return item


def _wake_case(item: AgendaItem, *, by: Member, on: date) -> None:
    """A new case that a meeting treats is open from then on."""
    if item.case and item.case.state == CaseState.NEW:
        history.change(item.case, council=item.case.council, by=by, on=on, verb="case.edited", state=CaseState.OPEN)


@transaction.atomic
def record_decision(
    *, item: AgendaItem, text: str, by: Member, on: date, kind: DecisionKind = DecisionKind.DECIDED
) -> Decision:
    """Record what was decided at an item; a decision to table it also tables the item."""
    meeting = _locked_in_session(item.meeting)
    item = locked(item)
    text = text.strip()
    if not text:
        raise RuleBroken(_("Write what was decided."), field="text")
    decision = Decision.objects.create(council=meeting.council, item=item, text=text, kind=kind)
    history.created(decision, council=meeting.council, by=by, on=on, verb="decision.recorded", fields=("kind", "text"))
    state = ItemState.TABLED if kind == DecisionKind.TABLED else ItemState.TREATED
    history.change(item, council=meeting.council, by=by, on=on, verb="item.state", state=state)
    _wake_case(item, by=by, on=on)
    return decision


@transaction.atomic
def amend_decision(*, decision: Decision, text: str, kind: DecisionKind, by: Member, on: date) -> Decision:
    """Change a decision while its meeting is in session."""
    meeting = _locked_in_session(decision.item.meeting)
    decision = locked(decision)
    text = text.strip()
    if not text:
        raise RuleBroken(_("Write what was decided."), field="text")
    history.change(decision, council=meeting.council, by=by, on=on, verb="decision.amended", text=text, kind=kind)
    return decision


@transaction.atomic
def remove_decision(*, decision: Decision, by: Member, on: date, removed: bool = True) -> Decision:
    """Remove a decision while its meeting is in session; `removed=False` brings it back."""
    meeting = _locked_in_session(decision.item.meeting)
    decision = locked(decision)
    verb = "decision.removed" if removed else "decision.restored"
    history.change(decision, council=meeting.council, by=by, on=on, verb=verb, removed=removed)
    return decision


def _locked_in_session(meeting: Meeting) -> Meeting:
    meeting = locked(meeting)
    if meeting.state == MeetingState.DRAFT:
        raise RuleBroken(_("The meeting hasn't been opened yet."))
    if meeting.state != MeetingState.IN_SESSION:
        raise RuleBroken(_("The meeting has been adjourned, so nothing more can be logged at it."))
    return meeting


def _locked_before_adjourned(meeting: Meeting) -> Meeting:
    meeting = locked(meeting)
    if meeting.state == MeetingState.ADJOURNED:
        raise RuleBroken(_("The meeting has been adjourned, so its agenda can no longer be changed."))
    return meeting


def _only(fields: dict[str, object], allowed: tuple[str, ...]) -> None:
    unknown = set(fields) - set(allowed)
    if unknown:
        raise TypeError(f"unknown fields: {sorted(unknown)}")
