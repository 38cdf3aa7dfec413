"""Who may what at a meeting. Predicates read aloud and are shared by views and templates."""

from bra.models import Member, Role
from bra.permissions import may_coordinate, may_log, may_read_council
from meetings.models import AgendaItem, Case, Meeting, MeetingState, SignOff, open_round


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
    """Whether the member may open an adjourned meeting again, to mend what was logged; not while others sign it."""
    return may_coordinate(member) and meeting.state == MeetingState.ADJOURNED and open_round(meeting) is None


def may_tidy(member: Member, meeting: Meeting) -> bool:
    """Whether the member may tidy up what an adjourned meeting logged; not while others sign it (one query)."""
    own = may_log(member) and meeting.council_id == member.council_id
    return own and meeting.state == MeetingState.ADJOURNED and open_round(meeting) is None


def may_write_at(member: Member, meeting: Meeting) -> bool:
    """Whether the member may change notes and decisions of this meeting now."""
    return may_log_at(member, meeting) or may_tidy(member, meeting)


def may_note_attendance(member: Member, meeting: Meeting) -> bool:
    """Whether the member may note who attends: from the planning on, until the minutes lie with their signers."""
    return may_change_agenda(member, meeting) or may_tidy(member, meeting)


def may_name_adjusters(member: Member, meeting: Meeting) -> bool:
    """Whether the member may name those who are to sign the minutes."""
    return may_note_attendance(member, meeting)


def may_answer(member: Member, sign_off: SignOff) -> bool:
    """Whether the round waits for the member's signature (one query)."""
    return SignOff.objects.waiting_for(member).filter(pk=sign_off.pk).exists()


def may_unlock(member: Member) -> bool:
    """Whether the member may ask that signed minutes are opened again, or confirm it when another has asked."""
    return may_log(member) or member.role == Role.CHAIR
