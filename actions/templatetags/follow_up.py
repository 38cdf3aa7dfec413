"""What is reported as done, and all open actions organisation by organisation, under a meeting's follow-up item.

{% load follow_up %}{% follow_up item %}

The item comes through its own door; the actions through theirs. The context holds `request`.
"""

from typing import Any

from django import template
from django.db.models import F
from django.template import Context

from actions import permissions
from actions.closing_forms import SendBackForm
from actions.models import Action, Comment
from bra.forms import GuardedForm
from bra.http import CouncilRequest
from meetings.models import AgendaItem, ItemKind

register = template.Library()

# A page stays light; the list of actions has the rest.
MOST = 200
# All follow-up items of a page show the same list: it is read once per request.
_KEPT = "open_actions_by_organisation"
_REPORTED = "actions_reported_as_done"


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


def reported_context(
    request: CouncilRequest, item: AgendaItem, *, refused: tuple[int, GuardedForm] | None = None
) -> dict[str, Any]:
    """What templates/actions/_reported.html shows: what owners reported as done, with forms to answer. Two queries.

    `refused` is the key of an action and the form for sending it back that was refused.
    """
    kept = request.__dict__.get(_REPORTED)
    if kept is None:
        awaiting = Action.objects.visible_to(request.member).awaiting_approval()
        related = awaiting.select_related("owner__organisation", "agenda_item")
        actions = list(related.order_by("closed_on", "pk")[:MOST])
        words = Comment.objects.filter(action__in=actions, on=F("action__closed_on"), author=F("action__owner"))
        said = dict(words.order_by("pk").values_list("action", "text"))
        kept = request.__dict__[_REPORTED] = [(action, said.get(action.pk, "")) for action in actions]
    may_act = permissions.may_agree_at(request.member, item)
    return {
        "request": request,
        "council": request.council,
        "today": request.today,
        "item": item,
        "may_act": may_act,
        "reported": [
            {
                "action": action,
                "said": said,
                "form": (
                    refused[1]
                    if refused and refused[0] == action.pk
                    else SendBackForm(auto_id=f"send_back-{action.pk}-%s")
                )
                if may_act
                else None,
                "opened": bool(refused and refused[0] == action.pk),
            }
            for action, said in kept
        ],
    }


@register.inclusion_tag("actions/_follow_up.html", takes_context=True)
def follow_up(context: Context, item: AgendaItem) -> dict[str, Any]:
    """Show the open actions, folded, where the item is there to follow up; nothing at other items."""
    if item.kind != ItemKind.FOLLOW_UP:
        return {"shown": False}
    request = context["request"]
    groups, number, more = _grouped(request)
    return {
        **reported_context(request, item),
        "csrf_token": context.get("csrf_token"),
        "shown": True,
        "item": item,
        "council": request.council,
        "today": request.today,
        "groups": groups,
        "number": number,
        "more": more,
    }
