"""What this floor says to the floor below, which doesn't know it."""

from datetime import date
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import Action
from bra.errors import RuleBroken
from bra.models import HistoryEntry, Member
from bra.signals import ending_clearance, ending_mandate
from meetings.models import AgendaItem, Meeting
from meetings.signals import removing_item, restricting_item, unopening_meeting


@receiver(restricting_item)
def every_owner_is_cleared(sender: Any, item: AgendaItem, **_kwargs: Any) -> None:
    """An item isn't restricted over the head of an owner who could then no longer see the own action."""
    blind = Action.objects.agreed().filter(agenda_item=item, owner__cleared=False).select_related("owner").first()
    if blind is not None:
        raise RuleBroken(
            _("%(owner)s owns an action at this item but may not see restricted items. Hand the action over first.")
            % {"owner": blind.owner.label},
            field="ground",
        )


@receiver(removing_item)
def no_action_is_left(sender: Any, item: AgendaItem, **_kwargs: Any) -> None:
    """An item with actions, removed ones included, stays."""
    if item.actions.exists():
        raise RuleBroken(_("Something has been logged at this item, so it stays on the agenda."))


@receiver(unopening_meeting)
def nothing_was_agreed(sender: Any, meeting: Meeting, **_kwargs: Any) -> None:
    """A meeting at which an action was agreed, a removed one included, was held; one that was imported there waits."""
    here = Action.objects.filter(agenda_item__meeting=meeting)
    told = HistoryEntry.objects.filter(council=meeting.council, verb="action.agreed", target_type="action")
    if told.filter(target_id__in=here.values("pk")).exists():
        raise RuleBroken(_("Something has been logged at the meeting, so it stays open."))


@receiver(ending_mandate)
def no_action_is_orphaned(sender: Any, member: Member, last_day: date, on: date, **_kwargs: Any) -> None:
    """A mandate that is over leaves no live action behind; one that will end, none that is due after its last day."""
    left = Action.objects.live().owned_by(member)
    if last_day > on:
        left = left.filter(deadline__gt=last_day)
    _refuse_left(member, left.count(), field="mandate_to")


@receiver(ending_clearance)
def no_restricted_action_is_orphaned(sender: Any, member: Member, **_kwargs: Any) -> None:
    """Nobody stays owner of a live action that they may no longer see."""
    left = Action.objects.live().owned_by(member).filter(agenda_item__restricted=True)
    _refuse_left(member, left.count(), field="cleared")


def _refuse_left(member: Member, number: int, field: str) -> None:
    if number:
        raise RuleBroken(
            ngettext(
                "%(member)s owns %(number)d action that must be handed over first.",
                "%(member)s owns %(number)d actions that must be handed over first.",
                number,
            )
            % {"member": member.label, "number": number},
            field=field,
        )
