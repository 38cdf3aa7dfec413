"""Real faults: a worker is killed in the middle of a report, and a disk is full while one is written."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from celery import Celery
from django.db import connection
from django.test import override_settings

from actions.models import Action
from ops.environment import PYTHON, ROOT
from ops.processes import die_with_parent, wait_until
from reports import lifecycle, selection, workbook
from reports.models import Report, ReportState
from tests import make
from tests.reports.story import DAY, Story, make_story
from tests.reports.test_building import ask, clock

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(sys.platform != "linux", reason="process groups and mounts as Linux has them"),
]
LEASE_SECONDS = 2
MANY = 3000
TRIES = 5


@pytest.fixture
def story(transactional_db: None, tmp_path: Path) -> Iterator[Story]:
    """A council with so many actions that its report takes a worker a while."""
    story = make_story()
    first = story.agree(date(2017, 1, 16))
    copied = ("council_id", "agenda_item_id", "owner_id", "activity_id", "agreed_on", "deadline")
    fields = {name: getattr(first, name) for name in copied}
    Action.objects.bulk_create(Action(title=f"Åtgärd {n}", **fields) for n in range(MANY))
    with override_settings(REPORTS_DIR=tmp_path / "reports"):
        yield story


def database_url() -> str:
    """Where the tests' database is, as the settings read it."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(name)}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """The environment of a process of the product on the tests' own database."""
    return os.environ | {"BRA_DATA": str(folder), "DATABASE_URL": database_url()} | variables


@contextlib.contextmanager
def worker(folder: Path, broker: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A Celery worker with one process, in a group of its own; whatever is left of it is killed at the end."""
    variables = environment(folder, REDIS_URL=broker, BRA_REPORT_LEASE=str(LEASE_SECONDS))
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "celery", "-A", "celery_app", "worker", "-P", "prefork", "-c", "1", "--without-mingle"],
            cwd=ROOT,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End the worker and its child as a power cut would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def state_of(report: Report) -> str:
    return Report.objects.values_list("state", flat=True).get(pk=report.pk)


def killed_in_the_middle(story: Story, folder: Path, valkey_url: str, sender: Celery) -> Report:
    """A report whose worker was killed while it built it; one that was faster than us is asked for anew."""
    for days in range(TRIES):
        report = ask(story, as_of=DAY - timedelta(days=days))
        with worker(folder, valkey_url) as process:
            sender.send_task("reports.build", args=[report.pk])
            assert wait_until(lambda waited=report: state_of(waited) != ReportState.QUEUED, seconds=60, every=0.002)
            kill(process)
        if state_of(report) == ReportState.RUNNING:
            return report
    pytest.fail(f"{TRIES} reports were each built before their worker could be killed")


def test_a_report_whose_worker_is_killed_in_the_middle_is_made_after_its_lease(
    story: Story, tmp_path: Path, valkey_url: str
) -> None:
    with Celery("tests", broker=valkey_url, set_as_current=False) as sender:
        report = killed_in_the_middle(story, tmp_path, valkey_url, sender)
        assert Report.objects.filter(pk=report.pk, file_name="").count() == 1
        with worker(tmp_path, valkey_url):

            def swept() -> bool:
                """Let the sweep look, as beat does each minute."""
                sender.send_task("reports.build_waiting")
                return state_of(report) == ReportState.READY

            assert wait_until(swept, seconds=60, every=0.5), (tmp_path / "worker.log").read_text()
    report.refresh_from_db()
    kept = lifecycle.stored_path(report).read_bytes()
    assert kept == workbook.build(selection.load(lifecycle.question_of(report)))
    # Nothing is left of the first worker's half file.
    assert [path.name for path in (tmp_path / "reports").iterdir() if path.suffix == ".part"] == []


# A child process, since a limit or a mount holds for all that a process does.
_BUILD = """
import django
django.setup()
from django.utils import timezone
from reports import lifecycle
lifecycle.build({pk}, timezone.now)
"""


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Any:
    """A command that mounts a disk of 16 kB where reports are kept, for the process that it starts alone."""
    unshare = shutil.which("unshare")
    folder = tmp_path / "reports"
    folder.mkdir()
    mount = f'mount -t tmpfs -o size=16k tmpfs "{folder}" && exec "$@"'
    # In a user namespace of its own root can't reach what is others', such as the database's socket.
    for how in ("-m", "-rm"):
        start = [unshare or "", how, "sh", "-c", mount, "sh"]
        if unshare and subprocess.run([*start, "true"], capture_output=True, check=False).returncode == 0:
            return start
    pytest.skip("this machine lets nobody mount a disk of their own")


def test_a_disk_that_fills_up_while_writing_ends_as_a_sentence(story: Story, tmp_path: Path, tiny_disk: Any) -> None:
    report = ask(story)
    seen = tmp_path / "left"
    script = _BUILD.format(pk=report.pk) + (
        "from pathlib import Path\nfrom django.conf import settings\n"
        f"Path({str(seen)!r}).write_text(str(sorted(Path(settings.REPORTS_DIR).iterdir())))\n"
    )
    subprocess.run([*tiny_disk, PYTHON, "-c", script], cwd=ROOT, env=environment(tmp_path), check=True)
    report.refresh_from_db()
    assert (report.state, report.failure, report.file_name) == (ReportState.FAILED, lifecycle.DISK_FULL, "")
    assert seen.read_text() == "[]"
    # With room again it is made.
    lifecycle.ask_again(report=report, by=story.secretary, at=make.NOW)
    again = lifecycle.build(report.pk, clock)
    assert again is not None
    assert again.state == ReportState.READY


def test_a_limit_on_the_size_of_files_leaves_no_half_file(tmp_path: Path) -> None:
    script = (
        "import errno, resource\nfrom pathlib import Path\nimport django\ndjango.setup()\n"
        "from reports import lifecycle\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n"
        f"    lifecycle.write_whole(Path({str(tmp_path)!r}) / 'report.xlsx', lambda file: file.write(b'x' * 10000))\n"
        "except OSError as error:\n"
        "    raise SystemExit(0 if error.errno in lifecycle.FULL else 1)\n"
        "raise SystemExit(2)\n"
    )
    subprocess.run([PYTHON, "-c", script], cwd=ROOT, env=os.environ | {"BRA_DATA": str(tmp_path / "data")}, check=True)
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == []
