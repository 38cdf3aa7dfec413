"""A meeting that is held, sent for signing off and signed, for the tests of signing off."""

from typing import Any

from actions import lifecycle as actions
from bra.models import Member
from meetings import lifecycle
from meetings.models import (
    AgendaItem,
    AttendanceStatus,
    Meeting,
    MeetingState,
    SignedMinutes,
    SignOff,
    Unlocking,
    current_minutes,
)
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

SECRET = "Hemlighetsfullt"


def held(cast: Cast, **overrides: Any) -> Meeting:
    """An adjourned meeting at which the chair and a member were, with notes, a decision and an action."""
    meeting = make.make_meeting(cast.council, **overrides)
    here = {"by": cast.secretary, "on": TODAY}
    for member in (cast.chair, cast.member):
        lifecycle.mark_attendance(meeting=meeting, member=member, status=AttendanceStatus.PRESENT, **here)
    item = make.make_item(meeting, title="Klotter", case=make.make_case(cast.council))
    lifecycle.save_notes(item=item, text="Väggen är **full**.\n\n- norr\n- söder", version=0, **here)
    decision = lifecycle.record_decision(item=item, text="Väggen tvättas.", **here)
    actions.agree(agenda_item=item, title="Tvätta väggen", owner=cast.owner, deadline=TODAY, decision=decision, **here)
    return lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)


def sent(cast: Cast, meeting: Meeting | None = None) -> SignOff:
    """The minutes lie with the chair and the member."""
    return lifecycle.send_for_sign_off(
        meeting=meeting or held(cast), adjusters=[cast.member], by=cast.secretary, on=TODAY
    )


def signed(cast: Cast, meeting: Meeting | None = None) -> SignedMinutes:
    """The minutes that both have signed."""
    sign_off = sent(cast, meeting)
    for member in (cast.member, cast.chair):
        sign_off = lifecycle.sign(sign_off=sign_off, by=member, at=NOW)
    minutes = current_minutes(sign_off.meeting)
    assert minutes is not None
    return minutes


def with_secret(cast: Cast) -> tuple[Meeting, AgendaItem]:
    """An adjourned meeting with a restricted item; the member, who is named to sign, is cleared."""
    Member.objects.filter(pk=cast.member.pk).update(cleared=True)
    cast.member.refresh_from_db()
    meeting = make.make_meeting(cast.council)
    for member in (cast.chair, cast.member):
        lifecycle.mark_attendance(
            meeting=meeting, member=member, status=AttendanceStatus.PRESENT, by=cast.secretary, on=TODAY
        )
    make.make_item(meeting, title="Öppen punkt")
    item = make.make_item(meeting, title=SECRET, restricted=True)
    lifecycle.save_notes(item=item, text=SECRET, version=0, by=cast.secretary, on=TODAY)
    return lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW), item


def asked(cast: Cast, minutes: SignedMinutes) -> Unlocking:
    """The secretary has asked that the minutes be opened again."""
    return lifecycle.ask_unlock(meeting=minutes.meeting, reason="Fel datum", by=cast.secretary, on=TODAY)


def state_of(meeting: Meeting) -> MeetingState:
    """As the database has it."""
    meeting.refresh_from_db()
    return MeetingState(meeting.state)
