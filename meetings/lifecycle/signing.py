"""The verbs of signing off: naming adjusters, a round of comments and signatures, and the text that is kept.

Whoever signs must have been able to read all of it: a member who isn't cleared doesn't sign minutes with restricted
items. All of them sign the same text; what was changed behind their backs stops the round.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bra import history, post
from bra.errors import RuleBroken
from bra.models import LOGGERS, Member, Role
from bra.rows import locked
from meetings.documents.freezing import checksum
from meetings.documents.sealing import digest_of, seal
from meetings.lifecycle.common import refuse_settled, refuse_unheld
from meetings.models import (
    Adjuster,
    Attendance,
    AttendanceStatus,
    Meeting,
    MeetingRules,
    MeetingState,
    PaperKind,
    SignedMinutes,
    Signer,
    SignerAnswer,
    SignerRole,
    SignOff,
    SignOffState,
    layout_of,
)

# The kinds of mail that this module posts; meetings.signing_letters writes them.
TO_SIGN, TOLD = "sign", "signed"


# Who is to sign


def may_adjust(meeting: Meeting, on: date) -> list[Member]:
    """Those who may be named to sign beside the chair: seated, with a mandate, not in the chair, able to log in."""
    members = Member.objects.filter(council_id=meeting.council_id).seated().active(on).exclude(role=Role.CHAIR)
    return list(members.exclude(user=None).select_related("organisation"))


def attended(meeting: Meeting, on: date) -> list[Member]:
    """Those who were there and can sign: seated, with a mandate, able to log in, and allowed to see every item."""
    present = Attendance.objects.filter(meeting=meeting, status=AttendanceStatus.PRESENT)
    members = Member.objects.seated().active(on).exclude(user=None).filter(attendances__in=present)
    able = [member for member in members if not _is_blind(meeting, member)]
    return sorted(able, key=lambda member: (member.role != Role.CHAIR, member.sort_key, member.pk))


def presiding(meeting: Meeting, on: date) -> Member | None:
    """Who was in the chair: a member of that role who was there and can sign; None when the form must ask."""
    first = next(iter(attended(meeting, on)), None)
    return first if first is not None and first.role == Role.CHAIR else None


def _is_blind(meeting: Meeting, member: Member) -> bool:
    """Whether the minutes hold something that the member may not see."""
    return not member.cleared and meeting.items.filter(restricted=True).exists()


@transaction.atomic
def name_adjusters(*, meeting: Meeting, members: Collection[Member], by: Member, on: date) -> None:
    """Name those who are to sign beside the chair, instead of those named before; none takes the naming back."""
    meeting = locked(meeting)
    _refuse_cancelled(meeting)
    refuse_settled(meeting)
    if layout_of(meeting.council).kind != PaperKind.MINUTES:
        raise RuleBroken(_("Meeting notes are approved by the chair alone."))
    able = {member.pk for member in may_adjust(meeting, on)}
    for member in members:
        if member.pk not in able:
            raise RuleBroken(
                _("%(member)s can't be an adjuster: it takes a seat, a mandate, a log-in, and another than the chair.")
                % {"member": member.label},
                field="adjusters",
            )
    old = set(Adjuster.objects.filter(meeting=meeting).values_list("member", flat=True))
    new = {member.pk for member in members}
    if old == new:
        return
    Adjuster.objects.filter(meeting=meeting, member__in=old - new).delete()
    Adjuster.objects.bulk_create([Adjuster(meeting=meeting, member_id=pk) for pk in sorted(new - old)])
    history.record(
        council=meeting.council,
        by=by,
        on=on,
        verb="meeting.adjusters",
        target=meeting,
        changes={"adjusters": (sorted(old), sorted(new))},
    )


def _refuse_cancelled(meeting: Meeting) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting is cancelled."))


# A round


@transaction.atomic
def send_for_sign_off(
    *,
    meeting: Meeting,
    by: Member,
    on: date,
    adjusters: Collection[Member] | None = None,
    chair: Member | None = None,
    comments_until: date | None = None,
) -> SignOff:
    """Send the minutes of an adjourned meeting to those who are to sign them; until they have, the text is locked.

    `adjusters` are named instead of those named before. `chair` is asked for only when nobody of that role who can
    sign was there. Meeting notes are approved by the chair alone.
    """
    meeting = locked(meeting)
    refuse_unheld(meeting)
    refuse_settled(meeting)
    if meeting.state == MeetingState.IN_SESSION:
        raise RuleBroken(_("The meeting is still in session. Adjourn it first."))
    kind = PaperKind(layout_of(meeting.council).kind)
    if adjusters is not None and kind == PaperKind.MINUTES:
        name_adjusters(meeting=meeting, members=adjusters, by=by, on=on)
    signers = [(_chair_of(meeting, chair, on), SignerRole.CHAIR)]
    if kind == PaperKind.MINUTES:
        signers += [(member, SignerRole.ADJUSTER) for member in _adjusters_of(meeting, signers[0][0], on)]
    days = timedelta(days=MeetingRules.of(meeting.council).comment_days)
    until = comments_until or on + days
    if until < on:
        raise RuleBroken(_("The last day for comments can't have passed already."), field="comments_until")
    sign_off = SignOff.objects.create(
        meeting=meeting, kind=kind, opened_on=on, comments_until=until, digest=digest_of(meeting, kind)
    )
    Signer.objects.bulk_create([Signer(sign_off=sign_off, member=member, role=role) for member, role in signers])
    chosen = [member for member, _role in signers]
    _tell(sign_off, "meeting.sent_for_sign_off", by=by, on=on, signers=(None, [member.pk for member in chosen]))
    post.post(
        council=meeting.council, kind=TO_SIGN, recipients=chosen, cause=_cause(sign_off), on=on, about=sign_off.pk
    )
    return sign_off


def _chair_of(meeting: Meeting, chosen: Member | None, on: date) -> Member:
    chair = presiding(meeting, on)
    if chair is not None:
        return chair
    if chosen is None:
        raise RuleBroken(_("Say who was in the chair: nobody of that role who can sign is noted as present."))
    if chosen not in attended(meeting, on):
        raise RuleBroken(
            _("%(member)s can't sign: it takes presence, a log-in, and the right to see every item.")
            % {"member": chosen.label},
            field="chair",
        )
    return chosen


def _adjusters_of(meeting: Meeting, chair: Member, on: date) -> list[Member]:
    rows = Adjuster.objects.filter(meeting=meeting).select_related("member")
    members = [row.member for row in rows]
    if not members:
        raise RuleBroken(_("Name at least one adjuster."), field="adjusters")
    able = {member.pk for member in may_adjust(meeting, on)}
    for member in members:
        if member.pk == chair.pk:
            words = _("%(member)s was in the chair and signs as such. Name another adjuster.")
        elif member.pk not in able:
            words = _("%(member)s can no longer log in here. Name another adjuster.")
        elif _is_blind(meeting, member):
            words = _("%(member)s may not see all of these minutes, so can't sign them. Name another adjuster.")
        else:
            continue
        raise RuleBroken(words % {"member": member.label}, field="adjusters")
    return members


@transaction.atomic
def sign(*, sign_off: SignOff, by: Member, at: datetime) -> SignOff:
    """Sign at the council's local time `at`. With the last signature the text is kept and the meeting signed off."""
    sign_off, signer = _locked_answer(sign_off, by)
    meeting = sign_off.meeting
    if _is_blind(meeting, by) or digest_of(meeting, sign_off.kind) != sign_off.digest:
        raise _changed()
    signer.answer, signer.answered_at = SignerAnswer.SIGNED, at
    signer.save(update_fields=["answer", "answered_at"])
    _tell(sign_off, "meeting.signed_by", by=by, on=at.date(), role=(None, signer.role))
    if not sign_off.signers.filter(answer=SignerAnswer.WAITING).exists():
        _keep(meeting, sign_off, by=by, at=at)
    return sign_off


def _changed() -> RuleBroken:
    return RuleBroken(
        _("Something in the minutes was changed after they were sent. The secretary must send them again.")
    )


def _keep(meeting: Meeting, sign_off: SignOff, *, by: Member, at: datetime) -> None:
    sign_off.state = SignOffState.SIGNED
    sign_off.save(update_fields=["state"])
    last = SignedMinutes.objects.filter(meeting=meeting).aggregate(last=Max("edition"))["last"] or 0
    history.change(
        meeting, council=meeting.council, by=by, on=at.date(), verb="meeting.signed", state=MeetingState.SIGNED
    )
    kept = seal(meeting, sign_off)
    # Names, cases and actions aren't under the meeting's lock: what is kept has been read once more.
    if kept.digest != sign_off.digest:
        raise _changed()
    SignedMinutes.objects.create(
        meeting=meeting,
        edition=last + 1,
        sign_off=sign_off,
        signed_at=at,
        whole=kept.whole,
        masked=kept.masked,
        sha256=checksum(kept.whole),
        masked_sha256=checksum(kept.masked),
    )
    _post_news(sign_off, at.date())


@transaction.atomic
def decline(*, sign_off: SignOff, reason: str, by: Member, at: datetime) -> SignOff:
    """Decline to sign and say why; the text is open again for whoever writes it, and the round is over."""
    sign_off, signer = _locked_answer(sign_off, by)
    reason = " ".join(reason.split())
    if not reason:
        raise RuleBroken(_("Say what must be changed before you sign."), field="reason")
    signer.answer, signer.answered_at, signer.reason = SignerAnswer.DECLINED, at, reason
    signer.save(update_fields=["answer", "answered_at", "reason"])
    sign_off.state = SignOffState.DECLINED
    sign_off.save(update_fields=["state"])
    _tell(sign_off, "meeting.sign_off_declined", by=by, on=at.date(), state=(SignOffState.OPEN, sign_off.state))
    _post_news(sign_off, at.date())
    return sign_off


@transaction.atomic
def withdraw_sign_off(*, sign_off: SignOff, by: Member, on: date) -> SignOff:
    """Take the minutes back from their signers, to mend them; what was signed in this round no longer counts."""
    sign_off = _locked_open(sign_off)
    sign_off.state = SignOffState.WITHDRAWN
    sign_off.save(update_fields=["state"])
    _tell(sign_off, "meeting.sign_off_withdrawn", by=by, on=on, state=(SignOffState.OPEN, sign_off.state))
    return sign_off


def _locked_open(sign_off: SignOff) -> SignOff:
    """The round under a lock, with its meeting, which is locked first; refuses one that is over."""
    meeting = locked(sign_off.meeting)
    sign_off = locked(sign_off)
    sign_off.meeting = meeting
    over = {
        SignOffState.SIGNED: _("All have signed already: the minutes are signed off."),
        SignOffState.DECLINED: _("Somebody has declined to sign, so the minutes went back to be changed."),
        SignOffState.WITHDRAWN: _("The minutes have been taken back to be changed."),
    }
    if sign_off.state in over:
        raise RuleBroken(over[SignOffState(sign_off.state)])
    return sign_off


def _locked_answer(sign_off: SignOff, by: Member) -> tuple[SignOff, Signer]:
    """The open round and the member's own answer in it, which is still to be given."""
    sign_off = _locked_open(sign_off)
    signer = Signer.objects.filter(sign_off=sign_off, member=by).first()
    if signer is None:
        raise RuleBroken(_("You aren't among those who are to sign these minutes."))
    if signer.answer != SignerAnswer.WAITING:
        raise RuleBroken(_("You have signed already."))
    return sign_off, signer


def _tell(sign_off: SignOff, verb: str, *, by: Member, on: date, **changes: tuple[object, object]) -> None:
    """Write in the meeting's history. Reasons stand on their rows: history keeps no second copy."""
    told = {"round": (None, sign_off.pk), **changes}
    council = sign_off.meeting.council
    history.record(council=council, by=by, on=on, verb=verb, target=sign_off.meeting, changes=told)


def _post_news(sign_off: SignOff, on: date) -> None:
    """Post to the secretary, or without one to the coordinator, what became of the round."""
    council = sign_off.meeting.council
    loggers = list(Member.objects.filter(council=council, role__in=LOGGERS).active(on))
    secretaries = [member for member in loggers if member.role == Role.SECRETARY and member.address]
    recipients: Iterable[Member] = secretaries or loggers
    post.post(council=council, kind=TOLD, recipients=recipients, cause=_cause(sign_off), on=on, about=sign_off.pk)


def _cause(sign_off: SignOff) -> str:
    return f"sign-off {sign_off.pk}"
