"""The summons: what a council has chosen about it, and what the summoned answered."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bra.models import Council, Member
from meetings.models.meetings import Meeting


class MeetingRules(models.Model):
    """What a council has chosen about its meetings. No row means the defaults."""

    SUMMONS_DAYS, COMMENT_DAYS, SIGN_DAYS = 7, 5, 14
    MOST_DAYS = 60

    council = models.OneToOneField(Council, models.CASCADE, related_name="meeting_rules", primary_key=True)
    summons_days = models.PositiveSmallIntegerField(
        _("days before a meeting that its summons is to be out"), default=SUMMONS_DAYS
    )
    comment_days = models.PositiveSmallIntegerField(_("days for comments on the minutes"), default=COMMENT_DAYS)
    # 14 days after a board's meeting: KL 5:69. A council that is no board may choose another number.
    sign_days = models.PositiveSmallIntegerField(
        _("days after a meeting that its minutes are to be signed off"), default=SIGN_DAYS
    )

    class Meta:
        verbose_name = _("rules of meetings")
        constraints = [
            models.CheckConstraint(
                condition=Q(summons_days__lte=60, comment_days__gte=1, comment_days__lte=60)
                & Q(sign_days__gte=1, sign_days__lte=60),
                name="meeting_rules_days",
            )
        ]

    def __str__(self) -> str:
        return f"{self.summons_days} {self.comment_days} {self.sign_days}"

    @classmethod
    def of(cls, council: Council) -> "MeetingRules":
        """What the council has chosen, or the defaults (not saved)."""
        return cls.objects.filter(council=council).first() or cls(council=council)


class Answer(models.TextChoices):
    """What somebody answers to a summons."""

    YES = "yes", _("I'm coming")
    NO = "no", _("I can't come")
    SUBSTITUTE = "substitute", _("A substitute comes for me")


class SummonsReply(models.Model):
    """The latest answer of one member to the summons to one meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="replies")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    # One of the council's own, or somebody else by name.
    substitute = models.ForeignKey(
        Member, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("substitute")
    )
    substitute_name = models.CharField(_("name of the substitute"), max_length=120, blank=True)
    at = models.DateTimeField(_("answered"))

    class Meta:
        verbose_name = _("answer to the summons")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="summons_reply_once_per_member"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="summons_reply_known"),
            models.CheckConstraint(
                condition=Q(answer=Answer.SUBSTITUTE) | Q(substitute=None, substitute_name=""),
                name="summons_reply_only_substitute_has_one",
            ),
            models.CheckConstraint(
                condition=Q(substitute=None) | ~Q(substitute=F("member")), name="summons_reply_not_own_substitute"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.member_id} {self.answer}"

    @property
    def substitute_label(self) -> str:
        """Who comes instead; empty when nobody was named."""
        return self.substitute.display_name if self.substitute else self.substitute_name
