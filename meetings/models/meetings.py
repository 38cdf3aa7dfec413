"""The meetings themselves, and how their decisions are numbered."""

from datetime import date

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.models import SEATED, Council, Member
from meetings.models.agenda import AgendaItem, Decision
from meetings.models.states import ENDED, HELD, PLANNED, MeetingState
from meetings.models.topics import count_per


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Words for meetings."""

    def visible_to(self, member: Member) -> "MeetingQuerySet":
        """Those of the member's council, for those who sit on it."""
        if member.role not in SEATED:
            return self.none()
        return self.filter(council_id=member.council_id)

    def held(self) -> "MeetingQuerySet":
        """Those that have begun."""
        return self.filter(state__in=HELD)

    def upcoming(self, today: date) -> "MeetingQuerySet":
        """Those in session, or planned for today or later, the nearest first."""
        return self.filter(Q(state=MeetingState.IN_SESSION) | Q(state__in=PLANNED, date__gte=today)).order_by(
            "date", "starts_at", "pk"
        )

    def planned(self) -> "MeetingQuerySet":
        """Those still to be held."""
        return self.filter(state__in=PLANNED)

    def from_day(self, day: date) -> "MeetingQuerySet":
        """Those held, or to be held, on that day or later."""
        return self.filter(date__gte=day)

    def to_day(self, day: date) -> "MeetingQuerySet":
        """Those held, or to be held, on that day or earlier."""
        return self.filter(date__lte=day)

    def with_counts(self, member: Member) -> "MeetingQuerySet":
        """Add `item_count` and `decision_count`, as far as the member may see."""
        # The empty order_by() keeps the models' own ordering out of the grouping.
        items = AgendaItem.objects.visible_to(member).filter(meeting=OuterRef("pk")).order_by()
        decisions = Decision.objects.live().visible_to(member).filter(item__meeting=OuterRef("pk")).order_by()
        return self.annotate(
            item_count=count_per(items, "meeting"), decision_count=count_per(decisions, "item__meeting")
        )

    def with_extremism_item(self, member: Member) -> "MeetingQuerySet":
        """Those with an extremism-related item that the member may see."""
        items = AgendaItem.objects.visible_to(member).extremism_related()
        return self.filter(Exists(items.filter(meeting=OuterRef("pk"))))


class Meeting(models.Model):
    """One meeting of the council."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="meetings")
    year = models.PositiveSmallIntegerField(editable=False)
    sequence = models.PositiveSmallIntegerField(editable=False)
    title = models.CharField(_("title"), max_length=120, blank=True, help_text=_("Empty for an ordinary meeting."))
    date = models.DateField(_("date"))
    starts_at = models.TimeField(pgettext_lazy("meeting", "from"))
    ends_at = models.TimeField(pgettext_lazy("meeting", "to"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    registry_number = models.CharField(_("registry number"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=MeetingState, default=MeetingState.DRAFT)
    opened_at = models.DateTimeField(null=True, editable=False)
    adjourned_at = models.DateTimeField(null=True, editable=False)
    # Counts what calendars were told of the meeting (RFC 5545, SEQUENCE).
    summons_sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    summoned_at = models.DateTimeField(null=True, editable=False)
    # The digest of the agenda as the last summons carried it; empty when that isn't known.
    summoned_agenda = models.CharField(max_length=64, blank=True, editable=False)
    cancelled_because = models.CharField(_("why it is cancelled"), max_length=300, blank=True, editable=False)
    # What is spoken of now, and since when; empty before the first item and from the adjourning on.
    current_item = models.ForeignKey("AgendaItem", models.SET_NULL, related_name="+", null=True, editable=False)
    current_since = models.DateTimeField(null=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        ordering = ["-date", "-starts_at", "-pk"]
        indexes = [models.Index(fields=["council", "-date", "-starts_at", "-id"], name="meeting_by_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "year", "sequence"], name="meeting_number_once_per_council_and_year"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=HELD) | Q(opened_at__isnull=False),
                name="meeting_held_has_opening",
            ),
            models.CheckConstraint(
                condition=Q(current_item=None) | Q(state=MeetingState.IN_SESSION), name="meeting_item_only_in_session"
            ),
            # Paragraphs are numbered on across meetings, so only one meeting at a time may take new ones.
            models.UniqueConstraint(
                fields=["council"], condition=Q(state=MeetingState.IN_SESSION), name="meeting_one_in_session"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def number(self) -> str:
        """The meeting's number in its year: "2017-2"."""
        return f"{self.year}-{self.sequence}"

    @property
    def label(self) -> str:
        """The number, and the title where there is one."""
        return f"{self.number} {self.title}" if self.title else self.number

    @property
    def is_planned(self) -> bool:
        """Whether it is still to be held."""
        return self.state in PLANNED

    @property
    def has_ended(self) -> bool:
        """Whether it has been held and adjourned."""
        return self.state in ENDED

    @property
    def is_open_for_logging(self) -> bool:
        """Whether notes, decisions and actions may be logged now."""
        return self.state == MeetingState.IN_SESSION


def last_decision_number(council: Council) -> int:
    """The highest § of the council so far; 0 when there is none."""
    return Decision.objects.filter(council=council).aggregate(last=Max("number"))["last"] or 0


def reckoned_numbers(meeting: Meeting) -> dict[int, int]:
    """Return {decision pk: §} of a meeting: settled numbers, or those that adjourning it now would settle.

    Restricted decisions count for everybody: a gap in the numbers tells that there is one, as minutes do.
    """
    decisions = Decision.objects.live().filter(item__meeting=meeting).in_order_of_meeting()
    pairs = list(decisions.values_list("pk", "number"))
    if all(number is not None for _pk, number in pairs):
        return {pk: number for pk, number in pairs if number is not None}
    first = last_decision_number(meeting.council) + 1
    return {pk: first + place for place, (pk, _number) in enumerate(pairs)}
