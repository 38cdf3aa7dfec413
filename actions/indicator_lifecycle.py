"""The verbs of indicators and of what they showed. The plan is locked before anything of it is changed."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import Activity, Indicator, IndicatorKind, IndicatorOutcome
from actions.plan_lifecycle import locked_activity
from bra import history
from bra.errors import RuleBroken
from bra.models import Member
from bra.rows import locked

_FIELDS = ("name", "kind", "unit", "target_number", "target_day", "target_by")
_MOST = Decimal(10) ** 9


@transaction.atomic
def add_indicator(
    *,
    activity: Activity,
    name: str,
    kind: IndicatorKind,
    by: Member,
    on: date,
    unit: str = "",
    target_number: Decimal | None = None,
    target_day: date | None = None,
    target_by: date | None = None,
) -> Indicator:
    """Add an indicator to an activity. The target is a number, or for an indicator that shows a date, a day."""
    activity = locked_activity(activity)
    _refuse_value(kind, target_number, target_day, number_field="target_number", day_field="target_day")
    indicator = Indicator.objects.create(
        activity=activity,
        name=_named(name),
        kind=kind,
        unit=unit.strip(),
        target_number=target_number,
        target_day=target_day,
        target_by=target_by,
    )
    history.created(indicator, council=activity.goal.plan.council, by=by, on=on, verb="indicator.added", fields=_FIELDS)
    return indicator


@transaction.atomic
def edit_indicator(
    *,
    indicator: Indicator,
    name: str,
    kind: IndicatorKind,
    by: Member,
    on: date,
    unit: str = "",
    target_number: Decimal | None = None,
    target_day: date | None = None,
    target_by: date | None = None,
) -> Indicator:
    """Change an indicator. What it shows, a number or a date, stays once an outcome has been noted."""
    indicator = _locked_live(indicator)
    # A removed outcome counts too: it may be brought back.
    if kind != indicator.kind and indicator.outcomes.exists():
        raise RuleBroken(
            _("Outcomes have been noted already, so the kind stays. Add another indicator instead."), field="kind"
        )
    _refuse_value(kind, target_number, target_day, number_field="target_number", day_field="target_day")
    history.change(
        indicator,
        council=indicator.activity.goal.plan.council,
        by=by,
        on=on,
        verb="indicator.edited",
        name=_named(name),
        kind=kind,
        unit=unit.strip(),
        target_number=target_number,
        target_day=target_day,
        target_by=target_by,
    )
    return indicator


@transaction.atomic
def remove_indicator(*, indicator: Indicator, by: Member, on: date, removed: bool = True) -> Indicator:
    """Take an indicator with its outcomes off its activity; `removed=False` brings it back."""
    activity = locked_activity(indicator.activity)
    indicator = locked(indicator)
    verb = "indicator.removed" if removed else "indicator.restored"
    history.change(indicator, council=activity.goal.plan.council, by=by, on=on, verb=verb, removed=removed)
    return indicator


@transaction.atomic
def note_outcome(
    *,
    indicator: Indicator,
    measured: date,
    by: Member,
    on: date,
    number: Decimal | None = None,
    day: date | None = None,
    note: str = "",
) -> IndicatorOutcome:
    """Note what an indicator showed on the day `measured`. Noted again for the same day, it is corrected."""
    indicator = _locked_live(indicator)
    if measured > on:
        raise RuleBroken(_("An outcome can't be of a day that hasn't come."), field="measured")
    _refuse_value(indicator.kind, number, day, number_field="number", day_field="day")
    if number is None and day is None:
        raise RuleBroken(_("Write the outcome."), field="day" if indicator.kind == IndicatorKind.DAY else "number")
    council, note = indicator.activity.goal.plan.council, note.strip()
    before = indicator.outcomes.filter(on=measured, removed=False).first()
    if before is not None:
        history.change(
            before, council=council, by=by, on=on, verb="outcome.corrected", number=number, day=day, note=note
        )
        return before
    outcome = IndicatorOutcome.objects.create(indicator=indicator, on=measured, number=number, day=day, note=note)
    history.created(outcome, council=council, by=by, on=on, verb="outcome.noted", fields=("on", "number", "day"))
    return outcome


@transaction.atomic
def remove_outcome(*, outcome: IndicatorOutcome, by: Member, on: date, removed: bool = True) -> IndicatorOutcome:
    """Take back an outcome that was noted by mistake; `removed=False` brings it back."""
    indicator = _locked_live(outcome.indicator)
    outcome = locked(outcome)
    if outcome.removed and not removed and indicator.outcomes.filter(on=outcome.on, removed=False).exists():
        raise RuleBroken(
            _("Another outcome has been noted for %(day)s meanwhile. Remove that one first.") % {"day": outcome.on}
        )
    council = indicator.activity.goal.plan.council
    verb = "outcome.removed" if removed else "outcome.restored"
    history.change(outcome, council=council, by=by, on=on, verb=verb, removed=removed)
    return outcome


def _locked_live(indicator: Indicator) -> Indicator:
    locked_activity(indicator.activity)
    indicator = locked(indicator)
    if indicator.removed:
        raise RuleBroken(_("The indicator has been removed."))
    return indicator


def _named(name: str) -> str:
    if not name.strip():
        raise RuleBroken(_("Write what the indicator is called."), field="name")
    return name.strip()


def _refuse_value(kind: str, number: Decimal | None, day: date | None, *, number_field: str, day_field: str) -> None:
    """Refuse a value, target or outcome, that an indicator of this kind can't have; none at all passes."""
    if kind == IndicatorKind.DAY:
        if number is not None:
            raise RuleBroken(_("This indicator shows a date, not a number."), field=number_field)
        return
    if day is not None:
        raise RuleBroken(_("This indicator shows a number, not a date."), field=day_field)
    if number is None:
        return
    if kind == IndicatorKind.YES_NO and number not in (0, 1):
        raise RuleBroken(_("Choose yes or no."), field=number_field)
    if kind == IndicatorKind.SHARE and not 0 <= number <= 100:
        raise RuleBroken(_("A share is between 0 and 100 %."), field=number_field)
    if not 0 <= number < _MOST:
        raise RuleBroken(_("Write a number from 0 up to a thousand million."), field=number_field)
