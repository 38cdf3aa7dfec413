"""Which actions are due to be reminded of on a day, and what keeps an owner from being reminded."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext as _

from actions.models import Action, ActionQuerySet, ReminderLine, reminder_letters
from actions.reminders.steps import FIRST, SECOND, WEEK
from bra.models import Council, LetterState


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


def due(council: Council, on: date, *, foreseen: bool = False) -> ActionQuerySet:
    """Those of which a step has come that isn't reminded of yet; adds `step`, and `reason` as in held_back_words.

    The reason is empty where the owner is to be reminded. `foreseen` counts what waits from earlier days as not
    reminded of, as it will be once planning has folded it.
    """
    reminded = ReminderLine.objects.filter(action=OuterRef("pk"), deadline=OuterRef("deadline"), step=OuterRef("step"))
    if foreseen:
        reminded = reminded.exclude(reminder__state=LetterState.PENDING, reminder__on__lt=on)
    whens = [When(hindrance, then=Value(code)) for code, hindrance in _hindrances(on).items()]
    reason = Case(*whens, default=Value(""), output_field=models.CharField())
    return _come(council, on).filter(~Exists(reminded)).annotate(reason=reason)


def _hindrances(on: date) -> dict[str, Q]:
    """What keeps an owner from being reminded on the day `on`, by code, in the order in which it is told."""
    mailed = reminder_letters().filter(recipient=OuterRef("owner"), on=on).exclude(state=LetterState.PENDING)
    return {
        "ended": Q(owner__mandate_to__lt=on),
        "not_begun": Q(owner__mandate_from__gt=on),
        "not_cleared": Q(owner__cleared=False, agenda_item__restricted=True),
        "no_address": Q(owner__email="", owner__user=None),
        "mailed": Q(Exists(mailed)),
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
