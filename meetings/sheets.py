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
    Guest,
    ItemState,
    Meeting,
    SummonsReply,
    reckoned_numbers,
)
from meetings.summons import replies_to


@dataclass
class Seat:
    """A member at a meeting, and how they attend; "" when nothing is noted."""

    member: Member
    status: str = ""
    # What is noted of the presence: from and until which item, and for whom the member stands in.
    stay: Attendance | None = None
    # What the member answered to the summons.
    reply: SummonsReply | None = None

    @property
    def is_present(self) -> bool:
        """Whether the member is noted as present, if only in part."""
        return self.status == AttendanceStatus.PRESENT


@dataclass
class AttendanceSheet:
    """Who may attend a meeting, organisation by organisation, and who is there."""

    groups: list[tuple[Organisation, list[Seat]]] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    quorum: int | None = None
    # The position of the item that is spoken of now.
    at: int | None = None

    @property
    def stood_in_for(self) -> set[int]:
        """The keys of the members for whom somebody who is present stands in."""
        stays = [seat.stay for seat in self.seats if seat.is_present and seat.stay is not None]
        return {stay.substitute_for_id for stay in stays if stay.substitute_for_id is not None}

    def present_at(self, position: int) -> int:
        """How many members are there at the item at the position; guests have no seat."""
        return sum(seat.is_present and (seat.stay is None or seat.stay.covers(position)) for seat in self.seats)

    @property
    def present_now(self) -> int:
        """How many members are there at the item that is spoken of; in all when none is."""
        return self.present if self.at is None else self.present_at(self.at)

    @property
    def has_partial_stays(self) -> bool:
        """Whether a member came later or left earlier, so that not the same are present all the time."""
        return any(seat.is_present and seat.stay is not None and seat.stay.is_partial for seat in self.seats)

    @property
    def reaches_quorum(self) -> bool:
        """Whether enough members are there now to decide."""
        return self.quorum is None or self.present_now >= self.quorum

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
    """Those expected, whoever else is noted, and the guests, with the answers to the summons until it is adjourned.

    Four queries, three once it is adjourned, and one for the current item.
    """
    noted = {
        row.member_id: row
        for row in Attendance.objects.filter(meeting=meeting).select_related(
            "member__organisation", "substitute_for", "from_item", "to_item"
        )
    }
    # Once it has been held, who came counts, not who said so.
    replies = {} if meeting.has_ended else replies_to(meeting)
    members = expected_members(meeting)
    known = {member.pk for member in members}
    members += [row.member for row in noted.values() if row.member_id not in known]
    members.sort(key=lambda member: (member.organisation.sort_key, member.organisation_id, member.sort_key, member.pk))
    guests = Guest.objects.filter(meeting=meeting, removed=False).select_related("from_item", "to_item")
    sheet = AttendanceSheet(guests=list(guests), quorum=meeting.council.quorum)
    if meeting.current_item is not None:
        sheet.at = meeting.current_item.position
    for member in members:
        if not sheet.groups or sheet.groups[-1][0] != member.organisation:
            sheet.groups.append((member.organisation, []))
        row = noted.get(member.pk)
        reply = replies.get(member.pk)
        sheet.groups[-1][1].append(Seat(member, row.status, row, reply) if row else Seat(member, reply=reply))
    return sheet


def agenda(meeting: Meeting, member: Member) -> AgendaItemQuerySet:
    """The items that exist for the member, in order, with what the agenda shows of each."""
    return (
        AgendaItem.objects.visible_to(member)
        .filter(meeting=meeting)
        .with_extremism()
        .with_decision_count()
        .select_related("case", "carried_from__meeting", "legal_ground", "restricted_by")
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
