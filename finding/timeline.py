"""One topic across meetings: what was said, decided and agreed about it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch

from actions.models import Action
from bra.models import Member
from meetings.models import AgendaItem, AgendaItemQuerySet, Decision, Meeting, Topic, reckoned_numbers


@dataclass
class Entry:
    """One agenda item with the topic: its decisions, each with its `paragraph`, and the actions agreed there."""

    item: AgendaItem
    actions: list[Action] = field(default_factory=list)

    @property
    def decisions(self) -> list[Decision]:
        """The decisions taken at the item."""
        return self.item.taken  # type: ignore[attr-defined]  # prefetched under this name


@dataclass
class Sitting:
    """One meeting at which the topic was on the agenda."""

    meeting: Meeting
    entries: list[Entry] = field(default_factory=list)


def items_about(topic: Topic, member: Member) -> AgendaItemQuerySet:
    """The items with the topic that exist for the member, the newest meeting first."""
    items = AgendaItem.objects.visible_to(member).filter(topics=topic)
    return items.order_by("-meeting__date", "-meeting__starts_at", "-meeting_id", "position", "pk")


def dressed(items: AgendaItemQuerySet) -> AgendaItemQuerySet:
    """With what the timeline shows of each item."""
    decisions = Decision.objects.live().order_by("pk")
    return items.select_related("meeting__council", "case").prefetch_related(
        Prefetch("decisions", decisions, to_attr="taken")
    )


def sittings(items: Sequence[AgendaItem], member: Member) -> list[Sitting]:
    """Gather dressed items by meeting, in their order. Four queries at most, however many there are."""
    actions: dict[int, list[Action]] = defaultdict(list)
    agreed = Action.objects.visible_to(member).agreed().filter(agenda_item__in=[item.pk for item in items])
    for action in agreed.select_related("owner").order_by("deadline", "pk"):
        actions[action.agenda_item_id].append(action)
    gathered: list[Sitting] = []
    for item in items:
        if not gathered or gathered[-1].meeting.pk != item.meeting_id:
            gathered.append(Sitting(item.meeting))
        gathered[-1].entries.append(Entry(item, actions[item.pk]))
    _number(gathered)
    return gathered


def _number(gathered: list[Sitting]) -> None:
    """Put the § on each decision. Only a meeting in session has any that must be reckoned, and there is but one."""
    for sitting in gathered:
        taken = [decision for entry in sitting.entries for decision in entry.decisions]
        settled = all(decision.number for decision in taken)
        numbers = {} if settled else reckoned_numbers(sitting.meeting)
        for decision in taken:
            decision.paragraph = decision.number or numbers.get(decision.pk)
