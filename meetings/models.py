"""What the council says: topics, cases, meetings, agenda items, attendance and decisions."""

import hashlib
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.fields import SortKeyField, StemsField
from bra.models import SEATED, Council, Member, Organisation
from bra.text import sort_key
from meetings.document_models import MinutesLayout  # noqa: F401  # Django finds an app's models in this module
from meetings.proposal_models import ItemProposal  # noqa: F401  # Django finds an app's models by this module


class Topic(models.Model):
    """What an item or a case is about. A topic may mark what it is put on as related to violent extremism."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="topics")
    name = models.CharField(_("name"), max_length=80)
    extremism = models.BooleanField(_("marks as related to violent extremism"), default=False)
    sort_key = SortKeyField("name")

    class Meta:
        verbose_name = _("topic")
        ordering = ["sort_key"]
        constraints = [models.UniqueConstraint(fields=["council", "name"], name="topic_name_once_per_council")]

    def __str__(self) -> str:
        return self.name


class CaseState(models.TextChoices):
    """Where a case stands."""

    NEW = "new", pgettext_lazy("case", "New")
    OPEN = "open", pgettext_lazy("case", "Open")
    WATCHED = "watched", pgettext_lazy("case", "Watched")
    CLOSED = "closed", pgettext_lazy("case", "Closed")


class CaseQuerySet(models.QuerySet["Case"]):
    """Words for cases."""

    def visible_to(self, member: Member) -> "CaseQuerySet":
        """Those that exist for the member: of the own council, restricted ones only for the cleared."""
        if member.role not in SEATED:
            return self.none()
        cases = self.filter(council_id=member.council_id)
        return cases if member.cleared else cases.filter(restricted=False)

    def live(self) -> "CaseQuerySet":
        """Those not closed."""
        return self.exclude(state=CaseState.CLOSED)

    def extremism_related(self) -> "CaseQuerySet":
        """Those with a topic that marks extremism."""
        return self.filter(_has_extremism_topic(Case))

    def saying(self, text: str) -> "CaseQuerySet":
        """Those with the text in the title, the registry number, the situation or the outcome, in whatever case."""
        # The sort key is folded by Python: SQLite doesn't know that Å is a capital å.
        found = Q(sort_key__contains=sort_key(text)) | Q(registry_number__icontains=text)
        for word in {text, text.lower(), text.upper(), text.capitalize()}:
            found |= Q(situation__icontains=word) | Q(outcome__icontains=word)
        return self.filter(found)

    def of_year(self, year: int, member: Member) -> "CaseQuerySet":
        """Those opened in the year, or treated in it as far as the member may see."""
        treated = AgendaItem.objects.visible_to(member).treated().filter(case=OuterRef("pk"), meeting__date__year=year)
        return self.filter(Q(opened_on__year=year) | Exists(treated))

    def unmerged(self) -> "CaseQuerySet":
        """Those that weren't merged into another."""
        return self.filter(merged_into=None)

    def watched_by(self, member: Member) -> "CaseQuerySet":
        """Those that the member watches; what a merged case was watched for goes on in the other."""
        return self.unmerged().filter(watches__member=member)

    def related_to(self, case: "Case") -> "CaseQuerySet":
        """Those linked with the case, in whichever direction the link was made."""
        links = CaseLink.objects
        return self.unmerged().filter(
            Q(pk__in=links.filter(one=case).values("other")) | Q(pk__in=links.filter(other=case).values("one"))
        )

    def quiet(self, member: Member, on: date, weeks: int, today: date) -> "CaseQuerySet":
        """Live cases that, as far as the member may see, no meeting has treated for `weeks` weeks before `on`.

        A case never treated counts from the day it was opened. One that stands on the agenda of a meeting in session,
        or planned for `today` or later, is taken care of. Adds `last_treated`; the longest untouched come first.
        """
        before = on - timedelta(weeks=weeks)
        waiting = AgendaItem.objects.visible_to(member).filter(case=OuterRef("pk")).to_come(today)
        return (
            self.live()
            .with_last_treated(member)
            .filter(~Exists(waiting))
            .annotate(quiet_since=Coalesce("last_treated", "opened_on"))
            .filter(quiet_since__lte=before)
            .order_by("quiet_since", "sort_key", "pk")
        )

    def with_last_treated(self, member: Member) -> "CaseQuerySet":
        """Add `last_treated`: the day of the last meeting that treated the case, as far as the member may see."""
        treated = AgendaItem.objects.visible_to(member).treated().filter(case=OuterRef("pk")).order_by("-meeting__date")
        return self.annotate(last_treated=models.Subquery(treated.values("meeting__date")[:1]))


class Case(models.Model):
    """A question that the council follows across meetings. Never a person."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="cases")
    registry_number = models.CharField(_("registry number"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    topics = models.ManyToManyField(Topic, related_name="cases", blank=True, verbose_name=_("topics"))
    state = models.CharField(_("state"), max_length=8, choices=CaseState, default=CaseState.NEW)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="cases", verbose_name=_("responsible organisation")
    )
    situation = models.TextField(_("situation in short"), max_length=2000, blank=True)
    restricted = models.BooleanField(_("restricted"), default=False)
    opened_on = models.DateField(_("opened"))
    # What it came to, and when; kept when the case is opened again, as the earlier outcome.
    outcome = models.TextField(_("outcome"), max_length=2000, blank=True)
    closed_on = models.DateField(_("closed"), null=True, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, related_name="merged", null=True, editable=False)
    merged_on = models.DateField(null=True, editable=False)
    split_from = models.ForeignKey("self", models.PROTECT, related_name="split_off", null=True, editable=False)
    sort_key = SortKeyField("title")
    stems = StemsField("registry_number", "title", "situation", "outcome")

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "registry_number"], name="case_registry_number_once_per_council"
            ),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(merged_into=None, merged_on=None)
                | Q(merged_into__isnull=False, merged_on__isnull=False, state=CaseState.CLOSED),
                name="case_merged_is_closed_and_dated",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="case_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registry_number} {self.title}"

    @property
    def situation_mark(self) -> str:
        """A short mark of the situation's text: who rewrites it says which text they had before them."""
        return hashlib.sha256(self.situation.encode()).hexdigest()[:16]

    @property
    def is_merged(self) -> bool:
        """Whether the case lives on in another."""
        return self.merged_into_id is not None

    @property
    def is_live(self) -> bool:
        """Whether the council still follows it."""
        return self.state != CaseState.CLOSED


class CaseLink(models.Model):
    """Two cases that belong together. One row stands for both directions."""

    one = models.ForeignKey(Case, models.CASCADE, related_name="+")
    other = models.ForeignKey(Case, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("link between cases")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="case_link_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="case_link_lower_key_first"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id}–{self.other_id}"


class CaseWatch(models.Model):
    """A member who wants to be told when a case is treated."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="watches")
    member = models.ForeignKey(Member, models.CASCADE, related_name="watches")
    # The latest treatment that the member knows of; a later one is news.
    seen = models.ForeignKey("AgendaItem", models.SET_NULL, related_name="+", null=True)

    class Meta:
        verbose_name = _("watch of a case")
        constraints = [models.UniqueConstraint(fields=["case", "member"], name="case_watched_once_per_member")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.member_id}"


class CaseRules(models.Model):
    """What a council has chosen about its cases. No row means the defaults."""

    WEEKS = 26
    MOST_WEEKS = 520

    council = models.OneToOneField(Council, models.CASCADE, related_name="case_rules", primary_key=True)
    quiet_weeks = models.PositiveSmallIntegerField(
        _("weeks until a case that isn't treated is proposed for the agenda"), default=WEEKS
    )

    class Meta:
        verbose_name = _("rules of cases")
        constraints = [
            models.CheckConstraint(condition=Q(quiet_weeks__gte=1, quiet_weeks__lte=520), name="case_rules_weeks")
        ]

    def __str__(self) -> str:
        return f"{self.quiet_weeks}"

    @classmethod
    def of(cls, council: Council) -> "CaseRules":
        """What the council has chosen, or the defaults (not saved)."""
        return cls.objects.filter(council=council).first() or cls(council=council)


class MeetingState(models.TextChoices):
    """Where a meeting stands."""

    DRAFT = "draft", _("Planned")
    IN_SESSION = "in_session", _("In session")
    ADJOURNED = "adjourned", _("Adjourned")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Words for meetings."""

    def visible_to(self, member: Member) -> "MeetingQuerySet":
        """Those of the member's council, for those who sit on it."""
        if member.role not in SEATED:
            return self.none()
        return self.filter(council_id=member.council_id)

    def held(self) -> "MeetingQuerySet":
        """Those that have begun."""
        return self.exclude(state=MeetingState.DRAFT)

    def upcoming(self, today: date) -> "MeetingQuerySet":
        """Those in session, or planned for today or later, the nearest first."""
        return self.filter(Q(state=MeetingState.IN_SESSION) | Q(state=MeetingState.DRAFT, date__gte=today)).order_by(
            "date", "starts_at", "pk"
        )

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
            item_count=_count_per(items, "meeting"), decision_count=_count_per(decisions, "item__meeting")
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
                condition=Q(state=MeetingState.DRAFT) | Q(opened_at__isnull=False),
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
    def is_open_for_logging(self) -> bool:
        """Whether notes, decisions and actions may be logged now."""
        return self.state == MeetingState.IN_SESSION


class AttendanceStatus(models.TextChoices):
    """How a member attended."""

    PRESENT = "present", _("Present")
    APOLOGISED = "apologised", _("Apologised")
    ABSENT = "absent", _("Absent")


class Stay(models.Model):
    """From which item to which somebody is there, both counted; without them from the beginning, to the end."""

    # RESTRICT: an item that tells when somebody came or left isn't removed from under it.
    from_item = models.ForeignKey(
        "AgendaItem", models.RESTRICT, related_name="+", null=True, blank=True, verbose_name=_("from item")
    )
    to_item = models.ForeignKey(
        "AgendaItem", models.RESTRICT, related_name="+", null=True, blank=True, verbose_name=_("until and with item")
    )

    class Meta:
        abstract = True

    @staticmethod
    def is_backwards(from_item: "AgendaItem | None", to_item: "AgendaItem | None") -> bool:
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
        return self.filter(_has_extremism_topic(AgendaItem))

    def with_extremism(self) -> "AgendaItemQuerySet":
        """Add `extremism`: whether a topic marks the item."""
        return self.annotate(extremism=_has_extremism_topic(AgendaItem))

    def with_decision_count(self) -> "AgendaItemQuerySet":
        """Add `decision_count`: the number of decisions taken at the item, removed ones left out."""
        decisions = Decision.objects.live().filter(item=OuterRef("pk")).order_by()
        return self.annotate(decision_count=_count_per(decisions, "item"))

    def treated(self) -> "AgendaItemQuerySet":
        """Those that a meeting that has begun has treated."""
        return self.filter(state=ItemState.TREATED).exclude(meeting__state=MeetingState.DRAFT)

    def to_come(self, today: date) -> "AgendaItemQuerySet":
        """Those on the agenda of a meeting in session, or planned for today or later."""
        planned = Q(meeting__state=MeetingState.DRAFT, meeting__date__gte=today)
        return self.filter(planned | Q(meeting__state=MeetingState.IN_SESSION))


class AgendaItem(models.Model):
    """One item of one meeting's agenda, with the notes taken at it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=ItemKind, default=ItemKind.DISCUSSION)
    presenter = models.CharField(_("presenter"), max_length=120, blank=True)
    minutes_planned = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="items", null=True, blank=True, verbose_name=_("case"))
    topics = models.ManyToManyField(Topic, related_name="items", blank=True, verbose_name=_("topics"))
    restricted = models.BooleanField(_("restricted"), default=False)
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
    minutes_of = models.ForeignKey(Meeting, models.SET_NULL, related_name="+", null=True, blank=True, editable=False)
    stems = StemsField("title", "notes")

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["case", "meeting"], name="item_by_case")]
        constraints = [
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
    stems = StemsField("text")

    # Its § in the minutes, settled or reckoned; meetings.sheets puts it here for the templates.
    paragraph: int | None

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["council", "number"], name="decision_number_once_per_council"),
            models.CheckConstraint(condition=~Q(text=""), name="decision_says_something"),
            models.CheckConstraint(condition=Q(kind__in=DecisionKind.values), name="decision_kind_known"),
            models.CheckConstraint(condition=Q(removed=False) | Q(number=None), name="decision_removed_has_no_number"),
        ]

    def __str__(self) -> str:
        return f"§ {self.number}" if self.number else "§"


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


def _count_per(rows: models.QuerySet[Any], key: str) -> Coalesce:
    """The number of `rows` (already narrowed to the outer row) as a column; `key` names the outer row."""
    counted = rows.values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)


def _has_extremism_topic(model: type[Case] | type[AgendaItem]) -> Exists:
    """Whether a topic of the row marks extremism."""
    through = model.topics.through
    source = f"{model._meta.model_name}_id"
    return Exists(through.objects.filter(**{source: OuterRef("pk")}, topic__extremism=True))
