"""The questions that a council follows across meetings."""

import hashlib
from datetime import date, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.fields import SortKeyField, StemsField
from bra.models import SEATED, Council, Member, Organisation, Restrictable
from bra.text import sort_key
from meetings.models.agenda import AgendaItem
from meetings.models.topics import Topic, has_extremism_topic


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
        return self.filter(has_extremism_topic(Case))

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


class Case(Restrictable):
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
            *Restrictable.Meta.constraints,
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
    seen = models.ForeignKey(AgendaItem, models.SET_NULL, related_name="+", null=True)

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
