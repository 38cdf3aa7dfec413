"""What the meeting's pages read: agenda, minutes, attendance sheet. Nothing here changes anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch

from bra.models import Member, Organisation
from meetings.models import (
    AgendaItem,
    AgendaItemQuerySet,
    Attendance,
    AttendanceStatus,
    Decision,
    ItemState,
    Meeting,
    reckoned_numbers,
)


@dataclass
class Seat:
    """A member at a meeting, and how they attend; "" when nothing is noted."""

    member: Member
    status: str = ""


@dataclass
class AttendanceSheet:
    """Who may attend a meeting, organisation by organisation, and who is there."""

    groups: list[tuple[Organisation, list[Seat]]] = field(default_factory=list)

    @property
    def seats(self) -> list[Seat]:
        """All seats."""
        return [seat for _organisation, seats in self.groups for seat in seats]

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """What may be noted of a seat: value and word."""
        return [(status.value, str(status.label)) for status in AttendanceStatus]

    @property
    def total(self) -> int:
        """How many may attend."""
        return len(self.seats)

    @property
    def present(self) -> int:
        """How many are noted as present."""
        return self._count(AttendanceStatus.PRESENT)

    @property
    def not_noted(self) -> int:
        """Of how many nothing is noted."""
        return self._count("")

    @property
    def by_status(self) -> list[tuple[AttendanceStatus, list[Seat]]]:
        """The seats of each status that somebody has, as minutes list them."""
        listed = [(status, [seat for seat in self.seats if seat.status == status]) for status in AttendanceStatus]
        return [(status, seats) for status, seats in listed if seats]

    def _count(self, status: str) -> int:
        return sum(seat.status == status for seat in self.seats)


def expected_members(meeting: Meeting) -> list[Member]:
    """Those who sit on the council on the meeting's day, by organisation and name."""
    members = Member.objects.filter(council_id=meeting.council_id).seated().active(meeting.date)
    by_organisation = ("organisation__sort_key", "organisation_id", "sort_key", "pk")
    return list(members.select_related("organisation").order_by(*by_organisation))


def attendance_sheet(meeting: Meeting) -> AttendanceSheet:
    """Those expected, and whoever else is noted (two queries)."""
    noted = {
        row.member_id: row for row in Attendance.objects.filter(meeting=meeting).select_related("member__organisation")
    }
    members = expected_members(meeting)
    known = {member.pk for member in members}
    members += [row.member for row in noted.values() if row.member_id not in known]
    members.sort(key=lambda member: (member.organisation.sort_key, member.organisation_id, member.sort_key, member.pk))
    sheet = AttendanceSheet()
    for member in members:
        if not sheet.groups or sheet.groups[-1][0] != member.organisation:
            sheet.groups.append((member.organisation, []))
        row = noted.get(member.pk)
        sheet.groups[-1][1].append(Seat(member, row.status if row else ""))
    return sheet


def agenda(meeting: Meeting, member: Member) -> AgendaItemQuerySet:
    """The items that exist for the member, in order, with what the agenda shows of each."""
    return (
        AgendaItem.objects.visible_to(member)
        .filter(meeting=meeting)
        .with_extremism()
        .with_decision_count()
        .select_related("case", "carried_from__meeting")
        .prefetch_related("topics")
    )


def minutes(meeting: Meeting, member: Member) -> Sequence[AgendaItem]:
    """The agenda's items, each with its `taken` decisions, and these with the `paragraph` they have or would get."""
    decisions = Decision.objects.live().order_by("pk")
    rows = agenda(meeting, member).prefetch_related(Prefetch("decisions", decisions, to_attr="taken"))
    items = list(rows)
    numbers = reckoned_numbers(meeting)
    for item in items:
        item.meeting = meeting
        for decision in item.taken:
            decision.item = item
            decision.paragraph = numbers.get(decision.pk)
    return items


def decisions_of(item: AgendaItem) -> list[Decision]:
    """The item's decisions, each with the `paragraph` it has or would get if the meeting were adjourned now."""
    decisions = list(Decision.objects.live().filter(item=item).order_by("pk"))
    if decisions:
        numbers = reckoned_numbers(item.meeting)
        for decision in decisions:
            decision.item = item
            decision.paragraph = numbers.get(decision.pk)
    return decisions


@dataclass(frozen=True)
class Place:
    """Where an item stands on the agenda that the member sees."""

    item: AgendaItem
    before: AgendaItem | None
    after: AgendaItem | None


def place_of(items: Iterable[AgendaItem], pk: int | None) -> Place | None:
    """Find the item with its neighbours; without `pk` the first that isn't treated. None when it isn't there."""
    items = list(items)
    if pk is None:
        waiting = [item for item in items if item.state == ItemState.PENDING]
        pk = next((item.pk for item in [*waiting, *items]), None)
    for index, item in enumerate(items):
        if item.pk == pk:
            before = items[index - 1] if index else None
            after = items[index + 1] if index + 1 < len(items) else None
            return Place(item, before, after)
    return None
