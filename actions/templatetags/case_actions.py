"""The actions of a case's agenda items, for the case's page on the floor below."""

from collections import defaultdict
from collections.abc import Iterable

from django import template
from django.template import Context

from actions.models import Action
from bra.models import Member
from meetings.models import AgendaItem, Case

register = template.Library()


@register.simple_tag
def case_actions(items: Iterable[AgendaItem], member: Member) -> dict[int, list[Action]]:
    """Return {agenda item pk: its actions that the member may see, by deadline}. One query.

    {% case_actions items request.member as actions %} ... {{ actions|of_key:item.pk }}
    """
    rows = Action.objects.visible_to(member).agreed().filter(agenda_item__in=[item.pk for item in items])
    grouped: dict[int, list[Action]] = defaultdict(list)
    for action in rows.select_related("owner").order_by("deadline", "pk"):
        grouped[action.agenda_item_id].append(action)
    return dict(grouped)


@register.simple_tag
def days_late(action: Action, today: object) -> int:
    """Return the days past the action's deadline on the council's day; 0 when it isn't overdue."""
    return action.days_overdue(today)  # type: ignore[arg-type]  # templates hand over request.today, a date


@register.simple_tag(takes_context=True)
def open_actions_of(context: Context, case: Case) -> int:
    """Return how many actions of the case's items, as far as the request's member may see, are still to be done."""
    visible = Action.objects.visible_to(context["request"].member).agreed().live()
    return visible.filter(agenda_item__case=case).count()
