"""Planning the day's reminders: ours, set by set, beside a loop that looks at one action after the other."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench import data
from bench.result import Result, forget_peak, median, peak_rss_mb, seconds_of

if TYPE_CHECKING:
    from bra.models import Council


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--rounds", type=int, default=5, help="times the day is planned anew (default 5, median)")
    parser.add_argument(
        "--reference-rows",
        type=int,
        default=2000,
        help="due actions that the reference loop takes; its time is scaled up to all of them (default 2000)",
    )


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield two lines: "sweep" plans the day on empty tables of reminders, "sweep-again" finds it planned already.

    Both count in due actions: "due" of n. The reference loops over the first "reference_rows" of them, on the same
    data, and its seconds are scaled to all; the rates stand beside, in due actions a second.
    """
    world = data.build(options.actions)
    _plan(world.neighbour)  # the tables aren't empty, and the database knows what is in them
    _plan(world.council)
    _analyze()
    due = len(_written(world))
    forget_peak()
    first, again = [], []
    for _round in range(options.rounds):
        _forget(world)
        first.append(seconds_of(lambda: _plan(world.council)))
        again.append(seconds_of(lambda: _plan(world.council)))
    peak = peak_rss_mb()
    kept = _written(world)
    assert len(kept) == due
    rows = min(options.reference_rows, due)
    _forget(world)
    slow = seconds_of(lambda: _reference(world, rows))
    assert len(_written(world) & kept) == rows, "the reference reminds of something else"
    slow_again = seconds_of(lambda: _reference(world, rows))
    for name, seconds, reference in (("sweep", first, slow), ("sweep-again", again, slow_again)):
        ours = median(seconds)
        scaled = reference * due / rows
        rates = {"due_per_second": round(due / ours), "reference_due_per_second": round(rows / reference)}
        extra = {"due": due, "reference_rows": rows} | rates
        yield Result(name, options.actions, ours, peak, scaled, extra)


def _plan(council: "Council") -> None:
    from actions import reminders

    reminders.plan_day(council=council, on=data.TODAY)


def _written(world: data.World) -> set[tuple[int, int, int]]:
    """What is reminded of, as (owner, action, step)."""
    from actions.models import ReminderLine

    lines = ReminderLine.objects.filter(reminder__council=world.council)
    return set(lines.values_list("reminder__owner", "action", "step"))


def _forget(world: data.World) -> None:
    """Take the council's reminders away, as if its day hadn't been planned."""
    from actions.models import Reminder, ReminderLine, ReminderRun

    ReminderLine.objects.filter(reminder__council=world.council)._raw_delete("default")
    Reminder.objects.filter(council=world.council)._raw_delete("default")
    ReminderRun.objects.filter(council=world.council)._raw_delete("default")
    _analyze()


def _analyze() -> None:
    """Clean up and let the database know its sizes, as it would by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _reference(world: data.World, rows: int) -> None:
    """Plan the day as one would first write it: row by row, with get_or_create against doubles, in one transaction."""
    from django.db import transaction

    from actions.models import Action, Reminder, ReminderLine

    taken = 0
    with transaction.atomic():
        for action in Action.objects.live().filter(council=world.council).order_by("deadline", "pk").iterator():
            step = _step((action.deadline - data.TODAY).days, (action.deadline - action.agreed_on).days)
            if step is None:
                continue
            if taken == rows:
                return
            taken += 1
            owner = action.owner
            if not owner.email or not owner.is_active(data.TODAY):
                continue
            if action.agenda_item.restricted and not owner.cleared:
                continue
            reminder, _made = Reminder.objects.get_or_create(council=world.council, owner=owner, on=data.TODAY)
            ReminderLine.objects.get_or_create(
                action=action, deadline=action.deadline, step=step, defaults={"reminder": reminder}
            )


def _step(left: int, notice: int) -> int | None:
    """The latest step that has come, by days left and days between agreement and deadline; None for none."""
    if left > 14:
        return None
    if left > 0:
        step = 14 if left > 3 else 3
        return step if notice > step else None
    weeks = -left // 7
    return -weeks if weeks or notice > 0 else None
