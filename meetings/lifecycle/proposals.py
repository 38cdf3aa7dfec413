"""The verbs of proposals: what members ask to have on an agenda, and what becomes of it."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from meetings.lifecycle.agenda import add_item
from meetings.models import ItemProposal, Meeting, MeetingState, ProposalState, last_proposal_day

MOST_DAYS = 60


@transaction.atomic
def propose_item(*, meeting: Meeting, by: Member, on: date, title: str, reason: str = "") -> ItemProposal:
    """Propose an item for a planned meeting. A late proposal is sent all the same, and is seen to be late."""
    council = locked(meeting.council)
    meeting = locked(meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting is cancelled."), field="meeting")
    if not meeting.is_planned:
        raise RuleBroken(_("The meeting has begun. Propose the item for another meeting."), field="meeting")
    proposal = ItemProposal.objects.create(
        council=council,
        meeting=meeting,
        proposer=by,
        title=title,
        reason=reason,
        sent_on=on,
        last_day=last_proposal_day(meeting.date, council.proposal_days),
    )
    history.created(proposal, council=council, by=by, on=on, verb="proposal.sent", fields=("title", "meeting"))
    return proposal


@transaction.atomic
def take_proposal(*, proposal: ItemProposal, meeting: Meeting, by: Member, on: date) -> ItemProposal:
    """Take a proposal onto the agenda of a meeting, last; its proposer's role presents it."""
    # Before the proposal, as whoever cancels the meeting or holds it after all does.
    meeting = locked(meeting)
    proposal = _waiting(proposal)
    item = add_item(meeting=meeting, by=by, on=on, title=proposal.title, presenter=proposal.proposer.title[:120])
    history.change(
        proposal,
        council=proposal.council,
        by=by,
        on=on,
        verb="proposal.taken",
        state=ProposalState.TAKEN,
        item=item,
        meeting=meeting,
    )
    return proposal


@transaction.atomic
def decline_proposal(*, proposal: ItemProposal, answer: str, by: Member, on: date) -> ItemProposal:
    """Decline a proposal, with a word to the one who sent it."""
    proposal = _waiting(proposal)
    answer = answer.strip()
    if not answer:
        raise RuleBroken(_("Write a word to the one who sent the proposal."), field="answer")
    history.change(
        proposal,
        council=proposal.council,
        by=by,
        on=on,
        verb="proposal.declined",
        state=ProposalState.DECLINED,
        answer=answer,
    )
    return proposal


@transaction.atomic
def withdraw_proposal(*, proposal: ItemProposal, by: Member, on: date) -> ItemProposal:
    """Take the own proposal back before anybody has answered it."""
    proposal = _waiting(proposal)
    if proposal.proposer_id != by.pk:
        raise RuleBroken(_("Only the one who sent a proposal can withdraw it."))
    history.change(
        proposal,
        council=proposal.council,
        by=by,
        on=on,
        verb="proposal.withdrawn",
        state=ProposalState.WITHDRAWN,
    )
    return proposal


@transaction.atomic
def put_back_proposal(*, proposal: ItemProposal, by: Member, on: date) -> ItemProposal:
    """Let a proposal wait again: declined, withdrawn by `by`, or taken and then removed from the agenda."""
    proposal = locked(proposal)
    own = proposal.state == ProposalState.WITHDRAWN and proposal.proposer_id == by.pk
    off = proposal.is_off_agenda
    if not (own or off or proposal.state == ProposalState.DECLINED):
        raise RuleBroken(_("The proposal can't be put back: it has been answered otherwise."))
    history.change(
        proposal,
        council=proposal.council,
        by=by,
        on=on,
        verb="proposal.put_back",
        state=ProposalState.WAITING,
        answer="",
        item=None,
    )
    return proposal


@transaction.atomic
def set_proposal_days(*, council: Council, days: int, by: Member, on: date) -> Council:
    """Set how many days before a meeting proposals are due; those sent keep the day that held then."""
    council = locked(council)
    if not 0 <= days <= MOST_DAYS:
        raise RuleBroken(_("Choose between 0 and %(most)d days.") % {"most": MOST_DAYS}, field="proposal_days")
    history.change(council, council=council, by=by, on=on, verb="council.proposal_days", proposal_days=days)
    return council


def _waiting(proposal: ItemProposal) -> ItemProposal:
    proposal = locked(proposal)
    if not proposal.is_waiting:
        raise RuleBroken(_("The proposal has been answered or withdrawn meanwhile."))
    return proposal
