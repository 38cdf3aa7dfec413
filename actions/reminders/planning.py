"""Writing a day's reminders, set by set."""

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from actions.models import REMINDER, ReminderRun, reminder_letters
from actions.reminders.due import due
from bra.models import Council, LetterState
from bra.rows import locked

log = logging.getLogger(__name__)

# No reminder leaves after this hour of the council's day, however late the sweep runs.
LAST_HOUR = 20


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
    reminder_letters().waiting().filter(council=council, on=on).update(state=LetterState.PENDING)
    planned = _write(council, on)
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
    earlier = reminder_letters().waiting().filter(council=council, on__lt=on)
    # Locked first: what somebody is claiming right now isn't ours to drop.
    waiting = list(earlier.select_for_update().values_list("pk", flat=True))
    reminder_letters().filter(pk__in=waiting).delete()


# What is due and what hinders it is worked out once, in a table of this session's own; the rows are written from there.
_REMINDERS = """
    INSERT INTO bra_letter (recipient_id, council_id, kind, cause, "on", state, attempts, failure)
    SELECT DISTINCT owner_id, %s, %s, %s, %s, %s, 0, '' FROM due_today WHERE reason = ''
    ON CONFLICT (recipient_id, kind, cause) DO NOTHING
"""
_LINES = """
    INSERT INTO actions_reminderline (reminder_id, action_id, deadline, step)
    SELECT bra_letter.id, due_today.id, deadline, step
    FROM due_today JOIN bra_letter ON recipient_id = owner_id
    WHERE reason = '' AND kind = %s AND cause = %s AND state = %s
    ORDER BY due_today.id
"""
_HELD_BACK = "SELECT COUNT(*) FROM due_today WHERE reason <> ''"


def _write(council: Council, on: date) -> Planned:
    """Write what is due and not reminded of yet. The same SQL on SQLite and PostgreSQL."""
    rows: QuerySet[Any, Any] = due(council, on)
    rows = rows.order_by().values_list("id", "owner_id", "deadline", "step", "reason")
    select, parameters = rows.query.get_compiler(connection=connection).as_sql()
    day, waiting = connection.ops.adapt_datefield_value(on), LetterState.PENDING.value
    with connection.cursor() as cursor:
        # Nothing in the text comes from outside: the ORM compiled it.
        cursor.execute(f"CREATE TEMPORARY TABLE due_today AS {select}", parameters)
        cursor.execute(_REMINDERS, [council.pk, REMINDER, on.isoformat(), day, waiting])
        reminders = cursor.rowcount
        cursor.execute(_LINES, [REMINDER, on.isoformat(), waiting])
        actions = cursor.rowcount
        cursor.execute(_HELD_BACK)
        [held_back] = cursor.fetchone()
        cursor.execute("DROP TABLE due_today")
    return Planned(reminders, actions, held_back)
