"""What meetings said about a case, for its page, its sheet and the first page. Nothing here changes anything."""

from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, Subquery

from bra.models import Member
from meetings.models import (
    AgendaItem,
    AgendaItemQuerySet,
    Case,
    CaseWatch,
    Decision,
    MeetingState,
    reckoned_numbers,
)


def items_of(case: Case, member: Member) -> AgendaItemQuerySet:
    """The agenda items of the case that the member may see, the latest meeting first, with their decisions."""
    decisions = Decision.objects.live().visible_to(member).order_by("pk")
    return (
        AgendaItem.objects.visible_to(member)
        .filter(case=case)
        .select_related("meeting", "legal_ground", "restricted_by")
        .prefetch_related(Prefetch("decisions", decisions))
        .order_by("-meeting__date", "-meeting__starts_at", "-meeting_id", "-position", "-pk")
    )


def numbers_of(items: list[AgendaItem]) -> dict[int, int]:
    """Return {decision pk: §}; in the meeting in session, if there is one, as adjourning it now would settle it."""
    in_session = {item.meeting_id: item.meeting for item in items if item.meeting.state == MeetingState.IN_SESSION}
    numbers = {decision.pk: decision.number for item in items for decision in item.decisions.all() if decision.number}
    for meeting in in_session.values():
        numbers |= reckoned_numbers(meeting)
    return numbers


@dataclass(frozen=True)
class WatchedCases:
    """How many cases a member watches, and which were treated since they last looked, with the item that did."""

    number: int
    news: list[tuple[Case, AgendaItem]]


def watched_cases(member: Member) -> WatchedCases:
    """What a member's watched cases came to, the latest treatment first. Two queries."""
    treated = AgendaItem.objects.visible_to(member).treated().filter(case=OuterRef("pk"))
    seen = CaseWatch.objects.filter(case=OuterRef("pk"), member=member)
    watched = list(
        Case.objects.visible_to(member)
        .watched_by(member)
        .annotate(
            latest=Subquery(treated.order_by("-meeting__date", "-meeting__starts_at", "-pk").values("pk")[:1]),
            known=Subquery(seen.values("seen")[:1]),
        )
    )
    cases = {case.latest: case for case in watched if case.latest and case.latest != case.known}
    items = AgendaItem.objects.filter(pk__in=cases).select_related("meeting").order_by("-meeting__date", "-pk")
    return WatchedCases(len(watched), [(cases[item.pk], item) for item in items])
