"""When an action is reminded of next: `{% load reminding %}{% next_reminder action as coming %}`."""

from django import template
from django.template import Context

from actions import reminders
from actions.models import Action
from actions.permissions import may_report

register = template.Library()


@register.simple_tag(takes_context=True)
def next_reminder(context: Context, action: Action) -> reminders.Next | None:
    """Return the day, moved to a working day, for those who may report on the action."""
    request = context["request"]
    may_know = may_report(request.member, action, request.today)
    return reminders.next_reminder(action, request.today) if may_know else None
