"""The cases that nobody has talked about for long, proposed on the agenda page of a planned meeting.

{% load quiet_cases %}{% quiet_cases meeting as quiet %} ... {{ quiet.weeks }} {% for case in quiet.cases %}
"""

from dataclasses import dataclass

from django import template
from django.template import Context

from meetings.models import Case, CaseRules, Meeting

register = template.Library()

# More than this is no agenda; the rest is a click away, in the list of cases.
SHOWN = 10


@dataclass(frozen=True)
class QuietCases:
    """The proposed cases, and after how many weeks the council wants them proposed."""

    weeks: int
    cases: list[Case]


@register.simple_tag(takes_context=True)
def quiet_cases(context: Context, meeting: Meeting) -> QuietCases:
    """Return the cases that won't have been treated for the council's chosen time by the meeting. Two queries."""
    member, today = context["request"].member, context["request"].today
    weeks = CaseRules.of(member.council).quiet_weeks
    found = Case.objects.visible_to(member).quiet(member, meeting.date, weeks, today)
    return QuietCases(weeks, list(found[:SHOWN]))
