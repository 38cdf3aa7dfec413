"""Mail: the ledger of what is to go out, the secret links in it, and the log of an installation without a server."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from bra.models.council import Council, Member


class LetterState(models.TextChoices):
    """What has become of a mail.

    Unknown: the worker died, or the connection, while the mail server had it; a person judges. Dropped: there was
    nothing left to say, or a person judged that it isn't to be sent.
    """

    PENDING = "pending", _("Waiting")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    DROPPED = "dropped", _("Not sent")


# Why a mail isn't sent whose recipient had no address when it was written.
NO_ADDRESS = "no_address"


class LetterQuerySet(models.QuerySet["Letter"]):
    """Words for mails."""

    def waiting(self) -> "LetterQuerySet":
        """Those to be sent."""
        return self.filter(state=LetterState.PENDING)

    def to_judge(self) -> "LetterQuerySet":
        """Those that didn't go out, or may not have: a person says what is to be done."""
        return self.filter(state__in=[LetterState.FAILED, LetterState.UNKNOWN])


class Letter(models.Model):
    """One mail to one recipient for one cause. The row is the queue; Celery only wakes the one who sends.

    `kind` is a key of bra.post.KINDS, whose writer makes the mail of it when it is sent; `about` is the key of the
    row that the mail is about, as its kind says. `cause` tells causes of one kind apart: a day, "meeting 7 update 2".
    """

    # Other indexes begin with the council and the recipient already; more would only slow the sweep down.
    council = models.ForeignKey(Council, models.PROTECT, related_name="letters", db_index=False)
    kind = models.CharField(_("kind"), max_length=12)
    recipient = models.ForeignKey(Member, models.PROTECT, related_name="letters", db_index=False)
    cause = models.CharField(max_length=60)
    about = models.BigIntegerField(null=True)
    on = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=8, choices=LetterState, default=LetterState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    # Where it went; the recipient may have another address since. Empty until it has gone.
    address = models.EmailField(_("sent to"), blank=True)
    failure = models.CharField(_("reason"), max_length=200, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        ordering = ["-on", "-pk"]
        constraints = [
            # A recipient belongs to one council, so this is once per council as well.
            models.UniqueConstraint(fields=["recipient", "kind", "cause"], name="letter_once_per_cause"),
            models.CheckConstraint(condition=Q(state__in=LetterState.values), name="letter_state_known"),
            models.CheckConstraint(condition=~Q(cause=""), name="letter_has_cause"),
            models.CheckConstraint(
                condition=~Q(state=LetterState.SENT) | Q(sent_at__isnull=False), name="letter_sent_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["council", "id"], name="letter_waiting", condition=Q(state=LetterState.PENDING)),
            models.Index(fields=["council", "-on", "-id"], name="letter_by_day"),
            models.Index(fields=["kind", "about"], name="letter_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause} {self.recipient_id}"

    @property
    def missed(self) -> bool:
        """Whether the recipient has another address than the one it went to, or had none when it was written."""
        now = self.recipient.address.lower()
        if self.state == LetterState.SENT:
            return bool(now and self.address) and now != self.address.lower()
        return bool(now) and self.failure == NO_ADDRESS


class MailLinkQuerySet(models.QuerySet["MailLink"]):
    """Words for the links in mails."""

    def working(self, today: date) -> "MailLinkQuerySet":
        """Those whose member still has a mandate."""
        in_mandate = Q(member__mandate_to=None) | Q(member__mandate_to__gte=today)
        return self.filter(in_mandate, member__mandate_from__lte=today)


class MailLink(models.Model):
    """A link to a page that asks for no log-in, mailed to an address. Only the digest of its secret is kept.

    `purpose` names the page, `about` the key of the row that the page shows; a link opens nothing else.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=12)
    about = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    address = models.EmailField()

    objects = MailLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link in a mail")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class LoggedMail(models.Model):
    """A mail that went to the log because the installation has no mail server."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="logged_mails", null=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    recipient = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    message_id = models.CharField(max_length=200, db_index=True)
    text = models.TextField()
    html = models.TextField(blank=True)

    class Meta:
        verbose_name = _("logged mail")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["council", "at"], name="logged_mail_by_age")]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"


class Frequency(models.TextChoices):
    """How often somebody wants what can wait to be gathered."""

    DAILY = "daily", _("Every working day")
    WEEKLY = "weekly", _("Mondays")


class MailChoice(models.Model):
    """What a member has chosen about their mail. No row means the defaults."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="mail_choice", primary_key=True)
    frequency = models.CharField(_("reminders"), max_length=8, choices=Frequency, default=Frequency.DAILY)
    # The last day of the pause; what falls due meanwhile comes after it, merged.
    paused_until = models.DateField(_("pause up to and including"), null=True, blank=True)

    class Meta:
        verbose_name = _("choice of mail")
        constraints = [
            models.CheckConstraint(condition=Q(frequency__in=Frequency.values), name="mail_choice_frequency_known")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.frequency}"


class Unsubscription(models.Model):
    """A kind of mail that a member doesn't want."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="unsubscriptions")
    kind = models.CharField(_("kind"), max_length=12)
    on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("unsubscription")
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="unsubscription_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind}"


class StoppedAddress(models.Model):
    """An address that a mail server refuses for good: nothing more is sent there until a coordinator says so."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="stopped_addresses")
    address = models.EmailField(_("address"))
    on = models.DateField(_("day"))
    code = models.PositiveSmallIntegerField(_("the server's answer"), null=True)

    class Meta:
        verbose_name = _("stopped address")
        constraints = [
            models.UniqueConstraint("council", Lower("address"), name="stopped_address_once_per_council"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Deputy(models.Model):
    """Somebody who gets a member's reminders while the member is away."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="deputies")
    deputy = models.ForeignKey(Member, models.PROTECT, related_name="deputy_for", verbose_name=_("deputy"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("up to and including"))

    class Meta:
        verbose_name = _("deputy")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="deputy_days_in_order"),
            models.CheckConstraint(condition=~Q(member=F("deputy")), name="deputy_is_somebody_else"),
        ]
        indexes = [models.Index(fields=["member", "starts", "ends"], name="deputy_by_days")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.deputy_id} {self.starts}"
