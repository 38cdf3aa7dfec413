"""Who was there, for how much of it, and in whose place."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bra.models import Member
from meetings.models.agenda import AgendaItem
from meetings.models.meetings import Meeting


class AttendanceStatus(models.TextChoices):
    """How a member attended."""

    PRESENT = "present", _("Present")
    APOLOGISED = "apologised", _("Apologised")
    ABSENT = "absent", _("Absent")


class Stay(models.Model):
    """From which item to which somebody is there, both counted; without them from the beginning, to the end."""

    # RESTRICT: an item that tells when somebody came or left isn't removed from under it.
    from_item = models.ForeignKey(
        AgendaItem, models.RESTRICT, related_name="+", null=True, blank=True, verbose_name=_("from item")
    )
    to_item = models.ForeignKey(
        AgendaItem, models.RESTRICT, related_name="+", null=True, blank=True, verbose_name=_("up to and including item")
    )

    class Meta:
        abstract = True

    @staticmethod
    def is_backwards(from_item: AgendaItem | None, to_item: AgendaItem | None) -> bool:
        """Whether one would leave before one has come."""
        return from_item is not None and to_item is not None and to_item.position < from_item.position

    @property
    def is_partial(self) -> bool:
        """Whether it is less than the whole meeting."""
        return self.from_item is not None or self.to_item is not None

    def covers(self, position: int) -> bool:
        """Whether the item at the position falls within the stay."""
        begins = self.from_item.position if self.from_item else 0
        return begins <= position and (self.to_item is None or position <= self.to_item.position)

    def overlaps(self, other: "Stay") -> bool:
        """Whether both are there at some item."""
        return all(
            one.to_item is None or two.from_item is None or two.from_item.position <= one.to_item.position
            for one, two in ((self, other), (other, self))
        )


class Attendance(Stay):
    """One member at one meeting; no row means that nothing is logged yet.

    The stay and the one stood in for count while the status is "present"; they are kept if it is changed by a slip.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    member = models.ForeignKey(Member, models.PROTECT, related_name="attendances")
    status = models.CharField(_("attendance"), max_length=10, choices=AttendanceStatus)
    substitute_for = models.ForeignKey(
        Member, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("stands in for")
    )

    class Meta:
        verbose_name = _("attendance")
        constraints = [
            models.CheckConstraint(
                condition=Q(substitute_for=None) | ~Q(substitute_for=F("member")), name="attendance_not_own_substitute"
            ),
            models.UniqueConstraint(fields=["meeting", "member"], name="attendance_once_per_member"),
            models.CheckConstraint(condition=Q(status__in=AttendanceStatus.values), name="attendance_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.member_id} {self.status}"


class Guest(Stay):
    """Somebody co-opted to one meeting: there to be heard, without a seat, so not counted for the quorum."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="guests")
    name = models.CharField(_("name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    removed = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("guest")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="guest_has_name")]

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}" if self.organisation else self.name
