"""Planning a morning of many councils: ours, beside one bare INSERT ... SELECT that asks nothing."""

import argparse
import os
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from bench import data
from bench.result import Result, Times, forget_peak, peak_rss_mb


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--councils", type=int, default=290, help="councils that the actions belong to (default 290)")
    parser.add_argument("--owners", type=int, default=2000, help="owners of the actions (default 2000)")
    parser.add_argument("--rounds", type=int, default=5, help="times the morning is planned anew (default 5, median)")


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield two lines: "sweep" plans the morning on empty tables, "sweep-again" when it has been planned already.

    The reference writes the same reminders and lines without asking whether anybody has been reminded, is away, has
    paused or can be reached, what the council has chosen, or which step it is. "slower" is ours / reference.
    "cpu" and "reference_cpu" are the seconds of computing, nearly all of it the database's; "slower_cpu" is theirs, and
    a busy machine disturbs it least. "memory_grown_mb" is how much more this process held at most while it planned.
    """
    councils = data.build_many(options.actions, options.councils, options.owners)
    _plan()
    _forget()
    ours, again, bare, written = Times(), Times(), Times(), set()
    before = peak_rss_mb()
    forget_peak()
    for _round in range(options.rounds):
        ours.measure(_plan)
        planned = _written()
        _forget_runs()
        again.measure(_plan)
        written.add(_written() == planned)
        _forget()
        bare.measure(_bare)
        assert _written() == planned, "the bare statement writes something else"
        _forget()
    assert written == {True}, "the second run wrote something"
    peak = peak_rss_mb()
    reminders, due = planned
    extra = {
        "councils": len(councils),
        "reminders": reminders,
        "due": due,
        "fastest": round(min(ours.seconds), 6),
        "reference_fastest": round(min(bare.seconds), 6),
        "cpu": round(ours.cpu, 3),
        "reference_cpu": round(bare.cpu, 3),
        "slower_cpu": round(ours.cpu / bare.cpu, 3),
        "slower": round(ours.median / bare.median, 3),
        "slower_fastest": round(min(ours.seconds) / min(bare.seconds), 3),
        "due_per_second": round(due / ours.median),
        "memory_grown_mb": round(max(0.0, peak - before), 1),
        "load": round(os.getloadavg()[0], 1),
        "processors": os.cpu_count(),
    }
    yield Result("sweep", options.actions, ours.median, peak, bare.median, extra)
    yield Result("sweep-again", options.actions, again.median, peak, bare.median, {"written": 0})


def _plan() -> None:
    from actions import reminders
    from bra.models import STOCKHOLM

    reminders.plan_mornings(clock=datetime.combine(data.TODAY, time(9), STOCKHOLM))


def _bare() -> None:
    """Write the day's reminders and their lines, from the actions with a deadline that is near or has passed."""
    from django.db import connection, transaction

    where = "WHERE NOT a.removed AND a.status = 'in_progress' AND a.deadline <= %s"
    due = f"FROM actions_action a {where}"
    letters = "JOIN bra_letter l ON l.recipient_id = a.owner_id AND l.kind = 'reminder' AND l.cause = %s"
    joined = f"FROM actions_action a {letters} {where}"
    day, last = (connection.ops.adapt_datefield_value(one) for one in (data.TODAY, data.TODAY + timedelta(days=14)))
    cause = data.TODAY.isoformat()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO bra_letter (recipient_id, council_id, kind, cause, "on", state, attempts, address, failure)'
            f" SELECT DISTINCT a.owner_id, a.council_id, 'reminder', %s, %s, 'pending', 0, '', '' {due}",
            [cause, day, last],
        )
        cursor.execute(
            "INSERT INTO actions_reminderline (reminder_id, action_id, deadline, step)"
            f" SELECT l.id, a.id, a.deadline, 0 {joined}",
            [cause, last],
        )


def _written() -> tuple[int, int]:
    from actions.models import ReminderLine, reminder_letters

    return reminder_letters().count(), ReminderLine.objects.count()


def _forget_runs() -> None:
    """Forget that the morning has been planned, not what was written: the second run has to find that out itself."""
    from actions.models import ReminderRun

    ReminderRun.objects.all().delete()


def _forget() -> None:
    """Take the reminders away, as if the day hadn't been planned."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            connection.check_constraints()  # a test's transaction may still hold some back
            cursor.execute("TRUNCATE actions_reminderline, actions_reminderrun, bra_letter CASCADE")
        else:
            for table in ("actions_reminderline", "actions_reminderrun", "bra_letter"):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
