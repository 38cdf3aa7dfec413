"""The items and cases of a report and the meetings that it lists, read in one go."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from django.db.models import Count

from bra.models import Council, Organisation
from meetings.models import AgendaItem, Attendance, AttendanceStatus, Case, Decision, Meeting
from reports.action_rows import later_changes
from reports.rows import CaseRow, ItemRow, MeetingRow, rewound


def items(council: Council, as_of: date, actions: Counter[int]) -> Iterator[tuple[ItemRow, int | None, bool]]:
    """Each item of the meetings held by the day, in their order, with its case and whether it is restricted.

    `actions` says how many were agreed at each.
    """
    decisions = dict(
        Decision.objects.live()
        .filter(council=council, item__meeting__date__lte=as_of)
        .values_list("item")
        .annotate(n=Count("pk"))
        .order_by()
    )
    found = (
        AgendaItem.objects.filter(meeting__in=Meeting.objects.held().filter(council=council, date__lte=as_of))
        .order_by("meeting__date", "meeting__pk", "position", "pk")
        .values_list(
            "pk",
            "title",
            "state",
            "restricted",
            "case",
            "position",
            "meeting__date",
            "meeting__year",
            "meeting__sequence",
        )
    )
    for pk, title, state, is_restricted, case, position, day, year, sequence in found.iterator():
        row = ItemRow(
            pk=pk,
            meeting_number=f"{year}-{sequence}",
            day=day,
            position=position,
            title=title,
            state=state,
            decisions=decisions.get(pk, 0),
            actions=actions[pk],
        )
        yield row, case, is_restricted


def cases(
    council: Council, as_of: date, treated: Mapping[int, date], open_actions: Counter[int], marked: set[int]
) -> Iterator[tuple[CaseRow, bool]]:
    """Each case that had been opened by the day, as it was that day, and whether it is restricted today.

    `treated` says when each was last treated, `open_actions` how many of each were still to be done; `marked` are
    those related to extremism.
    """
    later = later_changes(council, "case", as_of)
    organisations = dict(Organisation.objects.filter(council=council).values_list("pk", "name"))
    opened = Case.objects.filter(council=council, opened_on__lte=as_of)
    for now in (
        opened.order_by("opened_on", "pk")
        .values("pk", "registry_number", "title", "state", "organisation", "opened_on", "restricted")
        .iterator()
    ):
        changes = [entry for _day, entry in later.get(now["pk"], ())]
        then = rewound({field: now[field] for field in ("state", "organisation")}, changes)
        row = CaseRow(
            pk=now["pk"],
            registry_number=now["registry_number"],
            title=now["title"],
            state=then["state"],
            organisation=organisations[then["organisation"]],
            opened_on=now["opened_on"],
            last_treated=treated.get(now["pk"]),
            open_actions=open_actions[now["pk"]],
            extremism=now["pk"] in marked,
        )
        yield row, now["restricted"]


def meetings(council: Council, first: date, last: date, agreed: Counter[int]) -> Iterator[MeetingRow]:
    """Each meeting held on the days `first` to `last`; `agreed` says how many actions it came to."""
    held = Meeting.objects.held().filter(council=council, date__gte=first, date__lte=last)
    present = dict(
        Attendance.objects.filter(meeting__in=held, status=AttendanceStatus.PRESENT)
        .values_list("meeting")
        .annotate(n=Count("pk"))
        .order_by()
    )
    decisions = dict(
        Decision.objects.live()
        .filter(item__meeting__in=held, item__restricted=False)
        .values_list("item__meeting")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for meeting in held.order_by("date", "starts_at", "pk").iterator():
        yield MeetingRow(
            pk=meeting.pk,
            number=meeting.number,
            title=meeting.title,
            day=meeting.date,
            place=meeting.place,
            present=present.get(meeting.pk, 0),
            decisions=decisions.get(meeting.pk, 0),
            actions=agreed[meeting.pk],
        )
