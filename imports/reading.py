"""From the bytes of somebody's file to sheets of cells, without trusting them: the work is done in another process."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from bra import personnummer
from bra.errors import RuleBroken
from bra.uploads import LARGEST

Cell = str | int | float | None
SECONDS = 9.0
PROGRAM = Path(__file__).with_name("grids.py")
READ_BACK = Path(__file__).with_name("back_grids.py")
# What stands where the digits of what looks like a personnummer stood: the number itself is never kept.
MASK = "••••••-••••"


@dataclass(frozen=True)
class Sheet:
    """One sheet: the rows that hold something, by their own numbers from 1."""

    name: str
    rows: dict[int, list[Cell]]


@dataclass(frozen=True)
class Book:
    """What was read: the sheets, codes of what there is to say of them, and the reader's most memory in KiB."""

    sheets: list[Sheet]
    notes: list[str]
    peak: int = 0

    def as_json(self) -> dict[str, Any]:
        """What is kept of it; `book_of` makes a book of that again."""
        sheets = [{"name": sheet.name, "rows": list(sheet.rows.items())} for sheet in self.sheets]
        return {"sheets": sheets, "notes": self.notes}


def book_of(kept: dict[str, Any]) -> Book:
    """Return the book that `Book.as_json` kept."""
    sheets = [Sheet(one["name"], dict(one["rows"])) for one in kept.get("sheets", [])]
    return Book(sheets, kept.get("notes", []))


def read(content: bytes) -> Book:
    """Read a file (.xlsx, .xlsm, .ods, .csv) within ten seconds and 256 MiB, or refuse it by RuleBroken.

    What looks like a personnummer is masked before anything else sees it.
    """
    said = _answer(content, PROGRAM)
    return Book(_sheets(said), said["notes"], said["peak"])


@dataclass(frozen=True)
class Returned:
    """What was read of a workbook that was sent out and comes back: the wanted cells of each row, by its number.

    `absent` are the columns that it hasn't, `formulas` the rows with a formula in a wanted cell, `properties` what the
    file says of itself.
    """

    rows: dict[int, list[Cell]]
    absent: list[str]
    formulas: list[int]
    properties: dict[str, str]
    peak: int = 0


def read_back(content: bytes, heads: Mapping[str, Sequence[str]], key: Sequence[str], most: int) -> Returned:
    """Read the columns with those heads of an .xlsx file of ours, up to `most` rows, or refuse it by RuleBroken.

    `heads` has what each column may be called; the first sheet that has all columns of `key` is read. None has: no
    rows. Time, memory and the masking of what looks like a personnummer are as in `read`.
    """
    said = _answer(content, READ_BACK, json.dumps({"heads": heads, "key": list(key), "rows": most}))
    sheets = _sheets(said)
    return Returned(
        sheets[0].rows if sheets else {}, said["absent"], said["formulas"], said["properties"], said["peak"]
    )


def _sheets(said: dict[str, Any]) -> list[Sheet]:
    return [
        Sheet(masked(one["name"]), {row["number"]: list(map(_kept, row["cells"])) for row in one["rows"]})
        for one in said["sheets"]
    ]


def _answer(content: bytes, program: Path, *arguments: str) -> dict[str, Any]:
    """Let the program read the content; return what it says, or refuse by RuleBroken."""
    if len(content) > LARGEST:
        raise _refusal("large", {"most": LARGEST // 2**20})
    if not content.strip():
        raise _refusal("empty", {})
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", str(program), *arguments],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _refusal("time", {}) from error
    if done.returncode or not done.stdout:
        # Killed by a limit: of the processor's time by a signal, of memory by whatever broke first.
        raise _refusal("time" if done.returncode in (-24, -9) else "memory", {})
    said: dict[str, Any] = json.loads(done.stdout)
    if "refused" in said:
        code = said["refused"]
        raise _refusal("no workbook" if program == READ_BACK and code in ("unknown", "old") else code, said["values"])
    return said


def masked(text: str) -> str:
    """Return the text without what looks like a personnummer in it."""
    return personnummer.masked(text, MASK)[0]


def _kept(cell: Cell) -> Cell:
    """A cell without a personnummer, also one that was typed without its hyphen and is a number to a spreadsheet."""
    if isinstance(cell, str):
        return masked(cell)
    whole = isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer())
    if whole and cell is not None and cell >= 10**8 and personnummer.find(f"{int(cell):010d}"):
        return MASK
    return cell


def _refusal(code: str, values: dict[str, Any]) -> RuleBroken:
    return RuleBroken(_why(code) % values, field="file")


def _why(code: str) -> str:
    return {
        "large": _("The file is larger than %(most)d MB. A list of actions is a small file."),
        "empty": _("There is nothing in the file."),
        "old": _("The file is in Excel's old format (.xls). Open it and save it as .xlsx."),
        "encrypted": _("The file is protected by a password. Save a copy without one."),
        "unknown": _("This isn't a file that can be read. Save the list as .xlsx, .ods or .csv."),
        "no workbook": _("This isn't an Excel file (.xlsx). Choose the file that was filled in, saved as .xlsx."),
        "broken": _("The file is damaged or cut off. Open it in Excel, save it anew, and choose the new file."),
        "bomb": _("The file unpacks to much more than a list of actions holds, so it isn't opened."),
        "disguised": _("The file is packed in a way that no spreadsheet program does, so it isn't opened."),
        "entities": _("The file holds declarations that no workbook needs, so it isn't opened."),
        "memory": _("The file needs more memory than a list of actions does. Copy the rows into a new workbook."),
        "time": _("The file takes too long to read. Copy the rows into a new workbook and choose that."),
        "rows": _("The file has more than %(most)d rows. Divide the list into several files."),
        "columns": _("The list has more than %(most)d columns. Take away those that aren't about actions."),
        "sheets": _("The file has more than %(most)d sheets. Take away those that aren't about actions."),
        "cell": _("A cell of row %(row)d holds more than %(most)d characters. Shorten it."),
        "text": _("The file holds more text than a list of actions does."),
    }[code]


def note_words(code: str) -> str:
    """Say what there is to know of how a file was read."""
    return {
        "links": _("The list refers to other workbooks. None of them was opened: what was saved last is shown."),
        "macros": _("The file holds macros. None of them was run."),
        "cut": _("Nothing is read below two thousand empty rows."),
    }.get(code, "")
