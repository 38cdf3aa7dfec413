"""Indicators: their targets and outcomes, what follows from them, and the line that is drawn of them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from actions import indicator_lifecycle as lifecycle
from actions import plan_lifecycle
from actions.indicators import measure, trend, value_words
from actions.models import Indicator, IndicatorKind, IndicatorOutcome
from actions.status import Progress, activity_progress, goal_progress, progress_words
from bra.errors import RuleBroken
from bra.history import entries_of
from tests import make
from tests.cast import Cast
from tests.make import TODAY

BEFORE, AFTER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
COUNT, SHARE, YES_NO, DAY = IndicatorKind


@pytest.fixture
def here(cast: Cast) -> dict[str, Any]:
    """Who acts, and when."""
    return {"by": cast.secretary, "on": TODAY}


@pytest.fixture
def share(cast: Cast) -> Indicator:
    return make.make_indicator(make.make_activity(make.make_plan(cast.council)))


@pytest.mark.parametrize(
    ("target", "by", "number", "state"),
    [
        (None, None, 60, "none"),
        (80, None, None, "waiting"),
        (80, None, 79, "waiting"),
        (80, None, 80, "reached"),
        (80, AFTER, 10, "waiting"),
        (80, TODAY, 10, "waiting"),
        (80, BEFORE, 10, "missed"),
        (80, BEFORE, None, "missed"),
        (80, BEFORE, 90, "reached"),
        (0, None, 0, "reached"),
    ],
)
def test_a_number_reaches_its_target_by_being_as_high(
    target: int | None, by: date | None, number: int | None, state: str
) -> None:
    indicator = Indicator(kind=SHARE, target_number=target, target_by=by)
    outcomes = [] if number is None else [IndicatorOutcome(on=BEFORE, number=Decimal(number))]
    assert measure(indicator, outcomes, TODAY).state == state


@pytest.mark.parametrize(
    ("target", "day", "state"),
    [
        (AFTER, None, "waiting"),
        (BEFORE, None, "missed"),
        (BEFORE, BEFORE, "reached"),
        (BEFORE, TODAY, "missed"),
        (None, TODAY, "none"),
    ],
)
def test_a_date_reaches_its_target_by_being_no_later(target: date | None, day: date | None, state: str) -> None:
    outcomes = [] if day is None else [IndicatorOutcome(on=TODAY, day=day)]
    assert measure(Indicator(kind=DAY, target_day=target), outcomes, TODAY).state == state


def test_the_outcome_of_a_day_is_the_latest_by_then() -> None:
    outcomes = [
        IndicatorOutcome(on=TODAY, number=Decimal(30)),
        IndicatorOutcome(on=BEFORE, number=Decimal(20)),
        IndicatorOutcome(on=AFTER, number=Decimal(90)),
        IndicatorOutcome(on=TODAY, number=Decimal(99), removed=True),
    ]
    indicator = Indicator(kind=SHARE, target_number=Decimal(80))
    found = [measure(indicator, outcomes, day).outcome_words for day in (date(2017, 1, 1), BEFORE, TODAY, AFTER)]
    assert found == ["", "20 %", "30 %", "90 %"]


@pytest.mark.parametrize(
    ("kind", "unit", "number", "day", "words"),
    [
        (SHARE, "", Decimal("62.50"), None, "62.5 %"),
        (SHARE, "", Decimal("100.00"), None, "100 %"),
        (COUNT, "möten", Decimal("2.00"), None, "2 möten"),
        (COUNT, "", Decimal(120), None, "120"),
        (YES_NO, "", Decimal(1), None, "yes"),
        (YES_NO, "", Decimal(0), None, "no"),
        (DAY, "", None, TODAY, "2017-03-15"),
        (DAY, "", None, None, ""),
    ],
)
def test_a_value_is_said_as_its_kind_is(
    kind: IndicatorKind, unit: str, number: Decimal | None, day: date | None, words: str
) -> None:
    assert value_words(Indicator(kind=kind, unit=unit), number, day) == words


def test_a_line_is_drawn_of_two_numbers_or_more() -> None:
    indicator = Indicator(kind=SHARE, target_number=Decimal(50))
    outcomes = [
        IndicatorOutcome(on=date(2017, 1, 1), number=Decimal(0)),
        IndicatorOutcome(on=date(2017, 1, 2), number=Decimal(50)),
        IndicatorOutcome(on=date(2017, 1, 5), number=Decimal(100)),
    ]
    drawn = trend(indicator, outcomes)
    assert drawn is not None
    assert (drawn.line, drawn.target) == ("6.0,90.0 83.0,48.0 314.0,6.0", "48.0")
    assert trend(indicator, outcomes[:1]) is None
    assert trend(Indicator(kind=DAY), outcomes) is None


@pytest.mark.parametrize(
    ("done", "still_open", "begun", "targets", "ends", "expected"),
    [
        (0, 0, False, [], [], ("none", False)),
        (0, 0, False, ["reached"], [AFTER], ("done", False)),
        (1, 0, True, ["reached"], [BEFORE], ("done", False)),
        (1, 0, True, ["reached", "waiting"], [BEFORE], ("none", False)),
        (1, 0, True, ["missed"], [BEFORE], ("none", True)),
        (1, 0, True, [], [BEFORE, AFTER], ("none", False)),  # it is due once more
        (2, 0, True, [], [BEFORE, AFTER], ("done", False)),
        (0, 0, True, ["reached"], [BEFORE], ("none", True)),  # a due quarter has passed and nothing was done
        (0, 1, False, ["waiting"], [AFTER], ("todo", False)),
        (0, 1, True, ["waiting"], [AFTER], ("ongoing", False)),
        (0, 1, False, ["missed"], [AFTER], ("todo", True)),
    ],
)
def test_how_an_activity_goes_follows_from_its_actions_and_its_targets(
    done: int, still_open: int, begun: bool, targets: list[str], ends: list[date], expected: tuple[str, bool]
) -> None:
    found = activity_progress(
        quarter_ends=ends, done=done, still_open=still_open, begun=begun, targets=targets, day=TODAY
    )
    assert (found.state, found.late) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], "No open action"),
        (["none", "none"], "No open action"),
        (["done", "done"], "Done"),
        (["done", "none"], "In progress"),
        (["todo", "none"], "Not started"),
        (["todo", "ongoing"], "In progress"),
    ],
)
def test_how_a_goal_goes_follows_from_its_activities(states: list[str], expected: str) -> None:
    assert progress_words(goal_progress(Progress(state, late=False) for state in states)) == expected
    late = [Progress(state, late=index == 0) for index, state in enumerate(states)]
    assert goal_progress(late).late == bool(states)


def test_an_outcome_is_noted_and_corrected(share: Indicator, here: dict[str, Any]) -> None:
    first = lifecycle.note_outcome(indicator=share, measured=BEFORE, number=Decimal(40), **here)
    again = lifecycle.note_outcome(indicator=share, measured=BEFORE, number=Decimal(45), note=" Rättat ", **here)
    lifecycle.note_outcome(indicator=share, measured=TODAY, number=Decimal(60), **here)
    assert first.pk == again.pk
    assert list(share.outcomes.values_list("on", "number", "note")) == [
        (BEFORE, Decimal(45), "Rättat"),
        (TODAY, Decimal(60), ""),
    ]
    assert [entry.verb for entry in entries_of(first)] == ["outcome.noted", "outcome.corrected"]


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        (SHARE, {"number": Decimal("100.01")}, "number"),
        (SHARE, {"number": Decimal(-1)}, "number"),
        (COUNT, {"number": Decimal(-1)}, "number"),
        (COUNT, {"number": Decimal(10) ** 9}, "number"),
        (COUNT, {"day": TODAY}, "day"),
        (COUNT, {}, "number"),
        (YES_NO, {"number": Decimal(2)}, "number"),
        (DAY, {"number": Decimal(1)}, "number"),
        (DAY, {}, "day"),
        (SHARE, {"number": Decimal(1), "measured": AFTER}, "measured"),
    ],
)
def test_an_outcome_is_what_its_indicator_can_show(
    share: Indicator, here: dict[str, Any], kind: IndicatorKind, sent: dict[str, Any], field: str
) -> None:
    indicator = make.make_indicator(share.activity, kind=kind)
    with pytest.raises(RuleBroken) as refusal:
        lifecycle.note_outcome(**{"indicator": indicator, "measured": TODAY} | sent | here)
    assert (refusal.value.field, indicator.outcomes.count()) == (field, 0)


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        (SHARE, {"target_number": Decimal(101)}, "target_number"),
        (SHARE, {"target_day": TODAY}, "target_day"),
        (DAY, {"target_number": Decimal(1)}, "target_number"),
        (SHARE, {"name": " "}, "name"),
    ],
)
def test_a_target_is_what_its_indicator_can_show(
    share: Indicator, here: dict[str, Any], kind: IndicatorKind, sent: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        lifecycle.add_indicator(**{"activity": share.activity, "name": "Ny", "kind": kind} | sent | here)
    assert refusal.value.field == field


def test_the_kind_stays_once_something_was_noted(share: Indicator, here: dict[str, Any]) -> None:
    lifecycle.edit_indicator(indicator=share, name="Antal", kind=COUNT, unit="st", **here)
    share.refresh_from_db()
    assert (share.name, share.kind, share.unit, share.target_number) == ("Antal", COUNT, "st", None)
    outcome = lifecycle.note_outcome(indicator=share, measured=TODAY, number=Decimal(3), **here)
    lifecycle.remove_outcome(outcome=outcome, **here)
    with pytest.raises(RuleBroken) as refusal:
        lifecycle.edit_indicator(indicator=share, name="Antal", kind=DAY, **here)
    assert refusal.value.field == "kind"


def test_an_outcome_comes_back_unless_another_took_its_day(share: Indicator, here: dict[str, Any]) -> None:
    outcome = lifecycle.note_outcome(indicator=share, measured=TODAY, number=Decimal(3), **here)
    for removed in (True, True, False, False, True):
        lifecycle.remove_outcome(outcome=outcome, removed=removed, **here)
    assert [entry.verb for entry in entries_of(outcome)] == [
        "outcome.noted",
        "outcome.removed",
        "outcome.restored",
        "outcome.removed",
    ]
    other = lifecycle.note_outcome(indicator=share, measured=TODAY, number=Decimal(4), **here)
    with pytest.raises(RuleBroken):
        lifecycle.remove_outcome(outcome=outcome, removed=False, **here)
    assert list(share.outcomes.filter(removed=False)) == [other]


def test_nothing_is_noted_of_what_was_removed(share: Indicator, here: dict[str, Any]) -> None:
    lifecycle.remove_indicator(indicator=share, **here)
    with pytest.raises(RuleBroken):
        lifecycle.note_outcome(indicator=share, measured=TODAY, number=Decimal(3), **here)
    lifecycle.remove_indicator(indicator=share, removed=False, **here)
    plan_lifecycle.remove_activity(activity=share.activity, **here)
    with pytest.raises(RuleBroken):
        lifecycle.note_outcome(indicator=share, measured=TODAY, number=Decimal(3), **here)
    assert [entry.verb for entry in entries_of(share)] == ["indicator.removed", "indicator.restored"]
