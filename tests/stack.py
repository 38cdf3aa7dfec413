"""Start the product as `make run` does, in a folder of its own, and see which processes it has."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from ops.environment import PYTHON, ROOT
from ops.processes import die_with_parent, wait_until

START_SECONDS = 120.0
# Two that start at once would migrate the same database at once, where the tests share one.
_STARTING = Path(tempfile.gettempdir()) / "bra-tests-starting.lock"


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_with(variable: str, value: str) -> dict[int, str]:
    """Return the command lines, by process id, of all processes that have that variable in their environment."""
    wanted = f"{variable}={value}".encode()
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return found


def parent_of(pid: int) -> int | None:
    """Return the process id of a process's parent, or None when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def descendants(pid: int) -> set[int]:
    """Return the process ids of a process and of everything it started that is still below it."""
    everyone = {int(entry.name): parent_of(int(entry.name)) for entry in Path("/proc").glob("[0-9]*")}
    found, new = set(), {pid}
    while new:
        found |= new
        new = {child for child, parent in everyone.items() if parent in new} - found
    return found


class Stack:
    """The running product: `url`, what it printed (`said`), and its processes."""

    def __init__(self, folder: Path, *, demo: bool, **variables: str) -> None:
        """Start in `folder`; `demo` loads the demo, `variables` go into the environment."""
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = folder.with_name(f"{folder.name}.output")
        environment = {name: text for name, text in os.environ.items() if not name.startswith("BRA_")}
        environment |= {"BRA_DATA": str(folder), "PORT": str(self.port), "BRA_DEMO": "1" if demo else "0"}
        environment["DJANGO_SETTINGS_MODULE"] = "bra.settings"  # the tests' own have cheap passwords
        self.environment = environment | variables
        self._starting = _STARTING.open("w")
        fcntl.flock(self._starting, fcntl.LOCK_EX)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [PYTHON, "-m", "ops.run"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    @property
    def said(self) -> str:
        """What the supervisor has printed so far."""
        return self.output.read_text(encoding="utf-8")

    def await_ready(self) -> "Stack":
        """Wait until it says that it is ready; fail with what it said when it isn't in time."""
        wait_until(lambda: "Stoppa med Ctrl-C" in self.said or self.process.poll() is not None, seconds=START_SECONDS)
        self._starting.close()
        if "Stoppa med Ctrl-C" not in self.said:
            self.stop()
            raise AssertionError(self.said)
        return self

    def passwords(self) -> dict[str, str]:
        """Return the demo's passwords by the part of the e-mail before the @ ("samordnare", "sekreterare" ...)."""
        kept = (self.folder / "demo-logins.txt").read_text(encoding="utf-8")
        return dict(re.findall(r"(\S+)@\S+\s+(\S+)$", kept, flags=re.M))

    def processes(self) -> dict[int, str]:
        """Return the command lines, by process id, of everything that serves this folder."""
        return processes_with("BRA_DATA", str(self.folder))

    def process_of(self, pattern: str) -> int | None:
        """Return the child of the supervisor whose command line matches, or None."""
        for pid, line in self.processes().items():
            if parent_of(pid) == self.process.pid and re.search(pattern, line):
                return pid
        return None

    def manage(self, *arguments: str) -> str:
        """Run a management command on this folder's data and return what it printed."""
        done = subprocess.run(
            [PYTHON, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, check=True
        )
        return done.stdout.decode()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send `number` and wait until the supervisor has stopped; return its exit status."""
        self._starting.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(45)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def __enter__(self) -> "Stack":
        return self.await_ready()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
