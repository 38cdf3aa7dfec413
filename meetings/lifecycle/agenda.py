"""The verbs of the agenda."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import LegalGround, Member
from bra.rows import locked
from meetings.lifecycle.common import (
    locked_before_adjourned,
    locked_item,
    locked_live_case,
    locked_unsettled,
    only,
    renumber,
    set_topics,
    take_off,
    wake_case,
)
from meetings.lifecycle.locks import Lock, decided, with_case
from meetings.lifecycle.presence import leave_items, refuse_item_of_a_stay
from meetings.models import AgendaItem, Case, ItemKind, Meeting, Topic
from meetings.signals import removing_item, restricting_item

_FIELDS = ("title", "kind", "presenter", "minutes_planned", "case", "ground")


@transaction.atomic
def add_item(
    *,
    meeting: Meeting,
    by: Member,
    on: date,
    title: str,
    kind: ItemKind = ItemKind.DISCUSSION,
    presenter: str = "",
    minutes_planned: int | None = None,
    case: Case | None = None,
    topics: Iterable[Topic] = (),
    ground: LegalGround | None = None,
) -> AgendaItem:
    """Add an item last on the agenda, restricted by a `ground`. An item of a restricted case takes its lock."""
    meeting = locked_before_adjourned(meeting)
    case = locked_live_case(case) if case else None
    lock = with_case(decided(ground, row=None, council_id=meeting.council_id, by=by, on=on), case)
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem.objects.create(
        meeting=meeting,
        position=last + 1,
        title=title,
        kind=kind,
        presenter=presenter,
        minutes_planned=minutes_planned,
        case=case,
        **lock,
    )
    item.topics.set(_with_topics_of(case, topics))
    history.created(
        item,
        council=meeting.council,
        by=by,
        on=on,
        verb="item.added",
        fields=("title", "kind", "case", "restricted", "legal_ground"),
    )
    return item


@transaction.atomic
def edit_item(
    *, item: AgendaItem, by: Member, on: date, topics: Iterable[Topic] | None = None, **fields: object
) -> AgendaItem:
    """Change an item; `topics` replaces its topics.

    `fields` may hold title, kind, presenter, minutes_planned, case and ground (None takes the lock off).
    A case brings its topics along, and a restricted one restricts the item by its own ground.
    """
    only(fields, _FIELDS)
    meeting = locked_unsettled(item.meeting)
    joins = fields.get("case")
    item = locked_item(item, joins=joins if isinstance(joins, Case) else None)
    if isinstance(joins, Case) and joins.pk != item.case_id:
        fields["case"] = locked_live_case(joins)
    case = fields.get("case", item.case)
    own = decided(fields.pop("ground", item.legal_ground), row=item, council_id=meeting.council_id, by=by, on=on)
    lock = with_case(own, locked(case) if isinstance(case, Case) else None, otherwise=item.lock)
    if lock["restricted"]:
        restrict(item, lock, by=by, on=on)
    else:
        history.change(item, council=meeting.council, by=by, on=on, verb="item.unrestricted", **lock)
    changes = history.change(item, council=meeting.council, by=by, on=on, verb="item.edited", **fields)
    if topics is not None or "case" in changes:
        chosen = item.topics.all() if topics is None else topics
        both = _with_topics_of(item.case if "case" in changes else None, chosen)
        set_topics(item, both, council=meeting.council, by=by, on=on, verb="item.edited")
    if not meeting.is_planned:
        wake_case(item, by=by, on=on)
    return item


def restrict(item: AgendaItem, lock: Lock, *, by: Member | None, on: date) -> None:
    """Put a lock on an item, unless a floor above says no, or change the ground of the one it has."""
    verb = "item.ground_changed" if item.restricted else "item.restricted"
    if not item.restricted:
        restricting_item.send(AgendaItem, item=item)
    history.change(item, council=item.meeting.council, by=by, on=on, verb=verb, **lock)


def _with_topics_of(case: Case | None, topics: Iterable[Topic]) -> set[Topic]:
    return {*topics, *(case.topics.all() if case else ())}


@transaction.atomic
def move_item(*, item: AgendaItem, by: Member, on: date, up: bool) -> AgendaItem:
    """Move an item one step up or down among those that `by` sees; at the end nothing happens."""
    meeting = locked_before_adjourned(item.meeting)
    seen = _seen(meeting, by)
    return _put(item, _index(item, seen) + (-1 if up else 1), seen, meeting, by=by, on=on)


@transaction.atomic
def place_item(*, item: AgendaItem, place: int, by: Member, on: date) -> AgendaItem:
    """Move an item to a place among those that `by` sees, 1 the first; beyond an end is that end."""
    meeting = locked_before_adjourned(item.meeting)
    return _put(item, place - 1, _seen(meeting, by), meeting, by=by, on=on)


def _seen(meeting: Meeting, by: Member) -> list[AgendaItem]:
    """The agenda as the member sees it: who moves an item past its neighbour doesn't know of a locked one between."""
    return list(AgendaItem.objects.visible_to(by).filter(meeting=meeting).order_by("position", "pk"))


def _index(item: AgendaItem, items: list[AgendaItem]) -> int:
    found = next((index for index, other in enumerate(items) if other.pk == item.pk), None)
    if found is None:
        raise RuleBroken(_("The item has been taken off the agenda."))
    return found


def _put(item: AgendaItem, index: int, seen: list[AgendaItem], meeting: Meeting, *, by: Member, on: date) -> AgendaItem:
    """Put the item where the one of that index stands in `seen`; the whole agenda is numbered anew."""
    here, index = _index(item, seen), min(max(index, 0), len(seen) - 1)
    if index == here:
        return seen[here]
    order = list(meeting.items.order_by("position", "pk"))
    old, new = _index(item, order), _index(seen[index], order)
    moved = order.pop(old)
    order.insert(new, moved)
    renumber(order)
    history.record(
        council=meeting.council,
        by=by,
        on=on,
        verb="item.moved",
        target=moved,
        changes={"position": (old + 1, new + 1)},
    )
    return moved


@transaction.atomic
def remove_item(*, item: AgendaItem, by: Member, on: date) -> AgendaItem:
    """Take an item on which nothing has been logged off the agenda; `restore_item` puts it back."""
    meeting = locked_before_adjourned(item.meeting)
    item = locked_item(item)
    item.meeting = meeting
    if item.notes.strip() or item.decisions.exists():
        raise RuleBroken(_("Something has been logged at this item, so it stays on the agenda."))
    refuse_item_of_a_stay(item)
    removing_item.send(AgendaItem, item=item)
    if meeting.current_item_id == item.pk:
        leave_items(meeting)
    take_off(item, by=by, on=on)
    return item


@transaction.atomic
def restore_item(*, item: AgendaItem, by: Member, on: date) -> AgendaItem:
    """Put an item that was taken off the agenda back to its place; one that stands there stays as it is.

    Its case and its lock have been kept in step meanwhile: see meetings.lifecycle.cases.
    """
    meeting = locked_before_adjourned(item.meeting)
    item = locked_item(item, taken_off=True)
    if not item.removed:
        return item
    order = list(meeting.items.order_by("position", "pk"))
    history.change(item, council=meeting.council, by=by, on=on, verb="item.restored", removed=False)
    order.insert(item.position - 1, item)
    renumber(order)
    return item
