"""The finished file: what openpyxl leaves out is put in, and every time in it is that of the report's day."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from html import escape
from io import BytesIO
from itertools import islice
from typing import IO

from reports.workbook.streaming import Rows, spliced
from reports.workbook.texts import cell_text


def finish(
    raw: BytesIO, target: IO[bytes], alt_texts: Iterable[tuple[str, str]], streams: Mapping[str, Rows], day: date
) -> None:
    """Write the saved workbook with its charts' alternative texts, and every time in it that of the report's day.

    The rows of `streams` (by the part of the file they belong in) are read and written on the way.
    """
    texts = iter(alt_texts)
    stamp = (day.year, day.month, day.day, 0, 0, 0)
    with zipfile.ZipFile(raw) as saved, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as finished:
        for name in saved.namelist():
            content = saved.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + f"{day}T00:00:00Z".encode() + rb"\g<2>", content)
            elif name.startswith("xl/charts/chart"):
                content = content.replace(_NO_ZEROS, _NO_ZEROS + b' sourceLinked="0"')
            elif name.startswith("xl/drawings/drawing"):
                content = _with_alt_texts(content, texts)
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry._compresslevel = _LEVEL  # type: ignore[attr-defined]  # zipfile takes it from there when it streams
            entry.create_system = 3  # else the file would tell where it was made
            entry.external_attr = 0o600 << 16
            with finished.open(entry, "w", force_zip64=name in streams) as part:
                for piece in spliced(content, streams[name]) if name in streams else (content,):
                    part.write(piece)


# A third of the time of zlib's ordinary level, for a file that is a third larger. Quicker libraries than zlib give
# other bytes on other processors.
_LEVEL = 1
# openpyxl leaves out that a label's number format is its own, and a viewer may then take the cells'.
_NO_ZEROS = b'<numFmt formatCode="0;;;"'
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_CHART_NAME = re.compile(r'(<(?:\w+:)?cNvPr id="\d+" name=")Chart \d+(")')


def _with_alt_texts(drawing: bytes, texts: Iterator[tuple[str, str]]) -> bytes:
    """Name the charts of a drawing and describe them; openpyxl has no word for it."""
    found = drawing.decode("utf-8")
    chosen = list(islice(texts, len(_CHART_NAME.findall(found))))
    described = iter(chosen)

    def describe(match: re.Match[str]) -> str:
        title, text = next(described)
        return f'{match[1]}{escape(cell_text(title))}{match[2]} descr="{escape(cell_text(text))}"'

    return _CHART_NAME.sub(describe, found).encode("utf-8")
