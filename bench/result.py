"""One measured line, and the means to measure: time and memory."""

import contextlib
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """One line: `seconds` of ours, `reference` seconds of the plain way, both for the same work on `n` rows.

    `extra` goes into the line as it is (a percentile, the size of the reference's sample).
    """

    name: str
    n: int
    seconds: float
    peak_rss_mb: float
    reference: float
    extra: dict[str, object] | None = None

    def as_json(self) -> str:
        """Return the line."""
        return json.dumps(
            {
                "name": self.name,
                "n": self.n,
                "seconds": round(self.seconds, 6),
                "peak_rss_mb": round(self.peak_rss_mb, 1),
                "reference": round(self.reference, 6),
                "ratio": round(self.reference / self.seconds, 2),
            }
            | (self.extra or {})
        )


def forget_peak() -> None:
    """Let the peak of memory begin anew from here, where the system can (Linux)."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5", encoding="ascii")


def peak_rss_mb() -> float:
    """Return the most memory held since forget_peak, in MiB; since the start where the system can't forget."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long one call takes, in seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Times:
    """The times that one piece of work took: by the clock, and of computing, the database's too, in seconds.

    A busy machine disturbs the second much less. Of a database that can't be seen from here nothing is counted.
    """

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.computing: list[float] = []

    def measure(self, work: Callable[[], object]) -> None:
        """Do the work once more."""
        before = time.process_time() + database_cpu()
        self.seconds.append(seconds_of(work))
        self.computing.append(time.process_time() + database_cpu() - before)

    @property
    def median(self) -> float:
        """The middle one by the clock."""
        return median(self.seconds)

    @property
    def cpu(self) -> float:
        """The middle one of computing."""
        return median(self.computing)


def database_cpu() -> float:
    """Return the seconds that all processes of a local PostgreSQL have computed; 0.0 where nobody can tell."""
    from django.db import connection

    if connection.vendor != "postgresql" or not Path("/proc/self/stat").exists():
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    try:
        if Path(f"/proc/{backend}/comm").read_text(encoding="ascii", errors="replace").strip() != "postgres":
            return 0.0  # it runs elsewhere, and the number is somebody else's here
        server = int(_stat(backend)[_PARENT])
        ticks = sum(map(int, _stat(server)[_OWN : _OWN + 4]))  # its own, and those of children that have ended
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                found = _stat(int(folder.name))
                if int(found[_PARENT]) == server:
                    ticks += sum(map(int, found[_OWN : _OWN + 2]))
    except OSError:
        return 0.0
    return ticks / os.sysconf("SC_CLK_TCK")


# Places in /proc/PID/stat after the name of the program: see proc(5).
_PARENT, _OWN = 1, 11


def _stat(pid: int) -> list[str]:
    # The name stands in brackets and may hold whatever it likes.
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()


def median(samples: list[float]) -> float:
    """Return the middle of the samples."""
    return statistics.median(samples)
