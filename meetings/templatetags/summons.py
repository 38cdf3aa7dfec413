"""What a meeting's page says of its summons: `{% load summons %}{% summons_of meeting %}`."""

from typing import Any

from django import template
from django.template import Context

from meetings.models import Meeting, MeetingState
from meetings.permissions import may_plan_meetings
from meetings.sheets import expected_members
from meetings.summons import again_of, answers_of, deadline_of, possible_substitutes
from meetings.summons_forms import AnswerForm

register = template.Library()


@register.inclusion_tag("meetings/_summons.html", takes_context=True)
def summons_of(context: Context, meeting: Meeting) -> dict[str, Any]:
    """Show how the summons goes and what was answered; to who is summoned, the own answer. At most three queries."""
    request = context["request"]
    shown: dict[str, Any] = {
        "request": request,
        "council": request.council,
        "today": request.today,
        "meeting": meeting,
        "may_summon": may_plan_meetings(request.member),
        "csrf_token": context.get("csrf_token"),
    }
    if meeting.state == MeetingState.DRAFT:
        shown["deadline"] = deadline_of(meeting, request.today)
    elif meeting.state == MeetingState.SUMMONED:
        sheet = answers_of(meeting, expected_members(meeting))
        own = next((reply for member, reply in sheet.rows if member.pk == request.member.pk), None)
        shown |= {
            "sheet": sheet,
            "again": again_of(meeting, request.today) if shown["may_summon"] else None,
            "own": own,
            "form": AnswerForm(
                meeting=meeting,
                member=request.member,
                reply=own,
                substitutes=possible_substitutes(meeting, request.member, request.today),
            ),
        }
    return shown
