"""A whole status report, from the database to the closed file, beside openpyxl's bare write-only loop on its rows."""

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import data
from bench.result import Result, forget_peak, median, peak_rss_mb, seconds_of

if TYPE_CHECKING:
    from reports.questions import Question
    from reports.selection import StatusData


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--rounds", type=int, default=3, help="times the report is made (default 3, median)")
    parser.add_argument(
        "--reference-rounds", type=int, default=1, help="times the bare loop writes the same rows; 0 leaves it out"
    )


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield one line, "report": all sheets, charts and styles, with everything that is read for them.

    The reference has its rows ready and writes the 17 columns of the actions' table with a style for dates, and
    nothing else. "share" is ours / reference. "cpu" and "reference_cpu" are the seconds that this process was
    computing, which a busy machine disturbs less. "idle_rss_mb" is what the process held before it began; "load" is
    how many processes wanted a processor in the last minute.
    """
    from reports.questions import Question

    world = data.build(options.actions)
    plan = world.plan
    # Since before the first meeting, so that every action is in it, and with a quarter's changes.
    since, last_time = data.TODAY - timedelta(days=2100), data.TODAY - timedelta(days=90)
    question = Question(plan, since, data.TODAY, data.TODAY, previous=last_time)
    with _folder() as folder:
        _ours(question, folder / "warm.xlsx")
        gc.collect()
        forget_peak()
        idle = peak_rss_mb()
        began = time.process_time()
        seconds = [seconds_of(lambda: _ours(question, folder / "ours.xlsx")) for _round in range(options.rounds)]
        computed = (time.process_time() - began) / options.rounds
        peak = peak_rss_mb()
        found = _load(question)
        runs = [_reference(found, folder / "plain.xlsx") for _round in range(options.reference_rounds)]
        plain, plain_cpu = [wall for wall, _cpu in runs], [cpu for _wall, cpu in runs]
        ours, reference = median(seconds), median(plain) if plain else 0.0
        extra: dict[str, object] = {
            "fastest": round(min(seconds), 6),
            "rows": found.rows,
            "bytes": (folder / "ours.xlsx").stat().st_size,
            "share": round(ours / reference, 3) if reference else None,
            "cpu": round(computed, 3),
            "reference_cpu": round(median(plain_cpu), 3) if plain else None,
            "idle_rss_mb": round(idle, 1),
            "load": round(os.getloadavg()[0], 1),
            "processors": os.cpu_count(),
        }
        yield Result("report", len(found.actions), ours, peak, reference, extra)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bra-bench-report-") as folder:
        yield Path(folder)


def _load(question: "Question") -> "StatusData":
    from reports import selection

    return selection.load(question)


def _ours(question: "Question", path: Path) -> None:
    """Make the report as a worker does, all but the row of its state."""
    from reports import lifecycle, workbook

    found = _load(question)
    lifecycle.write_whole(path, lambda file: workbook.write(found, file))


def _reference(found: "StatusData", path: Path) -> tuple[float, float]:
    """Write as one would first do it when the rows are many; return (seconds, seconds of computing)."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    rows = [_plain(action) for action in found.actions]

    def write() -> None:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Actions")
        for row in rows:
            cells: list[Any] = list(row)
            for column in (5, 12, 13):
                if cells[column] is not None:
                    cell = WriteOnlyCell(sheet, cells[column])
                    cell.number_format = "yyyy-mm-dd"
                    cells[column] = cell
            sheet.append(cells)
        book.save(path)

    computed = time.process_time()
    return seconds_of(write), time.process_time() - computed


def _plain(action: Any) -> tuple[Any, ...]:
    """The 17 columns of the actions' table."""
    from reports import marks

    late = action.days_overdue(data.TODAY)
    return (
        action.pk,
        action.title,
        action.status,
        "Ja" if late else "Nej",
        late or None,
        action.deadline,
        action.owner,
        action.organisation,
        str(action.activity),
        str(action.activity),
        action.meeting_number,
        action.decision,
        action.agreed_on,
        action.closed_on,
        action.effect or None,
        None,
        marks.mark("bench", action.pk, action.version),
    )
