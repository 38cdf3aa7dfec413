"""What the page of a planned meeting says of proposals.

{% load planning %}{% proposals_of meeting %}
"""

from typing import Any

from django import template
from django.template import Context

from meetings.models import ItemProposal, Meeting, last_proposal_day
from meetings.permissions import may_plan_meetings, may_propose

register = template.Library()


@register.inclusion_tag("meetings/_proposals_of.html", takes_context=True)
def proposals_of(context: Context, meeting: Meeting) -> dict[str, Any]:
    """Show the last day for proposals, and to those who set the agenda how many wait. At most one query."""
    request = context["request"]
    may_answer = may_plan_meetings(request.member)
    waiting = ItemProposal.objects.visible_to(request.member).waiting().filter(meeting=meeting)
    return {
        "council": request.council,
        "today": request.today,
        "meeting": meeting,
        "may_propose": may_propose(request.member),
        "waiting": waiting.count() if may_answer else 0,
        "last_day": last_proposal_day(meeting.date, request.council.proposal_days),
    }
