"""The verbs of a meeting in session: what is said, decided and by whom."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Member
from bra.rows import locked
from meetings.lifecycle.carrying import carry_over, next_planned_after, take_back
from meetings.lifecycle.common import (
    locked_for_writing,
    locked_in_session,
    locked_item,
    locked_unsettled,
    refuse_settled,
    wake_case,
)
from meetings.lifecycle.mailing import tell_watchers
from meetings.lifecycle.presence import leave_items, refuse_two_on_one_seat, refuse_without_mandate, stop_clock
from meetings.models import (
    AgendaItem,
    Attendance,
    AttendanceStatus,
    Decision,
    DecisionKind,
    ItemState,
    Meeting,
    MeetingState,
    last_decision_number,
)
from meetings.signals import unopening_meeting


class NotesConflict(Exception):
    """Somebody else saved the notes of the item meanwhile; `item` carries their text, `text` what was sent."""

    def __init__(self, item: AgendaItem, text: str) -> None:
        super().__init__("notes were saved by somebody else")
        self.item = item
        self.text = text


class DecisionConflict(Exception):
    """Somebody else amended the decision meanwhile; it carries their wording, `text` and `kind` are what was sent."""

    def __init__(self, decision: Decision, text: str, kind: DecisionKind) -> None:
        super().__init__("the decision was amended by somebody else")
        self.decision = decision
        self.text = text
        self.kind = kind


@transaction.atomic
def open_meeting(*, meeting: Meeting, by: Member, at: datetime) -> Meeting:
    """Open a planned meeting at the council's local time `at`; what the last one left over comes along."""
    council = locked(meeting.council)
    meeting = locked(meeting)
    if meeting.state == MeetingState.IN_SESSION:
        raise RuleBroken(_("The meeting is already in session."))
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting is cancelled."))
    if not meeting.is_planned:
        raise RuleBroken(_("The meeting has already been held."))
    other = Meeting.objects.filter(council=council, state=MeetingState.IN_SESSION).first()
    if other is not None:
        raise RuleBroken(_("Meeting %(number)s is still in session. Adjourn it first.") % {"number": other.number})
    history.change(
        meeting,
        council=council,
        by=by,
        on=at.date(),
        verb="meeting.opened",
        state=MeetingState.IN_SESSION,
        opened_at=at,
    )
    carry_over(meeting, by=by, on=at.date())
    return meeting


@transaction.atomic
def unopen_meeting(*, meeting: Meeting, by: Member, on: date) -> Meeting:
    """Take back an opening made by mistake, as long as nothing is logged: the meeting is planned, or summoned, again.

    Who was noted as attending stays noted, as before an opening; the clocks of the items begin anew.
    """
    council = locked(meeting.council)
    meeting = locked_in_session(meeting)
    items = AgendaItem.with_removed.filter(meeting=meeting)
    logged = items.exclude(state=ItemState.PENDING, notes="").exists()
    decided = Decision.objects.filter(item__meeting=meeting).exists()
    # One that was adjourned and taken into session again has left its items over to the next.
    if logged or decided or history.entries_of(meeting).filter(verb="meeting.adjourned").exists():
        raise RuleBroken(_("Something has been logged at the meeting, so it stays open."))
    unopening_meeting.send(Meeting, meeting=meeting)
    items.update(seconds_spent=0)
    leave_items(meeting)  # first, as only a meeting in session may have a current one
    history.change(
        meeting,
        council=council,
        by=by,
        on=on,
        verb="meeting.unopened",
        state=MeetingState.SUMMONED if meeting.summoned_at else MeetingState.DRAFT,
        opened_at=None,
    )
    return meeting


@transaction.atomic
def adjourn(*, meeting: Meeting, by: Member, at: datetime) -> Meeting:
    """Adjourn a meeting at the council's local time `at`: the §§ of its decisions are settled, agenda order.

    What it leaves over goes onto the next meeting's agenda, where one is planned already.
    """
    council = locked(meeting.council)
    meeting = locked_in_session(meeting)
    last = last_decision_number(council)
    decisions = list(Decision.objects.live().filter(item__meeting=meeting).in_order_of_meeting())
    for number, decision in enumerate(decisions, start=last + 1):
        decision.number = number
    Decision.objects.bulk_update(decisions, ["number"])
    stop_clock(meeting, at)
    leave_items(meeting)
    history.change(
        meeting,
        council=council,
        by=by,
        on=at.date(),
        verb="meeting.adjourned",
        state=MeetingState.ADJOURNED,
        adjourned_at=at,
    )
    take_back(meeting, by=by, on=at.date())
    following = next_planned_after(meeting)
    if following is not None:
        carry_over(locked(following), by=by, on=at.date())
    tell_watchers(meeting, on=at.date())
    return meeting


@transaction.atomic
def reopen_meeting(*, meeting: Meeting, by: Member, on: date) -> Meeting:
    """Take an adjourned meeting back into session to mend it, as long as no later § has been settled."""
    council = locked(meeting.council)
    meeting = locked(meeting)
    refuse_settled(meeting)
    if meeting.state != MeetingState.ADJOURNED:
        raise RuleBroken(_("Only an adjourned meeting can be opened again."))
    other = Meeting.objects.filter(council=council, state=MeetingState.IN_SESSION).first()
    if other is not None:
        raise RuleBroken(_("Meeting %(number)s is still in session. Adjourn it first.") % {"number": other.number})
    own = Decision.objects.filter(item__meeting=meeting, number__isnull=False)
    last_own = own.aggregate(last=Max("number"))["last"]
    if last_own is not None and last_own != last_decision_number(council):
        raise RuleBroken(_("A later meeting has numbered its decisions on from this one, so it can't be opened again."))
    own.update(number=None)
    history.change(
        meeting,
        council=council,
        by=by,
        on=on,
        verb="meeting.reopened",
        state=MeetingState.IN_SESSION,
        adjourned_at=None,
    )
    return meeting


@transaction.atomic
def mark_attendance(*, meeting: Meeting, member: Member, status: AttendanceStatus | None, by: Member, on: date) -> None:
    """Log how a member attends; None takes the log back. May be logged from the planning on (apologies)."""
    meeting = locked_unsettled(meeting)
    refuse_without_mandate(meeting, member)
    row = Attendance.objects.filter(meeting=meeting, member=member).first()
    old = row.status if row else None
    if old == status:
        return
    if status is None:
        Attendance.objects.filter(meeting=meeting, member=member).delete()
    else:
        row = row or Attendance(meeting=meeting, member=member)
        row.status = status
        refuse_two_on_one_seat(row)
        row.save()
    history.record(
        council=meeting.council,
        by=by,
        on=on,
        verb="meeting.attendance",
        target=meeting,
        changes={f"member {member.pk}": (old, status)},
    )


@transaction.atomic
def save_notes(*, item: AgendaItem, text: str, version: int, by: Member, on: date) -> AgendaItem:
    """Save the notes of an item, written on its `version`; raises NotesConflict when a newer one is there.

    The first words also mark the item as treated, while the meeting is in session: what it left over has been carried
    to the next one when it is adjourned.
    """
    meeting = locked_for_writing(item.meeting)
    item = locked_item(item)
    text = text.replace("\r\n", "\n")
    if item.notes == text:
        return item
    if item.version != version:
        raise NotesConflict(item, text)
    begun = meeting.is_open_for_logging and item.state == ItemState.PENDING and bool(text.strip())
    history.change(
        item,
        council=meeting.council,
        by=by,
        on=on,
        verb="item.noted",
        notes=text,
        version=item.version + 1,
        state=ItemState.TREATED if begun else item.state,
    )
    wake_case(item, by=by, on=on)
    return item


@transaction.atomic
def set_item_state(*, item: AgendaItem, state: ItemState, by: Member, on: date) -> AgendaItem:
    """Say that an item is treated, tabled, or not treated after all."""
    meeting = locked_in_session(item.meeting)
    item = locked_item(item)
    history.change(item, council=meeting.council, by=by, on=on, verb="item.state", state=state)
    if state == ItemState.TREATED:
        wake_case(item, by=by, on=on)
    return item


@transaction.atomic
def record_decision(
    *, item: AgendaItem, text: str, by: Member, on: date, kind: DecisionKind = DecisionKind.DECIDED
) -> Decision:
    """Record what was decided at an item; a decision to table it also tables the item."""
    meeting = locked_in_session(item.meeting)
    item = locked_item(item)
    text = text.strip()
    if not text:
        raise RuleBroken(_("Write what was decided."), field="text")
    decision = Decision.objects.create(council=meeting.council, item=item, text=text, kind=kind)
    history.created(decision, council=meeting.council, by=by, on=on, verb="decision.recorded", fields=("kind", "text"))
    state = ItemState.TABLED if kind == DecisionKind.TABLED else ItemState.TREATED
    history.change(item, council=meeting.council, by=by, on=on, verb="item.state", state=state)
    wake_case(item, by=by, on=on)
    return decision


@transaction.atomic
def amend_decision(
    *, decision: Decision, text: str, kind: DecisionKind, version: int, by: Member, on: date
) -> Decision:
    """Change a decision, as written on its `version`, until the minutes lie with their signers.

    Raises DecisionConflict when somebody else has amended it since.
    """
    meeting = locked_for_writing(decision.item.meeting)
    decision = locked(decision)
    text = text.strip()
    if not text:
        raise RuleBroken(_("Write what was decided."), field="text")
    if decision.removed:
        raise RuleBroken(_("Somebody has removed the decision meanwhile. Record your text as a new one."))
    if (decision.text, decision.kind) == (text, kind):
        return decision
    if decision.version != version:
        raise DecisionConflict(decision, text, kind)
    history.change(
        decision,
        council=meeting.council,
        by=by,
        on=on,
        verb="decision.amended",
        text=text,
        kind=kind,
        version=decision.version + 1,
    )
    return decision


@transaction.atomic
def remove_decision(*, decision: Decision, by: Member, on: date, removed: bool = True) -> Decision:
    """Remove a decision while its meeting is in session; `removed=False` brings it back."""
    meeting = locked_in_session(decision.item.meeting)
    decision = locked(decision)
    verb = "decision.removed" if removed else "decision.restored"
    history.change(decision, council=meeting.council, by=by, on=on, verb=verb, removed=removed)
    return decision
