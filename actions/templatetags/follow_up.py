"""All open actions of the council, organisation by organisation, under a meeting's follow-up item.

{% load follow_up %}{% follow_up item %}

The item comes through its own door; the actions through theirs. The context holds `request`.
"""

from typing import Any

from django import template
from django.template import Context

from actions.models import Action
from bra.http import CouncilRequest
from meetings.models import AgendaItem, ItemKind

register = template.Library()

# A page stays light; the list of actions has the rest.
MOST = 200
# All follow-up items of a page show the same list: it is read once per request.
_KEPT = "open_actions_by_organisation"


def _grouped(request: CouncilRequest) -> tuple[list[dict[str, Any]], int, bool]:
    """The groups, the number of actions in them, and whether there are more than MOST. One query."""
    kept = request.__dict__.get(_KEPT)
    if kept is not None:
        return kept
    live = Action.objects.visible_to(request.member).live().select_related("owner__organisation", "agenda_item")
    order = ("owner__organisation__sort_key", "owner__organisation_id", "deadline", "pk")
    actions = list(live.order_by(*order)[: MOST + 1])
    groups: list[dict[str, Any]] = []
    for action in actions[:MOST]:
        organisation = action.owner.organisation
        if not groups or groups[-1]["organisation"] != organisation:
            groups.append({"organisation": organisation, "rows": [], "late": 0})
        late = action.days_overdue(request.today)
        groups[-1]["rows"].append({"action": action, "late": late})
        groups[-1]["late"] += bool(late)
    result = (groups, min(len(actions), MOST), len(actions) > MOST)
    request.__dict__[_KEPT] = result
    return result


@register.inclusion_tag("actions/_follow_up.html", takes_context=True)
def follow_up(context: Context, item: AgendaItem) -> dict[str, Any]:
    """Show the open actions, folded, where the item is there to follow up; nothing at other items."""
    if item.kind != ItemKind.FOLLOW_UP:
        return {"shown": False}
    request = context["request"]
    groups, number, more = _grouped(request)
    return {
        "shown": True,
        "item": item,
        "council": request.council,
        "today": request.today,
        "groups": groups,
        "number": number,
        "more": more,
    }
