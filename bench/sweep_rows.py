"""Planning the day's reminders: ours, set by set, beside a loop that looks at one action after the other."""

import argparse
import os
from collections import Counter
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
        help="due actions that the reference takes, of whole owners; its time is scaled up to all (default 2000)",
    )


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield two lines: "sweep-rows" plans the day on empty tables of reminders, "-again" finds it planned already.

    Both count in due actions: "due" of n. The reference takes all actions of the first owners, until "reference_rows"
    of them are due, on the same data, and its seconds are scaled to all; the rates stand beside, in due actions a
    second. "load" is how many processes wanted a processor in the last minute: above "processors" the seconds say
    less than they should.
    """
    world = data.build(options.actions)
    _plan(world.neighbour)  # the tables aren't empty, and the database knows what is in them
    _plan(world.council)
    data.analyze()
    planned = _written(world)
    forget_peak()
    first, again = [], []
    for _round in range(options.rounds):
        _forget(world)
        first.append(seconds_of(lambda: _plan(world.council)))
        again.append(seconds_of(lambda: _plan(world.council)))
    peak = peak_rss_mb()
    assert _written(world) == planned
    owners = _first_owners(planned, options.reference_rows)
    expected = {line for line in planned if line[0] in owners}
    _forget(world)
    slow = seconds_of(lambda: _reference(world, owners))
    assert _written(world) == expected, "the reference reminds of something else"
    slow_again = seconds_of(lambda: _reference(world, owners))
    due, rows = len(planned), len(expected)
    for name, seconds, reference in (("sweep-rows", first, slow), ("sweep-rows-again", again, slow_again)):
        ours = median(seconds)
        extra = {
            "fastest": round(min(seconds), 6),
            "due": due,
            "reference_rows": rows,
            "due_per_second": round(due / ours),
            "reference_due_per_second": round(rows / reference),
            "reference_is": "for each live action: owner, item, get_or_create of reminder and line; one transaction",
            "load": round(os.getloadavg()[0], 1),
            "processors": os.cpu_count(),
        }
        yield Result(name, options.actions, ours, peak, reference * due / rows, extra)


def _first_owners(planned: set[tuple[int, int, int]], rows: int) -> set[int]:
    """The first owners that have `rows` due actions together. Whole ones: each reminder is made for several actions."""
    owners: set[int] = set()
    for owner, number in sorted(Counter(owner for owner, _action, _step in planned).items()):
        if rows <= 0:
            break
        owners.add(owner)
        rows -= number
    return owners


def _plan(council: "Council") -> None:
    from actions import reminders

    reminders.plan_day(council=council, on=data.TODAY)


def _written(world: data.World) -> set[tuple[int, int, int]]:
    """What is reminded of, as (owner, action, step)."""
    from actions.models import ReminderLine

    lines = ReminderLine.objects.filter(reminder__council=world.council)
    return set(lines.values_list("reminder__recipient", "action", "step"))


def _forget(world: data.World) -> None:
    """Take the council's reminders away, as if its day hadn't been planned."""
    from actions.models import ReminderLine, ReminderRun, reminder_letters

    ReminderLine.objects.filter(reminder__council=world.council)._raw_delete("default")
    reminder_letters().filter(council=world.council)._raw_delete("default")
    ReminderRun.objects.filter(council=world.council)._raw_delete("default")
    data.analyze()


def _reference(world: data.World, owners: set[int]) -> None:
    """Plan the day as one would first write it: row by row, with get_or_create against doubles, in one transaction.

    (A transaction for each row takes a little longer; one in all is the kinder comparison.)
    """
    from django.db import transaction

    from actions.models import REMINDER, Action, ReminderLine, reminder_letters

    with transaction.atomic():
        for action in Action.objects.live().filter(council=world.council, owner__in=owners):
            step = _step((action.deadline - data.TODAY).days, (action.deadline - action.agreed_on).days)
            if step is None:
                continue
            owner = action.owner
            if not owner.email or not owner.is_active(data.TODAY):
                continue
            if action.agenda_item.restricted and not owner.cleared:
                continue
            reminder, _made = reminder_letters().get_or_create(
                recipient=owner,
                kind=REMINDER,
                cause=data.TODAY.isoformat(),
                defaults={"council": world.council, "on": data.TODAY},
            )
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
