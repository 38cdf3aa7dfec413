"""How many actions a meeting or an item led to, for the pages of the floor below.

{% load meeting_counts %}{% actions_per_meeting meetings as counts %} ... {{ counts|of:meeting.pk }}
{% action_count item as count %}
"""

from collections.abc import Iterable

from django import template
from django.db.models import Count
from django.template import Context

from actions.models import Action
from actions.templatetags.item_actions import actions_of
from meetings.models import AgendaItem, Meeting

register = template.Library()


@register.simple_tag(takes_context=True)
def actions_per_meeting(context: Context, meetings: Iterable[Meeting]) -> dict[int, int]:
    """Return {meeting pk: number of actions that the request's member may see} in one query; 0 is left out."""
    visible = Action.objects.visible_to(context["request"].member).agreed()
    counted = visible.filter(agenda_item__meeting__in=[meeting.pk for meeting in meetings]).order_by()
    return dict(counted.values_list("agenda_item__meeting").annotate(Count("pk")))


@register.simple_tag(takes_context=True)
def action_count(context: Context, item: AgendaItem) -> int:
    """Return the number of the item's actions; all items of a meeting share one query."""
    return len(actions_of(context["request"], item))


@register.filter
def of(counts: dict[int, int], key: int) -> int:
    """Return the count of `key`; 0 when there is none."""
    return counts.get(key, 0)
