"""The verbs of answers to a summons. Who answers acts for themselves, logged in or by the link in the mail."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import SEATED, HistoryEntry, Member
from bra.rows import locked
from meetings.lifecycle.presence import refuse_without_mandate
from meetings.lifecycle.session import mark_attendance
from meetings.models import Answer, Attendance, AttendanceStatus, Meeting, MeetingState, SummonsReply


@transaction.atomic
def answer_summons(
    *,
    meeting: Meeting,
    member: Member,
    answer: Answer | None,
    at: datetime,
    substitute: Member | None = None,
    substitute_name: str = "",
) -> SummonsReply | None:
    """Answer the summons at the council's local time `at`; None takes the answer back. Returns the answer that stands.

    Who can't come, or sends a substitute, is noted as apologised; an apology that an answer made goes with it.
    """
    meeting = locked(meeting)
    refuse_unanswerable(meeting)
    refuse_without_mandate(meeting, member)
    if member.role not in SEATED:
        raise RuleBroken(_("Only those who sit on the council are summoned."))
    name = " ".join(substitute_name.split())
    if answer != Answer.SUBSTITUTE:
        substitute, name = None, ""
    if substitute is not None:
        name = ""
        _refuse_bad_substitute(meeting, member, substitute)
    reply = SummonsReply.objects.filter(meeting=meeting, member=member).first()
    old = (reply.answer, reply.substitute_id, reply.substitute_name) if reply else (None, None, "")
    if old == (answer, substitute.pk if substitute else None, name):
        return reply
    if answer is None:
        SummonsReply.objects.filter(meeting=meeting, member=member).delete()
        reply = None
    else:
        reply = reply or SummonsReply(meeting=meeting, member=member)
        reply.answer, reply.substitute, reply.substitute_name, reply.at = answer, substitute, name, at
        reply.save()
    # A substitute's name stands on the row, not in history: a name from outside isn't kept for ever.
    _tell(meeting, member, old[0], answer, by=member, on=at.date())
    _settle_apology(meeting, member, old[0], answer, by=member, on=at.date())
    return reply


def refuse_unanswerable(meeting: Meeting) -> None:
    """Refuse a meeting whose summons can't be answered now."""
    words = {
        MeetingState.DRAFT: _("The summons hasn't been sent yet."),
        MeetingState.IN_SESSION: _("The meeting has begun, so the summons can no longer be answered."),
        MeetingState.ADJOURNED: _("The meeting has already been held."),
        MeetingState.SIGNED: _("The meeting has already been held."),
        MeetingState.CANCELLED: _("The meeting is cancelled."),
    }
    if meeting.state != MeetingState.SUMMONED:
        raise RuleBroken(words[MeetingState(meeting.state)])


def ask_anew(meeting: Meeting, *, by: Member, on: date) -> None:
    """Take all answers away, with the apologies they made: they were given for another day or hour."""
    for reply in SummonsReply.objects.filter(meeting=meeting).select_related("member"):
        reply.delete()
        _tell(meeting, reply.member, reply.answer, None, by=by, on=on)
        if reply.member.is_active(meeting.date):
            _settle_apology(meeting, reply.member, reply.answer, None, by=by, on=on)


def _refuse_bad_substitute(meeting: Meeting, member: Member, substitute: Member) -> None:
    if substitute.pk == member.pk:
        raise RuleBroken(_("Nobody stands in for themselves."), field="substitute")
    if substitute.council_id != meeting.council_id or substitute.role not in SEATED:
        raise RuleBroken(_("Choose a member who sits on this council."), field="substitute")
    if not substitute.is_active(meeting.date):
        raise RuleBroken(
            _("%(member)s has no mandate on the day of the meeting.") % {"member": substitute.label},
            field="substitute",
        )
    taken = SummonsReply.objects.filter(meeting=meeting, substitute=substitute).exclude(member=member)
    other = taken.select_related("member").first()
    if other is not None:
        raise RuleBroken(
            _("%(substitute)s stands in for %(member)s already.")
            % {"substitute": substitute.display_name, "member": other.member.display_name},
            field="substitute",
        )


def _tell(meeting: Meeting, member: Member, old: str | None, new: str | None, *, by: Member, on: date) -> None:
    changes = {f"member {member.pk}": (old, new)}
    history.record(council=meeting.council, by=by, on=on, verb="meeting.answered", target=meeting, changes=changes)


def _settle_apology(
    meeting: Meeting, member: Member, old: str | None, new: str | None, *, by: Member, on: date
) -> None:
    """Note the apology that an answer makes, or take back the one that it made."""
    away = (Answer.NO, Answer.SUBSTITUTE)
    if new in away:
        if old not in away:
            mark_attendance(meeting=meeting, member=member, status=AttendanceStatus.APOLOGISED, by=by, on=on)
    elif old in away:
        made = _apology_by_answer(meeting, member)
        if made is not None:
            before = made.changes[f"member {member.pk}"][0]
            status = AttendanceStatus(before) if before else None
            mark_attendance(meeting=meeting, member=member, status=status, by=by, on=on)


def _apology_by_answer(meeting: Meeting, member: Member) -> HistoryEntry | None:
    """The entry of the apology that stands, if the member's own answer made it; None if somebody noted it."""
    noted = Attendance.objects.filter(meeting=meeting, member=member, status=AttendanceStatus.APOLOGISED)
    entries = history.entries_of(meeting).filter(
        verb__in=["meeting.attendance", "meeting.stay"], changes__has_key=f"member {member.pk}"
    )
    last = entries.order_by("-pk").first()
    own = last is not None and last.verb == "meeting.attendance" and last.actor_id == member.pk
    return last if own and noted.exists() else None
