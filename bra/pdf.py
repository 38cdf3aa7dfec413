"""PDF files: a Typst template filled with data. Knows no domain."""

import json
from collections.abc import Mapping
from typing import Any

import typst
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates" / "typst"


def render(template: str, data: Mapping[str, Any], *, title: str) -> bytes:
    """Return the tagged PDF that `template`, a path under templates/typst/, makes of `data`.

    `data` is anything that JSON holds; the template reads it as `json(bytes(sys.inputs.data))`, so that what users
    wrote is shown, never run, and sets `document(title: sys.inputs.title)`.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False), "title": title}
    compiler = typst.Compiler(str(TEMPLATES / template), str(TEMPLATES), sys_inputs=inputs)
    try:
        made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError:
        # PDF/UA refuses a letter that no font can show, as an emoji: a file that follows less is better than none.
        made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)  # as long as the PDF isn't written to a path
    return made
