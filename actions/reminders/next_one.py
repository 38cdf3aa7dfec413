"""When the next reminder of one action goes out, as things stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from actions.models import Action, ReminderLine, ReminderRun
from actions.reminders.due import held_back_words, hindrance_of
from actions.reminders.rules import Rules, rules_of
from actions.reminders.steps import WEEK
from bra.models import Frequency, LetterState, MailChoice


@dataclass(frozen=True)
class Next:
    """The day, and why nothing goes out then, in words; empty when it does."""

    on: date
    held: str


def next_reminder(action: Action, today: date) -> Next | None:
    """Say when the action is reminded of next, moved to a working day; None for one that is closed."""
    if not action.is_live:
        return None
    rules = rules_of(action.council)
    lines = ReminderLine.objects.filter(action=action, deadline=action.deadline)
    waiting = lines.filter(reminder__state=LetterState.PENDING).exists()
    if waiting:
        return Next(today, "")
    told = lines.order_by("step").values_list("step", flat=True).first()
    planned = ReminderRun.objects.filter(council=action.council_id, on=today).exists()
    start = today + timedelta(days=1) if planned else today
    choice = MailChoice.objects.filter(member=action.owner_id).first()
    if choice is not None and choice.paused_until is not None and choice.paused_until >= start:
        start = choice.paused_until + timedelta(days=1)
    day = next(day for step, day in _steps(action, rules) if day > action.agreed_on and (told is None or step < told))
    on = rules.next_working_day(max(day, start))
    if choice is not None and choice.frequency == Frequency.WEEKLY and on != rules.gathering_day(on):
        on = rules.gathering_day(on + timedelta(days=WEEK))
    hindrance = hindrance_of(action, on, rules)
    return Next(on, held_back_words(hindrance) if hindrance else "")


def _steps(action: Action, rules: Rules) -> Iterator[tuple[int, date]]:
    """The steps of the action's deadline and their days, in order, without end."""
    for step in (rules.first_days, rules.second_days, 0):
        yield step, action.deadline - timedelta(days=step)
    weeks = rules.weeks_between
    while True:
        yield -weeks, action.deadline + timedelta(days=WEEK * weeks)
        weeks += rules.weeks_between
