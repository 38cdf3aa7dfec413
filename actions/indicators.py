"""What an indicator shows on a day, and how that is said and drawn. No database, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from actions.models import Indicator, IndicatorKind, IndicatorOutcome

NO_TARGET, WAITING, REACHED, MISSED = "none", "waiting", "reached", "missed"
# The drawing's own units.
WIDTH, HEIGHT, RIM = 320, 96, 6


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator with the outcome that held on a day (None: nothing was noted by then) and what became of its target.

    `state` is NO_TARGET, WAITING, REACHED or MISSED.
    """

    indicator: Indicator
    latest: IndicatorOutcome | None
    state: str

    @property
    def outcome_words(self) -> str:
        """The outcome: "62 %", "yes", "2017-02-01"; empty without one."""
        if self.latest is None:
            return ""
        return value_words(self.indicator, self.latest.number, self.latest.day)

    @property
    def target_words(self) -> str:
        """The target and the day it is set for: "80 % by 2017-06-30"; empty without one."""
        one = self.indicator
        value = value_words(one, one.target_number, one.target_day)
        if not value or one.target_by is None:
            return value
        return _("%(target)s by %(day)s") % {"target": value, "day": one.target_by}

    @property
    def state_words(self) -> str:
        """What became of the target."""
        return {
            NO_TARGET: _("No target"),
            WAITING: _("Target not reached yet"),
            REACHED: _("Target reached"),
            MISSED: _("Target missed"),
        }[self.state]

    @property
    def shape(self) -> str:
        """The state that the badge is drawn as."""
        return {NO_TARGET: "todo", WAITING: "ongoing", REACHED: "done", MISSED: "overdue"}[self.state]


def measure(indicator: Indicator, outcomes: Iterable[IndicatorOutcome], day: date) -> Measured:
    """Say what the indicator shows on `day`: the outcome of the latest day by then, whenever it was noted."""
    noted = [one for one in outcomes if not one.removed and one.on <= day]
    latest = max(noted, key=lambda one: one.on, default=None)
    return Measured(indicator, latest, _state(indicator, latest, day))


def _state(indicator: Indicator, latest: IndicatorOutcome | None, day: date) -> str:
    """A number reaches its target by being as high, a date by being no later; the day set for it may pass first."""
    if indicator.target_number is None and indicator.target_day is None:
        return NO_TARGET
    if latest is not None:
        if latest.day and indicator.target_day and latest.day <= indicator.target_day:
            return REACHED
        if None not in (latest.number, indicator.target_number) and latest.number >= indicator.target_number:  # type: ignore[operator]  # neither is None
            return REACHED
    last = indicator.target_by or indicator.target_day
    return MISSED if last is not None and last < day else WAITING


def value_words(indicator: Indicator, number: Decimal | None, day: date | None) -> str:
    """Say a value of the indicator, target or outcome; empty when there is none."""
    if day is not None:
        return day.isoformat()
    if number is None:
        return ""
    if indicator.kind == IndicatorKind.YES_NO:
        return _("yes") if number else _("no")
    plain = number_format(number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize())
    if indicator.kind == IndicatorKind.SHARE:
        return f"{plain} %"
    return f"{plain} {indicator.unit}".strip()


@dataclass(frozen=True, slots=True)
class Trend:
    """The drawing of an indicator's outcomes over time, in WIDTH x HEIGHT units as SVG writes them, origin top left."""

    points: tuple[tuple[str, str], ...]
    target: str | None
    first: IndicatorOutcome
    last: IndicatorOutcome

    @property
    def line(self) -> str:
        """The points as SVG writes them."""
        return " ".join(f"{x},{y}" for x, y in self.points)


def trend(indicator: Indicator, outcomes: Sequence[IndicatorOutcome]) -> Trend | None:
    """Return the drawing of the outcomes, which stand in order of their days; None when there is no line to draw.

    A line needs two numbers. The height runs from 0 to the highest of outcomes and target, a share's to 100 %.
    """
    if indicator.kind not in (IndicatorKind.COUNT, IndicatorKind.SHARE) or len(outcomes) < 2:
        return None
    numbers = [float(one.number or 0) for one in outcomes]
    target = None if indicator.target_number is None else float(indicator.target_number)
    top = 100.0 if indicator.kind == IndicatorKind.SHARE else max(*numbers, target or 0, 1)
    first = outcomes[0].on
    days = (outcomes[-1].on - first).days

    def height(number: float) -> str:
        return f"{HEIGHT - RIM - number / top * (HEIGHT - 2 * RIM):.1f}"

    points = tuple(
        (f"{RIM + (one.on - first).days / days * (WIDTH - 2 * RIM):.1f}", height(number))
        for one, number in zip(outcomes, numbers, strict=True)
    )
    return Trend(points, None if target is None else height(target), outcomes[0], outcomes[-1])
