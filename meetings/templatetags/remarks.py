"""What was remarked on an item of the minutes: `{% load remarks %}` and `{{ comments|of:item.pk }}`."""

from collections.abc import Mapping, Sequence

from django import template

from meetings.models import ItemComment

register = template.Library()


@register.filter(name="of")
def comments_of(comments: Mapping[int, Sequence[ItemComment]], item: int) -> Sequence[ItemComment]:
    """Return the comments on the item with that key; none where nobody said anything."""
    return comments.get(item, ()) if comments else ()
