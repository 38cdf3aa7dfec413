"""What the council agreed to do, and what was said of it."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actions.models.plan import Activity, WorkPlan
from bra.fields import SortKeyField, StemsField
from bra.models import SEATED, Council, Deputy, Member
from bra.text import sort_key
from meetings.models import AgendaItem, Decision


class Status(models.TextChoices):
    """Where an action stands. Overdue isn't a state: it follows from the deadline and the day."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    POSTPONED = "postponed", _("Postponed")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


# Still to be done.
LIVE = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.POSTPONED)


# The kinds of mail about an action, but for reminders; each is about an action's key.
HANDOVER, SENT_BACK, DEADLINE, MENTION = "handover", "sent_back", "deadline", "mention"

# The rows of lists: indexes hold only these.
AGREED = Q(removed=False)
AGREED_LIVE = Q(removed=False, status__in=LIVE)


class ActionQuerySet(models.QuerySet["Action"]):
    """Words for actions, each built on the last."""

    def agreed(self) -> "ActionQuerySet":
        """Those not removed."""
        return self.filter(removed=False)

    def live(self) -> "ActionQuerySet":
        """Those still to be done."""
        return self.agreed().filter(status__in=LIVE)

    def awaiting_approval(self) -> "ActionQuerySet":
        """Those that their owners reported as done and the council hasn't approved yet."""
        return self.agreed().filter(status=Status.DONE, approved_on=None)

    def unsettled(self) -> "ActionQuerySet":
        """Those still to be done, and those that await approval."""
        return self.agreed().filter(Q(status__in=LIVE) | Q(status=Status.DONE, approved_on=None))

    def overdue(self, today: date) -> "ActionQuerySet":
        """Those still to be done although the deadline has passed."""
        return self.live().filter(deadline__lt=today)

    def in_time(self, today: date) -> "ActionQuerySet":
        """Those still to be done whose deadline hasn't passed."""
        return self.live().filter(deadline__gte=today)

    def overdue_for(self, today: date, least: int = 1, most: int | None = None) -> "ActionQuerySet":
        """Those overdue for at least, and at most, so many days."""
        late = self.overdue(today).filter(deadline__lte=today - timedelta(days=least))
        return late if most is None else late.filter(deadline__gte=today - timedelta(days=most))

    def owned_by(self, member: Member) -> "ActionQuerySet":
        """Those of one owner."""
        return self.filter(owner=member)

    def answered_by(self, member: Member, today: date) -> "ActionQuerySet":
        """Those that the member answers for on a day: the own ones, and those of whoever the member is deputy for.

        Restricted ones only for the cleared.
        """
        absent = Deputy.objects.filter(deputy=member, starts__lte=today, ends__gte=today)
        # Their keys are read, so that the database finds the actions by the index of owners.
        owners = [member.pk, *absent.values_list("member", flat=True)]
        actions = self.filter(owner__in=owners, council_id=member.council_id)
        return actions if member.cleared else actions.filter(agenda_item__restricted=False)

    def extremism_related(self) -> "ActionQuerySet":
        """Those agreed at an item with a topic that marks extremism."""
        through = AgendaItem.topics.through
        marked = through.objects.filter(agendaitem_id=OuterRef("agenda_item_id"), topic__extremism=True)
        return self.filter(Exists(marked))

    def owned_like(self, text: str, council_id: int) -> "ActionQuerySet":
        """Those whose owner's name or role holds the text, in whatever case; the council's members are read for it."""
        key, word = sort_key(text.strip()), text.strip().casefold()
        members = Member.objects.filter(council_id=council_id).values_list("pk", "sort_key", "title")
        return self.filter(owner__in=[pk for pk, name, role in members if key in name or word in role.casefold()])

    def of_organisation(self, pk: int) -> "ActionQuerySet":
        """Those whose owner belongs to the organisation."""
        return self.filter(owner__organisation_id=pk)

    def serving_goal(self, pk: int) -> "ActionQuerySet":
        """Those that serve an activity of the goal; one that was taken out of the plan serves no goal."""
        return self.filter(activity__goal_id=pk, activity__removed=False)

    def serving_no_goal(self) -> "ActionQuerySet":
        """Those outside the plan: that serve no activity, or one that was taken out of the plan."""
        return self.filter(Q(activity=None) | Q(activity__removed=True) | Q(activity__goal__removed=True))

    def reported(self, plan: WorkPlan, today: date) -> "ActionQuerySet":
        """Those in today's status report of the whole plan (docs/report.md): never what is restricted."""
        still = Q(agreed_on__gte=plan.starts) | Q(closed_on=None) | Q(closed_on__gte=plan.starts)
        own = Q(activity=None) | Q(activity__goal__plan=plan)
        begun = self.agreed().filter(agreed_on__lte=min(plan.ends, today), agenda_item__restricted=False)
        return begun.filter(still, own)

    def saying(self, text: str) -> "ActionQuerySet":
        """Those whose title holds the text, in whatever case."""
        return self.filter(sort_key__contains=sort_key(text.strip()))

    def with_extremism(self) -> "ActionQuerySet":
        """Add `marked`: whether the item they were agreed at is related to violent extremism."""
        through = AgendaItem.topics.through
        marked = through.objects.filter(agendaitem_id=OuterRef("agenda_item_id"), topic__extremism=True)
        return self.annotate(marked=Exists(marked))

    def by_activity_and_state(self, today: date) -> list[tuple[int, str, bool, int]]:
        """Count them: (activity's key, status, whether overdue, number), one query."""
        late = ExpressionWrapper(Q(status__in=LIVE, deadline__lt=today), models.BooleanField())
        counted = self.annotate(late=late).values_list("activity_id", "status", "late").order_by()
        return list(counted.annotate(number=models.Count("pk")))

    def visible_to(self, member: Member) -> "ActionQuerySet":
        """Those that exist for the member: of the own council; restricted only for the cleared; an owner's own."""
        actions = self.filter(council_id=member.council_id)
        if member.role not in SEATED:
            actions = actions.filter(owner=member)
        return actions if member.cleared else actions.filter(agenda_item__restricted=False)

    def open_to(self, member: Member, today: date) -> "ActionQuerySet":
        """Those that the member may open on a day: the visible ones, and those of whom the member is deputy for."""
        return self.visible_to(member) if member.role in SEATED else self.answered_by(member, today)


class Action(models.Model):
    """What was agreed at an agenda item: somebody does something by a day."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="actions")
    agenda_item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="actions", verbose_name=_("agenda item"))
    decision = models.ForeignKey(
        Decision, models.SET_NULL, related_name="actions", null=True, blank=True, verbose_name=_("decision")
    )
    activity = models.ForeignKey(
        Activity,
        models.PROTECT,
        related_name="actions",
        null=True,
        blank=True,
        verbose_name=_("activity of the plan"),
    )
    title = models.CharField(_("action"), max_length=300)
    owner = models.ForeignKey(Member, models.PROTECT, related_name="actions", verbose_name=_("owner"))
    agreed_on = models.DateField(_("agreed"))
    deadline = models.DateField(_("deadline"))
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.NOT_STARTED)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    effect = models.TextField(_("what it led to"), max_length=2000, blank=True)
    # Done is what the owner says; from this day on the council agrees.
    approved_on = models.DateField(_("approved"), null=True, blank=True, editable=False)
    waits_for = models.ForeignKey(
        "self", models.SET_NULL, related_name="awaited_by", null=True, blank=True, verbose_name=_("waits for")
    )
    # Every so many months it is to be done again; the next one is made when this one is closed.
    repeat_months = models.PositiveSmallIntegerField(_("repeated every (months)"), null=True, blank=True)
    repeats = models.OneToOneField(
        "self", models.SET_NULL, related_name="repeated_by", null=True, blank=True, editable=False
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    removed = models.BooleanField(default=False, editable=False)
    sort_key = SortKeyField("title")
    stems = StemsField("title", "effect")

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        ordering = ["deadline", "pk"]
        indexes = [
            # A list is read in the order of one of these, from any place on, for what is still to be done or for all.
            # Those of what is still to be done stay small however much has been done.
            models.Index(fields=["council", "deadline", "id"], name="action_live_by_deadline", condition=AGREED_LIVE),
            models.Index(fields=["council", "sort_key", "id"], name="action_live_by_title", condition=AGREED_LIVE),
            models.Index(fields=["council", "agreed_on", "id"], name="action_live_by_agreed", condition=AGREED_LIVE),
            models.Index(fields=["owner", "deadline", "id"], name="action_live_by_owner", condition=AGREED_LIVE),
            models.Index(fields=["council", "deadline", "id"], name="action_by_deadline", condition=AGREED),
            models.Index(fields=["council", "sort_key", "id"], name="action_by_title", condition=AGREED),
            models.Index(fields=["council", "agreed_on", "id"], name="action_by_agreed", condition=AGREED),
            models.Index(fields=["council", "status", "deadline", "id"], name="action_by_status", condition=AGREED),
            # What retention looks for each night, and what lies in the recycle bin.
            models.Index(
                fields=["council", "closed_on", "id"], name="action_by_closing", condition=Q(closed_on__isnull=False)
            ),
            models.Index(fields=["council"], name="action_removed", condition=Q(removed=True)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="action_says_something"),
            models.CheckConstraint(condition=Q(deadline__gte=F("agreed_on")), name="action_deadline_not_before_agreed"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="action_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=LIVE, closed_on=None) | (~Q(status__in=LIVE) & Q(closed_on__isnull=False)),
                name="action_closed_has_day",
            ),
            models.CheckConstraint(
                condition=Q(approved_on=None) | Q(status=Status.DONE), name="action_approved_is_done"
            ),
            models.CheckConstraint(
                condition=Q(waits_for=None) | ~Q(waits_for=F("pk")), name="action_waits_for_another"
            ),
            models.CheckConstraint(
                condition=Q(repeat_months=None) | Q(repeat_months__gte=1, repeat_months__lte=24),
                name="action_repeats_within_two_years",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether it is still to be done."""
        return self.status in LIVE and not self.removed

    @property
    def awaits_approval(self) -> bool:
        """Whether its owner reported it as done and the council hasn't approved it yet."""
        return self.status == Status.DONE and self.approved_on is None and not self.removed

    def is_overdue(self, today: date) -> bool:
        """Whether it is still to be done although the deadline has passed."""
        return self.is_live and self.deadline < today

    def days_overdue(self, today: date) -> int:
        """Days past the deadline; 0 when not overdue."""
        return (today - self.deadline).days if self.is_overdue(today) else 0


class Comment(models.Model):
    """What somebody says of an action."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="comments")
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    text = models.TextField(_("comment"), max_length=2000)

    class Meta:
        verbose_name = _("comment")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Mention(models.Model):
    """Somebody named in a comment, so that they are told of it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("mention")
        constraints = [models.UniqueConstraint(fields=["comment", "member"], name="mention_once_per_comment")]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.member_id}"


class RequestState(models.TextChoices):
    """What became of a request."""

    WAITING = "waiting", pgettext_lazy("request", "Waiting for an answer")
    GRANTED = "granted", pgettext_lazy("request", "Granted")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")


class DeadlineRequestQuerySet(models.QuerySet["DeadlineRequest"]):
    """Words for requests."""

    def waiting(self) -> "DeadlineRequestQuerySet":
        """Those that somebody is to answer: of an action that is still to be done."""
        return self.filter(state=RequestState.WAITING, action__in=Action.objects.live())

    def visible_to(self, member: Member) -> "DeadlineRequestQuerySet":
        """Those of actions that exist for the member."""
        return self.filter(action__in=Action.objects.visible_to(member))

    def open_to(self, member: Member, today: date) -> "DeadlineRequestQuerySet":
        """Those of actions that the member may open on a day."""
        return self.filter(action__in=Action.objects.open_to(member, today))


class DeadlineRequest(models.Model):
    """An owner asks for a later deadline; the coordinator or the secretary answers."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="deadline_requests")
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    asked_on = models.DateField(_("asked"))
    until = models.DateField(_("new deadline"))
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=RequestState, default=RequestState.WAITING)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)

    objects = DeadlineRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a later deadline")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="deadline_request_state_known"),
            models.UniqueConstraint(
                fields=["action"],
                condition=Q(state=RequestState.WAITING),
                name="deadline_request_one_waiting_per_action",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.until}"
