"""What the first page says of drafts, from the floor above."""

from django import template

from bra.http import CouncilRequest
from records import drafts
from records.permissions import may_purge

register = template.Library()


@register.simple_tag
def number_of_old_drafts(request: CouncilRequest) -> int:
    """How many drafts have waited for too long; 0 for whoever doesn't look after them; one query.

    {% number_of_old_drafts request as number %}
    """
    return drafts.number_of_old_drafts(request.member, request.today) if may_purge(request.member) else 0
