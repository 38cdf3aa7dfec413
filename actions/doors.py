"""The one door to an action: what a member may not see is 404, as if it didn't exist."""

from django.shortcuts import get_object_or_404

from actions.models import Action
from bra.http import CouncilRequest


def action_for(request: CouncilRequest, pk: int) -> Action:
    """Return the action with what its page shows, or 404; whoever stands in for its owner today may see it too."""
    actions = Action.objects.open_to(request.member, request.today).agreed()
    return get_object_or_404(
        actions.select_related(
            "council", "owner__organisation", "agenda_item__meeting", "agenda_item__case", "decision", "activity__goal"
        ),
        pk=pk,
    )
