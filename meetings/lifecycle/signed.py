"""The verbs of minutes that are signed off: an addendum, and opening them again, which takes two."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, LegalGround, Member
from bra.rows import locked
from meetings.lifecycle.locks import decided
from meetings.models import Addendum, Meeting, MeetingRules, MeetingState, Unlocking, current_minutes
from meetings.permissions import may_unlock


@transaction.atomic
def add_addendum(*, meeting: Meeting, text: str, by: Member, on: date, ground: LegalGround | None = None) -> Addendum:
    """Put a correction beside signed minutes, restricted if there is a `ground`; the signed text stays as it is."""
    meeting = _locked_signed(meeting)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise RuleBroken(_("Write the correction."), field="text")
    lock = decided(ground, row=None, council_id=meeting.council_id, by=by, on=on)
    addendum = Addendum.objects.create(meeting=meeting, author=by, on=on, text=text, **lock)
    _tell(meeting, "meeting.addendum", by=by, on=on, addendum=(None, addendum.pk), legal_ground=(None, ground))
    return addendum


@transaction.atomic
def ask_unlock(*, meeting: Meeting, reason: str, by: Member, on: date) -> Unlocking:
    """Ask that signed minutes are opened again, and say why; another must confirm."""
    meeting = _locked_signed(meeting)
    _refuse_to_unlock(by)
    reason = " ".join(reason.split())
    if not reason:
        raise RuleBroken(_("Say why the minutes must be opened again."), field="reason")
    minutes = current_minutes(meeting)
    assert minutes is not None  # a signed meeting has an edition
    if minutes.unlockings.filter(confirmed=None).exists():
        raise RuleBroken(_("Somebody has asked for it already."))
    unlocking = Unlocking.objects.create(minutes=minutes, asked_by=by, asked_on=on, reason=reason)
    _tell(meeting, "meeting.unlock_asked", by=by, on=on, unlocking=(None, unlocking.pk))
    return unlocking


@transaction.atomic
def confirm_unlock(*, unlocking: Unlocking, by: Member, on: date) -> Meeting:
    """Open signed minutes again, asked for by another. The edition is kept; the next signing makes another one."""
    meeting, unlocking = _locked_asked(unlocking, by)
    if unlocking.asked_by_id == by.pk:
        raise RuleBroken(_("It takes two: another than the one who asked must confirm."))
    _answer(unlocking, by, on, confirmed=True)
    history.change(
        meeting, council=meeting.council, by=by, on=on, verb="meeting.unlocked", state=MeetingState.ADJOURNED
    )
    return meeting


@transaction.atomic
def refuse_unlock(*, unlocking: Unlocking, by: Member, on: date) -> Unlocking:
    """Say no to opening signed minutes again; whoever asked takes it back so."""
    meeting, unlocking = _locked_asked(unlocking, by)
    _answer(unlocking, by, on, confirmed=False)
    _tell(meeting, "meeting.unlock_refused", by=by, on=on, unlocking=(None, unlocking.pk))
    return unlocking


def _locked_signed(meeting: Meeting) -> Meeting:
    meeting = locked(meeting)
    if meeting.state != MeetingState.SIGNED:
        raise RuleBroken(_("The minutes aren't signed off."))
    return meeting


def _locked_asked(unlocking: Unlocking, by: Member) -> tuple[Meeting, Unlocking]:
    """The meeting and the question under a lock; refuses one that was answered."""
    _refuse_to_unlock(by)
    meeting = locked(unlocking.minutes.meeting)
    unlocking = locked(unlocking)
    if unlocking.confirmed is not None:
        raise RuleBroken(
            _("The minutes have been opened again already.")
            if unlocking.confirmed
            else _("The question has been answered with no, or taken back.")
        )
    return meeting, unlocking


def _refuse_to_unlock(by: Member) -> None:
    if not may_unlock(by):
        raise RuleBroken(_("Only coordinator, secretary and chair open signed minutes again."))


def _answer(unlocking: Unlocking, by: Member, on: date, *, confirmed: bool) -> None:
    unlocking.answered_by, unlocking.answered_on, unlocking.confirmed = by, on, confirmed
    unlocking.save(update_fields=["answered_by", "answered_on", "confirmed"])


def _tell(meeting: Meeting, verb: str, *, by: Member, on: date, **changes: tuple[object, object]) -> None:
    history.record(council=meeting.council, by=by, on=on, verb=verb, target=meeting, changes=changes)


@transaction.atomic
def choose_meeting_rules(
    *, council: Council, summons_days: int, comment_days: int, sign_days: int, by: Member, on: date
) -> MeetingRules:
    """Choose the days of the council's meetings: for the summons, for comments on the minutes and for their signing."""
    council = locked(council)
    days = {"summons_days": summons_days, "comment_days": comment_days, "sign_days": sign_days}
    for field, number in days.items():
        fewest = 0 if field == "summons_days" else 1
        if not fewest <= number <= MeetingRules.MOST_DAYS:
            words = _("Choose between %(fewest)d and %(most)d days.")
            raise RuleBroken(words % {"fewest": fewest, "most": MeetingRules.MOST_DAYS}, field=field)
    rules, _new = MeetingRules.objects.get_or_create(council=council)
    history.change(rules, council=council, by=by, on=on, verb="meeting_rules.chosen", **days)
    return rules
