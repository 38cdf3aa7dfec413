"""`make run`: what it refuses, what it restarts, and that nothing is left behind."""

import os
import secrets
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.environment import PYTHON, ROOT
from ops.errors import Refusal
from ops.processes import wait_until
from ops.run import healthy
from ops.supervisor import Program, Supervisor, environment_with
from tests.stack import Stack, free_port

pytestmark = [
    pytest.mark.service,
    pytest.mark.xdist_group("stack"),  # one machine runs one whole product at a time
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


def run(folder: Path, **variables: str) -> tuple[int, str, str]:
    """Start the product in `folder` and wait for its end; return exit status, standard output and error."""
    environment = os.environ | {"BRA_DATA": str(folder), "BRA_DEMO": "0"} | variables
    done = subprocess.run(
        [PYTHON, "-m", "ops.run"], cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("run") / "data", demo=False) as stack:
        yield stack


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, error = run(tmp_path / "data", PORT=str(port))
    assert (code, out) == (1, "")
    first, _, hint = error.partition(" Välj en annan")
    assert first == f"Port {port} är upptagen eller får inte användas."
    assert hint.startswith(", till exempel: PORT=")
    assert error.count("\n") == 1
    assert not (tmp_path / "data" / "bra.sqlite3").exists()


@pytest.mark.parametrize("port", ["0", "65536", "åttatusen", "-1", "²"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    assert run(tmp_path / "data", PORT=port) == (
        1,
        "",
        f"PORT ska vara ett tal mellan 1 och 65535, inte {port!r}.\n",
    )


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "data"
    assert run(folder, PORT=str(free_port())) == (1, "", f"Datamappen {folder} kan inte användas: Not a directory.\n")


def test_it_answers_and_keeps_its_data_private(running: Stack) -> None:
    assert healthy(running.port)
    assert f"Öppna {running.url}/" in running.said
    assert stat.S_IMODE(running.folder.stat().st_mode) == 0o700


def test_a_second_start_on_the_same_data_is_refused(running: Stack) -> None:
    assert run(running.folder, PORT=str(free_port())) == (
        1,
        "",
        (
            f"Datamappen {running.folder} används redan av en annan make run (process {running.process.pid}). "
            "Stoppa den, eller välj en annan mapp med BRA_DATA=...\n"
        ),
    )
    assert healthy(running.port)


@pytest.mark.parametrize(
    ("pattern", "label"),
    [
        (r"celery .*worker ", "Arbetsprocessen"),
        (r"granian ", "Webbservern"),
        (r"celery .*beat ", "Schemat"),
        (r"valkey-server", "Meddelandekön"),
    ],
)
def test_what_is_killed_is_started_again(running: Stack, pattern: str, label: str) -> None:
    if "REDIS_URL" in os.environ and label == "Meddelandekön":
        pytest.skip("the broker of REDIS_URL is not ours to start")
    before = running.process_of(pattern)
    assert before is not None
    old_family = {pid for pid in running.processes() if os.getsid(pid) == before}
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: running.process_of(pattern) not in {None, before}, seconds=20)
    assert f"{label} stannade (signal 9) och startas igen" in running.said
    assert wait_until(lambda: not old_family & running.processes().keys(), seconds=10)
    assert wait_until(lambda: healthy(running.port), seconds=20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_leaves_no_process(tmp_path: Path, number: int) -> None:
    stack = Stack(tmp_path / "data", demo=False).await_ready()
    assert len(stack.processes()) >= 6
    assert stack.stop(number) == 0
    assert stack.processes() == {}
    assert stack.said.endswith("Stoppar ...\nAllt är stoppat.\n")


def test_killing_the_supervisor_leaves_no_process_and_a_new_start_works(tmp_path: Path) -> None:
    # A path that is too long for a socket, to see that the broker finds another place, twice.
    folder = tmp_path / ("long-" * 20) / "data"
    folder.parent.mkdir()
    stack = Stack(folder, demo=False).await_ready()
    assert stack.stop(signal.SIGKILL) == -signal.SIGKILL
    assert wait_until(lambda: stack.processes() == {}, seconds=30)
    with Stack(folder, demo=False) as again:
        assert healthy(again.port)


def test_a_broker_that_is_given_is_used_instead_of_an_own_one(tmp_path: Path, valkey_url: str) -> None:
    public = "https://bra.example.org"  # as behind a proxy; the start still finds its own web server
    said = {
        "BRA_BASE_URL": public,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{tmp_path / 'own.sqlite3'}",
        "EMAIL_URL": "smtp://mail.invalid",
        "BRA_PROXIES": "1",
    }
    with Stack(tmp_path / "data", demo=False, REDIS_URL=valkey_url, **said) as stack:
        assert healthy(stack.port, public)
        assert stack.process_of("valkey-server") is None
        assert stack.process_of("celery .*worker ") is not None


def test_the_next_start_keeps_the_demo_and_prints_its_log_ins_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    told = ["bra.council", "bra.user", "bra.member", "meetings"]  # what no sweep changes meanwhile
    with Stack(folder, demo=True, DATABASE_URL="") as first:
        kept = (folder / "demo-logins.txt").read_text(encoding="utf-8")
        said_first = first.said
        before = first.manage("dumpdata", *told)
    with Stack(folder, demo=True, DATABASE_URL="") as second:
        said_second = second.said
        after = second.manage("dumpdata", *told)
    assert (kept.strip() in said_first, kept.strip() in said_second) == (True, True)
    assert "Laddar demon" not in said_second
    assert before == after
    assert stat.S_IMODE((folder / "demo-logins.txt").stat().st_mode) == 0o600
    assert len(second.passwords()) == 5


def test_what_dies_at_once_every_time_stops_the_start(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor(tmp_path, tmp_path, environment_with({}), delay=0.01)
    supervisor.add(Program("other", "Den andra", ["sleep", "600"]))
    other = supervisor.programs[0].process
    supervisor.add(Program("ill", "Den sjuka", ["sh", "-c", "echo jag mår inte bra; exit 3"]))

    def check() -> bool:
        supervisor.check()
        return False

    with pytest.raises(Refusal) as refusal:
        wait_until(check, seconds=20, every=0.01)
    supervisor.stop_all()
    log = tmp_path / "ill.log"
    assert str(refusal.value) == (
        f"Den sjuka stannade 5 gånger inom en minut, så allt stoppas. Slutet av {log}:\n"
        + "\n".join(["jag mår inte bra"] * 5)
    )
    assert other is not None
    assert other.poll() == -signal.SIGTERM
    assert capfd.readouterr().out.count("Den sjuka stannade (slutkod 3)") == 4
