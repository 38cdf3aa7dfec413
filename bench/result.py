"""One measured line, and the means to measure: time and memory."""

import json
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


def median(samples: list[float]) -> float:
    """Return the middle of the samples."""
    return statistics.median(samples)
