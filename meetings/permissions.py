"""Who may what at a meeting. Predicates read aloud and are shared by views and templates."""

from bra.models import Member
from bra.permissions import may_coordinate, may_log, may_read_council
from meetings.models import AgendaItem, Case, Meeting, MeetingState


def may_plan_meetings(member: Member) -> bool:
    """Whether the member plans meetings: makes them, changes their agenda, opens them."""
    return may_log(member)


def may_propose(member: Member) -> bool:
    """Whether the member may propose items for an agenda: everybody who sits on the council."""
    return may_read_council(member)


def may_log_at(member: Member, meeting: Meeting) -> bool:
    """Whether the member may log at this meeting now."""
    return may_log(member) and meeting.council_id == member.council_id and meeting.is_open_for_logging


def may_change_agenda(member: Member, meeting: Meeting) -> bool:
    """Whether the member may change the meeting's agenda: until it is adjourned."""
    return (
        may_plan_meetings(member)
        and meeting.council_id == member.council_id
        and (meeting.is_planned or meeting.state == MeetingState.IN_SESSION)
    )


def may_mail_minutes(member: Member, meeting: Meeting) -> bool:
    """Whether the member may mail the meeting's minutes: once it has been adjourned."""
    return may_log(member) and meeting.council_id == member.council_id and meeting.has_ended


def may_restrict_any(member: Member) -> bool:
    """Whether the member may put a lock on or take it off at all: those who log and are cleared themselves."""
    return may_log(member) and member.cleared


def may_restrict(member: Member, item: AgendaItem | Case) -> bool:
    """Whether the member may put the lock on this item or case, or take it off."""
    return may_restrict_any(member)


def may_edit_case(member: Member, case: Case) -> bool:
    """Whether the member may change the case; one that was merged lives on in the other."""
    return may_log(member) and case.council_id == member.council_id and not case.is_merged


def may_unmerge_case(member: Member, case: Case) -> bool:
    """Whether the member may take the case's merge back."""
    return may_log(member) and case.council_id == member.council_id and case.is_merged


def may_reopen(member: Member, meeting: Meeting) -> bool:
    """Whether the member may open an adjourned meeting again, to mend what was logged."""
    return may_coordinate(member) and meeting.state == MeetingState.ADJOURNED
