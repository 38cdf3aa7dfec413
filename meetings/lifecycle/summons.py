"""The verbs of the summons: it goes out, goes out again when something has changed, or the meeting is called off.

The mails are rows written in the verb's own transaction (bra.post); the calendars of those summoned know a change by
the meeting's sequence, which also tells two who press at once apart. The council is locked before the meeting.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history, post
from bra.errors import RuleBroken
from bra.models import HistoryEntry, Letter, Member
from bra.rows import locked
from meetings.lifecycle.carrying import bring_back, carry_over, is_next, let_go, next_planned_from
from meetings.lifecycle.planning import announce, post_summons, refuse_bad_hours
from meetings.models import AgendaItem, ItemProposal, Meeting, MeetingState, ProposalState
from meetings.summons import CANCELLED, NOTHING_NEW, SUMMONS, again_of, cause_of, reach_of


@transaction.atomic
def summon(*, meeting: Meeting, by: Member, at: datetime) -> Meeting:
    """Send the summons to a planned meeting, at the council's local time `at`."""
    council = locked(meeting.council)
    meeting = locked(meeting)
    if meeting.state == MeetingState.SUMMONED:
        raise RuleBroken(_("The summons has been sent already."))
    _refuse_unplanned(meeting)
    _refuse_empty_or_past(meeting, at.date())
    history.change(
        meeting,
        council=council,
        by=by,
        on=at.date(),
        verb="meeting.summoned",
        state=MeetingState.SUMMONED,
        summoned_at=at,
    )
    announce(meeting, on=at.date())
    return meeting


@transaction.atomic
def summon_again(*, meeting: Meeting, sequence: int, by: Member, at: datetime) -> Meeting:
    """Send the changed agenda anew; `sequence` is the one that was shown, so that two who press send it once.

    Where nothing differs, those get the summons who haven't got it, and nobody is mailed twice.
    """
    council = locked(meeting.council)
    meeting = locked(meeting)
    if meeting.state == MeetingState.DRAFT:
        raise RuleBroken(_("The summons hasn't been sent yet."))
    _refuse_unplanned(meeting)
    if meeting.summons_sequence != sequence:
        raise RuleBroken(_("Somebody else has sent the changed summons meanwhile. It isn't sent twice."))
    _refuse_empty_or_past(meeting, at.date())
    again = again_of(meeting, at.date())
    if not again.is_of_use:
        raise RuleBroken(str(NOTHING_NEW))
    if not again.changed:
        posted = post_summons(meeting, on=at.date()) + post.post_anew(letters=again.astray, on=at.date())
        history.record(
            council=council,
            by=by,
            on=at.date(),
            verb="meeting.summoned_more",
            target=meeting,
            changes={"mails": (None, posted)},
        )
        return meeting
    history.change(
        meeting,
        council=council,
        by=by,
        on=at.date(),
        verb="meeting.summoned_again",
        summons_sequence=meeting.summons_sequence + 1,
        summoned_at=at,
    )
    announce(meeting, on=at.date())
    return meeting


@transaction.atomic
def cancel(*, meeting: Meeting, reason: str, by: Member, at: datetime) -> Meeting:
    """Call off a meeting that hasn't begun; who was summoned is told why.

    What it would have gone on with goes to the next planned meeting, and the proposals on its agenda wait again.
    """
    council = locked(meeting.council)
    meeting = locked(meeting)
    _refuse_unplanned(meeting)
    reason = " ".join(reason.split())
    if not reason:
        raise RuleBroken(_("Write why the meeting is cancelled."), field="reason")
    on = at.date()
    history.change(
        meeting,
        council=council,
        by=by,
        on=on,
        verb="meeting.cancelled",
        state=MeetingState.CANCELLED,
        cancelled_because=reason,
        summons_sequence=meeting.summons_sequence + 1,
    )
    if meeting.summoned_at is not None:
        told = Member.objects.filter(
            pk__in=Letter.objects.filter(kind=SUMMONS, about=meeting.pk).values("recipient"), council=council
        )
        recipients = {member.pk: member for member in [*reach_of(meeting, on).reached, *told.select_related("user")]}
        post.post(
            council=council,
            kind=CANCELLED,
            recipients=recipients.values(),
            cause=cause_of(meeting),
            on=on,
            about=meeting.pk,
        )
    _free_proposals(meeting, by=by, on=on)
    let_go(meeting, by=by, on=on)
    following = next_planned_from(council, on)
    if following is not None:
        carry_over(locked(following), by=by, on=on)
    return meeting


@transaction.atomic
def uncancel(*, meeting: Meeting, by: Member, at: datetime) -> Meeting:
    """Hold a cancelled meeting after all, as long as its day hasn't passed; who was summoned is summoned anew."""
    council = locked(meeting.council)
    meeting = locked(meeting)
    if meeting.state != MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting isn't cancelled."))
    on = at.date()
    if meeting.date < on:
        raise RuleBroken(_("The meeting's day has passed. Plan a new meeting."))
    refuse_bad_hours(council, meeting.date, meeting.starts_at, meeting.ends_at, but=meeting)
    was_summoned = meeting.summoned_at is not None
    history.change(
        meeting,
        council=council,
        by=by,
        on=on,
        verb="meeting.uncancelled",
        state=MeetingState.SUMMONED if was_summoned else MeetingState.DRAFT,
        cancelled_because="",
        summons_sequence=meeting.summons_sequence + 1,
        summoned_at=at if was_summoned else None,
    )
    bring_back(meeting, by=by, on=on)
    _take_proposals_again(meeting, by=by, on=on)
    if is_next(meeting, council, on):
        carry_over(meeting, by=by, on=on)
    if was_summoned:
        announce(meeting, on=on)
    return meeting


def _refuse_unplanned(meeting: Meeting) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting is cancelled."))
    if meeting.has_ended:
        raise RuleBroken(_("The meeting has already been held."))
    if not meeting.is_planned:
        raise RuleBroken(_("The meeting is already in session."))


def _refuse_empty_or_past(meeting: Meeting, on: date) -> None:
    if meeting.date < on:
        raise RuleBroken(_("The meeting's day has passed. Change its time first."))
    if not meeting.items.exists():
        raise RuleBroken(_("The agenda is empty. Add the first item before the summons is sent."))


def _free_proposals(meeting: Meeting, *, by: Member, on: date) -> None:
    """Let the proposals on a cancelled agenda wait again; one whose item got a lock stays with it, out of sight."""
    taken = ItemProposal.objects.filter(item__meeting=meeting, item__restricted=False, state=ProposalState.TAKEN)
    for proposal in taken.select_for_update(no_key=True, of=("self",)):
        history.change(
            proposal,
            council=meeting.council,
            by=by,
            on=on,
            verb="proposal.freed",
            state=ProposalState.WAITING,
            item=None,
        )


def _take_proposals_again(meeting: Meeting, *, by: Member, on: date) -> None:
    """Give those freed by the cancelling their items again, as far as they still wait."""
    entries = HistoryEntry.objects.filter(council=meeting.council, verb="proposal.freed", target_type="itemproposal")
    items = {item.pk: item for item in AgendaItem.objects.filter(meeting=meeting, proposal=None)}
    freed = {entry.target_id: items[entry.changes["item"][0]] for entry in entries if entry.changes["item"][0] in items}
    waiting = ItemProposal.objects.waiting().filter(pk__in=freed, council=meeting.council)
    for proposal in waiting.select_for_update(no_key=True, of=("self",)):
        history.change(
            proposal,
            council=meeting.council,
            by=by,
            on=on,
            verb="proposal.taken",
            state=ProposalState.TAKEN,
            item=freed[proposal.pk],
        )
