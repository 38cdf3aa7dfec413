"""Lists as councils keep them, and files that mean harm."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

LEGACY = Path(__file__).with_name("data") / "legacy_action_list.xlsx"


def workbook(*sheets: Iterable[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    """An .xlsx with those rows on each sheet; a text that begins with = stays a text."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
        for cells in merged:
            sheet.merge_cells(cells)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip archive of those members."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return kept.getvalue()


def repacked(content: bytes, **changed: bytes) -> bytes:
    """The workbook with members added or replaced; __ in a name stands for a slash, _x for .xml."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    named = {name.replace("__", "/").removesuffix("_x") + ".xml": new for name, new in changed.items()}
    return packed(members | named)


def sheet_xml(rows: str, dimension: str = "A1") -> bytes:
    """The XML of a worksheet around those rows."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<worksheet xmlns="{space}"><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    ).encode()


def ods(rows: str) -> bytes:
    """An OpenDocument spreadsheet of one table."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="Lista">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b"<manifest/>",
            "content.xml": content.encode(),
        }
    )


def upload(content: bytes, name: str = "lista.xlsx") -> SimpleUploadedFile:
    """The file as a browser sends it."""
    return SimpleUploadedFile(name, content)
