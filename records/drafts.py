"""Texts that were begun and never finished. One may wait a year at most (dataskyddslagen 5:2); we say so in time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bra.models import Council, Member
from imports.models import ImportBatch, ImportState
from meetings.models import PLANNED, ItemProposal, Meeting, MeetingState, SignOff
from reports.models import ReturnedFile, ReturnState

MONTHS = 11


@dataclass(frozen=True)
class Draft:
    """Something unfinished: what it is called, since when, what is to be done, and where."""

    what: str
    since: date
    do: str
    url: str


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or the last one of a month that is too short."""
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def old_drafts(council: Council, member: Member, today: date) -> list[Draft]:
    """What has been unfinished for MONTHS months or more, as far as the member may see, the oldest first. Five queries.

    Minutes that lie with their signers count from their meeting.
    """
    last = months_before(today, MONTHS)
    found = [*_meetings(council, member, last), *_proposals(council, member, last), *_files(council, member, last)]
    return sorted(found, key=lambda draft: (draft.since, draft.what))


def number_of_old_drafts(member: Member, today: date) -> int:
    """How many `old_drafts` tells of, in one query."""
    last = months_before(today, MONTHS)
    rows = [
        _old_meetings(member, last),
        _old_proposals(member, last),
        _old_lists(member, last),
        _old_files(member, last),
    ]
    first, *others = (found.order_by().values("pk") for found in rows)
    return first.union(*others, all=True).count()


def _old_meetings(member: Member, last: date) -> Any:
    unfinished = (*PLANNED, MeetingState.IN_SESSION, MeetingState.ADJOURNED)
    return Meeting.objects.visible_to(member).filter(date__lte=last, state__in=unfinished)


def _old_proposals(member: Member, last: date) -> Any:
    return ItemProposal.objects.visible_to(member).waiting().filter(sent_on__lte=last)


def _old_lists(member: Member, last: date) -> Any:
    return ImportBatch.objects.visible_to(member).filter(state=ImportState.READ, on__lte=last)


def _old_files(member: Member, last: date) -> Any:
    return ReturnedFile.objects.visible_to(member).filter(state=ReturnState.READ, on__lte=last)


def _meetings(council: Council, member: Member, last: date) -> list[Draft]:
    rows = list(_old_meetings(member, last))
    signing = set(SignOff.objects.open().filter(meeting__council=council).values_list("meeting", flat=True))
    found = []
    for meeting in rows:
        words = {"number": meeting.number}
        page = "meetings:detail"
        if meeting.is_planned:
            what, do = _("Meeting %(number)s, planned and never held"), _("Hold it, move it or cancel it.")
        elif meeting.state == MeetingState.IN_SESSION:
            what, do = _("Meeting %(number)s, still in session"), _("Adjourn it.")
        elif meeting.pk in signing:
            what, do = _("Minutes %(number)s, with their signers"), _("Ask the signers, or take the minutes back.")
            page = "meetings:sign_off"
        else:
            what, do = _("Minutes %(number)s, never signed off"), _("Send them to be signed off, or approve them.")
            page = "meetings:sign_off"
        found.append(Draft(what % words, meeting.date, do, reverse(page, args=[council.slug, meeting.pk])))
    return found


def _proposals(council: Council, member: Member, last: date) -> list[Draft]:
    rows = _old_proposals(member, last)
    page = reverse("meetings:proposals", args=[council.slug])
    return [
        Draft(
            _("Proposal #%(number)s for the agenda") % {"number": row.pk},
            row.sent_on,
            _("Take it onto an agenda, or decline it."),
            f"{page}#proposal-{row.pk}",
        )
        for row in rows
    ]


def _files(council: Council, member: Member, last: date) -> list[Draft]:
    """Lists and filled-in reports that somebody looks at and hasn't taken in."""
    batches = _old_lists(member, last).defer("rows")
    files = _old_files(member, last)
    do = _("Take it in, or throw it away.")
    return [
        *(
            Draft(
                _("List #%(number)s that is being prepared") % {"number": row.pk},
                row.on,
                do,
                reverse("imports:detail", args=[council.slug, row.pk]),
            )
            for row in batches
        ),
        *(
            Draft(
                _("Filled-in report #%(number)s that is being looked at") % {"number": row.pk},
                row.on,
                do,
                reverse("reports:returned", args=[council.slug, row.pk]),
            )
            for row in files
        ),
    ]
