"""What finding stores: the address of a member's calendar feed. All else is found in the rows of the floors below."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bra.models import Member, User


class CalendarAddressQuerySet(models.QuerySet["CalendarAddress"]):
    """Words for addresses."""

    def working(self) -> "CalendarAddressQuerySet":
        """Those not stopped, of somebody who can still log in."""
        # Who loses the log-in loses the calendar too, also when the seat is somebody else's afterwards.
        return self.exclude(digest=None).filter(member__user=F("user"), user__is_active=True)


class CalendarAddress(models.Model):
    """The secret address of a member's calendar. Only the digest of the secret is kept; None when it is stopped."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="calendar_address")
    # Who made it, and reads it.
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, null=True, editable=False)
    made_on = models.DateField(_("made"))

    objects = CalendarAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address of a calendar")
        constraints = [models.CheckConstraint(condition=~Q(digest=""), name="calendar_address_has_digest_or_none")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


def working_address(member: Member) -> CalendarAddress | None:
    """Return the member's address if there is one that works."""
    return CalendarAddress.objects.working().filter(member=member).first()
