"""The one door to each object: what a member may not see is 404, as if it didn't exist."""

from django.shortcuts import get_object_or_404

from bra.models import Member
from meetings.models import AgendaItem, Decision, Meeting


def meeting_for(member: Member, pk: int) -> Meeting:
    """Return the meeting, or 404."""
    return get_object_or_404(Meeting.objects.visible_to(member).select_related("council"), pk=pk)


def item_for(member: Member, pk: int, *, taken_off: bool = False) -> AgendaItem:
    """Return the agenda item with its meeting and case, or 404; also one that is `taken_off` the agenda, if asked."""
    everything = AgendaItem.with_removed if taken_off else AgendaItem.objects
    items = everything.visible_to(member).with_extremism()
    return get_object_or_404(items.select_related("meeting__council", "case", "legal_ground", "restricted_by"), pk=pk)


def decision_for(member: Member, pk: int) -> Decision:
    """Return the decision with its item and meeting, or 404. A removed one is there too, to be brought back."""
    return get_object_or_404(Decision.objects.visible_to(member).select_related("item__meeting__council"), pk=pk)
