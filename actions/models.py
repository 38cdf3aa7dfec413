"""What the council agreed to do: the work plan, actions, comments, reminders and the links in them."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from bra.fields import SortKeyField
from bra.models import SEATED, Council, Member
from bra.text import sort_key
from meetings.models import AgendaItem, Decision


class WorkPlanQuerySet(models.QuerySet["WorkPlan"]):
    """Words for plans."""

    def current(self, on: date) -> "WorkPlan | None":
        """The plan whose period covers the day `on`, otherwise the one that begins last; None when there is none."""
        covers = ExpressionWrapper(Q(starts__lte=on, ends__gte=on), models.BooleanField())
        return self.order_by(covers.desc(), "-starts", "pk").first()


class WorkPlan(models.Model):
    """The council's plan for a period (handlingsplan): goals, and the activities that lead there."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="plans")
    name = models.CharField(_("name"), max_length=40)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("to"))

    objects = WorkPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("work plan")
        ordering = ["-starts"]
        constraints = [
            models.UniqueConstraint(fields=["council", "name"], name="plan_name_once_per_council"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="plan_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name


class Goal(models.Model):
    """One goal of a plan."""

    plan = models.ForeignKey(WorkPlan, models.CASCADE, related_name="goals")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("goal"), max_length=200)

    class Meta:
        verbose_name = _("goal")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="goal_number_once_per_plan")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Activity(models.Model):
    """What the plan says is to be done for a goal. Its actions are agreed at meetings."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="activities")
    number = models.PositiveSmallIntegerField(_("number in the goal"))
    title = models.CharField(_("activity"), max_length=300)
    responsible_role = models.CharField(_("responsible role"), max_length=200)
    indicator = models.CharField(_("indicator"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["goal__number", "number"]
        constraints = [models.UniqueConstraint(fields=["goal", "number"], name="activity_number_once_per_goal")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """The number as the plan writes it: "3.2"."""
        return f"{self.goal.number}.{self.number}"


class DueQuarter(models.Model):
    """A quarter in which an activity is due; a recurring activity has several."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="due_quarters")
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))

    class Meta:
        verbose_name = _("due quarter")
        ordering = ["year", "quarter"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "year", "quarter"], name="due_quarter_once_per_activity"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="due_quarter_one_to_four"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-K{self.quarter}"

    @property
    def last_day(self) -> date:
        """The last day of the quarter."""
        if self.quarter == 4:
            return date(self.year, 12, 31)
        return date(self.year, self.quarter * 3 + 1, 1) - timedelta(days=1)


class Status(models.TextChoices):
    """Where an action stands. Overdue isn't a state: it follows from the deadline and the day."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    POSTPONED = "postponed", _("Postponed")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


# Still to be done.
LIVE = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.POSTPONED)


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

    def overdue(self, today: date) -> "ActionQuerySet":
        """Those still to be done although the deadline has passed."""
        return self.live().filter(deadline__lt=today)

    def due_within(self, days: int, today: date) -> "ActionQuerySet":
        """Those still to be done with a deadline from today to `days` days ahead."""
        return self.live().filter(deadline__gte=today, deadline__lte=today + timedelta(days=days))

    def owned_by(self, member: Member) -> "ActionQuerySet":
        """Those of one owner."""
        return self.filter(owner=member)

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
        """Those that serve an activity of the goal."""
        return self.filter(activity__goal_id=pk)

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
    version = models.PositiveIntegerField(default=0, editable=False)
    removed = models.BooleanField(default=False, editable=False)
    sort_key = SortKeyField("title")

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
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="action_says_something"),
            models.CheckConstraint(condition=Q(deadline__gte=F("agreed_on")), name="action_deadline_not_before_agreed"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="action_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=LIVE, closed_on=None) | (~Q(status__in=LIVE) & Q(closed_on__isnull=False)),
                name="action_closed_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether it is still to be done."""
        return self.status in LIVE and not self.removed

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


class ReminderState(models.TextChoices):
    """What has become of a reminder.

    Unknown: the worker died, or the connection, while the mail server had it; a person judges. Dropped: there was
    nothing left to remind of, or a person judged that it isn't to be sent.
    """

    PENDING = "pending", _("Waiting")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    DROPPED = "dropped", _("Not sent")


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Words for reminders."""

    def waiting(self) -> "ReminderQuerySet":
        """Those to be sent."""
        return self.filter(state=ReminderState.PENDING)

    def to_judge(self) -> "ReminderQuerySet":
        """Those that didn't go out, or may not have: a person says what is to be done."""
        return self.filter(state__in=[ReminderState.FAILED, ReminderState.UNKNOWN])

    def visible_to(self, member: Member) -> "ReminderQuerySet":
        """Those with an action that the member may see."""
        seen = ReminderLine.objects.filter(reminder=OuterRef("pk"), action__in=Action.objects.visible_to(member))
        return self.filter(Exists(seen), council_id=member.council_id)


class Reminder(models.Model):
    """One mail to one owner on one day. The row is the queue; Celery only wakes the one who sends."""

    # Other indexes begin with the council and the owner already; more of them would only slow the sweep down.
    council = models.ForeignKey(Council, models.PROTECT, related_name="reminders", db_index=False)
    owner = models.ForeignKey(Member, models.PROTECT, related_name="reminders", db_index=False)
    on = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=8, choices=ReminderState, default=ReminderState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    failure = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "on"], name="reminder_once_per_owner_and_day"),
            models.CheckConstraint(condition=Q(state__in=ReminderState.values), name="reminder_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ReminderState.SENT) | Q(sent_at__isnull=False),
                name="reminder_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["council", "on", "id"],
                name="reminder_waiting",
                condition=Q(state=ReminderState.PENDING),
            ),
            models.Index(fields=["council", "-on", "-id"], name="reminder_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.owner_id}"


class ReminderLine(models.Model):
    """One action in a reminder, and the step that called for it.

    `step` is 14, 3 or 0 (days before the deadline) or -1, -2 ... (weeks after it). A step of a deadline is reminded
    of once; a new deadline begins anew.
    """

    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="lines")
    # The constraint's own index begins with the action; a second one would only slow the sweep down.
    action = models.ForeignKey(Action, models.CASCADE, related_name="reminder_lines", db_index=False)
    deadline = models.DateField(_("deadline"))
    step = models.SmallIntegerField(_("step"))

    class Meta:
        verbose_name = _("reminder line")
        ordering = ["deadline", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "deadline", "step"], name="reminder_step_once_per_action_and_deadline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reminder_id} {self.action_id} {self.step}"


class ReminderRun(models.Model):
    """The day's reminders of a council have been planned: two schedulers make one run."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="reminder_runs")
    on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("reminder run")
        constraints = [models.UniqueConstraint(fields=["council", "on"], name="reminder_run_once_per_day")]

    def __str__(self) -> str:
        return f"{self.council_id} {self.on}"


class OwnerLinkQuerySet(models.QuerySet["OwnerLink"]):
    """Words for the links in mails."""

    def working(self, today: date) -> "OwnerLinkQuerySet":
        """Those whose owner still has a mandate."""
        in_mandate = Q(owner__mandate_to=None) | Q(owner__mandate_to__gte=today)
        return self.filter(in_mandate, owner__mandate_from__lte=today)


class OwnerLink(models.Model):
    """A link to the owner's own page, mailed to an address. Only the digest of its secret is kept."""

    owner = models.ForeignKey(Member, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    address = models.EmailField()

    objects = OwnerLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("owner's link")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
