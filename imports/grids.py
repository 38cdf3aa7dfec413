"""Run as a program of its own: a file on stdin, its cells as JSON on stdout. Knows neither Django nor the project.

The file is a stranger's. So this process first gives up memory, processor time and writing, and looks at the archive
before it unpacks anything; imports.reading kills it when it takes too long.

The answer is {"sheets": [{"name", "rows": [{"number", "cells"}]}], "notes": [code]} or {"refused": code, "values": {}}.
A cell is null, a text or a number; days are texts in ISO form. `number` is the row's own, from 1; empty rows are left
out. What the codes mean is said in imports.reading.
"""

import contextlib
import csv
import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # no declaration of entities gets this far: _refuse_declarations
from xml.parsers import expat  # the limits of this process are the defence against the rest

MEMORY = 256 * 2**20  # bytes of address space
CPU_SECONDS = 8
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5_000, 60, 2_000
MOST_SHEETS = 20
MOST_TEXT = 2_000_000  # characters of all cells together
# Formatting often reaches down to the last row there is. After so many empty rows nothing more is looked for.
EMPTY_ROWS = 2_000
MOST_MEMBERS, MOST_UNPACKED, MOST_TIMES = 2_000, 64 * 2**20, 200
# As bra.text.without_controls, which this process doesn't know.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
ENCRYPTED_IN_OLE = "EncryptedPackage".encode("utf-16-le")
_LEADS_OUT = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|[\x00-\x1f]")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"

Cell = str | int | float | None
Row = tuple[int, list[Cell]]


class Refused(Exception):
    """The file isn't taken: `code` says why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def limit() -> None:
    """Give up memory, processor time and the writing of files, for good. Where a system knows no such limit: time."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def read(content: bytes) -> dict[str, Any]:
    """Return the sheets of a file of any kind that is known, as the module says."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("encrypted" if ENCRYPTED_IN_OLE in content else "old")
    if content.startswith(b"PK"):
        sheets, notes = _archive(content)
    elif re.match(rb"%PDF|\{\\rtf|\s*<|\x7fELF|MZ", content) or _looks_binary(content):
        raise Refused("unknown")
    else:
        sheets, notes = [("", _csv(content))], set()
    said: list[dict[str, Any]] = []
    bounds = Bounds(notes)
    for name, rows in sheets:
        kept = [{"number": number, "cells": cells} for number, cells in bounds.keep(name, rows)]
        if kept:
            said.append({"name": name[:100], "rows": kept})
    if not said:
        raise Refused("empty")
    return {"sheets": said, "notes": sorted(notes)}


class Bounds:
    """Keeps the rows that hold something, as long as there aren't too many of them."""

    def __init__(self, notes: set[str]) -> None:
        self.notes, self.rows, self.text = notes, 0, 0

    def keep(self, sheet: str, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows of one sheet that hold something."""
        last = 0
        for number, cells in rows:
            while cells and cells[-1] is None:
                cells.pop()
            if number - last > EMPTY_ROWS:
                self.notes.add("cut")
                return
            if not cells:
                continue
            last = number
            self._count(sheet, number, cells)
            yield number, cells

    def _count(self, sheet: str, number: int, cells: list[Cell]) -> None:
        self.rows += 1
        if self.rows > MOST_ROWS:
            raise Refused("rows", most=MOST_ROWS)
        if len(cells) > MOST_COLUMNS:
            raise Refused("columns", most=MOST_COLUMNS)
        for cell in cells:
            length = len(cell) if isinstance(cell, str) else 8
            if length > LONGEST_CELL:
                raise Refused("cell", most=LONGEST_CELL, row=number)
            self.text += length
        if self.text > MOST_TEXT:
            raise Refused("text", most=MOST_TEXT)


def plain(value: Any) -> Cell:
    """Return a cell's value as text or number; a day in ISO form, without its midnight."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int | float):
        return value if abs(value) < 1e15 else str(value)  # false for what is no number, too
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if value is None:
        return None
    text = _UNSEEN.sub("", str(value)).strip()
    return text or None


# Archives


def opened(content: bytes) -> tuple[zipfile.ZipFile, set[str]]:
    """Open an archive that may be anybody's, and return the names in it; refuse one that can only mean harm."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = _checked(archive)
        _refuse_declarations(archive)
    # ValueError: a directory that says its parts begin before the file does.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise Refused("broken") from error
    return archive, names


def _archive(content: bytes) -> tuple[list[tuple[str, Iterable[Row]]], set[str]]:
    archive, names = opened(content)
    if "xl/workbook.xml" in names:
        notes = {"links"} if any(name.startswith("xl/externalLinks/") for name in names) else set()
        if "xl/vbaProject.bin" in names:
            notes.add("macros")
        return _xlsx(content, archive), notes
    if "mimetype" in names and archive.read("mimetype").startswith(_ODS) and "content.xml" in names:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise Refused("encrypted")
        return list(_ods(archive)), set()
    raise Refused("unknown")


def _checked(archive: zipfile.ZipFile) -> set[str]:
    """Return the names in the archive; refuse one that would grow out of hand."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise Refused("bomb")
    if any(member.flag_bits & 1 for member in members):
        raise Refused("encrypted")
    _refuse_disguises(archive, members)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MOST_UNPACKED or (unpacked > 2**20 and unpacked > MOST_TIMES * max(packed, 1)):
        raise Refused("bomb")
    return {member.filename for member in members}


def _refuse_disguises(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Refuse names that lead out of the archive or come twice, and an archive with something else around it.

    No spreadsheet program writes either: they are for readers that unpack, or that take the file for another kind.
    """
    names = [member.orig_filename for member in members]
    if len(set(names)) < len(names) or any(_LEADS_OUT.search(name) for name in names):
        raise Refused("disguised")
    links = any(member.external_attr >> 16 & 0o170000 == 0o120000 for member in members)
    first = min((member.header_offset for member in members), default=0)
    if links or first or archive.comment:
        raise Refused("disguised")


def _refuse_declarations(archive: zipfile.ZipFile) -> None:
    """Refuse XML that declares anything: an honest workbook has no DTD, and a DTD is where entities come from."""
    for member in archive.infolist():
        if member.filename.lower().endswith((".xml", ".rels", ".vml")):
            with archive.open(member) as stream:
                _prolog(stream)


def _prolog(stream: Any) -> None:
    """Read XML up to its first element, in whatever encoding."""
    began: list[str] = []
    parser = expat.ParserCreate()

    def declared(*_what: Any) -> None:
        raise Refused("entities")

    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = lambda name, _attributes: began.append(name)
    try:
        while not began and (chunk := stream.read(4096)):
            parser.Parse(chunk)
    except expat.ExpatError as error:
        if not began:
            raise Refused("broken") from error


def _xlsx(content: bytes, archive: zipfile.ZipFile) -> list[tuple[str, Iterable[Row]]]:
    import openpyxl

    def workbook(*, data_only: bool) -> Any:
        try:
            return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
        except (MemoryError, Refused):
            raise
        except Exception as error:  # whatever a damaged workbook makes of its reader, it is damaged
            raise Refused("broken") from error

    book = workbook(data_only=True)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    if len(sheets) > MOST_SHEETS:
        raise Refused("sheets", most=MOST_SHEETS)
    formulas = workbook(data_only=False) if _has_formulas(archive) else None
    return [(sheet.title, _sheet(sheet, formulas[sheet.title] if formulas else None)) for sheet in sheets]


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    parts = [one for one in archive.infolist() if one.filename.startswith("xl/worksheets/sheet")]
    return any(re.search(rb"<(?:\w+:)?f[\s>]", archive.read(part)) for part in parts)


def _sheet(sheet: Any, formulas: Any) -> Iterator[Row]:
    """Yield the rows of a worksheet. A formula that was saved without its result stands as it was written."""
    for one in (sheet, formulas):
        if one is not None:
            one.reset_dimensions()  # what a sheet says of its size may be a lie
    written = iter(formulas.iter_rows(values_only=True)) if formulas is not None else None
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [plain(value) for value in values]
            if written is not None:
                for place, formula in enumerate(next(written, ())):
                    if place < len(cells) and cells[place] is None and formula is not None:
                        cells[place] = plain(formula)
            yield number, cells
    except (MemoryError, Refused):
        raise
    except Exception as error:  # as above
        raise Refused("broken") from error


_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def _ods(archive: zipfile.ZipFile) -> Iterator[tuple[str, list[Row]]]:
    """Yield the tables of an OpenDocument spreadsheet."""
    rows: list[Row] = []
    number = 0
    name = ""
    with archive.open("content.xml") as stream:
        try:
            for event, element in ElementTree.iterparse(stream, events=("start", "end")):  # noqa: S314  # see above
                if event == "start" and element.tag == f"{{{_TABLE}}}table":
                    rows, number, name = [], 0, element.get(f"{{{_TABLE}}}name", "")
                elif event == "end" and element.tag == f"{{{_TABLE}}}table-row":
                    times = _times(element, "rows")
                    cells = _ods_cells(element)
                    for offset in range(min(times, MOST_ROWS + 1) if cells else 0):
                        rows.append((number + offset + 1, list(cells)))
                    number += times
                    element.clear()
                    if len(rows) > MOST_ROWS:
                        raise Refused("rows", most=MOST_ROWS)
                elif event == "end" and element.tag == f"{{{_TABLE}}}table":
                    yield name, rows
                    element.clear()
        except ElementTree.ParseError as error:
            raise Refused("broken") from error


def _times(element: ElementTree.Element, what: str) -> int:
    said = element.get(f"{{{_TABLE}}}number-{what}-repeated", "1")
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 9 else 1


def _ods_cells(row: ElementTree.Element) -> list[Cell]:
    """The cells of a row, those that are repeated written out; empty ones at the end left out."""
    cells: list[Cell] = []
    empty = 0
    for cell in row:
        if cell.tag not in (f"{{{_TABLE}}}table-cell", f"{{{_TABLE}}}covered-table-cell"):
            continue
        value = _ods_value(cell)
        times = _times(cell, "columns")
        if value is None:
            empty += times
            continue
        if len(cells) + empty + times > MOST_COLUMNS:
            raise Refused("columns", most=MOST_COLUMNS)
        cells += [None] * empty + [value] * times
        empty = 0
    return cells


def _ods_value(cell: ElementTree.Element) -> Cell:
    if day := cell.get(f"{{{_OFFICE}}}date-value"):
        return plain(day.removesuffix("T00:00:00"))
    if number := cell.get(f"{{{_OFFICE}}}value"):
        with contextlib.suppress(ValueError):
            return plain(float(number))
    paragraphs = ("".join(part.itertext()) for part in cell.iter(f"{{{_TEXT}}}p"))
    return plain("\n".join(paragraphs))


# Text files


def _looks_binary(content: bytes) -> bool:
    return b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff"))


def _csv(content: bytes) -> Iterator[Row]:
    text = _decoded(content)
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    delimiter = max(";\t,", key=lambda sign: sum(sign in line for line in lines))
    if not any(delimiter in line for line in lines):
        raise Refused("unknown")
    csv.field_size_limit(LONGEST_CELL * 50)
    try:
        for number, values in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            yield number, [plain(value) for value in values]
    except csv.Error as error:
        raise Refused("broken") from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # what Excel writes in Sweden


def answer(read: Callable[[bytes], dict[str, Any]]) -> None:
    """Answer what stdin holds, as `read` reads it."""
    limit()
    try:
        said = read(sys.stdin.buffer.read())
    except Refused as refused:
        said = {"refused": refused.code, "values": refused.values}
    except (MemoryError, RecursionError):
        said = {"refused": "memory", "values": {}}
    sys.stdout.write(json.dumps(said | {"peak": _peak()}))


def _peak() -> int:
    """The most address space that this process has had, in KiB; 0 where the system doesn't say."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmPeak:"):
                return int(line.split()[1])
    return 0


if __name__ == "__main__":
    answer(read)
