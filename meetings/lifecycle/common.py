"""What the verbs share: rows under a lock in the state that a verb needs."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from meetings.models import AgendaItem, Case, CaseState, Meeting, MeetingState, Topic, open_round


def refuse_unheld(meeting: Meeting, *, field: str = "") -> None:
    """Refuse a meeting that hasn't begun."""
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting is cancelled."), field=field)
    if meeting.is_planned:
        raise RuleBroken(_("The meeting hasn't been opened yet."), field=field)


def locked_in_session(meeting: Meeting) -> Meeting:
    """The meeting under a lock; refuses when it isn't in session."""
    meeting = locked(meeting)
    refuse_unheld(meeting)
    if meeting.state != MeetingState.IN_SESSION:
        raise RuleBroken(_("The meeting has been adjourned, so nothing more can be logged at it."))
    return meeting


def locked_before_adjourned(meeting: Meeting) -> Meeting:
    """The meeting under a lock; refuses when it has been adjourned or cancelled."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting is cancelled."))
    if meeting.has_ended:
        raise RuleBroken(_("The meeting has been adjourned, so its agenda can no longer be changed."))
    return meeting


def refuse_settled(meeting: Meeting) -> None:
    """Refuse a meeting whose minutes are signed off, or lie with those who are to sign them."""
    if meeting.state == MeetingState.SIGNED:
        raise RuleBroken(_("The minutes are signed off, so nothing in them can be changed. Write an addendum instead."))
    if open_round(meeting) is not None:
        raise RuleBroken(_("The minutes lie with those who are to sign them. Take them back first."))


def locked_for_writing(meeting: Meeting) -> Meeting:
    """The meeting under a lock; refuses one that hasn't begun, or whose minutes are being or have been signed."""
    meeting = locked(meeting)
    refuse_unheld(meeting)
    refuse_settled(meeting)
    return meeting


def locked_unsettled(meeting: Meeting) -> Meeting:
    """The meeting under a lock, planned, in session or adjourned; refuses one that `refuse_settled` refuses."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting is cancelled."))
    refuse_settled(meeting)
    return meeting


def locked_item(item: AgendaItem, *, joins: Case | None = None, taken_off: bool = False) -> AgendaItem:
    """The item under a lock, with its case, and the one it `joins`, as they are now.

    Refuses an item that somebody took off the agenda meanwhile, unless one that is `taken_off` will do.
    Lock the meeting first: then no item changes its case. Cases are locked before items everywhere, so that a verb
    of an item and one of its case never wait for each other.
    """
    own = AgendaItem.with_removed.filter(pk=item.pk).values("case")
    list(Case.objects.filter(Q(pk__in=own) | Q(pk=joins and joins.pk)).order_by("pk").select_for_update(no_key=True))
    item = locked(item)
    if not taken_off:
        refuse_taken_off(item)
    return item


def refuse_taken_off(item: AgendaItem) -> None:
    """Refuse an item that no longer stands on the agenda."""
    if item.removed:
        raise RuleBroken(_("The item has been taken off the agenda."))


def take_off(item: AgendaItem, *, by: Member, on: date, **also: None) -> None:
    """Take an item that is locked, as its meeting is, off the agenda, and close the gap; `also` empties fields of it.

    It keeps its place, so that it can be put back there.
    """
    history.change(item, council=item.meeting.council, by=by, on=on, verb="item.removed", removed=True, **also)
    renumber(list(item.meeting.items.order_by("position", "pk")))


def set_topics(
    target: AgendaItem | Case, topics: Iterable[Topic], *, council: Council, by: Member, on: date, verb: str
) -> None:
    """Give an item or a case its topics; history names them."""
    old, new = set(target.topics.all()), set(topics)
    if old != new:
        target.topics.set(new)
        was, became = (sorted(topic.name for topic in chosen) for chosen in (old, new))
        history.record(council=council, by=by, on=on, verb=verb, target=target, changes={"topics": (was, became)})


def locked_unmerged(case: Case) -> Case:
    """The case under a lock; refuses when it was merged into another."""
    case = locked(case)
    if case.is_merged:
        raise RuleBroken(_("The case %(number)s was merged into another one.") % {"number": case.registry_number})
    return case


def locked_live_case(case: Case) -> Case:
    """The case under a lock; refuses when it is closed."""
    case = locked_unmerged(case)
    if not case.is_live:
        words = _("The case %(number)s is closed. Reopen it first.") % {"number": case.registry_number}
        raise RuleBroken(words, field="case")
    return case


def only(fields: dict[str, object], allowed: tuple[str, ...]) -> None:
    """Refuse a field that the verb doesn't know: a fault in the code, not of the user."""
    unknown = set(fields) - set(allowed)
    if unknown:
        raise TypeError(f"unknown fields: {sorted(unknown)}")


def wake_case(item: AgendaItem, *, by: Member, on: date) -> None:
    """A new case that a meeting treats is open from then on."""
    if item.case and item.case.state == CaseState.NEW:
        history.change(item.case, council=item.case.council, by=by, on=on, verb="case.edited", state=CaseState.OPEN)


def renumber(items: list[AgendaItem]) -> None:
    """Give the items of a whole agenda their places, from 1 on."""
    for position, item in enumerate(items, start=1):
        item.position = position
    AgendaItem.objects.bulk_update(items, ["position"])
