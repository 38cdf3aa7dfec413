"""Which actions are due to be reminded of on a day, who is reminded, and what keeps somebody from being reminded."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from actions.models import Action, ActionQuerySet, Escalation, ReminderLine, ReminderRun, reminder_letters
from actions.reminders.rules import Rules
from actions.reminders.steps import WEEK
from bra import post
from bra.models import Council, LetterState
from meetings.models import PLANNED, ItemState, MeetingState, ProposalState


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


def _come(councils: Sequence[Council], on: date, rules: Rules) -> ActionQuerySet:
    """The councils' live actions of which a step has come by the day `on`, reminded of or not; adds `step`.

    Only the latest step that has come counts: after missed days there is one reminder, not three. A step that had
    come when the action was agreed is skipped, because the owner has just heard of it.
    """
    first, second, every = rules.first_days, rules.second_days, rules.weeks_between
    weekly = timedelta(days=WEEK * every)
    near = on + timedelta(days=second)
    # Whole times of `every` weeks since the deadline, as a negative number: both databases cut towards zero.
    late = DaysBetween("deadline", Value(on, models.DateField())) / (WEEK * every) * every
    step = Case(
        When(deadline__gt=near, then=first),
        When(deadline__gt=on, then=second),
        default=late,
        output_field=models.IntegerField(),
    )
    # The step comes after the day the action was agreed. (Every one after the deadline does.)
    fresh = (
        Q(deadline__gt=near, notice__gt=first)
        | Q(deadline__gt=on, deadline__lte=near, notice__gt=second)
        | Q(deadline__gt=on - weekly, deadline__lte=on, notice__gt=0)
        | Q(deadline__lte=on - weekly)
    )
    return (
        Action.objects.live()
        .filter(council__in=councils, deadline__lte=on + timedelta(days=first))
        .annotate(step=step, notice=DaysBetween("deadline", "agreed_on"))
        .filter(fresh)
    )


def due(councils: Sequence[Council], on: date, rules: Rules, *, foreseen: bool = False) -> ActionQuerySet:
    """Those of which a step has come that isn't reminded of yet, on a working day of the councils.

    Adds `step`; `recipient`, the key of the owner or of who stands in; and `reason` as in held_back_words, empty where
    the recipient is to be reminded. Who has been told of a later step isn't told of an earlier one, whatever has become
    of the councils' rules. `foreseen` counts what waits from earlier days as not reminded of, as it will be once
    planning has folded it, and what is gathered on Mondays as sent then.
    """
    told = ReminderLine.objects.filter(action=OuterRef("pk"), deadline=OuterRef("deadline"), step__lte=OuterRef("step"))
    if foreseen:
        told = told.exclude(reminder__state=LetterState.PENDING, reminder__on__lt=on)
    return _with_reason(_come(councils, on, rules).filter(~Exists(told)), councils, on, rules, foreseen)


def hindrance_of(action: Action, on: date, rules: Rules) -> str:
    """The code of what would keep the action from being reminded of on the day `on`; empty for nothing."""
    step = models.Value(-1 if action.deadline < on else 0, models.IntegerField())
    one = Action.objects.filter(pk=action.pk).annotate(step=step)
    found: models.QuerySet[Any, Any] = _with_reason(one, [action.council], on, rules, True)
    return str(found.values_list("reason", flat=True)[0])


def _with_reason(
    found: ActionQuerySet, councils: Sequence[Council], on: date, rules: Rules, foreseen: bool
) -> ActionQuerySet:
    """Add `stand_in`, `recipient` and `reason`."""
    found = found.annotate(stand_in=_stand_in(councils, on))
    found = found.annotate(recipient=Coalesce("stand_in", "owner_id", output_field=models.BigIntegerField()))
    whens = [
        When(hindrance, then=Value(code)) for code, hindrance in _hindrances(councils, on, rules, foreseen).items()
    ]
    return found.annotate(reason=Case(*whens, default=Value(""), output_field=models.CharField()))


def _stand_in(councils: Sequence[Council], on: date) -> Any:
    """The key of the member who stands in for the action's owner on the day and can be told of it; null for nobody."""
    able = post.able_deputies(on)
    if not able.filter(member__council__in=councils).exists():
        # As it is most days: the database needn't ask for each action.
        return Value(None, output_field=models.BigIntegerField())
    secret = ExpressionWrapper(OuterRef("agenda_item__restricted"), output_field=BooleanField())
    first = (
        able.filter(member=OuterRef("owner"))
        .annotate(secret=secret)
        .filter(Q(deputy__cleared=True) | Q(secret=False))
        .order_by("pk")
    )
    return Case(
        When(owner__in=able.values("member"), then=Subquery(first.values("deputy")[:1])),
        default=Value(None),
        output_field=models.BigIntegerField(),
    )


def before_the_council() -> Q:
    """Actions that wait for the council to take them up: proposed for a meeting still to end, and not answered yet.

    When the meeting ends without having treated it, reminders go on.
    """
    to_come = (*PLANNED, MeetingState.IN_SESSION)
    waiting = Q(proposal__state=ProposalState.WAITING, proposal__meeting__state__in=to_come) | Q(
        proposal__state=ProposalState.TAKEN,
        proposal__item__state=ItemState.PENDING,
        proposal__item__meeting__state__in=to_come,
    )
    open_ones = Escalation.objects.filter(waiting, deadline=F("action__deadline"))
    return Q(pk__in=open_ones.values("action"))


def _hindrances(councils: Sequence[Council], on: date, rules: Rules, foreseen: bool) -> dict[str, Q]:
    """What keeps somebody from being reminded on the day `on`, by code, in the order in which it is told.

    Each asks for one set of keys, the same for all actions, so that the database reads it once.
    """
    mailed = reminder_letters().filter(council__in=councils, on=on).exclude(state=LetterState.PENDING)
    alone = Q(stand_in=None)
    gathering = rules.gathering_day(on)
    hindrances = {
        "escalated": Q(step__lt=0) & before_the_council(),
        "ended": alone & Q(owner__mandate_to__lt=on),
        "not_begun": alone & Q(owner__mandate_from__gt=on),
        "not_cleared": alone & Q(owner__cleared=False, agenda_item__restricted=True),
        "no_address": alone & Q(owner__email="", owner__user=None),
        "stopped": alone & Q(owner__in=post.stopped_members().filter(council__in=councils).values("pk")),
        "paused": alone & Q(owner__in=post.paused(on)),
    }
    if on != gathering:
        weekly = Q(recipient__in=post.weekly())
        if not foreseen:
            # Unless the gathering day was missed: then it is made up for.
            gathered = ReminderRun.objects.filter(council__in=councils, on__gte=gathering, on__lt=on)
            weekly &= Q(council__in=gathered.values("council"))
        hindrances["weekly"] = weekly
    return hindrances | {"mailed": Q(recipient__in=mailed.values("recipient"))}


def held_back_words(reason: str) -> str:
    """Return in words why somebody isn't reminded."""
    return {
        "escalated": _("so long overdue that the council takes it up; reminders go on when it has"),
        "ended": _("the owner's mandate has ended"),
        "not_begun": _("the owner's mandate hasn't begun"),
        "not_cleared": _("the owner may not see restricted items"),
        "no_address": _("the owner has no e-mail address"),
        "stopped": _("the owner's address has refused mail; check it in the mail log"),
        "paused": _("the owner has paused mail; this follows after the pause"),
        "weekly": _("the recipient wants one mail a week; this follows on Monday, or the first working day after it"),
        "mailed": _("today's reminder to the owner has gone or was dropped; this follows with the next one"),
    }[reason]
