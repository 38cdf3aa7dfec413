"""`make run`: prepare everything, start web server, worker, schedule and broker, and keep them running.

Reads PORT (default 8000), BRA_DATA (default var/), BRA_DEMO (0 leaves the demo out) and what bra/settings.py
reads. Exit status 0 after Ctrl-C or SIGTERM, 1 with one clear sentence when something stops the start.
"""

import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from ops import broker, environment
from ops.environment import PYTHON, ROOT
from ops.errors import Refusal
from ops.processes import die_with_parent, tail, wait_until
from ops.supervisor import Program, Supervisor, environment_with

HOST = "127.0.0.1"
READY_SECONDS = 90.0
# Who sends larger headers, or is slower with them, isn't a browser.
HEADER_BYTES, HEADER_MILLISECONDS = 65_536, 10_000


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal."""


def chosen_port() -> int:
    """Return PORT as a free port of the loopback address; `Refusal` when it is no port or is taken."""
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Refusal(f"PORT ska vara ett tal mellan 1 och 65535, inte {text!r}.")
    port = int(text)
    if _bindable(port):
        return port
    free = next((other for other in range(port + 1, min(port + 50, 65536)) if _bindable(other)), None)
    hint = f" Välj en annan, till exempel: PORT={free} make run" if free else " Välj en annan med PORT=... make run"
    raise Refusal(f"Port {port} är upptagen eller får inte användas.{hint}")


def _bindable(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """Make the data folder and hold it: a second start on the same folder is refused while this one lives."""
    folder = Path(os.environ.get("BRA_DATA") or ROOT / "var").resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
        (folder / "valkey").mkdir(mode=0o700, exist_ok=True)
        lock = (folder / "supervisor.lock").open("a+")
    except OSError as error:
        raise Refusal(f"Datamappen {folder} kan inte användas: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Refusal(
                f"Datamappen {folder} används redan av en annan make run (process {lock.read().strip()}). "
                "Stoppa den, eller välj en annan mapp med BRA_DATA=..."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield folder


class Steps:
    """The commands that come before the servers; each is silent unless it fails."""

    def __init__(self, log: Path, variables: dict[str, str]) -> None:
        """Write what the commands say to `log`; run them with `variables`."""
        self.log, self.variables = log, variables
        log.unlink(missing_ok=True)

    def run(self, what: str, *arguments: str) -> str:
        """Run `.venv`'s Python with `arguments`, return its output; `Refusal` says that `what` failed."""
        with self.log.open("ab") as log:
            done = subprocess.run(
                [PYTHON, *arguments],
                cwd=ROOT,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                check=False,
                preexec_fn=die_with_parent(),
            )
        if done.returncode:
            said = done.stdout.decode(errors="replace").strip()
            raise Refusal("\n".join(filter(None, [f"{what} misslyckades (se {self.log}).", said, tail(self.log)])))
        return done.stdout.decode(errors="replace")


def load_demo(steps: Steps, folder: Path) -> str:
    """Load the demo the first time and return its log-ins, kept in a file that only this user may read.

    In a database that had it already (DATABASE_URL with a new data folder) it says so instead, and keeps no file.
    """
    kept = folder / "demo-logins.txt"
    if kept.exists():
        return kept.read_text(encoding="utf-8")
    print("Laddar demon ...", flush=True)
    return steps.run("Att ladda demon", "manage.py", "demo", "--credentials-file", str(kept))


def _start_broker(supervisor: Supervisor, folder: Path) -> None:
    path = broker.socket_path(folder)
    path.unlink(missing_ok=True)
    command = broker.command(broker.server_binary(environment.site_packages()), folder, path)
    supervisor.add(Program("valkey", "Meddelandekön", command, stop_last=True))
    if not _ready(supervisor, lambda: broker.answers(path), seconds=30):
        raise Refusal(f"Meddelandekön svarar inte. Slutet av loggen:\n{tail(supervisor.log('valkey'))}")


def _ready(supervisor: Supervisor, answers: Callable[[], bool], *, seconds: float = READY_SECONDS) -> bool:
    """Wait until `answers`, looking after the programs meanwhile."""

    def look() -> bool:
        supervisor.check()
        return answers()

    return wait_until(look, seconds=seconds, every=0.1)


def healthy(port: int, address: str = "") -> bool:
    """Say whether the web server and its database answer on /healthz.

    `address` is what people use (BRA_BASE_URL): the question is put as the proxy in front of it would.
    """
    base = urlsplit(address or f"http://{HOST}:{port}")
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": base.netloc, "X-Forwarded-Proto": base.scheme})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def web_server(port: int) -> list[str]:
    """Return the command of the web server, which only this machine reaches."""
    options = f"--interface wsgi --host {HOST} --port {port} --workers 1 --blocking-threads 4 --no-ws"
    options += f" --http1-buffer-size {HEADER_BYTES} --http1-header-read-timeout {HEADER_MILLISECONDS}"
    return [str(PYTHON), "-m", "granian", *options.split(), "bra.wsgi:application"]


def worker() -> list[str]:
    """Return the command of the worker."""
    options = "--concurrency 2 --prefetch-multiplier 1 --without-gossip --without-mingle --loglevel INFO"
    return [str(PYTHON), *f"-m celery -A celery_app worker {options}".split()]


def beat(folder: Path) -> list[str]:
    """Return the command of the schedule, which remembers in `folder` what it has sent."""
    options = "--loglevel INFO --pidfile= --schedule"
    return [str(PYTHON), *f"-m celery -A celery_app beat {options}".split(), str(folder / "beat-schedule")]


def _start_servers(supervisor: Supervisor, folder: Path, port: int) -> None:
    worker_name = f"bra-{os.getpid()}@localhost"
    supervisor.add(Program("web", "Webbservern", web_server(port)))
    own_name = ["--hostname", worker_name]
    supervisor.add(Program("worker", "Arbetsprocessen", [*worker(), *own_name], stop_seconds=20))
    supervisor.add(Program("beat", "Schemat", beat(folder)))
    if not _ready(supervisor, lambda: healthy(port, supervisor.environment["BRA_BASE_URL"])):
        raise Refusal(f"Webbservern svarar inte. Slutet av loggen:\n{tail(supervisor.log('web'))}")
    waiting = subprocess.Popen(
        [PYTHON, "-m", "ops.await_worker", worker_name, str(READY_SECONDS)],
        cwd=ROOT,
        env=supervisor.environment,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),
    )
    try:
        done = _ready(supervisor, lambda: waiting.poll() is not None, seconds=READY_SECONDS + 10)
    finally:
        waiting.kill()
        waiting.wait()
    if not done or waiting.returncode:
        raise Refusal(f"Arbetsprocessen svarar inte. Slutet av loggen:\n{tail(supervisor.log('worker'))}")


def serve(port: int, folder: Path) -> None:
    """Prepare, start, say where, and look after the programs until stopped."""
    environment.prepare("run")
    variables = {"BRA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bra.settings"}
    variables["BRA_BASE_URL"] = os.environ.get("BRA_BASE_URL") or f"http://{HOST}:{port}"
    embedded = not os.environ.get("REDIS_URL")
    if embedded:
        variables["REDIS_URL"] = broker.url(broker.socket_path(folder / "valkey"))
    variables = environment_with(variables)
    steps = Steps(folder / "logs" / "start.log", variables)
    print("Förbereder databas och filer ...", flush=True)
    steps.run("Att läsa in översättningarna", "-m", "ops.translations", "--compile")
    os.umask(0o077)  # what is made from here on holds people's data: for this user only
    steps.run("Att uppdatera databasen", "manage.py", "migrate", "--no-input", "-v", "0")
    # The table that counts attempts: made the first time, left alone afterwards.
    steps.run("Att uppdatera databasen", "manage.py", "createcachetable", "-v", "0")
    steps.run("Att samla statiska filer", "manage.py", "collectstatic", "--no-input", "-v", "0")
    logins = "" if os.environ.get("BRA_DEMO") == "0" else load_demo(steps, folder)
    print("Startar webbserver, arbetsprocess och schema ...", flush=True)
    supervisor = Supervisor(ROOT, folder / "logs", variables)
    try:
        if embedded:
            _start_broker(supervisor, folder / "valkey")
        _start_servers(supervisor, folder, port)
        print(f"\nKlart. Öppna http://{HOST}:{port}/\n", flush=True)
        if logins:
            print(logins.rstrip() + "\n", flush=True)
        print(f"Loggar finns i {folder / 'logs'}. Stoppa med Ctrl-C.", flush=True)
        while True:
            supervisor.check()
            time.sleep(0.2)
    except Stopped:
        print("\nStoppar ...", flush=True)
    finally:
        try:
            supervisor.stop_all()
        except Stopped:
            supervisor.kill_all()
        if embedded:
            broker.leave(folder / "valkey")


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def main() -> int:
    """Run until stopped; return the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with data_folder() as folder:
            serve(chosen_port(), folder)
    except Refusal as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except Stopped:
        print("\nAvbrutet.", flush=True)
        return 130
    print("Allt är stoppat.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
