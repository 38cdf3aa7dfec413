"""The first page: what needs me now."""

from typing import Any

from django.db.models import Case, Count, When
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from actions.filters import AWAITS
from actions.models import Action, DeadlineRequest, WorkPlan
from actions.plan_figures import goals_of
from bra import post
from bra.http import CouncilRequest
from bra.models import StoppedAddress
from bra.permissions import may_coordinate, may_log, may_read_council, may_take_part
from meetings.case_timeline import watched_cases
from meetings.models import Meeting, MeetingState
from meetings.permissions import may_log_at, may_plan_meetings
from meetings.signing_sheet import to_have_signed, to_sign
from meetings.summons import to_answer, to_summon
from reports import schedule
from reports.permissions import may_ask, may_read_reports

SHOWN = 5  # of one's own actions
MOST_ORGANISATIONS = 8


@require_safe
def home(request: CouncilRequest) -> HttpResponse:
    """Show what waits for the member; the council's matters only to those who sit on it."""
    if not may_take_part(request.member):
        return render(request, "auditor_home.html", {"greeting": _greeting(request)})
    context: dict[str, Any] = {"greeting": _greeting(request), "mine": _mine(request)}
    if may_read_council(request.member):
        context |= {
            "next_meeting": _next_meeting(request),
            "nudges": _nudges(request),
            "late": _overdue_by_organisation(request),
            "plan": _plan(request),
            "watched": watched_cases(request.member),
            "may_ask": may_ask(request.member),
            "may_read_reports": may_read_reports(request.member),
            "may_plan": may_plan_meetings(request.member),
        }
    if may_coordinate(request.member):
        context["to_judge"] = post.visible_letters(request.member).to_judge().count()
        context["stopped_addresses"] = StoppedAddress.objects.filter(council=request.council).count()
    return render(request, "home.html", context)


def _greeting(request: CouncilRequest) -> str:
    hour = request.now.hour
    if 5 <= hour < 10:
        return _("Good morning")
    return _("Good evening") if hour >= 18 or hour < 5 else _("Hello")


def _nudges(request: CouncilRequest) -> list[tuple[str, str]]:
    """(sentence, address) of what the member is asked for besides their actions: to summon, to come, to sign ..."""
    slug, found = request.council.slug, []
    if may_plan_meetings(request.member):
        for due in to_summon(request.council, request.today):
            words = {"number": due.meeting.number, "day": date_format(due.last_day, "j F")}
            late = _("The summons to meeting %(number)s was to be out %(day)s.")
            soon = _("The summons to meeting %(number)s is to be out %(day)s.")
            page = reverse("meetings:summon", args=[slug, due.meeting.pk])
            found.append(((late if due.is_late else soon) % words, page))
    for meeting in to_answer(request.member, request.today):
        words = {"number": meeting.number, "day": date_format(meeting.date, "j F")}
        page = reverse("meetings:detail", args=[slug, meeting.pk])
        found.append((_("You are summoned to meeting %(number)s on %(day)s. Are you coming?") % words, page))
    for sign_off in to_sign(request.member):
        words = {"kind": sign_off.get_kind_display(), "number": sign_off.meeting.number}
        page = reverse("meetings:sign_off", args=[slug, sign_off.meeting_id])
        found.append((_("%(kind)s %(number)s waits for your signature.") % words, page))
    return found + _of_signing(request) + _of_owners(request) + _of_reports(request)


def _of_signing(request: CouncilRequest) -> list[tuple[str, str]]:
    """The minutes whose last day for signing is near or has passed, to those who see to it."""
    if not may_log(request.member):
        return []
    waiting = to_have_signed(request.council, request.today)
    if len(waiting) > 1:
        page = f"{reverse('meetings:list', args=[request.council.slug])}?state={MeetingState.ADJOURNED}"
        return [(_("The minutes of %(n)d meetings are to be signed off.") % {"n": len(waiting)}, page)]
    soon = _("The minutes of meeting %(number)s are to be signed off %(day)s.")
    late = _("The minutes of meeting %(number)s were to be signed off %(day)s.")
    return [
        (
            (late if last_day < request.today else soon)
            % {"number": meeting.number, "day": date_format(last_day, "j F")},
            reverse("meetings:detail", args=[request.council.slug, meeting.pk]),
        )
        for meeting, last_day in waiting
    ]


def _of_reports(request: CouncilRequest) -> list[tuple[str, str]]:
    """The reports that should have been made by themselves and weren't."""
    if not may_ask(request.member):
        return []
    page = reverse("reports:schedule", args=[request.council.slug])
    words = _("The automatic report as of %(day)s couldn't be made.")
    return [(words % {"day": one.on.isoformat()}, page) for one in schedule.unmade(request.council, request.today)]


def _of_owners(request: CouncilRequest) -> list[tuple[str, str]]:
    """What owners wait for from those who log: that what is done is approved, and answers about more time."""
    if not may_log(request.member):
        return []
    page, found = reverse("actions:list", args=[request.council.slug]), []
    if number := Action.objects.visible_to(request.member).awaiting_approval().count():
        words = ngettext(
            "%(n)d action that is reported as done waits for approval.",
            "%(n)d actions that are reported as done wait for approval.",
            number,
        )
        found.append((words % {"n": number}, f"{page}?status={AWAITS}"))
    if number := DeadlineRequest.objects.waiting().visible_to(request.member).count():
        words = ngettext(
            "%(n)d request for more time waits for an answer.",
            "%(n)d requests for more time wait for an answer.",
            number,
        )
        found.append((words % {"n": number}, page))
    return found


def _mine(request: CouncilRequest) -> dict[str, Any]:
    """What the member answers for and is still to be done: how many, and those that are nearest or overdue."""
    own = Action.objects.answered_by(request.member, request.today).live()
    related = own.select_related("agenda_item__meeting", "owner").with_extremism()
    rows = list(related.order_by("deadline", "pk")[: SHOWN + 1])
    number = own.count() if len(rows) > SHOWN else len(rows)
    shown = [(action, action.days_overdue(request.today)) for action in rows[:SHOWN]]
    return {"rows": shown, "number": number, "more": number - len(shown)}


def _next_meeting(request: CouncilRequest) -> dict[str, Any] | None:
    """The meeting in session, or else the nearest planned one, and what the member may do with it now."""
    # One that is in session comes before one that is planned for earlier the same day.
    coming = Meeting.objects.visible_to(request.member).upcoming(request.today)
    first = When(state=MeetingState.IN_SESSION, then=0)
    meeting = coming.order_by(Case(first, default=1), "date", "starts_at", "pk").first()
    if meeting is None:
        return None
    return {
        "meeting": meeting,
        "in_session": meeting.state == MeetingState.IN_SESSION,
        "may_log": may_log_at(request.member, meeting),
        "may_open": (may_plan_meetings(request.member) and meeting.is_planned and meeting.date == request.today),
    }


def _overdue_by_organisation(request: CouncilRequest) -> list[tuple[int, str, int]]:
    """(key, name, number of overdue actions) of the organisations that are behind, the one with most first."""
    late = Action.objects.visible_to(request.member).overdue(request.today)
    return list(
        late.order_by()
        .values_list("owner__organisation", "owner__organisation__name")
        .annotate(number=Count("pk"))
        .order_by("-number", "owner__organisation__sort_key")[:MOST_ORGANISATIONS]
    )


def _plan(request: CouncilRequest) -> dict[str, Any] | None:
    """The plan of today and how far each of its goals has come."""
    plan = WorkPlan.objects.filter(council=request.council).current(request.today)
    if plan is None:
        return None
    page = reverse("actions:plan_detail", args=[request.council.slug, plan.pk])
    bars = [
        {
            "label": goal.label,
            "url": f"{page}{goal.url}",
            "counts": goal.counts.bars(),
            "done": goal.counts.done,
            "total": goal.counts.total,
        }
        for goal in goals_of(plan, request.member, request.today)
    ]
    return {"name": plan.name, "url": page, "bars": bars}
