"""`make lock`: turn requirements/*.in into locks with checksums for Python 3.11-3.13 on Linux and macOS.

Versions that stand in a lock are kept; UPGRADE=1 takes the newest that requirements/*.in allows.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops import environment
from ops.environment import PYTHON, ROOT
from ops.errors import Refusal

FORBIDDEN = ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host", " @ ")


def _uv() -> str:
    """Return a uv to run: one on PATH, else the one in `.venv`, which is installed when missing."""
    if found := shutil.which("uv"):
        return found
    here = PYTHON.with_name("uv")
    if not here.exists():
        subprocess.run([PYTHON, "-m", "pip", "install", "-q", "--only-binary", ":all:", "uv"], check=True)
    return str(here)


def compile_lock(name: str, *constraints: str) -> None:
    """Write requirements/NAME.lock, agreeing with the locks in `constraints`."""
    target = f"requirements/{name}.lock"
    command = [
        _uv(),
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
    ]
    command += ["--no-emit-index-url", "--no-header", "--only-binary", ":all:", f"requirements/{name}.in"]
    command += [part for other in constraints for part in ("-c", f"requirements/{other}.lock")]
    command += ["--upgrade"] if os.environ.get("UPGRADE") == "1" and not constraints else []
    subprocess.run([*command, "-o", target], cwd=ROOT, check=True)


def places_named(lock: Path) -> list[str]:
    """Return the lines of a lock that name a host or a place to look in: there must be none."""
    return [line for line in lock.read_text(encoding="ascii").splitlines() if any(sign in line for sign in FORBIDDEN)]


def main() -> int:
    """Remake both locks; return 1 when one names a place or the tools are missing."""
    try:
        environment.prepare("run")
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    compile_lock("run")
    compile_lock("test", "run")
    named = [line for name in ("run", "test") for line in places_named(environment.lock_file(name))]
    for line in named:
        print(f"Låsfilen namnger en plats: {line}", file=sys.stderr)
    return 1 if named else 0


if __name__ == "__main__":
    sys.exit(main())
