"""The recycle bin: what was removed lately, by whom, and when it goes for good. The rows say it is gone, history when.

What signed minutes are made of never lies here: an action of a signed meeting that is removed waits for the rule of
its meeting instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from actions.models import Action, Activity, Goal, Indicator, IndicatorOutcome
from bra.models import Council, HistoryEntry, Member
from meetings.models import AgendaItem, Decision, Guest, ItemComment, MeetingState, StandingItem

Rows = QuerySet[Any, Any]

DAYS = 30
LONGEST = 80


@dataclass(frozen=True)
class Sort:
    """One sort of thing that is removed. `rows` are the removed ones of a council, `named` what one is called.

    History tells of the removal at the row itself, or at the row that it belongs to: then `told_at` gives that row's
    key, and the entry's changes name the row as `told_as`.
    """

    name: str
    label: str | Promise
    model: type[Model]
    verb: str
    rows: Callable[[Council], Rows]
    named: Callable[[Any], str]
    seen: Callable[[Rows, Member], Rows] = lambda rows, _member: rows
    target: str = ""
    told_at: Callable[[Any], int] = lambda row: int(row.pk)
    told_as: str = ""


@dataclass
class Removed:
    """Something in the bin: who removed it, and on which of the council's days (None: from before history)."""

    sort: Sort
    row: Any
    on: date | None
    who: str

    @property
    def goes_on(self) -> date | None:
        """The day on which it goes for good."""
        return self.on + timedelta(days=DAYS) if self.on else None

    @property
    def words(self) -> str:
        """What it is called."""
        return Truncator(self.sort.named(self.row)).chars(LONGEST)


def _open(path: str) -> Callable[[Rows, Member], Rows]:
    return lambda rows, member: rows if member.cleared else rows.filter(**{path: False})


SORTS = {
    sort.name: sort
    for sort in (
        Sort(
            "action",
            _("Action"),
            Action,
            "action.removed",
            lambda council: (
                Action.objects.filter(council=council, removed=True)
                .exclude(agenda_item__meeting__state=MeetingState.SIGNED)
                .select_related("agenda_item")
            ),
            lambda action: action.title,
            _open("agenda_item__restricted"),
        ),
        Sort(
            "item",
            _("Agenda item"),
            AgendaItem,
            "item.removed",
            lambda council: AgendaItem.with_removed.filter(meeting__council=council, removed=True).select_related(
                "meeting"
            ),
            lambda item: f"{item.meeting.number}: {item.title}",
            _open("restricted"),
        ),
        Sort(
            "decision",
            _("Decision"),
            Decision,
            "decision.removed",
            lambda council: Decision.objects.filter(council=council, removed=True).select_related("item__meeting"),
            lambda decision: f"{decision.item.meeting.number}: {decision.text}",
            _open("item__restricted"),
        ),
        Sort(
            "guest",
            _("Co-opted guest"),
            Guest,
            "meeting.guest_removed",
            lambda council: Guest.objects.filter(meeting__council=council, removed=True).select_related("meeting"),
            lambda guest: f"{guest.meeting.number}: {guest}",
            target="meeting",
            told_at=lambda guest: int(guest.meeting_id),
            told_as="guest",
        ),
        Sort(
            "comment",
            _("Comment on minutes"),
            ItemComment,
            "item.comment_removed",
            lambda council: ItemComment.objects.filter(item__meeting__council=council, removed=True).select_related(
                "item__meeting"
            ),
            lambda comment: f"{comment.item.meeting.number}: {comment.text}",
            # Only who wrote it brings it back.
            lambda rows, member: _open("item__restricted")(rows, member).filter(author=member),
            target="agendaitem",
            told_at=lambda comment: int(comment.item_id),
            told_as="comment",
        ),
        Sort(
            "standing",
            _("Item of the standing agenda"),
            StandingItem,
            "standing.removed",
            lambda council: StandingItem.objects.filter(council=council, removed=True),
            lambda item: item.title,
        ),
        Sort(
            "goal",
            _("Goal of the plan"),
            Goal,
            "goal.removed",
            lambda council: Goal.objects.filter(plan__council=council, removed=True).select_related("plan"),
            lambda goal: f"{goal.plan}: {goal.title}",
        ),
        Sort(
            "activity",
            _("Activity of the plan"),
            Activity,
            "activity.removed",
            lambda council: Activity.objects.filter(goal__plan__council=council, removed=True).select_related(
                "goal__plan"
            ),
            lambda activity: f"{activity.goal.plan}: {activity.title}",
        ),
        Sort(
            "indicator",
            _("Indicator"),
            Indicator,
            "indicator.removed",
            lambda council: Indicator.objects.filter(activity__goal__plan__council=council, removed=True),
            lambda indicator: indicator.name,
        ),
        Sort(
            "outcome",
            _("Outcome of an indicator"),
            IndicatorOutcome,
            "outcome.removed",
            lambda council: IndicatorOutcome.objects.filter(
                indicator__activity__goal__plan__council=council, removed=True
            ).select_related("indicator"),
            lambda outcome: f"{outcome.indicator.name}, {outcome.on}",
        ),
    )
}


def contents(council: Council, member: Member | None) -> list[Removed]:
    """What lies in the bin as far as the member may see (None: all), the latest first; as many queries as sorts, and 1.

    Something that can't go, because what is kept refers to it, lies there until that is gone too.
    """
    found: list[tuple[Sort, Any]] = []
    for sort in SORTS.values():
        rows = sort.rows(council)
        found += [(sort, row) for row in (rows if member is None else sort.seen(rows, member))]
    told = _removals(council, found)
    gone = [
        Removed(sort, row, entry.on if entry else None, entry.actor.label if entry and entry.actor else "")
        for sort, row in found
        for entry in [told.get((sort.name, row.pk))]
    ]
    return sorted(gone, key=lambda one: (one.on or date.min, one.row.pk), reverse=True)


def one_of(council: Council, member: Member, name: str, key: int) -> Removed | None:
    """The thing of that sort and key in the bin; None when it isn't there for the member."""
    sort = SORTS.get(name)
    row = sort.seen(sort.rows(council), member).filter(pk=key).first() if sort else None
    return Removed(sort, row, None, "") if sort and row is not None else None


def _removals(council: Council, found: list[tuple[Sort, Any]]) -> dict[tuple[str, int], HistoryEntry]:
    """{(sort, key): the entry of its last removal}."""
    about = Q(pk__in=())
    for sort in SORTS.values():
        keys = {sort.told_at(row) for other, row in found if other is sort}
        if keys:
            target = sort.target or sort.model._meta.model_name
            about |= Q(verb=sort.verb, target_type=target, target_id__in=keys)
    by_verb = {sort.verb: sort for sort in SORTS.values()}
    last: dict[tuple[str, int], HistoryEntry] = {}
    for entry in HistoryEntry.objects.filter(about, council=council).select_related("actor").order_by("pk"):
        sort = by_verb[entry.verb]
        key = entry.changes.get(sort.told_as, (None, 0))[1] if sort.told_as else entry.target_id
        last[sort.name, key] = entry
    return last
