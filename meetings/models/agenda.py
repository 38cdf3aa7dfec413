"""What stands on an agenda, and what was decided at it."""

from datetime import date

from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from bra.fields import StemsField
from bra.models import SEATED, Council, Member, Restrictable
from meetings.models.states import HELD, PLANNED, MeetingState
from meetings.models.topics import Topic, count_per, has_extremism_topic


class ItemKind(models.TextChoices):
    """What an agenda item is there for."""

    INFORMATION = "information", _("Information")
    DISCUSSION = "discussion", _("Discussion")
    DECISION = "decision", _("For decision")
    FOLLOW_UP = "follow-up", _("Follow-up")
    # Its title names the last meeting held: see meetings.lifecycle.carrying.
    LAST_MINUTES = "minutes", _("Minutes of the last meeting")


class StandingItemQuerySet(models.QuerySet["StandingItem"]):
    """Words for standing items."""

    def live(self) -> "StandingItemQuerySet":
        """Those not removed."""
        return self.filter(removed=False)


class StandingItem(models.Model):
    """An item of the council's standing agenda; a new meeting begins with a copy of each."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="standing_items")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=ItemKind, default=ItemKind.INFORMATION)
    topics = models.ManyToManyField(Topic, related_name="+", blank=True, verbose_name=_("topics"))
    presenter = models.CharField(_("presenter"), max_length=120, blank=True)
    minutes_planned = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    removed = models.BooleanField(default=False, editable=False)

    objects = StandingItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing item")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="standing_item_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.title}"


class ItemState(models.TextChoices):
    """Whether an item has been treated."""

    PENDING = "pending", _("Not treated")
    TREATED = "treated", _("Treated")
    TABLED = "tabled", _("Tabled")


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    """Words for agenda items."""

    def visible_to(self, member: Member) -> "AgendaItemQuerySet":
        """Those that exist for the member: of the own council, restricted ones only for the cleared."""
        if member.role not in SEATED:
            return self.none()
        items = self.filter(meeting__council_id=member.council_id)
        return items if member.cleared else items.filter(restricted=False)

    def extremism_related(self) -> "AgendaItemQuerySet":
        """Those with a topic that marks extremism."""
        return self.filter(has_extremism_topic(AgendaItem))

    def with_extremism(self) -> "AgendaItemQuerySet":
        """Add `extremism`: whether a topic marks the item."""
        return self.annotate(extremism=has_extremism_topic(AgendaItem))

    def with_decision_count(self) -> "AgendaItemQuerySet":
        """Add `decision_count`: the number of decisions taken at the item, removed ones left out."""
        decisions = Decision.objects.live().filter(item=OuterRef("pk")).order_by()
        return self.annotate(decision_count=count_per(decisions, "item"))

    def treated(self) -> "AgendaItemQuerySet":
        """Those that a meeting that has begun has treated."""
        return self.filter(state=ItemState.TREATED, meeting__state__in=HELD)

    def to_come(self, today: date) -> "AgendaItemQuerySet":
        """Those on the agenda of a meeting in session, or planned for today or later."""
        planned = Q(meeting__state__in=PLANNED, meeting__date__gte=today)
        return self.filter(planned | Q(meeting__state=MeetingState.IN_SESSION))


class AgendaItemManager(models.Manager["AgendaItem"]):
    """Without the items that were taken off an agenda: nothing had been logged at one, so nothing refers to it."""

    def get_queryset(self) -> models.QuerySet["AgendaItem"]:
        """Those that stand on an agenda."""
        return super().get_queryset().filter(removed=False)


class AgendaItem(Restrictable):
    """One item of one meeting's agenda, with the notes taken at it."""

    meeting = models.ForeignKey("Meeting", models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=ItemKind, default=ItemKind.DISCUSSION)
    presenter = models.CharField(_("presenter"), max_length=120, blank=True)
    minutes_planned = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    case = models.ForeignKey(
        "Case", models.PROTECT, related_name="items", null=True, blank=True, verbose_name=_("case")
    )
    topics = models.ManyToManyField(Topic, related_name="items", blank=True, verbose_name=_("topics"))
    state = models.CharField(_("state"), max_length=8, choices=ItemState, default=ItemState.PENDING)
    notes = models.TextField(_("notes"), max_length=50_000, blank=True)
    # Counts the savings of the notes: who writes on an older version is shown both texts.
    version = models.PositiveIntegerField(default=0, editable=False)
    # How long it was the current item; the time since it became so for the last time is added when it ends.
    seconds_spent = models.PositiveIntegerField(default=0, editable=False)
    # The item of the meeting before that was left untreated or tabled there, and lives on in this one.
    carried_from = models.OneToOneField(
        "self", models.SET_NULL, related_name="carried_to", null=True, blank=True, editable=False
    )
    # It has been taken along once. Whoever then takes it off the next agenda isn't given it again.
    carried = models.BooleanField(default=False, editable=False)
    # Whose minutes an item of the kind LAST_MINUTES is about; its title ends with that meeting's number.
    minutes_of = models.ForeignKey("Meeting", models.SET_NULL, related_name="+", null=True, blank=True, editable=False)
    removed = models.BooleanField(default=False, editable=False)
    stems = StemsField("title", "notes")

    objects = AgendaItemManager.from_queryset(AgendaItemQuerySet)()
    # With those taken off the agenda, for the verb that brings one back.
    with_removed = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["case", "meeting"], name="item_by_case"),
            models.Index(fields=["meeting"], name="item_removed", condition=Q(removed=True)),
        ]
        constraints = [
            *Restrictable.Meta.constraints,
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="item_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="item_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class DecisionKind(models.TextChoices):
    """What a decision does with the matter."""

    DECIDED = "decided", _("Decided")
    TABLED = "tabled", _("Tabled")
    REFERRED_BACK = "referred_back", _("Referred back")
    FILED = "filed", _("Filed")


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Words for decisions."""

    def live(self) -> "DecisionQuerySet":
        """Those not removed."""
        return self.filter(removed=False)

    def visible_to(self, member: Member) -> "DecisionQuerySet":
        """Those at items that exist for the member."""
        if member.role not in SEATED:
            return self.none()
        decisions = self.filter(item__meeting__council_id=member.council_id)
        return decisions if member.cleared else decisions.filter(item__restricted=False)

    def in_order_of_meeting(self) -> "DecisionQuerySet":
        """As the minutes list them: by item, then as they were taken."""
        return self.order_by("item__position", "item_id", "pk")


class Decision(models.Model):
    """What was decided at an item.

    Its § is settled when the meeting is adjourned, in the order of the agenda; until then it is reckoned.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="decisions")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="decisions")
    number = models.PositiveIntegerField("§", null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=14, choices=DecisionKind, default=DecisionKind.DECIDED)
    text = models.TextField(_("decision"), max_length=4000)
    removed = models.BooleanField(default=False, editable=False)
    # Counts the amendments: who amends an older wording is shown both.
    version = models.PositiveIntegerField(default=0, editable=False)
    stems = StemsField("text")

    # Its § in the minutes, settled or reckoned; meetings.sheets puts it here for the templates.
    paragraph: int | None

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["council"], name="decision_removed", condition=Q(removed=True))]
        constraints = [
            models.UniqueConstraint(fields=["council", "number"], name="decision_number_once_per_council"),
            models.CheckConstraint(condition=~Q(text=""), name="decision_says_something"),
            models.CheckConstraint(condition=Q(kind__in=DecisionKind.values), name="decision_kind_known"),
            models.CheckConstraint(condition=Q(removed=False) | Q(number=None), name="decision_removed_has_no_number"),
        ]

    def __str__(self) -> str:
        return f"§ {self.number}" if self.number else "§"
