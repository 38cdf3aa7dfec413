"""The command writes the web's file, or says in one line why not."""

import io
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from reports import formats, lifecycle, selection, workbook
from reports.management.commands.export_status_report import Bar
from reports.models import Format
from tests import make
from tests.reports.story import DAY, Story, make_story

pytestmark = pytest.mark.wide


@pytest.fixture
def story(db: None) -> Story:
    story = make_story(make.make_council(slug="granby", name="BRÅ Granby"))
    story.agree(date(2017, 1, 16))
    return story


def export(path: Path | str, **options: str) -> None:
    asked = {"council": "granby", "plan": "2016-2017", "as_of": "2017-03-15", "output": str(path)} | options
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in asked.items()]
    call_command("export_status_report", *arguments)


def test_it_writes_the_same_bytes_as_the_page_offers(story: Story, tmp_path: Path, settings: Any) -> None:
    settings.REPORTS_DIR = tmp_path / "reports"
    for day in (date(2017, 2, 1), DAY):
        asked = lifecycle.request_report(
            council=story.council, question=story.ask(as_of=day, last=day), by=None, on=DAY
        )
        report = lifecycle.build(asked.pk, lambda: make.NOW)
    assert report is not None
    assert report.previous == date(2017, 2, 1)
    export(tmp_path / "F.xlsx")
    assert (tmp_path / "F.xlsx").read_bytes() == lifecycle.stored_path(report).read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["F.xlsx", "reports"]


@pytest.mark.parametrize("ending", Format.values)
def test_the_ending_chooses_the_format(story: Story, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"F.{ending.upper()}"
    export(path, kind="cases", variant="publish", language="en")
    question = replace(story.ask(), kind="cases", variant="publish", language="en")
    expected = io.BytesIO()
    formats.write(ending, selection.load(question), expected)
    assert path.read_bytes() == expected.getvalue()


def test_without_an_ending_it_is_a_workbook_or_what_is_asked_for(story: Story, tmp_path: Path) -> None:
    export(tmp_path / "F")
    export(tmp_path / "G", format="json")
    assert [(tmp_path / name).read_bytes()[:2] for name in "FG"] == [b"PK", b"{\n"]


def test_the_period_may_be_narrowed(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "F.xlsx"
    export(path, **{"from": "2017-02-01", "to": "2017-02-28"})
    question = story.ask(first=date(2017, 2, 1), last=date(2017, 2, 28))
    assert path.read_bytes() == workbook.build(selection.load(question))


@pytest.mark.parametrize(
    ("options", "sentence", "status"),
    [
        ({"council": "okand"}, "There is no council with the address okand.", 2),
        ({"plan": "1999"}, "BRÅ Granby has no plan called 1999.", 2),
        ({"as_of": "2017-03-16"}, "The as-of day can't be in the future: today is 2017-03-15.", 2),
        ({"as_of": "15/3 2017"}, "15/3 2017 is not a day; write it as 2017-03-15.", 2),
        ({"as_of": "2015-12-31"}, "The as-of day can't be before the period begins, 2016-01-01.", 2),
        (
            {"from": "2015-01-01"},
            "The period must lie within the plan 2016-2017, 2016-01-01 to 2017-12-31.",
            2,
        ),
        ({"output": "/tmp"}, "/tmp is a folder; name a file.", 2),  # noqa: S108 - refused, never written
        ({"output": "F.docx"}, "No format is called docx. Choose one with --format: xlsx, ods, csv, pdf, json.", 2),
        ({"output": "F.csv", "format": "pdf"}, "The file ends in .csv, but the format asked for is pdf.", 2),
        ({"output": "/dev/null/F.xlsx"}, "/dev/null/F.xlsx can't be written: Not a directory.", 1),
        ({"output": "/dev/full"}, "/dev/full can't be written: No space left on device.", 1),
    ],
)
def test_what_it_cannot_do_it_says_in_one_line(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], sentence: str, status: int
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError) as refused:
        export(tmp_path / "F.xlsx", **options)
    assert (str(refused.value), refused.value.returncode) == (sentence, status)
    assert list(tmp_path.iterdir()) == []


class Terminal(io.StringIO):
    """A terminal, at which somebody presses Ctrl-C, or sends another signal, when it shows the words `until`."""

    def __init__(self, until: str = "", sent: signal.Signals = signal.SIGINT) -> None:
        super().__init__()
        self.until, self.sent = until, sent

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.until and self.until in text:
            os.kill(os.getpid(), self.sent)
        return super().write(text)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts, also where the tests were started in the background and a shell had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("ending", Format.values)
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_stops_it_finds_the_file_that_was_there(
    story: Story,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    sent: signal.Signals,
    status: int,
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    item = story.meet(date(2017, 1, 9))
    for number in range(200):
        story.agree(date(2017, 1, 9), item=item, title=f"Nummer {number}")
    monkeypatch.setattr(sys, "stderr", Terminal(until=" 200 of ", sent=sent))
    path = tmp_path / f"F.{ending}"
    path.write_text("old")
    with pytest.raises(CommandError) as stopped:
        export(path)
    assert (str(stopped.value), stopped.value.returncode) == ("Interrupted; nothing was written.", status)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(path.name, "old")]
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_folder_that_is_not_ones_own_is_a_failure(story: Story, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.access(folder, os.W_OK):
        pytest.skip("whoever runs this may write everywhere")
    with pytest.raises(CommandError) as refused:
        export(folder / "F.csv")
    assert (str(refused.value), refused.value.returncode) == (
        f"{folder}/F.csv can't be written: Permission denied.",
        1,
    )


def test_standard_output_gets_the_bytes_and_nothing_else(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(tmp_path / "F.csv")
    out = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", io.TextIOWrapper(out, write_through=True))
        export("-", format="csv")
        assert out.getvalue() == (tmp_path / "F.csv").read_bytes()


def test_a_reader_that_went_away_is_a_failure(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    out = io.TextIOWrapper(os.fdopen(write, "wb", buffering=0), write_through=True)
    monkeypatch.setattr(sys, "stdout", out)
    with pytest.raises(CommandError) as gone:
        export("-", format="json")
    monkeypatch.undo()
    out.close()
    assert (str(gone.value), gone.value.returncode) == ("Nobody reads what is written.", 1)


def test_a_terminal_shows_how_far_it_is_and_nothing_else_does() -> None:
    terminal, file = Terminal(), io.StringIO()
    for out in (terminal, file):
        with Bar(out).of(400) as bar:
            bar.show(200)
    assert terminal.getvalue() == (f"\r[{' ' * 30}] 0 of 400 rows\r[{'#' * 15}{' ' * 15}] 200 of 400 rows\r\x1b[K")
    assert file.getvalue() == ""


def test_a_wrong_option_is_status_two_and_help_says_what_becomes_of_a_file() -> None:
    command = [sys.executable, "manage.py", "export_status_report"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    root = Path(__file__).resolve().parents[2]
    wrong = subprocess.run([*command, "--kind=all"], cwd=root, env=environment, capture_output=True, text=True)
    help_ = subprocess.run([*command, "--help"], cwd=root, env=environment, capture_output=True, text=True)
    assert (wrong.returncode, help_.returncode) == (2, 0)
    assert "A file that is there already is replaced when the new one is whole" in " ".join(help_.stdout.split())
