"""Make `.venv` and install a lock into it, once: a stamp with the lock's checksum skips the next time."""

import contextlib
import fcntl
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ops.errors import Refusal
from ops.processes import die_with_parent, tail

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
TOOLS = {"pip", "setuptools", "uv", "wheel"}  # may be there without a lock
NO_NETWORK = (
    "name resolution",
    "name or service not known",
    "Failed to establish a new connection",
    "Network is unreachable",
    "Connection refused",
    "ConnectTimeout",
    "Read timed out",
    "Cannot connect to proxy",
    "Could not find a version that satisfies",
)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock that lets one process at a time change `.venv`."""
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def lock_file(name: str) -> Path:
    """Return the lock of that name: "run" or "test" (which holds all of run's)."""
    return ROOT / "requirements" / f"{name}.lock"


def _stamp(name: str) -> str:
    return f"{name} {hashlib.sha256(lock_file(name).read_bytes()).hexdigest()}"


def installed(name: str) -> bool:
    """Say whether `.venv` already has exactly what the lock `name` lists."""
    try:
        return _stamp(name) in (VENV / "installed").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return False


def site_packages() -> Path:
    """Return the folder of `.venv` that packages are installed in."""
    return next((VENV / "lib").glob("python3.*/site-packages"))


def _usable() -> bool:
    """Say whether `.venv` has a Python that starts (a moved or upgraded interpreter leaves a broken link)."""
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def prepare(name: str) -> None:
    """Make `.venv` when it is missing and install the lock `name`; `Refusal` says what stopped it."""
    if installed(name) and PYTHON.exists():
        return
    with _alone():
        if installed(name) and PYTHON.exists():  # another start did it while this one waited
            return
        if not _usable():
            print("Skapar Python-miljön i .venv ...", flush=True)
            _call([sys.executable, "-m", "venv", "--clear", str(VENV)])
        print("Installerar beroenden (första gången ungefär en halv minut) ...", flush=True)
        _install(name)
        if name == "test":
            _remove_what_no_lock_names()
        # The lock of the tests holds every version of run's lock (`make lock` sees to it).
        stamps = [_stamp("run"), _stamp("test")] if name == "test" else [_stamp(name)]
        (VENV / "installed").write_text("\n".join(stamps) + "\n", encoding="ascii")


def _remove_what_no_lock_names() -> None:
    """Uninstall packages of an earlier lock: what isn't in the lock must not make a check pass."""
    pins = lock_file("test").read_text(encoding="ascii").splitlines()
    named = {line.partition("==")[0].partition("[")[0] for line in pins if "==" in line and line[0].isalnum()}
    found = subprocess.run(
        [PYTHON, "-c", "import importlib.metadata as m; print(*{d.name for d in m.distributions()}, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    extra = sorted(each for each in found if re.sub(r"[-_.]+", "-", each).lower() not in named | TOOLS)
    if extra:
        subprocess.run([PYTHON, "-m", "pip", "uninstall", "-q", "-y", *extra], check=True, stderr=subprocess.DEVNULL)


def _call(command: list[str]) -> None:
    made = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=die_with_parent())
    if made.returncode:
        raise Refusal(f"Python-miljön kunde inte skapas i {VENV}.\n{made.stdout}{made.stderr}".rstrip())


def _install(name: str) -> None:
    """Run pip with hashes and wheels only: nothing is built or fetched that the lock doesn't name."""
    (VENV / "installed").unlink(missing_ok=True)
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    command += ["--retries", "2", "--timeout", "30", "--no-input", "--disable-pip-version-check"]
    with LOG.open("wb") as log:
        made = subprocess.run(
            [*command, "-r", str(lock_file(name))],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            env=os.environ | {"PIP_PROGRESS_BAR": "off"},
            preexec_fn=die_with_parent(),
        )
    if made.returncode == 0:
        return
    text = LOG.read_text(encoding="utf-8", errors="replace")
    if "DO NOT MATCH THE HASHES" in text:
        raise Refusal(f"Ett paket har inte den kontrollsumma som låsfilen anger; inget installerades. Se {LOG}.")
    if any(sign.lower() in text.lower() for sign in NO_NETWORK):
        raise Refusal(
            "Paketregistret svarar inte, så beroendena kunde inte hämtas: "
            f"kontrollera nätet och försök igen (se {LOG})."
        )
    raise Refusal(f"Beroendena kunde inte installeras (se {LOG}).\n{tail(LOG)}")
