"""Notes on pages: `{% load notes %}` and `{{ item.notes|markdown }}`."""

from django import template
from django.utils.safestring import SafeString

from bra import markdown as notes

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Return notes written in simple Markdown as HTML; the container's class is "notes-text"."""
    return notes.render(text)
