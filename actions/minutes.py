"""What the minutes tell of actions: as they were agreed, whatever has become of them since."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.dispatch import receiver

from actions.models import Action
from bra.models import HistoryEntry, Member
from meetings.documents.selection import Agreed
from meetings.models import Meeting
from meetings.signals import listing_agreed

# The fields that a verb after the meeting changes without saying that the minutes were wrong.
_MOVED_ON = {"action.postponed": "deadline", "action.handed_over": "owner"}


@receiver(listing_agreed)
def agreed_at(sender: Any, items: Sequence[int], meeting: Meeting, **_kwargs: Any) -> list[Agreed]:
    """Return the actions of the items, oldest first, with the owner and the deadline that the meeting gave them.

    A title or a deadline that was corrected later is told as corrected: what was taken out may have been a name.
    Four queries at most.
    """
    rows = Action.objects.agreed().filter(agenda_item__in=items).select_related("owner__organisation").order_by("pk")
    actions = list(rows)
    first = _first_values(meeting, [action.pk for action in actions])
    earlier = [values["owner"] for values in first.values() if "owner" in values]
    owners = Member.objects.select_related("organisation").in_bulk(earlier) if earlier else {}
    told = []
    for action in actions:
        values = first.get(action.pk, {})
        deadline = date.fromisoformat(values["deadline"]) if "deadline" in values else action.deadline
        told.append(
            Agreed(action.agenda_item_id, action.title, owners.get(values.get("owner"), action.owner), deadline)
        )
    return told


def _first_values(meeting: Meeting, actions: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return {action's key: {field: value when the meeting was adjourned}} of what has moved on since."""
    adjourned = HistoryEntry.objects.filter(target_type="meeting", target_id=meeting.pk, verb="meeting.adjourned")
    last = adjourned.order_by("-pk").values_list("pk", flat=True).first() if actions else None
    if last is None:
        return {}
    first: dict[int, dict[str, Any]] = {}
    entries = HistoryEntry.objects.filter(target_type="action", target_id__in=actions, verb__in=_MOVED_ON, pk__gt=last)
    for entry in entries.order_by("pk"):
        field = _MOVED_ON[entry.verb]
        first.setdefault(entry.target_id, {}).setdefault(field, entry.changes[field][0])
    return first
