"""Councils, organisations, users and members."""

import zoneinfo
from datetime import date, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.fields import SortKeyField

STOCKHOLM = zoneinfo.ZoneInfo("Europe/Stockholm")


class Accent(models.TextChoices):
    """The colours a council may choose between; each is checked for contrast in light and dark."""

    TEAL = "teal", _("Teal")
    BLUE = "blue", _("Blue")
    GREEN = "green", _("Green")
    PLUM = "plum", _("Plum")
    RUST = "rust", _("Rust")
    SLATE = "slate", _("Slate")


class Council(models.Model):
    """A local crime-prevention council. Everything else belongs to one."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), unique=True)
    accent = models.CharField(_("colour"), max_length=10, choices=Accent, default=Accent.TEAL)
    pinned_today = models.DateField(
        _("pinned today"),
        null=True,
        blank=True,
        help_text=_("Set in a demonstration: the day it is for this council."),
    )
    reminder_hour = models.PositiveSmallIntegerField(_("hour of reminders"), default=7)
    quorum = models.PositiveSmallIntegerField(_("quorum"), null=True, blank=True)
    proposal_days = models.PositiveSmallIntegerField(_("days before a meeting that proposals are due"), default=10)
    # Where a concern about an individual is reported; empty for the words that hold everywhere.
    concern_contact = models.CharField(_("where a concern is reported"), max_length=200, blank=True)
    concern_link = models.URLField(_("page about reporting a concern"), blank=True)

    class Meta:
        verbose_name = _("council")
        constraints = [
            models.CheckConstraint(
                # Between 06 and 20 no hour is skipped or doubled when the clocks change.
                condition=Q(reminder_hour__gte=6, reminder_hour__lte=20),
                name="council_reminder_hour_by_day",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def now(self, clock: datetime) -> datetime:
        """Return the council's local time at the instant `clock` (aware); on its pinned day if it has one."""
        local = clock.astimezone(STOCKHOLM)
        if self.pinned_today:
            return datetime.combine(self.pinned_today, local.timetz())
        return local

    def today(self, clock: datetime) -> date:
        """Return the council's local date at the instant `clock` (aware)."""
        return self.now(clock).date()


class Organisation(models.Model):
    """A body with seats on the council: the police, a school department, a housing company."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="organisations")
    name = models.CharField(_("name"), max_length=120)
    sort_key = SortKeyField("name")

    class Meta:
        verbose_name = _("organisation")
        ordering = ["sort_key"]
        constraints = [models.UniqueConstraint(fields=["council", "name"], name="organisation_name_once_per_council")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user who logs in with `email`; without a password nobody can log in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        """Find the user by e-mail, in whatever case it was typed."""
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who can log in. What they may do is said by their Member on each council.

    An administrator looks after the installation: councils, log-ins, its health. That opens no council's door.
    """

    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_administrator = models.BooleanField(_("administers the installation"), default=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("user")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case")]

    def __str__(self) -> str:
        return self.email


class Role(models.TextChoices):
    """What a member does on the council."""

    COORDINATOR = "coordinator", _("coordinator")
    CHAIR = "chair", _("chair")
    SECRETARY = "secretary", _("secretary")
    MEMBER = "member", _("member")
    OWNER = "owner", _("action owner")
    AUDITOR = "auditor", _("auditor")


# Those who sit on the council and read its meetings; an owner only ever sees the actions they own, an auditor who did
# what and when, never what was said.
SEATED = (Role.COORDINATOR, Role.CHAIR, Role.SECRETARY, Role.MEMBER)
# Those whose role changes anything: all but the auditor.
WRITING = (*SEATED, Role.OWNER)
# Those who log what a meeting came to.
LOGGERS = (Role.COORDINATOR, Role.SECRETARY)


class MemberQuerySet(models.QuerySet["Member"]):
    """Words for members."""

    def active(self, on: date) -> "MemberQuerySet":
        """Those whose mandate covers the day `on`."""
        return self.filter(Q(mandate_to=None) | Q(mandate_to__gte=on), mandate_from__lte=on)

    def acting(self, on: date) -> "MemberQuerySet":
        """Those active on the day who may be asked for anything: the auditor isn't."""
        return self.active(on).filter(role__in=WRITING)

    def seated(self) -> "MemberQuerySet":
        """Those who sit on the council, outside owners left out."""
        return self.filter(role__in=SEATED)


class Member(models.Model):
    """A person or a role on a council; may exist without a user who logs in."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", null=True, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    name = models.CharField(_("name"), max_length=120, blank=True, help_text=_("Empty when the seat has no holder."))
    title = models.CharField(pgettext_lazy("member", "title"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.MEMBER)
    cleared = models.BooleanField(_("may see restricted items"), default=False)
    mandate_from = models.DateField(_("mandate from"))
    mandate_to = models.DateField(_("mandate to"), null=True, blank=True)
    sort_key = SortKeyField("display_name")

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        ordering = ["sort_key", "pk"]
        # Lists sorted by owner read the members in this order.
        indexes = [models.Index(fields=["council", "sort_key", "id"], name="member_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["council", "user"], name="member_once_per_council_and_user"),
            models.CheckConstraint(
                condition=Q(mandate_to=None) | Q(mandate_to__gte=F("mandate_from")),
                name="member_mandate_in_order",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_known"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def display_name(self) -> str:
        """The person's name, or the role where the seat has no holder."""
        return self.name or self.title

    @property
    def label(self) -> str:
        """Name and role for lists: "Eva Ek, kommunpolis"."""
        return f"{self.name}, {self.title}" if self.name else self.title

    @property
    def address(self) -> str:
        """Where mail reaches the member: the own address, or the one they log in with; empty without one."""
        return self.email or (self.user.email if self.user else "")

    def is_active(self, on: date) -> bool:
        """Whether the mandate covers the day `on`."""
        return self.mandate_from <= on and (self.mandate_to is None or on <= self.mandate_to)
