"""The overdue actions that a proposal puts before the council, for the page of proposals on the floor below."""

from collections import defaultdict
from collections.abc import Collection

from django import template

from actions.models import Action, Escalation
from bra.models import Member
from meetings.models import ItemProposal

register = template.Library()


@register.simple_tag
def escalated_actions(proposals: Collection[ItemProposal], member: Member) -> dict[int, list[Action]]:
    """Return {proposal pk: its actions that the member may see, by deadline}. One query.

    {% escalated_actions rows request.member as overdue %} ... {{ overdue|of_key:row.pk }}
    """
    rows = Escalation.objects.filter(action__in=Action.objects.visible_to(member))
    rows = rows.filter(proposal__in=[row.pk for row in proposals]).select_related("action")
    grouped: dict[int, list[Action]] = defaultdict(list)
    for row in rows.order_by("deadline", "action_id"):
        grouped[row.proposal_id or 0].append(row.action)
    return dict(grouped)
