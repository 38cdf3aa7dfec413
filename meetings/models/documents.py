"""How a council's minutes look on paper."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from bra.models import Council, Role

LONGEST_HEADING = 400
LONGEST_SIGNATURES = 400


class PaperKind(models.TextChoices):
    """What a council keeps of its meetings. Minutes are signed off, notes are approved."""

    MINUTES = "minutes", _("Minutes")
    NOTES = "notes", _("Meeting notes")


class MinutesLayout(models.Model):
    """What a council prints around the minutes of all its meetings. A council without a row prints the defaults."""

    council = models.OneToOneField(Council, models.PROTECT, related_name="minutes_layout")
    kind = models.CharField(_("kind of document"), max_length=8, choices=PaperKind, default=PaperKind.MINUTES)
    heading = models.TextField(_("letterhead"), max_length=LONGEST_HEADING, blank=True)
    footer = models.CharField(_("footer"), max_length=200, blank=True)
    signatures = models.TextField(_("signatures"), max_length=LONGEST_SIGNATURES, blank=True)
    with_organisation = models.BooleanField(_("organisation in the list of attendance"), default=True)

    class Meta:
        verbose_name = _("layout of minutes")
        constraints = [models.CheckConstraint(condition=Q(kind__in=PaperKind.values), name="minutes_layout_kind_known")]

    def __str__(self) -> str:
        return str(self.council)


def layout_of(council: Council) -> MinutesLayout:
    """Return the council's layout; one with the defaults, not saved, when none has been chosen (one query)."""
    chosen = MinutesLayout.objects.filter(council=council).first()
    if chosen is not None:
        return chosen
    with override(settings.LANGUAGE_CODE):  # what is printed doesn't depend on who reads the page
        signatures = "\n".join(capfirst(str(role.label)) for role in (Role.CHAIR, Role.SECRETARY))
    return MinutesLayout(council=council, heading=council.name, signatures=signatures)
