"""What this floor says to the floor below, which doesn't know it."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from actions.models import Action
from bra.errors import RuleBroken
from meetings.models import AgendaItem
from meetings.signals import removing_item, restricting_item


@receiver(restricting_item)
def every_owner_is_cleared(sender: Any, item: AgendaItem, **_kwargs: Any) -> None:
    """An item isn't restricted over the head of an owner who could then no longer see the own action."""
    blind = (
        Action.objects.agreed().filter(agenda_item=item, owner__cleared=False).select_related("owner").first()
    )
    if blind is not None:
        raise RuleBroken(
            _(
                "%(owner)s owns an action at this item but may not see restricted items. Hand the action over first."
            )
            % {"owner": blind.owner.label},
            field="restricted",
        )


@receiver(removing_item)
def no_action_is_left(sender: Any, item: AgendaItem, **_kwargs: Any) -> None:
    """An item with actions, removed ones included, stays."""
    if item.actions.exists():
        raise RuleBroken(_("Something has been logged at this item, so it stays on the agenda."))
