"""A morning whose workers are killed with -9 over and over: what was lost, sent twice, or not flagged."""

import argparse
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from bench import data
from bench.result import Result, peak_rss_mb
from bench.sink import Sink, sink

ROOT = Path(__file__).resolve().parent.parent
# Between two kills a lease runs out, so that the next worker sees what the last one left.
MINUTES = 11


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--owners", type=int, default=500, help="owners with due actions (default 500)")
    parser.add_argument("--kills", type=int, default=20, help="workers to kill (default 20)")


@dataclass(frozen=True)
class Outcome:
    """What became of the due actions' mails. All but `sent`, `flagged` and `kills` must be 0.

    `lost`: neither sent nor flagged. `doubled`: taken by the server more than once. `unflagged`: taken without being
    known as sent, and not flagged. `invented`: known as sent, and never taken.
    """

    kills: int
    sent: int
    flagged: int
    lost: int
    doubled: int
    unflagged: int
    invented: int


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield one line with the outcome."""
    data.build_many(options.owners * 15, max(1, options.owners // 50), options.owners)
    began = time.perf_counter()
    with sink() as server:
        outcome = kill_over_and_over(server, data.TODAY, kills=options.kills)
    seconds = time.perf_counter() - began
    yield Result("faults", options.owners, seconds, peak_rss_mb(), seconds, asdict(outcome))


class Workers:
    """The process that forks workers when told."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def start(self, minutes: int) -> int:
        """Start a worker whose clock is so many minutes ahead; return its process id."""
        return int(self._ask(f"start {minutes}"))

    def wait(self) -> int:
        """Wait for all that were started; return how many ended well."""
        return int(self._ask("wait"))

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def workers(server: Sink, day: date) -> Iterator[Workers]:
    """Have workers at hand that send to the sink, on this process's database."""
    from django.db import connection

    variables = os.environ | {"FAULT_DATABASE": str(connection.settings_dict["NAME"])}
    command = [sys.executable, "-m", "bench.fault_worker", str(server.port), day.isoformat()]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield Workers(process)
        finally:
            process.kill()


def kill_over_and_over(server: Sink, day: date, *, kills: int, seed: int = 1) -> Outcome:
    """Kill workers at random points until `kills` have died, then let one finish; count what became of it all."""
    dice = random.Random(seed)  # noqa: S311 - where to kill, not a secret
    killed = number = 0
    with workers(server, day) as at_hand:
        while killed < kills:
            number += 1
            pid = at_hand.start(number * MINUTES)
            # Short lives end while the day is planned, long ones while mail is sent.
            time.sleep(math.exp(dice.uniform(math.log(0.02), math.log(1.4))))
            os.kill(pid, signal.SIGKILL)
            killed += 1 - at_hand.wait()
            if not _left():
                break
        at_hand.start((number + 1) * MINUTES)
        at_hand.wait()
        at_hand.start((number + 2) * MINUTES)
        at_hand.wait()
    return outcome_of(server, killed)


def _left() -> bool:
    from actions.models import ReminderRun
    from bra.models import Letter

    return not ReminderRun.objects.exists() or Letter.objects.filter(state__in=["pending", "claimed"]).exists()


def outcome_of(server: Sink, kills: int = 0) -> Outcome:
    """Hold the rows against what the sink has taken."""
    from actions.models import Action, ReminderLine
    from bra.models import Letter
    from bra.post import message_id

    taken = Counter(found.strip("<>") for _address, found in server.taken)
    states = {message_id(letter): letter.state for letter in Letter.objects.all()}
    sent = {key for key, state in states.items() if state == "sent"}
    flagged = {key for key, state in states.items() if state in ("unknown", "failed")}
    told = ReminderLine.objects.filter(reminder__state__in=["sent", "unknown", "failed"])
    due = Action.objects.live().filter(deadline__lte=date.fromordinal(data.TODAY.toordinal() + 14))
    return Outcome(
        kills=kills,
        sent=len(sent),
        flagged=len(flagged),
        lost=due.exclude(pk__in=told.values("action")).count(),
        doubled=sum(number > 1 for number in taken.values()),
        unflagged=len(set(taken) - sent - flagged),
        invented=len(sent - set(taken)),
    )
