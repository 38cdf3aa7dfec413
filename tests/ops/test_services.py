"""The throw-away servers of the tests vanish with the tests."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops import broker
from ops.environment import ROOT
from ops.processes import wait_until
from tests.services import postgres
from tests.stack import descendants

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_servers_end_with_the_command_that_started_them(tmp_path: Path, number: int) -> None:
    ready = tmp_path / "ready"
    command = [sys.executable, "-m", "tests.services", "postgres", "valkey", "--"]
    process = subprocess.Popen([*command, "sh", "-c", f"touch {ready}; exec sleep 600"], cwd=ROOT)
    try:
        assert wait_until(ready.exists, seconds=60)
        family = descendants(process.pid)
        names = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in family}
        assert names >= {"postgres", "valkey-server", "sleep"}
    finally:
        process.send_signal(number)
        process.wait(30)
    assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), seconds=20)


def test_postgres_folds_swedish_letters() -> None:
    import psycopg

    with postgres("prov") as url, psycopg.connect(url) as connection:
        found = connection.execute("SELECT lower('ÅÄÖ'), current_database(), current_user").fetchone()
    assert found == ("åäö", "prov", "bra")


def test_the_broker_answers_on_its_socket(valkey_url: str) -> None:
    path = Path(valkey_url.removeprefix("redis+socket://").partition("?")[0])
    assert broker.answers(path)
