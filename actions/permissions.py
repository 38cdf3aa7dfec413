"""Who may what with an action."""

from datetime import date

from actions.models import Action
from bra import post
from bra.models import Member
from bra.permissions import may_coordinate, may_log, may_take_part
from meetings.models import AgendaItem
from meetings.permissions import may_log_at


def may_agree_at(member: Member, item: AgendaItem) -> bool:
    """Whether the member may log a new action at the item: while its meeting is in session."""
    return may_log_at(member, item.meeting)


def stands_in(member: Member, action: Action, on: date) -> bool:
    """Whether the member is deputy for the action's owner on the day."""
    return post.deputies(on).filter(member=action.owner_id, deputy=member).exists()


def may_report(member: Member, action: Action, on: date) -> bool:
    """Whether the member may say how the action goes: its owner, who stands in for the owner, and those who log."""
    theirs = action.owner_id == member.pk or may_log(member)
    return not action.removed and (theirs or stands_in(member, action, on))


def may_amend(member: Member, action: Action) -> bool:
    """Whether the member may change what was agreed: title, deadline, owner, activity."""
    return not action.removed and may_log(member)


def may_restore(member: Member, action: Action) -> bool:
    """Whether the member may bring the removed action back."""
    return action.removed and may_log(member)


def may_edit_plan(member: Member) -> bool:
    """Whether the member may change the plan and note outcomes: those who log. All who sit on the council read it."""
    return may_log(member)


def may_own(member: Member, item: AgendaItem, on: date) -> bool:
    """Whether a new action of the item may be given to the member."""
    return member.is_active(on) and may_take_part(member) and (member.cleared or not item.restricted)


def may_approve(member: Member, action: Action) -> bool:
    """Whether the member may say, for the council, that what its owner reported as done is done."""
    return action.awaits_approval and may_log(member)


def may_answer_request(member: Member) -> bool:
    """Whether the member answers requests for later deadlines."""
    return may_log(member)


def may_hand_over_all(member: Member) -> bool:
    """Whether the member may move everything that somebody owns: who ends mandates."""
    return may_coordinate(member)
