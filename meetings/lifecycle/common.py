"""What the verbs share: rows under a lock in the state that a verb needs."""

from datetime import date

from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Member
from bra.rows import locked
from meetings.models import AgendaItem, Case, CaseState, Meeting, MeetingState


def locked_in_session(meeting: Meeting) -> Meeting:
    """The meeting under a lock; refuses when it isn't in session."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.DRAFT:
        raise RuleBroken(_("The meeting hasn't been opened yet."))
    if meeting.state != MeetingState.IN_SESSION:
        raise RuleBroken(_("The meeting has been adjourned, so nothing more can be logged at it."))
    return meeting


def locked_before_adjourned(meeting: Meeting) -> Meeting:
    """The meeting under a lock; refuses when it has been adjourned."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.ADJOURNED:
        raise RuleBroken(_("The meeting has been adjourned, so its agenda can no longer be changed."))
    return meeting


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
