"""Writing a day's mails, set by set: for many councils at once."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from actions.models import REMINDER, ReminderRun, reminder_letters
from actions.reminders.digests import post_digests
from actions.reminders.due import due
from actions.reminders.escalating import escalate_overdue
from actions.reminders.rules import Rules, by_rules
from bra.models import Council, LetterState

log = logging.getLogger(__name__)

# No reminder leaves after this hour of the council's day, however late the sweep runs.
LAST_HOUR = 20
# Councils planned in one transaction. Their rows are locked meanwhile, some seconds for all councils of the country;
# six times fewer of them cost a sixth more, because what is due is then looked up six times.
TOGETHER = 300


@dataclass(frozen=True)
class Planned:
    """What planning a day wrote: reminders, the actions in them; and the actions held back."""

    reminders: int
    actions: int
    held_back: int

    def __add__(self, other: "Planned") -> "Planned":
        return Planned(self.reminders + other.reminders, self.actions + other.actions, self.held_back + other.held_back)


NOTHING = Planned(0, 0, 0)


def plan_day(*, council: Council, on: date) -> Planned:
    """Write the mails of the day `on`; twice writes nothing twice. A constant number of statements.

    Nothing on a day off. What is still waiting from earlier days is folded into this day's reminders.
    """
    return _plan([council], on, again=True)


def plan_mornings(*, clock: datetime) -> Planned:
    """Plan the day of each council whose hour has come at the instant `clock` and that nobody has planned yet.

    Two schedulers at once make one run: the second waits for the first and finds it done. Councils are planned many
    together; when one of them can't be, each by itself, and its failure stops no other.
    """
    days: dict[date, list[Council]] = {}
    for council in Council.objects.order_by("pk"):
        now = council.now(clock)
        if _hour_has_come(council, now):
            days.setdefault(now.date(), []).append(council)
    planned = NOTHING
    for on, councils in days.items():
        done = set(ReminderRun.objects.filter(on=on, council__in=councils).values_list("council", flat=True))
        left = [council for council in councils if council.pk not in done]
        for start in range(0, len(left), TOGETHER):
            planned += _plan_some(left[start : start + TOGETHER], on)
    return planned


def _hour_has_come(council: Council, now: datetime) -> bool:
    return council.reminder_hour <= now.hour <= LAST_HOUR


def _plan_some(councils: Sequence[Council], on: date) -> Planned:
    try:
        return _plan(councils, on, again=False)
    except Exception:
        log.exception("planning together failed on=%s", on)
    planned = NOTHING
    for council in councils:
        try:
            planned += _plan([council], on, again=False)
        except Exception:
            log.exception("planning reminders failed council=%s", council.pk)
    return planned


@transaction.atomic
def _plan(councils: Sequence[Council], on: date, *, again: bool) -> Planned:
    """Plan the councils' day in one transaction; `again` also those that have been planned today."""
    pks = [council.pk for council in councils]
    # In the order of their keys, so that two who plan don't wait for each other in a ring.
    rows = list(Council.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))
    if not again:
        done = set(ReminderRun.objects.filter(on=on, council__in=rows).values_list("council", flat=True))
        rows = [council for council in rows if council.pk not in done]
    planned = NOTHING
    for rules, group in by_rules(rows).items():
        if rules.is_working_day(on):
            planned += _plan_group(group, on, rules)
    return planned


def _plan_group(councils: Sequence[Council], on: date, rules: Rules) -> Planned:
    runs = [ReminderRun(council=council, on=on) for council in councils]
    ReminderRun.objects.bulk_create(runs, ignore_conflicts=True)
    escalate_overdue(councils=councils, on=on, rules=rules)
    _fold_earlier(councils, on)
    # Locks what already waits for the day, so that none of it is sent before its new lines are there.
    reminder_letters().waiting().filter(council__in=councils, on=on).update(state=LetterState.PENDING)
    planned = _write(councils, on, rules)
    post_digests(councils=councils, on=on, rules=rules)
    log.info("reminders planned councils=%s on=%s %s", len(councils), on, planned)
    return planned


def _fold_earlier(councils: Sequence[Council], on: date) -> None:
    """Drop what waits from earlier days: its actions fall due again, and today's reminder says the latest of them."""
    earlier = reminder_letters().waiting().filter(council__in=councils, on__lt=on)
    # Locked first: what somebody is claiming right now isn't ours to drop.
    waiting = list(earlier.select_for_update().values_list("pk", flat=True))
    if waiting:
        reminder_letters().filter(pk__in=waiting).delete()


# What is due and what hinders it is worked out once, in a table of this session's own; the rows are written from there.
_REMINDERS = """
    INSERT INTO bra_letter (recipient_id, council_id, kind, cause, "on", state, attempts, address, failure)
    SELECT DISTINCT recipient, council_id, %s, %s, %s, %s, 0, '', '' FROM due_today WHERE reason = ''
    ON CONFLICT (recipient_id, kind, cause) DO NOTHING
"""
_LINES = """
    INSERT INTO actions_reminderline (reminder_id, action_id, deadline, step)
    SELECT bra_letter.id, due_today.id, deadline, step
    FROM due_today JOIN bra_letter ON recipient_id = recipient
    WHERE reason = '' AND kind = %s AND cause = %s AND state = %s
    ORDER BY due_today.id
"""
_HELD_BACK = "SELECT COUNT(*) FROM due_today WHERE reason <> ''"


def _write(councils: Sequence[Council], on: date, rules: Rules) -> Planned:
    """Write what is due and not reminded of yet. The same SQL on SQLite and PostgreSQL."""
    rows: QuerySet[Any, Any] = due(councils, on, rules)
    rows = rows.order_by().values_list("id", "council_id", "recipient", "deadline", "step", "reason")
    select, parameters = rows.query.get_compiler(connection=connection).as_sql()
    day, waiting = connection.ops.adapt_datefield_value(on), LetterState.PENDING.value
    with connection.cursor() as cursor:
        # Nothing in the text comes from outside: the ORM compiled it.
        cursor.execute(f"CREATE TEMPORARY TABLE due_today AS {select}", parameters)
        # The database knows nothing of this table yet; without an index it may read all of it for each letter.
        cursor.execute("CREATE INDEX due_by_recipient ON due_today (recipient)")
        cursor.execute(_REMINDERS, [REMINDER, on.isoformat(), day, waiting])
        reminders = cursor.rowcount
        cursor.execute(_LINES, [REMINDER, on.isoformat(), waiting])
        actions = cursor.rowcount
        cursor.execute(_HELD_BACK)
        [held_back] = cursor.fetchone()
        cursor.execute("DROP TABLE due_today")
    return Planned(reminders, actions, held_back)
