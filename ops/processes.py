"""Start processes that cannot outlive the one that started them, and stop them in time."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGTERM) -> Callable[[], None] | None:
    """Return a `preexec_fn`: the kernel sends `number` to the child when this process dies, even by kill -9.

    Only Linux offers this; elsewhere None is returned and a killed parent leaves its children. The child
    must be started from the main thread, since the kernel takes the thread that forked for the parent.
    Source: prctl(2), PR_SET_PDEATHSIG.
    """
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def preexec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return preexec


def stop(process: subprocess.Popen[bytes], *, number: int = signal.SIGTERM, seconds: float = 10) -> None:
    """Ask a process to stop, wait at most `seconds`, then kill its whole group; return when it is gone.

    The process must lead its own group (`start_new_session=True`), so that nothing it started is left.
    """
    if process.poll() is None:
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process)
    process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group that `process` leads; a group that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def tail(path: Path, lines: int = 15) -> str:
    """Return the last `lines` lines of a log file, or an empty text when there is none."""
    try:
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def wait_until(ready: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Ask `ready` until it says yes or `seconds` have passed; return what it said last."""
    deadline = time.monotonic() + seconds
    while not (answer := ready()) and time.monotonic() < deadline:
        time.sleep(every)
    return answer
