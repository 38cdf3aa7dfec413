"""The history of a plan, in sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from actions.indicators import value_words
from actions.models import Activity, Goal, Indicator, IndicatorOutcome, WorkPlan
from bra.models import Council, HistoryEntry
from bra.sentences import Line, lines

MOST_LINES = 100

_MODELS: tuple[type[models.Model], ...] = (WorkPlan, Goal, Activity, Indicator, IndicatorOutcome)


@dataclass(frozen=True)
class _Names:
    """What the entries are about: the label of each row, by kind and key; goals by key; indicators by outcome."""

    labels: dict[str, dict[int, str]]
    goals: dict[int, str]
    indicators: dict[int, Indicator]


def history_of_plan(plan: WorkPlan) -> list[Line]:
    """Return what was changed of a plan and of all in it, the latest first, at most MOST_LINES entries; six queries."""
    activities = Activity.objects.filter(goal__plan=plan)
    return _told(plan.council, plan.goals.all(), activities, activities, plan)


def history_of_activity(activity: Activity) -> list[Line]:
    """Return what was changed of an activity, its indicators and outcomes, the latest first; five queries."""
    goals, mine = activity.goal.plan.goals.all(), Activity.objects.filter(pk=activity.pk)
    return _told(activity.goal.plan.council, goals, mine, mine, None)


def history_of_indicator(indicator: Indicator) -> list[Line]:
    """Return what was changed of an indicator and its outcomes, the latest first; a handful of queries."""
    none = Activity.objects.none()
    council = indicator.activity.goal.plan.council
    return _told(council, Goal.objects.none(), none, none, None, Indicator.objects.filter(pk=indicator.pk))


def _told(
    council: Council,
    goals: models.QuerySet[Goal],
    activities: models.QuerySet[Activity],
    measured: models.QuerySet[Activity],
    plan: WorkPlan | None,
    indicators: models.QuerySet[Indicator] | None = None,
) -> list[Line]:
    shown = Indicator.objects.filter(activity__in=measured) if indicators is None else indicators
    ours = {one.pk: one for one in shown}
    outcomes = dict(IndicatorOutcome.objects.filter(indicator__in=list(ours)).values_list("pk", "indicator"))
    of_goals = {goal.pk: goal.title for goal in goals}
    names = _Names(
        {
            "workplan": {plan.pk: plan.name} if plan else {},
            "goal": of_goals if plan else {},
            "activity": dict(activities.values_list("pk", "title")),
            "indicator": {pk: one.name for pk, one in ours.items()},
            "indicatoroutcome": {pk: ours[of].name for pk, of in outcomes.items()},
        },
        of_goals,
        {pk: ours[of] for pk, of in outcomes.items()},
    )
    about = reduce(or_, (Q(target_type=kind, target_id__in=list(keys)) for kind, keys in names.labels.items()))
    entries = HistoryEntry.objects.filter(about, council=council).select_related("actor")
    return lines(entries.order_by("-pk")[:MOST_LINES], lambda entry: [_say(entry, names)])


def _say(entry: HistoryEntry, names: _Names) -> str:
    title = names.labels[entry.target_type].get(entry.target_id, "")
    return _TELL[entry.verb](entry, names, {"title": title}) if entry.verb in _TELL else entry.verb


def _fields(entry: HistoryEntry) -> str:
    model = next(model for model in _MODELS if model._meta.model_name == entry.target_type)
    shown = [name for name in entry.changes if name != "number" or "goal" not in entry.changes]
    return ", ".join(str(getattr(model._meta.get_field(name), "verbose_name", name)) for name in shown)


def _edited(entry: HistoryEntry, names: _Names, words: Mapping[str, str]) -> str:
    if "goal" in entry.changes and set(entry.changes) <= {"goal", "number"}:
        goal = names.goals.get(entry.changes["goal"][1], "–")
        return _("moved “%(title)s” to the goal “%(goal)s”") % {**words, "goal": goal}
    return _("changed “%(title)s”: %(fields)s") % {**words, "fields": _fields(entry)}


def _moved(entry: HistoryEntry, names: _Names, words: Mapping[str, str]) -> str:
    old, new = entry.changes["number"]
    return _("moved “%(title)s” from place %(old)s to %(new)s") % {**words, "old": old, "new": new}


def _due(entry: HistoryEntry, names: _Names, words: Mapping[str, str]) -> str:
    quarters = ", ".join(entry.changes["due_quarters"][1]) or _("no quarter")
    return _("set when “%(title)s” is due: %(quarters)s") % {**words, "quarters": quarters}


def _plain(sentence: Callable[[], str]) -> Callable[[HistoryEntry, _Names, Mapping[str, str]], str]:
    return lambda entry, names, words: sentence() % words


def _value(entry: HistoryEntry, names: _Names, index: int) -> str:
    def kept(name: str) -> Any:
        return entry.changes.get(name, [None, None])[index]

    number = None if kept("number") is None else Decimal(str(kept("number")))
    day = parse_date(kept("day")) if kept("day") else None
    return value_words(names.indicators[entry.target_id], number, day)


def _noted(entry: HistoryEntry, names: _Names, words: Mapping[str, str]) -> str:
    said = {"value": _value(entry, names, 1), "day": entry.changes["on"][1]}
    return _("noted %(value)s as of %(day)s for “%(title)s”") % {**words, **said}


def _corrected(entry: HistoryEntry, names: _Names, words: Mapping[str, str]) -> str:
    if not {"number", "day"} & set(entry.changes):
        return _("changed the note of an outcome of “%(title)s”") % words
    said = {"old": _value(entry, names, 0), "new": _value(entry, names, 1)}
    return _("corrected an outcome of “%(title)s” from %(old)s to %(new)s") % {**words, **said}


_TELL: dict[str, Callable[[HistoryEntry, _Names, Mapping[str, str]], str]] = {
    "plan.started": _plain(lambda: _("began the plan %(title)s")),
    "plan.copied": lambda entry, names, words: (
        _("filled it with a copy of the plan %(name)s") % {"name": entry.changes["copy_of"][1]}
    ),
    "plan.edited": _edited,
    "activity.due": _due,
    "outcome.noted": _noted,
    "outcome.corrected": _corrected,
    "outcome.removed": _plain(lambda: _("removed an outcome of “%(title)s”")),
    "outcome.restored": _plain(lambda: _("brought an outcome of “%(title)s” back")),
} | {
    f"{kind}.{verb}": say
    for kind in ("goal", "activity", "indicator")
    for verb, say in {
        "added": _plain(lambda: _("added “%(title)s”")),
        "edited": _edited,
        "moved": _moved,
        "removed": _plain(lambda: _("removed “%(title)s”")),
        "restored": _plain(lambda: _("brought “%(title)s” back")),
    }.items()
}
