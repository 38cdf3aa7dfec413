"""The line of quick entry on the live page: `{% load quick_entry %}{% quick_entry item %}`."""

from typing import Any

from django import template
from django.template import Context

from meetings.models import AgendaItem

register = template.Library()


@register.inclusion_tag("actions/_quick.html", takes_context=True)
def quick_entry(context: Context, item: AgendaItem) -> dict[str, Any]:
    """Show the empty line, and the buttons that make more of the notes."""
    request = context["request"]
    return {"item": item, "council": request.council, "request": request, "csrf_token": context.get("csrf_token")}
