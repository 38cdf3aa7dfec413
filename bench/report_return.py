"""A filled-in working copy, from the bytes of its file to the preview, beside openpyxl's bare reading of that file."""

import argparse
import gc
import os
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

from bench import data
from bench.result import Result, forget_peak, median, peak_rss_mb, seconds_of

if TYPE_CHECKING:
    from reports.models import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the file, all filled in (default 10000)")
    parser.add_argument("--rounds", type=int, default=3, help="times the file is read (default 3, median)")


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield one line, "report_return": the file is read, kept, and compared with the actions, as a page shows it.

    "reader_mb" is the most address space that the process had which read the file for us; "seconds_to_take_in" is
    what it took to do a hundred of the rows; "cpu" are the seconds of computing, which a busy machine disturbs less.
    The reference goes through the cells of the same file in this process.
    """
    from imports import reading
    from reports import returning
    from reports.models import ReturnedFile

    world = data.build(options.rows + options.rows // 10)
    report = _report(world)
    content, number = _filled_in(report, options.rows)
    by, on = world.coordinator, data.TODAY

    def ours() -> None:
        read = returning.read(content)
        returned = returning.take_up(report=report, file_name="ifylld.xlsx", content=content, read=read, by=by, on=on)
        found.append(returning.preview(ReturnedFile.objects.get(pk=returned.pk), member=by, on=on))

    found: list[returning.Preview] = []
    ours()
    found.clear()
    gc.collect()
    forget_peak()
    idle = peak_rss_mb()
    began = _computed()
    seconds = [seconds_of(ours) for _round in range(options.rounds)]
    computed = (_computed() - began) / options.rounds
    peak = peak_rss_mb()
    reference = seconds_of(lambda: _reference(content))
    extra: dict[str, object] = {
        "bytes": len(content),
        "counts": found[-1].counts,
        "cpu": round(computed, 3),
        "load": round(os.getloadavg()[0], 1),
        "idle_rss_mb": round(idle, 1),
        "reader_mb": round(reading.read_back(content, {"id": ["ID"]}, ["id"], number).peak / 1024, 1),
        "seconds_to_take_in": round(_take_in(report, world), 3),
    }
    yield Result("report_return", number, median(seconds), peak, reference, extra)


def _computed() -> float:
    """Seconds that this process and those that read files for it were computing."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _report(world: data.World) -> "Report":
    from reports.models import Report, ReportState

    return Report.objects.create(
        council=world.council,
        plan=world.plan,
        period_from=data.TODAY - timedelta(days=2100),
        period_to=data.TODAY,
        as_of=data.TODAY,
        asked_by=world.coordinator,
        state=ReportState.READY,
        file_name="x.xlsx",
        sha256="0" * 64,
        size=1,
    )


def _filled_in(report: "Report", most: int) -> tuple[bytes, int]:
    """The report's workbook with a comment on each row, and a status where one may be said; at most so many rows."""
    import openpyxl

    from reports import selection, workbook
    from reports.lifecycle import question_of

    book = openpyxl.load_workbook(BytesIO(workbook.build(selection.load(question_of(report)))))
    sheet = next(one for one in book.worksheets if "Atgarder" in one.tables)
    rows = 0
    for cells in islice(sheet.iter_rows(min_row=5), most):
        cells[15].value = f"Kommentar {rows}"
        rows += 1
    if sheet.max_row > rows + 4:
        sheet.delete_rows(rows + 5, sheet.max_row)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue(), rows


def _take_in(report: "Report", world: data.World) -> float:
    from reports import returning

    content, _rows = _filled_in(report, 100)
    read = returning.read(content)
    by, on = world.coordinator, data.TODAY
    returned = returning.take_up(report=report, file_name="ifylld.xlsx", content=content, read=read, by=by, on=on)
    seen = returning.preview(returned, member=by, on=on).seen
    return seconds_of(lambda: returning.take_in(returned=returned, by=by, on=on, seen=seen, leave_out=True))


def _reference(content: bytes) -> None:
    """Read as one would first do it: every cell of every sheet."""
    import openpyxl

    for sheet in openpyxl.load_workbook(BytesIO(content), read_only=True).worksheets:
        for _row in sheet.iter_rows(values_only=True):
            pass
