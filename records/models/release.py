"""The register of requests for public records: what was asked, what was let out, what was refused and why."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.models import Council, LegalGround, Member


class Way(models.TextChoices):
    """How a request came."""

    MAIL = "mail", pgettext_lazy("request", "E-mail")
    PHONE = "phone", pgettext_lazy("request", "Telephone")
    VISIT = "visit", pgettext_lazy("request", "Visit")
    LETTER = "letter", pgettext_lazy("request", "Letter")


class ReleaseState(models.TextChoices):
    """What became of a request."""

    OPEN = "open", pgettext_lazy("request", "Being handled")
    RELEASED = "released", pgettext_lazy("request", "Released")
    IN_PART = "in_part", pgettext_lazy("request", "Released in part")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")
    NO_RECORD = "no_record", pgettext_lazy("request", "No such record")


# Those that something was kept back in: they have a decision.
KEPT_BACK = (ReleaseState.IN_PART, ReleaseState.REFUSED)


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Words for requests."""

    def of(self, council: Council) -> "ReleaseQuerySet":
        """Those made to one council."""
        return self.filter(council=council)

    def open(self) -> "ReleaseQuerySet":
        """Those being handled."""
        return self.filter(state=ReleaseState.OPEN)

    def in_state(self, state: str) -> "ReleaseQuerySet":
        """Those that this became of."""
        return self.filter(state=state)

    def of_year(self, year: int) -> "ReleaseQuerySet":
        """Those registered in the year."""
        return self.filter(year=year)

    def on_ground(self, ground: LegalGround) -> "ReleaseQuerySet":
        """Those in whose decision the ground is named."""
        return self.filter(Exists(Refusal.grounds.through.objects.filter(refusal=OuterRef("pk"), legalground=ground)))

    def saying(self, text: str) -> "ReleaseQuerySet":
        """Those with the text in what was asked, in whatever case."""
        found = Q()
        # SQLite doesn't know that Å is a capital å.
        for word in {text, text.lower(), text.upper(), text.capitalize()}:
            found |= Q(asked__icontains=word)
        return self.filter(found)


class Release(models.Model):
    """One request for public records. Who asks may stay unknown, and nobody is asked why."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="releases")
    year = models.PositiveSmallIntegerField(editable=False)
    number = models.PositiveIntegerField(editable=False)
    received_on = models.DateField(_("came on"))
    way = models.CharField(_("came by"), max_length=6, choices=Way, default=Way.MAIL)
    asked = models.TextField(_("what was asked for"), max_length=2000)
    requester = models.CharField(_("who asked, and how to reach them"), max_length=200, blank=True)
    handler = models.ForeignKey(
        Member, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("handled by")
    )
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=ReleaseState, default=ReleaseState.OPEN)
    closed_on = models.DateField(_("ended on"), null=True, editable=False)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for records")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["council", "year", "number"], name="release_number_once_per_year"),
            models.CheckConstraint(condition=~Q(asked=""), name="release_says_what_was_asked"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="release_way_known"),
            models.CheckConstraint(condition=Q(state__in=ReleaseState.values), name="release_state_known"),
            models.CheckConstraint(
                condition=Q(state=ReleaseState.OPEN, closed_on=None)
                | (~Q(state=ReleaseState.OPEN) & Q(closed_on__isnull=False)),
                name="release_ended_has_day",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its number in the register: "2017-3"."""
        return f"{self.year}-{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it is being handled."""
        return self.state == ReleaseState.OPEN


class Refusal(models.Model):
    """The decision by which something was kept back: its grounds, its reasons, who took it, and how to appeal."""

    release = models.OneToOneField(Release, models.CASCADE, related_name="refusal", primary_key=True)
    on = models.DateField(_("decided on"))
    grounds = models.ManyToManyField(LegalGround, related_name="+", verbose_name=_("legal grounds"))
    reasons = models.TextField(_("reasons"), max_length=4000)
    decided_by = models.CharField(_("decided by"), max_length=160)
    written_asked = models.BooleanField(_("a written decision was asked for"), default=False)
    # As it stood on that day, whatever the council writes later.
    appeal = models.TextField(_("how to appeal"), max_length=4000)

    class Meta:
        verbose_name = _("decision to keep back")
        constraints = [
            models.CheckConstraint(condition=~Q(reasons=""), name="refusal_has_reasons"),
            models.CheckConstraint(condition=~Q(decided_by=""), name="refusal_says_who_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.on}"


class SourceKind(models.TextChoices):
    """What a copy can be made of."""

    MINUTES = "minutes", pgettext_lazy("released", "Minutes")
    CASE = "case", pgettext_lazy("released", "Case sheet")
    REPORT = "report", pgettext_lazy("released", "Report for publication")


class ReleasedCopyQuerySet(models.QuerySet["ReleasedCopy"]):
    """Words for copies."""

    def visible_to(self, member: Member) -> "ReleasedCopyQuerySet":
        """Those of the member's council; one with restricted matter in it only for the cleared."""
        copies = self.filter(release__council_id=member.council_id)
        return copies if member.cleared else copies.filter(whole=False)


class ReleasedCopy(models.Model):
    """A file made for one request. Of its masks only the number and the grounds are kept, never the words."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="copies")
    # Those with restricted matter are counted by themselves: a gap would tell that there is one.
    number = models.PositiveSmallIntegerField(editable=False)
    source = models.CharField(_("document"), max_length=7, choices=SourceKind)
    source_id = models.BigIntegerField(editable=False)
    # Which one it is, without a word of what it says: "2017-2".
    reference = models.CharField(max_length=80)
    format = models.CharField(_("file"), max_length=4)
    whole = models.BooleanField(_("with restricted matter"), default=False)
    masks = models.PositiveIntegerField(_("masks"), default=0)
    grounds = models.ManyToManyField(LegalGround, related_name="+", verbose_name=_("legal grounds"))
    on = models.DateField(_("day"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("made by"))
    file_name = models.CharField(max_length=120, unique=True, editable=False)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64)

    objects = ReleasedCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("released copy")
        ordering = ["whole", "number"]
        constraints = [
            models.UniqueConstraint(fields=["release", "whole", "number"], name="released_copy_number_once"),
            models.CheckConstraint(condition=Q(source__in=SourceKind.values), name="released_copy_source_known"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.number}"


class ReleaseRules(models.Model):
    """How a council handles requests. No row means the defaults."""

    WARN_AFTER = 3

    council = models.OneToOneField(Council, models.CASCADE, related_name="release_rules", primary_key=True)
    warn_after = models.PositiveSmallIntegerField(_("working days before the register warns"), default=WARN_AFTER)
    # How to appeal, as it stands in decisions; empty for the text that comes with the product.
    appeal = models.TextField(_("how to appeal"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("rules of requests for records")
        constraints = [
            models.CheckConstraint(condition=Q(warn_after__gte=1, warn_after__lte=30), name="release_rules_days")
        ]

    def __str__(self) -> str:
        return f"{self.council_id} {self.warn_after}"

    @classmethod
    def of(cls, council: Council) -> "ReleaseRules":
        """What the council has chosen, or the defaults (not saved)."""
        return cls.objects.filter(council=council).first() or cls(council=council)
