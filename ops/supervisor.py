"""Keep a few programs running: start, start again what died, stop in order."""

import dataclasses
import os
import signal
import subprocess
import time
from collections import deque
from pathlib import Path

from ops.errors import Refusal
from ops.processes import die_with_parent, kill_group, stop, tail

DEATHS_MAX = 5
DEATHS_WITHIN = 60.0  # seconds
DELAY_MAX = 15.0  # seconds


@dataclasses.dataclass
class Program:
    """One program to keep running; `label` is what the operator calls it, `stop_seconds` its time to stop.

    `stop_last` marks what the others need to the end.
    """

    name: str
    label: str
    command: list[str]
    stop_seconds: float = 10
    stop_last: bool = False
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = dataclasses.field(default_factory=lambda: deque(maxlen=DEATHS_MAX))
    start_at: float = 0


class Supervisor:
    """The programs of one data folder."""

    def __init__(self, folder: Path, logs: Path, environment: dict[str, str], *, delay: float = 0.5) -> None:
        """Run programs in `folder` with `environment`, their output in `logs`/NAME.log.

        `delay` is how many seconds a program that died waits to be started again; it doubles with each death.
        """
        self.folder, self.logs, self.environment, self.delay = folder, logs, environment, delay
        self.programs: list[Program] = []

    def log(self, name: str) -> Path:
        """Return the log file of the program `name`."""
        return self.logs / f"{name}.log"

    def add(self, program: Program) -> None:
        """Start a program and keep it running; the log of the start before is kept as NAME.log.1."""
        if self.log(program.name).exists():
            self.log(program.name).replace(self.logs / f"{program.name}.log.1")
        self.programs.append(program)
        self._start(program)

    def _start(self, program: Program) -> None:
        with self.log(program.name).open("ab") as log:
            program.process = subprocess.Popen(
                program.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal reaches only the supervisor, which then stops the rest in order.
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def check(self) -> None:
        """Start again what has died, after a growing delay; `Refusal` when one dies again and again."""
        now = time.monotonic()
        for program in self.programs:
            if program.process is None:
                if now >= program.start_at:
                    self._start(program)
            elif (code := program.process.poll()) is not None:
                kill_group(program.process)
                program.process = None
                program.deaths.append(now)
                self._give_up_on_hopeless(program, now)
                recent = sum(1 for at in program.deaths if now - at < DEATHS_WITHIN)
                delay = min(self.delay * 2 ** (recent - 1), DELAY_MAX)
                program.start_at = now + delay
                print(f"{program.label} stannade ({_reason(code)}) och startas igen om {delay:g} s.", flush=True)

    def _give_up_on_hopeless(self, program: Program, now: float) -> None:
        if len(program.deaths) == DEATHS_MAX and now - program.deaths[0] < DEATHS_WITHIN:
            log = self.log(program.name)
            raise Refusal(
                f"{program.label} stannade {DEATHS_MAX} gånger inom en minut, så allt stoppas. "
                f"Slutet av {log}:\n{tail(log)}"
            )

    def stop_all(self) -> None:
        """Stop every program, the broker last; those that don't in time are killed with all they started."""
        rest = [program for program in self.programs if not program.stop_last]
        for program in rest:  # asked together, so that the slowest decides how long it takes
            if program.process is not None and program.process.poll() is None:
                program.process.send_signal(signal.SIGTERM)
        for program in [*rest, *(program for program in self.programs if program.stop_last)]:
            if program.process is not None:
                stop(program.process, seconds=program.stop_seconds)
                program.process = None

    def kill_all(self) -> None:
        """Kill every program and its group at once (a second Ctrl-C)."""
        for program in self.programs:
            if program.process is not None:
                kill_group(program.process)
                program.process.wait()
                program.process = None


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"slutkod {code}"


def environment_with(extra: dict[str, str]) -> dict[str, str]:
    """Return this process's environment with `extra`, output unbuffered and in UTF-8."""
    return os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"} | extra
