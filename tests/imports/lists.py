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


def disguised(content: bytes) -> dict[str, bytes]:
    """The workbook with names that lead out of it, with a link in it, and with something else around it."""

    def with_member(name: str, mode: int = 0) -> bytes:
        kept = io.BytesIO(content)
        with zipfile.ZipFile(kept, "a") as archive:
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            archive.writestr(member, b"root")
        return kept.getvalue()

    commented = io.BytesIO(content)
    with zipfile.ZipFile(commented, "a") as archive:
        archive.comment = b"<script>alert(1)</script>"
    local = content.index(b"PK\x03\x04", 4)  # the first member's bytes stay, but the directory no longer names them
    return {
        "a folder above": with_member("../../etc/cron.d/x"),
        "a folder of Windows": with_member("xl\\..\\..\\x.dll"),
        "a root": with_member("/etc/passwd"),
        "a drive": with_member("C:/x.dll"),
        "a link": with_member("xl/link", 0o120777),
        "a comment": commented.getvalue(),
        "a picture before": b"PK\x07\x08GIF89a<script>" + content,
        "nothing named": _without_first(content, local),
    }


def _without_first(content: bytes, second: int) -> bytes:
    """The workbook whose directory leaves its first member out: other readers may begin there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as new:
            for member in members:
                new.writestr(member.filename, archive.read(member))
            new.filelist.pop(0)
    assert second > 0
    return kept.getvalue()


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
