"""Writing a day's reminders, set by set."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Value

from actions.models import Reminder, ReminderLine, ReminderRun, ReminderState
from actions.reminders.due import but, come, held_back, owners_hindrances, to_send
from bra.models import Council
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
    Reminder.objects.waiting().filter(council=council, on=on).update(state=ReminderState.PENDING)
    constants = {
        "for_council": Value(council.pk, models.BigIntegerField()),
        "for_day": Value(on, models.DateField()),
        "as_state": Value(ReminderState.PENDING.value, models.CharField()),
        "no_attempts": Value(0, models.IntegerField()),
        "no_failure": Value("", models.CharField()),
    }
    columns = ["owner_id", "council_id", "on", "state", "attempts", "failure"]
    owners = to_send(council, on).order_by().annotate(**constants).values_list("owner_id", *constants).distinct()
    reminders = _insert_from(Reminder, columns, owners)
    # What is reminded of already isn't asked here: the unique constraint leaves it out, and asking costs more.
    lines = (
        but(come(council, on), owners_hindrances(on))
        .filter(owner__reminders__on=on, owner__reminders__state=ReminderState.PENDING)
        .order_by()
        .values_list("owner__reminders__pk", "pk", "deadline", F("step"))
    )
    actions = _insert_from(ReminderLine, ["reminder_id", "action_id", "deadline", "step"], lines)
    planned = Planned(reminders, actions, held_back(council, on).count())
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
