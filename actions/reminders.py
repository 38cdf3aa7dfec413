"""Reminders: who is reminded of what on a day, and how the mails get out. No clock ticks here.

The rows are the queue. `plan_day` writes them, set by set; `deliver` claims one at a time, just before the mail
server gets it, so that a worker that dies leaves at most one mail of which nobody knows. See docs/reminders.md.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions import owner_links
from actions.models import Action, ActionQuerySet, Reminder, ReminderLine, ReminderRun, ReminderState
from bra import history, mail
from bra.errors import RuleBroken
from bra.models import Council, Member, Role
from bra.rows import locked

log = logging.getLogger(__name__)

# Days before the deadline; after it a reminder goes out every week.
FIRST, SECOND = 14, 3
WEEK = 7
# No reminder leaves after this hour of the council's day, however late the sweep runs.
LAST_HOUR = 20
# How long a claim holds; far longer than one mail takes (settings.EMAIL_TIMEOUT bounds each answer of the server).
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 5
# Mails rendered at a time, with the same number of queries however many they are.
BATCH = 100


# Who is reminded of what


class DaysBetween(models.Func):
    """The whole days from the second date to the first."""

    output_field = models.IntegerField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The julian days of two dates differ by a whole number."""
        template = "CAST(julianday(%(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """A date minus a date is a number of days."""
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ", **context)


def neutral_title(action: Action) -> str:
    """Name an action without saying what it is about: number, meeting, the meeting's day. All that a mail may say."""
    meeting = action.agenda_item.meeting
    return _("Action %(number)d from meeting %(meeting)s (%(day)s)") % {
        "number": action.pk,
        "meeting": meeting.number,
        "day": date_format(meeting.date, "j F Y"),
    }


@dataclass(frozen=True)
class Line:
    """One action in the reminder of the day `on`. `step` as in ReminderLine."""

    action: Action
    step: int
    on: date

    @property
    def title(self) -> str:
        """The neutral title, in the language of whoever reads."""
        return neutral_title(self.action)

    @property
    def days_left(self) -> int:
        """Days until the deadline; below 0 when it has passed."""
        return (self.action.deadline - self.on).days

    @property
    def days_late(self) -> int:
        """Days past the deadline; below 0 before it."""
        return -self.days_left

    @property
    def why(self) -> str:
        """The step that calls for it, in words."""
        return step_words(self.step, self.days_left)


def step_words(step: int, days_left: int) -> str:
    """Return a step in words, "3 days before the deadline", as it is on a day with `days_left` days to the deadline.

    After missed days a step comes late, and says so: "less than 3 days before the deadline".
    """
    if step > days_left > 0:
        return ngettext("less than %(n)d day before the deadline", "less than %(n)d days before the deadline", step) % {
            "n": step
        }
    if step > 0:
        return ngettext("%(n)d day before the deadline", "%(n)d days before the deadline", step) % {"n": step}
    if step < 0:
        return ngettext("%(n)d week after the deadline", "%(n)d weeks after the deadline", -step) % {"n": -step}
    if days_left < 0:
        return ngettext("%(n)d day after the deadline", "%(n)d days after the deadline", -days_left) % {"n": -days_left}
    return _("the day of the deadline")


def _come(council: Council, on: date) -> ActionQuerySet:
    """The council's live actions of which a step has come by the day `on`, reminded of or not; adds `step`.

    Only the latest step that has come counts: after missed days there is one reminder, not three. A step that had
    come when the action was agreed is skipped, because the owner has just heard of it.
    """
    step = Case(
        When(deadline__gt=on + timedelta(days=SECOND), then=FIRST),
        When(deadline__gt=on, then=SECOND),
        # Whole weeks since the deadline, as a negative number: both databases cut towards zero.
        default=DaysBetween("deadline", Value(on, models.DateField())) / WEEK,
        output_field=models.IntegerField(),
    )
    # The step comes after the day the action was agreed. (Every week after the deadline does.)
    fresh = (
        Q(deadline__gt=on + timedelta(days=SECOND), notice__gt=FIRST)
        | Q(deadline__gt=on, deadline__lte=on + timedelta(days=SECOND), notice__gt=SECOND)
        | Q(deadline__gt=on - timedelta(days=WEEK), deadline__lte=on, notice__gt=0)
        | Q(deadline__lte=on - timedelta(days=WEEK))
    )
    return (
        Action.objects.live()
        .filter(council=council, deadline__lte=on + timedelta(days=FIRST))
        .annotate(step=step, notice=DaysBetween("deadline", "agreed_on"))
        .filter(fresh)
    )


def _due(council: Council, on: date, *, foreseen: bool = False) -> ActionQuerySet:
    """Those of which a step has come that isn't reminded of yet.

    `foreseen` counts what waits from earlier days as not reminded of, as it will be once planning has folded it.
    """
    reminded = ReminderLine.objects.filter(action=OuterRef("pk"), deadline=OuterRef("deadline"), step=OuterRef("step"))
    if foreseen:
        reminded = reminded.exclude(reminder__state=ReminderState.PENDING, reminder__on__lt=on)
    return _come(council, on).filter(~Exists(reminded))


def _hindrances(on: date) -> dict[str, Q]:
    """What keeps an owner from being reminded on the day `on`, by code, in the order in which it is told."""
    mailed = Reminder.objects.filter(owner=OuterRef("owner"), on=on).exclude(state=ReminderState.PENDING)
    return _owners_hindrances(on) | {"mailed": Q(Exists(mailed))}


def _owners_hindrances(on: date) -> dict[str, Q]:
    return {
        "ended": Q(owner__mandate_to__lt=on),
        "not_begun": Q(owner__mandate_from__gt=on),
        "not_cleared": Q(owner__cleared=False, agenda_item__restricted=True),
        "no_address": Q(owner__email="", owner__user=None),
    }


def held_back_words(reason: str) -> str:
    """Return in words why somebody isn't reminded."""
    return {
        "ended": _("the owner's mandate has ended"),
        "not_begun": _("the owner's mandate hasn't begun"),
        "not_cleared": _("the owner may not see restricted items"),
        "no_address": _("the owner has no e-mail address"),
        "mailed": _("the owner has already been reminded today; this follows with the next reminder"),
    }[reason]


def address_of(owner: Member) -> str:
    """The owner's address for mail, or the one they log in with; empty when there is none."""
    return owner.email or (owner.user.email if owner.user else "")


def _but(actions: ActionQuerySet, hindrances: dict[str, Q]) -> ActionQuerySet:
    for hindrance in hindrances.values():
        actions = actions.filter(~hindrance)
    return actions


def _to_send(council: Council, on: date, *, foreseen: bool = False) -> ActionQuerySet:
    return _but(_due(council, on, foreseen=foreseen), _hindrances(on))


def _held_back(council: Council, on: date, *, foreseen: bool = False) -> ActionQuerySet:
    """The due actions whose owner isn't reminded; adds `reason`."""
    whens = [When(hindrance, then=Value(code)) for code, hindrance in _hindrances(on).items()]
    reason = Case(*whens, default=Value(""), output_field=models.CharField())
    return _due(council, on, foreseen=foreseen).annotate(reason=reason).exclude(reason="")


@dataclass(frozen=True)
class Group:
    """One owner's reminder, as it would be."""

    owner: Member
    lines: list[Line]


@dataclass(frozen=True)
class Held:
    """An action whose owner isn't reminded of it, and why, in words."""

    line: Line
    owner: Member
    reason: str


@dataclass(frozen=True)
class Preview:
    """What the reminders of a day would be, if they were planned now."""

    on: date
    groups: list[Group]
    held: list[Held]

    @property
    def actions(self) -> int:
        """How many actions are reminded of."""
        return sum(len(group.lines) for group in self.groups)


def preview(council: Council, on: date, *, member: Member | None = None) -> Preview:
    """Say who would get what on the day `on`, and why, and who wouldn't; writes nothing. Two queries.

    With `member`, only the actions which that member may see; without, all of them (for the operator's command).
    """

    def read(actions: ActionQuerySet) -> list[Any]:
        if member is not None:
            actions = actions.visible_to(member)
        related = actions.select_related("owner__user", "owner__organisation", "agenda_item__meeting")
        return list(related.order_by("owner__sort_key", "owner_id", "deadline", "pk"))

    groups: dict[Member, list[Line]] = defaultdict(list)
    for action in read(_to_send(council, on, foreseen=True)):
        groups[action.owner].append(Line(action, action.step, on))
    held = [
        Held(Line(action, action.step, on), action.owner, held_back_words(action.reason))
        for action in read(_held_back(council, on, foreseen=True))
    ]
    return Preview(on, [Group(owner, lines) for owner, lines in groups.items()], held)


# Planning


@dataclass(frozen=True)
class Planned:
    """What planning a day wrote: reminders, the actions in them; and the actions held back."""

    reminders: int
    actions: int
    held_back: int


@transaction.atomic
def plan_day(*, council: Council, on: date) -> Planned:
    """Write the reminders of the day `on`; twice writes nothing twice. A constant number of statements.

    What is still waiting from earlier days is folded into this day's reminders.
    """
    locked(council)
    ReminderRun.objects.get_or_create(council=council, on=on)
    _fold_earlier(council, on)
    # Locks what already waits for the day, so that none of it is sent before its new lines are there.
    Reminder.objects.waiting().filter(council=council, on=on).update(state=ReminderState.PENDING)
    constants = {
        "for_council": Value(council.pk, models.BigIntegerField()),
        "for_day": Value(on, models.DateField()),
        "as_state": Value(ReminderState.PENDING.value, models.CharField()),
        "no_attempts": Value(0, models.IntegerField()),
        "no_failure": Value("", models.CharField()),
    }
    columns = ["owner_id", "council_id", "on", "state", "attempts", "failure"]
    owners = _to_send(council, on).order_by().annotate(**constants).values_list("owner_id", *constants).distinct()
    reminders = _insert_from(Reminder, columns, owners)
    # What is reminded of already isn't asked here: the unique constraint leaves it out, and asking costs more.
    lines = (
        _but(_come(council, on), _owners_hindrances(on))
        .filter(owner__reminders__on=on, owner__reminders__state=ReminderState.PENDING)
        .order_by()
        .values_list("owner__reminders__pk", "pk", "deadline", F("step"))
    )
    actions = _insert_from(ReminderLine, ["reminder_id", "action_id", "deadline", "step"], lines)
    planned = Planned(reminders, actions, _held_back(council, on).count())
    log.info("reminders planned council=%s on=%s %s", council.pk, on, planned)
    return planned


def plan_once(*, council: Council, now: datetime) -> Planned | None:
    """Plan the council's day if its hour has come and nobody has yet; `now` is the council's local time.

    Two schedulers at once make one run: the second waits for the first and finds it done. Returns None when there
    was nothing to plan.
    """
    if not council.reminder_hour <= now.hour <= LAST_HOUR:
        return None
    with transaction.atomic():
        _run, first = ReminderRun.objects.get_or_create(council=council, on=now.date())
        return plan_day(council=council, on=now.date()) if first else None


def _fold_earlier(council: Council, on: date) -> None:
    """Drop what waits from earlier days: its actions fall due again, and today's reminder says the latest of them."""
    earlier = Reminder.objects.waiting().filter(council=council, on__lt=on)
    # Locked first: what somebody is claiming right now isn't ours to drop.
    waiting = list(earlier.select_for_update().values_list("pk", flat=True))
    Reminder.objects.filter(pk__in=waiting).delete()


def _insert_from(model: type[models.Model], columns: Sequence[str], rows: "models.QuerySet[Any, Any]") -> int:
    """INSERT what the query selects, leaving out what is there already; return the number of new rows.

    `columns` are the table's columns, in the order of the selected values.
    """
    quote = connection.ops.quote_name
    select, parameters = rows.query.get_compiler(connection=connection).as_sql()
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        # Nothing in the text comes from outside: names of our own tables and columns, and what the ORM compiled.
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) {select} ON CONFLICT DO NOTHING",
            parameters,
        )
        return int(cursor.rowcount)


# Delivery


@dataclass
class Delivered:
    """What became of the waiting reminders. `away`: the mail server couldn't be reached, the rest waits."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    unknown: int = 0
    dropped: int = 0
    away: bool = False


@dataclass(frozen=True)
class _Letter:
    """A reminder ready to be sent; without a mail, `failure` says why it won't be."""

    reminder: Reminder
    lines: list[ReminderLine]
    mail: mail.Mail | None
    failure: str = ""


def failure_words(failure: str) -> str:
    """Return in words what a Reminder's `failure` says; empty for none."""
    code, _space, detail = failure.partition(" ")
    words = {
        "": "",
        "away": _("The mail server can't be reached. The reminder goes out as soon as it answers."),
        "refused": _("The mail server refused the mail (code %(code)s).") % {"code": detail},
        "broken": _("The connection broke while the mail server had the mail. It may have been sent."),
        "lease": _("The sending was interrupted while the mail server had the mail. It may have been sent."),
        "unsendable": _("No mail can be written to the owner's address. Check it."),
        "closed": _("There was nothing left to remind of when it was to go out."),
        "no_owner": _("The owner has no e-mail address or no mandate any more."),
        "judged": _("A coordinator decided that it isn't to be sent."),
    }
    return words.get(code, failure)


def deliver(
    council: Council,
    *,
    today: date,
    clock: Callable[[], datetime],
    connect: Callable[[], BaseEmailBackend] = get_connection,
) -> Delivered:
    """Send the council's waiting reminders, over one connection. `today` is its day, `clock` tells the instant.

    Never inside a transaction. A reminder that can't be sent stops no other; one whose sender died becomes unknown.
    """
    done = Delivered(unknown=flag_lapsed(council, now=clock()))
    waiting = Reminder.objects.waiting().filter(council=council).select_related("owner__user").order_by("pk")
    reply_to = _coordinators_address(council, today)
    last = 0
    with mail.Outbox(connect) as box:
        while not done.away and (batch := list(waiting.filter(pk__gt=last)[:BATCH])):
            last = batch[-1].pk
            for letter in _letters(council, batch, today, reply_to):
                try:
                    _deliver_one(council, letter, box, clock, done)
                except mail.ServerAway as error:
                    log.error("mail server away council=%s error=%s", council.pk, error)
                    waiting.filter(pk__gte=letter.reminder.pk).order_by().update(failure="away")
                    done.away = True
                    break
    if done != Delivered():
        log.info("reminders delivered council=%s %s", council.pk, done)
    return done


def flag_lapsed(council: Council, *, now: datetime) -> int:
    """Flag the council's claims that ran out as unknown; return how many. They are never sent again by themselves."""
    lapsed = Reminder.objects.filter(council=council, state=ReminderState.CLAIMED, claimed_until__lt=now)
    return lapsed.update(state=ReminderState.UNKNOWN, claimed_until=None, failure="lease")


@transaction.atomic
def claim(reminder_pk: int, *, now: datetime, says: Iterable[int]) -> bool:
    """Claim a waiting reminder whose mail says the lines `says` (pks); False when somebody else was first.

    Lines that the mail doesn't say are taken away: closed actions, and those added since it was written, which fall
    due again the next day. So the rows always tell what the mail told.
    """
    mine = Reminder.objects.waiting().filter(pk=reminder_pk)
    if not mine.update(state=ReminderState.CLAIMED, claimed_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    ReminderLine.objects.filter(reminder=reminder_pk).exclude(pk__in=says).delete()
    return True


def _deliver_one(
    council: Council, letter: _Letter, box: mail.Outbox, clock: Callable[[], datetime], done: Delivered
) -> None:
    """Send one mail and write what became of it. Raises ServerAway, with nothing claimed."""
    reminder = letter.reminder
    if letter.mail is None:
        state = ReminderState.FAILED if letter.failure == "unsendable" else ReminderState.DROPPED
        if Reminder.objects.waiting().filter(pk=reminder.pk).update(state=state, failure=letter.failure):
            done.failed += state == ReminderState.FAILED
            done.dropped += state == ReminderState.DROPPED
        return
    box.ready()
    if not claim(reminder.pk, now=clock(), says=[line.pk for line in letter.lines]):
        return
    try:
        box.send(letter.mail)
    except mail.Refused as error:
        again = not error.final and reminder.attempts + 1 < MOST_ATTEMPTS
        _settle(reminder, ReminderState.PENDING if again else ReminderState.FAILED, f"refused {error.code}")
        done.later += again
        done.failed += not again
    except Exception as error:
        log.warning("reminder uncertain reminder=%s error=%s", reminder.pk, type(error).__name__)
        _settle(reminder, ReminderState.UNKNOWN, "broken")
        done.unknown += 1
    else:
        # As the council tells the time, on its pinned day if it has one; leases run by the real clock.
        _settle(reminder, ReminderState.SENT, sent_at=council.now(clock()))
        done.sent += 1


def _settle(reminder: Reminder, state: ReminderState, failure: str = "", sent_at: datetime | None = None) -> None:
    # Who knows for certain may correct a claim that has run out meanwhile, but not what a person made of it.
    claimed = Reminder.objects.filter(pk=reminder.pk, state__in=[ReminderState.CLAIMED, ReminderState.UNKNOWN])
    claimed.update(state=state, claimed_until=None, failure=failure, sent_at=sent_at)


def _coordinators_address(council: Council, today: date) -> str:
    """Where an owner's answer to a mail goes: to the first coordinator with an address; empty without one."""
    coordinators = Member.objects.active(today).filter(council=council, role=Role.COORDINATOR).exclude(email="")
    return coordinators.order_by("pk").values_list("email", flat=True).first() or ""


def _letters(council: Council, batch: Sequence[Reminder], today: date, reply_to: str) -> list[_Letter]:
    """Write the mails of a batch; the number of queries is the same however many they are."""
    lines: dict[int, list[ReminderLine]] = defaultdict(list)
    related = ReminderLine.objects.select_related("action__agenda_item__meeting").order_by("deadline", "action_id")
    owner_of = {reminder.pk: reminder.owner for reminder in batch}
    for line in related.filter(reminder__in=batch):
        if _still_due(line, owner_of[line.reminder_id]):
            lines[line.reminder_id].append(line)
    told = {reminder.pk: _silence(reminder, lines[reminder.pk], today) for reminder in batch}
    secrets = owner_links.make_links(reminder.owner for reminder in batch if not told[reminder.pk])
    return [
        _Letter(reminder, [], None, told[reminder.pk])
        if told[reminder.pk]
        else _letter(council, reminder, lines[reminder.pk], today, secrets[reminder.owner_id], reply_to)
        for reminder in batch
    ]


def _still_due(line: ReminderLine, owner: Member) -> bool:
    """Whether the line still holds: the action is live, the same owner's, with the same deadline."""
    action = line.action
    same = action.owner_id == owner.pk and action.deadline == line.deadline
    return action.is_live and same and (owner.cleared or not action.agenda_item.restricted)


def _silence(reminder: Reminder, lines: list[ReminderLine], today: date) -> str:
    """Why the reminder isn't to be sent any more; empty when it is."""
    if not address_of(reminder.owner) or not reminder.owner.is_active(today):
        return "no_owner"
    return "" if lines else "closed"


def message_id(reminder: Reminder) -> str:
    """The Message-ID of the reminder's mail, the same at every attempt: a mailbox shows a mail that came twice once."""
    return f"reminder-{reminder.pk}-{reminder.on:%Y%m%d}@{mail.domain()}"


def _letter(
    council: Council, reminder: Reminder, lines: list[ReminderLine], today: date, secret: str, reply_to: str
) -> _Letter:
    context = {
        "council": council,
        "owner": reminder.owner,
        "lines": [Line(line.action, line.step, today) for line in lines],
        "path": reverse("owner:enter", args=[secret]),
        "reply_to": reply_to,
    }
    try:
        written = mail.build(
            "reminder",
            context,
            to=address_of(reminder.owner),
            message_id=message_id(reminder),
            sender_name=council.name,
            reply_to=reply_to,
            council_pk=council.pk,
        )
    except Exception as error:
        log.warning("reminder unsendable reminder=%s error=%s", reminder.pk, type(error).__name__)
        return _Letter(reminder, lines, None, "unsendable")
    return _Letter(reminder, lines, written)


# A person decides


@transaction.atomic
def send_now(*, council: Council, by: Member, on: date) -> int:
    """Plan the day without waiting for its hour; return how many reminders `by` knows of are waiting to be sent."""
    plan_day(council=council, on=on)
    history.record(council=council, by=by, on=on, verb="reminders.sent_now", target=council, changes={"on": (None, on)})
    return Reminder.objects.waiting().visible_to(by).count()


@transaction.atomic
def resend(*, reminder: Reminder, by: Member, on: date) -> Reminder:
    """Let a reminder that failed, or of which nobody knows, wait again; its mail keeps its Message-ID."""
    reminder = _locked_to_judge(reminder)
    history.change(
        reminder,
        council=reminder.council,
        by=by,
        on=on,
        verb="reminder.resent",
        state=ReminderState.PENDING,
        attempts=0,
        failure="",
    )
    return reminder


@transaction.atomic
def dismiss(*, reminder: Reminder, by: Member, on: date) -> Reminder:
    """Settle that a reminder that failed, or of which nobody knows, isn't to be sent again."""
    reminder = _locked_to_judge(reminder)
    history.change(
        reminder,
        council=reminder.council,
        by=by,
        on=on,
        verb="reminder.dismissed",
        state=ReminderState.DROPPED,
        failure="judged",
    )
    return reminder


def _locked_to_judge(reminder: Reminder) -> Reminder:
    reminder = locked(reminder)
    if reminder.state not in (ReminderState.FAILED, ReminderState.UNKNOWN):
        raise RuleBroken(_("The reminder has been dealt with already."))
    return reminder
