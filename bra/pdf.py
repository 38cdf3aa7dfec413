"""PDF files: a Typst template filled with data. Knows no domain.

What users wrote reaches the template as JSON and is set as text: markup in it is shown, never run. The file is tagged
and follows PDF/UA-1 and PDF/A-2a. A text that no font at hand can show, or that PDF/A forbids, gives a file that
follows less rather than none: the text is still in it, for whoever searches or copies.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import typst
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates" / "typst"
# Longer words are allowed to break anywhere, so that they don't run off the paper.
_LONG_WORD = re.compile(r"(\S{48})(?=\S)")
_OF_TEXT = ("could not be displayed", "codepoint", "code point", "private use", "unicode")


def render(template: str, data: Mapping[str, Any], *, title: str, made: datetime | None = None) -> bytes:
    """Return the PDF that `template`, a path under templates/typst/, makes of `data`.

    `data` is anything that JSON holds; the template reads it as `json(bytes(sys.inputs.data))` and sets
    `document(title: sys.inputs.title)`, which PDF/UA demands. `made` (aware) is when the file says it was made
    (now, if left out): the same arguments then give the same bytes. Raises typst.TypstError
    when the template is at fault.
    """
    made_at = made and made.astimezone(UTC).replace(microsecond=0)  # typst takes whole seconds only
    inputs = {"data": json.dumps(_breakable(data), ensure_ascii=False), "title": title}
    attempts: list[tuple[bool, list[typst.PDFStandard]]] = [
        (False, ["ua-1", "a-2a"]),
        (True, ["ua-1", "a-2a"]),
        (True, ["ua-1"]),
        (True, []),
    ]
    for system_fonts, standards in attempts:
        try:
            compiler = typst.Compiler(str(TEMPLATES / template), str(TEMPLATES), _fonts(system_fonts), True, inputs)
            content = compiler.compile(format="pdf", pdf_standards=standards, timestamp=made_at)
        except typst.TypstError as error:
            if not standards or not _is_about_text(error):
                raise
        else:
            assert isinstance(content, bytes), "a PDF is one file"
            return content
    raise AssertionError("the last attempt returns or raises")


@lru_cache
def _fonts(with_system: bool) -> typst.Fonts:
    """The fonts of the library, first those and then the machine's own where asked. Found once per process."""
    return typst.Fonts(include_system_fonts=with_system)


def _is_about_text(error: typst.TypstError) -> bool:
    """Whether the data, not the template, holds what a standard refuses."""
    words = str(error).casefold()
    return any(part in words for part in _OF_TEXT)


def _breakable(value: Any) -> Any:
    """Return the data with places to break in overlong words."""
    if isinstance(value, str):
        return _LONG_WORD.sub("\\1\u200b", value)
    if isinstance(value, Mapping):
        return {key: _breakable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_breakable(part) for part in value]
    return value
