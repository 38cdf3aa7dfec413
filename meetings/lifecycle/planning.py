"""The verbs of planning a meeting."""

from collections.abc import Iterable
from datetime import date, time

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bra import history, post
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from meetings.lifecycle.answers import ask_anew
from meetings.lifecycle.carrying import carry_over, is_next
from meetings.models import AgendaItem, Meeting, MeetingState, StandingItem
from meetings.outside import digest_outside
from meetings.summons import SUMMONS, cause_of, reach_of


@transaction.atomic
def plan_meeting(
    *,
    council: Council,
    by: Member | None,
    on: date,
    date: date,
    starts_at: time,
    ends_at: time | None = None,
    place: str = "",
    title: str = "",
) -> Meeting:
    """Make a meeting with a copy of the council's standing agenda; its number is the next of its year.

    The next meeting to be held also begins with what the last one left over.
    """
    locked(council)
    refuse_bad_hours(council, date, starts_at, ends_at, but=None)
    meeting = Meeting.objects.create(
        council=council,
        year=date.year,
        sequence=_next_sequence(council, date.year),
        date=date,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        title=title,
    )
    for standing in StandingItem.objects.live().filter(council=council).prefetch_related("topics"):
        item = AgendaItem.objects.create(
            meeting=meeting,
            position=standing.position,
            title=standing.title,
            kind=standing.kind,
            presenter=standing.presenter,
            minutes_planned=standing.minutes_planned,
        )
        item.topics.set(standing.topics.all())
    history.created(
        meeting,
        council=council,
        by=by,
        on=on,
        verb="meeting.planned",
        fields=("date", "starts_at", "ends_at", "place"),
    )
    if is_next(meeting, council, on):
        carry_over(meeting, by=by, on=on)
    return meeting


@transaction.atomic
def plan_series(
    *,
    council: Council,
    by: Member | None,
    on: date,
    days: Iterable[date],
    starts_at: time,
    ends_at: time | None = None,
    place: str = "",
) -> list[Meeting]:
    """Make a meeting on each of the days, the earliest first: all of them, or none when one can't be held."""
    dates = sorted(set(days))
    if not dates:
        raise RuleBroken(_("Choose at least one day."), field="days")
    return [
        plan_meeting(council=council, by=by, on=on, date=day, starts_at=starts_at, ends_at=ends_at, place=place)
        for day in dates
    ]


@transaction.atomic
def replan_meeting(
    *,
    meeting: Meeting,
    by: Member,
    on: date,
    date: date,
    starts_at: time,
    ends_at: time | None,
    place: str,
    title: str,
) -> Meeting:
    """Change when and where a planned meeting is held; a new year gives it a new number.

    Who was summoned is told. A new day or hour asks for new answers; a new place doesn't.
    """
    council = locked(meeting.council)
    meeting = locked(meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting is cancelled."))
    if not meeting.is_planned:
        raise RuleBroken(_("The meeting has begun, so its time and place can no longer be changed."))
    refuse_bad_hours(council, date, starts_at, ends_at, but=meeting)
    moved = (date, starts_at, ends_at) != (meeting.date, meeting.starts_at, meeting.ends_at)
    told = meeting.state == MeetingState.SUMMONED and (moved or place != meeting.place)
    if told and date < on:
        raise RuleBroken(_("A summoned meeting can't be moved to a day that has passed."), field="date")
    if told and moved:
        ask_anew(meeting, by=by, on=on)
    number = {}
    if date.year != meeting.year:
        number = {"year": date.year, "sequence": _next_sequence(council, date.year)}
    history.change(
        meeting,
        council=council,
        by=by,
        on=on,
        verb="meeting.replanned",
        date=date,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        title=title,
        summons_sequence=meeting.summons_sequence + told,
        **number,
    )
    if told:
        announce(meeting, on=on)
    return meeting


def announce(meeting: Meeting, *, on: date) -> None:
    """Post the summons as it is now to those who sit on the council, in the transaction of what has changed."""
    meeting.summoned_agenda = digest_outside(meeting)
    meeting.save(update_fields=["summoned_agenda"])
    post_summons(meeting, on=on)


def post_summons(meeting: Meeting, *, on: date) -> int:
    """Post the summons, as it was announced, to those who sit on the council and haven't got it; return how many."""
    reach = reach_of(meeting, on)
    return post.post(
        council=meeting.council,
        kind=SUMMONS,
        recipients=[*reach.reached, *reach.without_address],
        cause=cause_of(meeting),
        on=on,
        about=meeting.pk,
    )


def _next_sequence(council: Council, year: int) -> int:
    last = Meeting.objects.filter(council=council, year=year).aggregate(last=Max("sequence"))["last"]
    return (last or 0) + 1


def refuse_bad_hours(council: Council, day: date, starts_at: time, ends_at: time | None, but: Meeting | None) -> None:
    """Refuse hours out of order, and those at which the council meets already; `but` is the meeting itself."""
    if ends_at is not None and ends_at <= starts_at:
        raise RuleBroken(_("The meeting must end after it starts."), field="ends_at")
    other = clashes(council, [day], starts_at, ends_at, but=but).get(day)
    if other is not None:
        raise RuleBroken(
            _("Meeting %(number)s is held at that time. Choose another hour.") % {"number": other.number},
            field="starts_at",
        )


def clashes(
    council: Council, days: Iterable[date], starts_at: time, ends_at: time | None, but: Meeting | None = None
) -> dict[date, Meeting]:
    """Return {day: a meeting of the council that is held at those hours}, free days left out. One query."""
    same_days = Meeting.objects.filter(council=council, date__in=list(days)).exclude(state=MeetingState.CANCELLED)
    if but is not None:
        same_days = same_days.exclude(pk=but.pk)
    found = {}
    for other in same_days:
        # A meeting without an end takes up its first moment only.
        overlaps = starts_at < (other.ends_at or other.starts_at) and other.starts_at < (ends_at or starts_at)
        if overlaps or starts_at == other.starts_at:
            found[other.date] = other
    return found
