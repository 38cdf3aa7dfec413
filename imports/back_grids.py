"""Run as a program of its own, as grids.py is and with its limits: a workbook that was sent out is read back.

The argument is {"heads": {name: [what its column may be called]}, "key": [name], "rows": the most of them} as JSON.
The answer holds the first sheet that has all columns of "key", of its rows a cell for each name, in their order, as
grids.py gives them (days stay numbers, as the file has them). Beside it stand "absent" (the names without a column),
"formulas" (the numbers of rows with one in such a cell) and "properties" (what the file says of itself).

Of a sheet only the wanted cells are looked at, which takes a third of the time that a library needs for all of them.
"""

import json
import sys
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree  # no declaration of entities gets this far: grids.opened

sys.path.append(str(Path(__file__).parent.parent))  # run by itself, this program finds nothing of the project

from imports import grids

LAST_ROW = 1_048_576  # of any sheet
LOOKED_AT = 20  # rows among which the heads are looked for
LONGEST = 2_100  # characters that are kept of a cell: more than may be taken in, so that it is seen to be too long
MOST_TEXT = 8_000_000  # characters of all kept cells
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Cells = dict[int, ElementTree.Element]


def read_back(content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the wanted columns, as the module says."""
    if not content.startswith(b"PK"):
        raise grids.Refused("encrypted" if grids.ENCRYPTED_IN_OLE in content else "unknown")
    archive, names = grids.opened(content)
    if "xl/workbook.xml" not in names:
        raise grids.Refused("unknown")
    said: dict[str, Any] = {"sheets": [], "notes": [], "absent": list(wanted["heads"]), "formulas": []}
    try:
        said["properties"] = _properties(archive) if "docProps/custom.xml" in names else {}
        strings = _strings(archive) if "xl/sharedStrings.xml" in names else []
        for title, part in _sheets(archive):
            with archive.open(part) as stream:
                found = _table(_rows(stream), strings, wanted)
            if found is not None:
                said["sheets"], said["absent"] = [{"name": title[:100], "rows": found[0]}], found[1]
                said["formulas"] = found[2]
                break
    except (ElementTree.ParseError, KeyError, IndexError, ValueError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise grids.Refused("broken") from error
    return said


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _parsed(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(name))  # noqa: S314 - see above


def _properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """What the file says of itself: {name: text}."""
    found = {}
    for one in islice(_parsed(archive, "docProps/custom.xml"), 50):
        found[one.get("name", "")[:50]] = "".join(one.itertext())[:200]
    return found


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The sheets in their order: (name, the part of the archive it is in)."""
    parts = {}
    for one in _parsed(archive, "xl/_rels/workbook.xml.rels"):
        target = one.get("Target", "")
        parts[one.get("Id")] = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
    book = _parsed(archive, "xl/workbook.xml")
    sheets = [one for one in book.iter() if _local(one) == "sheet"]
    if len(sheets) > grids.MOST_SHEETS:
        raise grids.Refused("sheets", most=grids.MOST_SHEETS)
    named = set(archive.namelist())
    found = [(one.get("name", ""), part) for one in sheets if (part := parts.get(one.get(_ID), "")) in named]
    if not all(part.lower().endswith(".xml") for _name, part in found):
        raise grids.Refused("broken")  # grids.opened has looked for declarations in what is called so
    return found


def _strings(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells refer to by their number."""
    found = []
    with archive.open("xl/sharedStrings.xml") as stream:
        for _event, element in ElementTree.iterparse(stream):  # noqa: S314 - see above
            if _local(element) == "si":
                found.append(_text(element))
                element.clear()
    return found


def _text(element: ElementTree.Element) -> str:
    """A text, in how many fonts ever; without what says how it is pronounced."""
    aloud = {part for one in element if _local(one) == "rPh" for part in one.iter()}
    return "".join(part.text or "" for part in element.iter() if _local(part) == "t" and part not in aloud)


def _rows(stream: Any) -> Iterator[tuple[int, Cells]]:
    """The rows of a sheet: (number, {place of the column from 0: cell})."""
    number = 0
    for _event, element in ElementTree.iterparse(stream):  # noqa: S314 - see above
        if _local(element) != "row":
            continue
        before, number = number, int(element.get("r", number + 1))
        if not before < number <= LAST_ROW:
            raise grids.Refused("broken")  # a row would hide the one before it, or have a number that nothing can keep
        cells: Cells = {}
        place = -1
        for cell in element:
            place = _place(cell.get("r", "").rstrip("0123456789")) if cell.get("r") else place + 1
            cells[place] = cell
        yield number, cells
        element.clear()


@lru_cache(maxsize=1000)
def _place(letters: str) -> int:
    """A column's place from 0: of "A" 0, of "AB" 27."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _table(
    rows: Iterator[tuple[int, Cells]], strings: list[str], wanted: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[str], list[int]] | None:
    """The rows beneath the wanted heads, the names without a column, the rows with a formula; None: no such heads."""
    places = _places(rows, strings, wanted)
    if places is None:
        return None
    columns = [places.get(name) for name in wanted["heads"]]
    kept: list[dict[str, Any]] = []
    formulas: list[int] = []
    last, text = 0, 0
    for number, cells in rows:
        if last and number - last > grids.EMPTY_ROWS:
            break
        chosen = [cells.get(place) if place is not None else None for place in columns]
        values = [_value(cell, strings) if cell is not None else None for cell in chosen]
        formula = any(_local(part) == "f" for cell in chosen if cell is not None for part in cell)
        last = last or number
        if not formula and all(value is None for value in values):
            continue
        last = number
        if len(kept) >= wanted["rows"]:
            raise grids.Refused("rows", most=wanted["rows"])
        if formula:
            formulas.append(number)
        text += sum(len(value) for value in values if isinstance(value, str))
        if text > MOST_TEXT:
            raise grids.Refused("text")
        kept.append({"number": number, "cells": values})
    return kept, [name for name in wanted["heads"] if name not in places], formulas


def _places(rows: Iterator[tuple[int, Cells]], strings: list[str], wanted: dict[str, Any]) -> dict[str, int] | None:
    """Read on to the row of the heads; return where each name's column is."""
    heads = {_plain_head(head): name for name, words in wanted["heads"].items() for head in words}
    for _number, cells in islice(rows, LOOKED_AT):
        found: dict[str, int] = {}
        for place, cell in cells.items():
            name = heads.get(_plain_head(_value(cell, strings)))
            if name is not None:
                found.setdefault(name, place)
        if set(wanted["key"]) <= found.keys():
            return found
    return None


def _plain_head(value: Any) -> str:
    return " ".join(str(value).casefold().split())


def _value(cell: ElementTree.Element, strings: list[str]) -> grids.Cell:
    """What a cell holds; of a long text the beginning. A formula that was saved with its result holds that."""
    kind, said = cell.get("t", "n"), None
    for part in cell:
        name = _local(part)
        if name == "v":
            said = part.text
        elif name == "is":
            said = _text(part)
    if said is None:
        return None
    if kind == "s":
        said = strings[int(said)]
    elif kind == "n":
        number = float(said)
        return grids.plain(int(number) if number.is_integer() else number)
    elif kind == "b":
        return grids.plain(said == "1")
    return grids.plain(said[:LONGEST])


if __name__ == "__main__":
    grids.answer(lambda content: read_back(content, json.loads(sys.argv[1])))
