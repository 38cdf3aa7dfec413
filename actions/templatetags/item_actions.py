"""The actions of an agenda item on the pages of a meeting, which stands a floor below and doesn't know them.

    {% load item_actions %}{% item_actions item %}

The context holds `request` (with council, member and today). All items of one meeting share one query, so a page may
show the tag once per item. The item comes through its own door: who may not see it never gets here.
"""

from typing import Any

from django import template
from django.template import Context

from actions import permissions
from actions.forms import AgreeForm
from actions.models import LIVE, Action
from bra.http import CouncilRequest
from meetings.models import AgendaItem

register = template.Library()

# Read once per request and meeting; kept on the request because a tag has no other place that lives as long.
_KEPT = "actions_by_item"


def actions_of(request: CouncilRequest, item: AgendaItem) -> list[Action]:
    """The item's actions that the request's member may see, oldest first."""
    kept: dict[int, dict[int, list[Action]]] = request.__dict__.setdefault(_KEPT, {})
    if item.meeting_id not in kept:
        by_item: dict[int, list[Action]] = {}
        actions = Action.objects.visible_to(request.member).agreed().filter(agenda_item__meeting_id=item.meeting_id)
        for action in actions.select_related("owner", "decision").order_by("pk"):
            by_item.setdefault(action.agenda_item_id, []).append(action)
        kept[item.meeting_id] = by_item
    return kept[item.meeting_id].get(item.pk, [])


def item_context(
    request: CouncilRequest,
    item: AgendaItem,
    *,
    form: AgreeForm | None = None,
    focus: bool = False,
    level: int = 3,
    read_only: bool = False,
) -> dict[str, Any]:
    """What templates/actions/_item.html shows: the actions, and the form where the member may log one.

    `form` is the one that failed; `focus` puts the cursor into a fresh form; `level` is that of the heading;
    `read_only` leaves all forms out.
    """
    may_agree = not read_only and permissions.may_agree_at(request.member, item)
    if form is None and may_agree:
        form = AgreeForm(item=item, on=request.today)
    if focus and form is not None:
        form.fields["title"].widget.attrs["autofocus"] = True
    today = request.today
    rows = [
        {"action": action, "late": action.days_overdue(today), "live": action.status in LIVE}
        for action in actions_of(request, item)
    ]
    return {
        "request": request,
        "council": request.council,
        "today": today,
        "item": item,
        "rows": rows,
        "form": form if may_agree else None,
        "may_amend": may_agree,
        "level": level,
    }


@register.inclusion_tag("actions/_item.html", takes_context=True)
def item_actions(context: Context, item: AgendaItem, level: int = 3, read_only: bool = False) -> dict[str, Any]:
    """Show the actions of the item, and the form for a new one while the meeting is in session."""
    return {
        **item_context(context["request"], item, level=level, read_only=read_only),
        "csrf_token": context.get("csrf_token"),
    }
