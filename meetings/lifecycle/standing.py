"""The verbs of the standing agenda, with which every new meeting begins."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from meetings.lifecycle.common import only
from meetings.models import ItemKind, StandingItem, Topic

_FIELDS = ("title", "kind", "presenter", "minutes_planned")


@transaction.atomic
def add_standing(
    *,
    council: Council,
    by: Member,
    on: date,
    title: str,
    kind: ItemKind = ItemKind.INFORMATION,
    presenter: str = "",
    minutes_planned: int | None = None,
    topics: Iterable[Topic] = (),
) -> StandingItem:
    """Add an item last on the standing agenda. Meetings that are planned already stay as they are."""
    locked(council)
    last = StandingItem.objects.live().filter(council=council).aggregate(last=Max("position"))["last"] or 0
    item = StandingItem.objects.create(
        council=council,
        position=last + 1,
        title=title,
        kind=kind,
        presenter=presenter,
        minutes_planned=minutes_planned,
    )
    item.topics.set(topics)
    history.created(item, council=council, by=by, on=on, verb="standing.added", fields=_FIELDS)
    return item


@transaction.atomic
def edit_standing(
    *, item: StandingItem, by: Member, on: date, topics: Iterable[Topic] | None = None, **fields: object
) -> StandingItem:
    """Change an item: `fields` may hold title, kind, presenter and minutes_planned; `topics` replaces its topics."""
    only(fields, _FIELDS)
    council = locked(item.council)
    item = _live(item)
    history.change(item, council=council, by=by, on=on, verb="standing.edited", **fields)
    if topics is not None:
        old, new = set(item.topics.all()), set(topics)
        if old != new:
            item.topics.set(new)
            was, became = (sorted(topic.name for topic in chosen) for chosen in (old, new))
            history.record(
                council=council, by=by, on=on, verb="standing.edited", target=item, changes={"topics": (was, became)}
            )
    return item


@transaction.atomic
def place_standing(*, item: StandingItem, place: int, by: Member, on: date) -> StandingItem:
    """Move an item to a place of the standing agenda, 1 the first; beyond an end is that end."""
    council = locked(item.council)
    item = _live(item)
    order = list(StandingItem.objects.live().filter(council=council))
    old = order.index(item)
    new = min(max(place - 1, 0), len(order) - 1)
    if new != old:
        order.insert(new, order.pop(old))
        _renumber(order)
        history.record(
            council=council,
            by=by,
            on=on,
            verb="standing.moved",
            target=item,
            changes={"position": (old + 1, new + 1)},
        )
    return order[new]


@transaction.atomic
def remove_standing(*, item: StandingItem, by: Member, on: date, removed: bool = True) -> StandingItem:
    """Take an item off the standing agenda; `removed=False` brings it back to its place."""
    council = locked(item.council)
    item = locked(item)
    if item.removed == removed:
        return item
    verb = "standing.removed" if removed else "standing.restored"
    history.change(item, council=council, by=by, on=on, verb=verb, removed=removed)
    order = list(StandingItem.objects.live().filter(council=council).exclude(pk=item.pk))
    if not removed:
        order.insert(item.position - 1, item)
    _renumber(order)
    return item


def _live(item: StandingItem) -> StandingItem:
    item = locked(item)
    if item.removed:
        raise RuleBroken(_("The item has been removed from the standing agenda."))
    return item


def _renumber(items: list[StandingItem]) -> None:
    for position, item in enumerate(items, start=1):
        item.position = position
    StandingItem.objects.bulk_update(items, ["position"])
