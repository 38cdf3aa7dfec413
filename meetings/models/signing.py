"""Signing off: who is to sign the minutes, what they said of them, and the minutes as they were signed."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.models import Member, Restrictable
from meetings.models.agenda import AgendaItem
from meetings.models.documents import PaperKind
from meetings.models.meetings import Meeting
from meetings.models.states import MeetingState


class Adjuster(models.Model):
    """A member whom the meeting named to sign its minutes off beside the chair (justerare)."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="adjusters")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("adjuster")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "member"], name="adjuster_once_per_meeting")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.member_id}"


class SignOffState(models.TextChoices):
    """What became of a round of signing off."""

    OPEN = "open", pgettext_lazy("signing off", "With the signers")
    SIGNED = "signed", pgettext_lazy("signing off", "Signed off")
    DECLINED = "declined", pgettext_lazy("signing off", "Sent back")
    WITHDRAWN = "withdrawn", pgettext_lazy("signing off", "Taken back")


class SignOffQuerySet(models.QuerySet["SignOff"]):
    """Words for rounds of signing off."""

    def open(self) -> "SignOffQuerySet":
        """Those that lie with their signers."""
        return self.filter(state=SignOffState.OPEN)

    def waiting_for(self, member: Member) -> "SignOffQuerySet":
        """Those open that the member is to sign and hasn't answered."""
        waits = Signer.objects.filter(sign_off=models.OuterRef("pk"), member=member, answer=SignerAnswer.WAITING)
        return self.open().filter(models.Exists(waits))


class SignOff(models.Model):
    """One round: the minutes lie with those who are to sign them, and nobody changes them meanwhile."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="sign_offs")
    kind = models.CharField(_("kind of document"), max_length=8, choices=PaperKind)
    opened_on = models.DateField(_("sent"))
    comments_until = models.DateField(_("comments until"))
    state = models.CharField(_("state"), max_length=9, choices=SignOffState, default=SignOffState.OPEN)
    # SHA-256 of what lay before the signers: all of them sign the same text.
    digest = models.CharField(max_length=64)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("signing off")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SignOffState.values), name="sign_off_state_known"),
            models.CheckConstraint(condition=Q(comments_until__gte=F("opened_on")), name="sign_off_days_in_order"),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(state=SignOffState.OPEN), name="sign_off_one_open_per_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.opened_on}"


def open_round(meeting: Meeting) -> SignOff | None:
    """The round in which the minutes lie with their signers now; None when nobody has them (one query at most)."""
    if meeting.state != MeetingState.ADJOURNED:
        return None
    return SignOff.objects.open().filter(meeting=meeting).first()


class SignerRole(models.TextChoices):
    """As what somebody signs."""

    CHAIR = "chair", pgettext_lazy("signing off", "Chair")
    ADJUSTER = "adjuster", pgettext_lazy("signing off", "Adjuster")


class SignerAnswer(models.TextChoices):
    """What a signer has answered."""

    WAITING = "waiting", pgettext_lazy("signing off", "Hasn't answered")
    SIGNED = "signed", pgettext_lazy("signing off", "Has signed")
    DECLINED = "declined", pgettext_lazy("signing off", "Has declined")


class Signer(models.Model):
    """One who is to sign in a round, and the answer."""

    sign_off = models.ForeignKey(SignOff, models.CASCADE, related_name="signers")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    role = models.CharField(_("as"), max_length=8, choices=SignerRole)
    answer = models.CharField(_("answer"), max_length=8, choices=SignerAnswer, default=SignerAnswer.WAITING)
    answered_at = models.DateTimeField(_("answered"), null=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("signer")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sign_off", "member"], name="signer_once_per_round"),
            models.CheckConstraint(condition=Q(role__in=SignerRole.values), name="signer_role_known"),
            models.CheckConstraint(
                condition=Q(answer=SignerAnswer.WAITING, answered_at=None)
                | Q(answer=SignerAnswer.SIGNED, answered_at__isnull=False)
                | (Q(answer=SignerAnswer.DECLINED, answered_at__isnull=False) & ~Q(reason="")),
                name="signer_answer_has_time_and_refusal_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign_off_id} {self.member_id} {self.answer}"


class ItemCommentQuerySet(models.QuerySet["ItemComment"]):
    """Words for comments on the minutes."""

    def live(self) -> "ItemCommentQuerySet":
        """Those not removed."""
        return self.filter(removed=False)

    def visible_to(self, member: Member) -> "ItemCommentQuerySet":
        """Those at items that exist for the member."""
        return self.filter(item__in=AgendaItem.objects.visible_to(member))


class ItemComment(models.Model):
    """What somebody remarks on one item of minutes that are to be signed off."""

    sign_off = models.ForeignKey(SignOff, models.CASCADE, related_name="comments")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="comments")
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    text = models.TextField(_("comment"), max_length=2000)
    removed = models.BooleanField(default=False, editable=False)

    objects = ItemCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on the minutes")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="item_comment_says_something")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class SignedMinutes(models.Model):
    """The minutes as they were signed. The row is written once; nothing changes it, the database refuses.

    `whole` and `masked` are the papers (meetings.documents.content.Paper) as JSON; `sha256` is that of `whole` in
    its canonical form, `masked_sha256` that of `masked`.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="signed_minutes")
    edition = models.PositiveSmallIntegerField(_("edition"))
    sign_off = models.OneToOneField(SignOff, models.PROTECT, related_name="minutes")
    signed_at = models.DateTimeField(_("signed off"))
    whole = models.JSONField()
    masked = models.JSONField()
    sha256 = models.CharField(max_length=64)
    masked_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("signed minutes")
        ordering = ["edition"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "edition"], name="signed_minutes_edition_once_per_meeting")
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.edition}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it once."""
        if not self._state.adding:
            raise TypeError("signed minutes are never changed")
        super().save(*args, **kwargs)


def current_minutes(meeting: Meeting) -> SignedMinutes | None:
    """The minutes of a signed meeting as they were signed last; None while nothing holds (one query at most)."""
    if meeting.state != MeetingState.SIGNED:
        return None
    return SignedMinutes.objects.filter(meeting=meeting).order_by("-edition").first()


class Unlocking(models.Model):
    """Signed minutes are opened again: one asks, with a reason, and another confirms. The edition is kept."""

    minutes = models.ForeignKey(SignedMinutes, models.PROTECT, related_name="unlockings")
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    asked_on = models.DateField(_("asked"))
    reason = models.CharField(_("reason"), max_length=1000)
    answered_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    answered_on = models.DateField(_("answered"), null=True)
    confirmed = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("unlocking of minutes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="unlocking_has_reason"),
            models.CheckConstraint(
                condition=Q(confirmed=None, answered_by=None, answered_on=None)
                | Q(confirmed__isnull=False, answered_by__isnull=False, answered_on__isnull=False),
                name="unlocking_answer_has_who_and_when",
            ),
            # Whoever asked may take it back, never confirm it.
            models.CheckConstraint(
                condition=~Q(confirmed=True) | ~Q(answered_by=F("asked_by")), name="unlocking_takes_two_persons"
            ),
            models.UniqueConstraint(
                fields=["minutes"], condition=Q(confirmed=None), name="unlocking_one_open_per_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.asked_on}"


class AddendumQuerySet(models.QuerySet["Addendum"]):
    """Words for addenda."""

    def visible_to(self, member: Member) -> "AddendumQuerySet":
        """Those of the member's council, restricted ones only for the cleared."""
        addenda = self.filter(meeting__council_id=member.council_id)
        return addenda if member.cleared else addenda.filter(restricted=False)


class Addendum(Restrictable):
    """A correction of signed minutes: stands beside them, with its own day and author."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="addenda")
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    text = models.TextField(_("addendum"), max_length=4000)

    objects = AddendumQuerySet.as_manager()

    class Meta:
        verbose_name = _("addendum")
        ordering = ["pk"]
        constraints = [
            *Restrictable.Meta.constraints,
            models.CheckConstraint(condition=~Q(text=""), name="addendum_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.on}"
