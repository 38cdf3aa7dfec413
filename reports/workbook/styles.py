"""Colours, and every cell style of the workbook by name."""

from collections.abc import Iterable
from typing import Any

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

from actions.models import Status
from bra.models import Accent

ACCENTS = {
    Accent.TEAL: "0E5A61",
    Accent.BLUE: "1F4F92",
    Accent.GREEN: "2B5F3D",
    Accent.PLUM: "6A3A72",
    Accent.RUST: "8A2F27",
    Accent.SLATE: "3B4F63",
}
INK, MUTED, LINE, PALE, WHITE = "17201E", "52605C", "D0D8D5", "F1F4F3", "FFFFFF"
OPEN = "FFF9E6"
# The app's own tones; each at least 4.5:1 on white, as text in a cell too.
TONES = {
    Status.DONE: "1D6B3C",
    Status.IN_PROGRESS: "1C579C",
    Status.NOT_STARTED: "52605C",
    Status.POSTPONED: "6B4FA0",
    Status.CANCELLED: "5C5F61",
}
LATE = "A71D17"
# As fill of a bar: what isn't begun and what was given up stand back.
FILLS = TONES | {Status.NOT_STARTED: "A9B6B2", Status.CANCELLED: "DDE2E0"}
CALM = "9DB8BA"
CALM_INK = "1D6B3C"  # a line on white, told from LATE by its dashes too
BAR_ORDER = (Status.DONE, Status.IN_PROGRESS, Status.NOT_STARTED, Status.POSTPONED, Status.CANCELLED)


def styles(accent: str) -> Iterable[NamedStyle]:
    """Every style of the workbook by name."""
    hair = Side(style="thin", color=f"FF{LINE}")
    under = Border(bottom=hair)
    ink = Font(name="Calibri", size=11, color=f"FF{INK}")
    strong = Font(name="Calibri", size=11, color=f"FF{INK}", bold=True)
    muted = Font(name="Calibri", size=11, color=f"FF{MUTED}")
    top = Alignment(vertical="top", horizontal="left", wrap_text=True, indent=1)
    # Away from the edge by the number's format: LibreOffice forgets an indent where a rule of colour doesn't hold.
    right = Alignment(vertical="top", horizontal="right")
    whole, percent = "#,##0_0_i", "0 %_0_i"
    heavy = Border(top=Side(style="medium", color=f"FF{accent}"), bottom=Side(style="thin", color=f"FF{accent}"))
    coloured = Font(name="Calibri", size=11, bold=True, color=f"FF{accent}")
    section = Border(bottom=Side(style="medium", color=f"FF{accent}"))
    pale = PatternFill("solid", fgColor=f"FF{PALE}")

    def style(name: str, font: Font, alignment: Alignment, **rest: Any) -> NamedStyle:
        return NamedStyle(name=name, font=font, alignment=alignment, **rest)

    yield style("title", Font(name="Calibri", size=20, bold=True, color=f"FF{accent}"), Alignment(vertical="center"))
    yield style("explanation", muted, Alignment(vertical="top"))
    yield style(
        "header",
        Font(name="Calibri", size=11, bold=True, color=f"FF{WHITE}"),
        Alignment(vertical="center", horizontal="left", wrap_text=True, indent=1),
        fill=PatternFill("solid", fgColor=f"FF{accent}"),
    )
    yield style(
        "header number",
        Font(name="Calibri", size=11, bold=True, color=f"FF{WHITE}"),
        Alignment(vertical="center", horizontal="right", wrap_text=True, indent=1),
        fill=PatternFill("solid", fgColor=f"FF{accent}"),
    )
    yield style("text", ink, top, border=under, number_format="@")
    # What may be filled in: unlocked, and seen to be so.
    fill_in: dict[str, Any] = {
        "fill": PatternFill("solid", fgColor=f"FF{OPEN}"),
        "protection": Protection(locked=False),
    }
    yield style("text open", ink, top, border=under, number_format="@", **fill_in)
    yield style("date open", ink, top, border=under, number_format="yyyy-mm-dd", **fill_in)
    yield style("strong", strong, top, border=under, number_format="@")
    yield style("date", ink, top, border=under, number_format="yyyy-mm-dd")
    yield style("number", ink, top, border=under, number_format="0")
    yield style("count", ink, right, border=under, number_format=whole)
    yield style("share", ink, right, border=under, number_format=percent)
    yield style("total label", strong, top, border=heavy, fill=pale, number_format="@")
    yield style("total", strong, right, border=heavy, fill=pale, number_format=whole)
    yield style("total share", strong, right, border=heavy, fill=pale, number_format=percent)
    yield style("empty", muted, Alignment(vertical="top"), number_format="@")
    yield style("section", coloured, Alignment(vertical="bottom", horizontal="left", indent=1), border=section)
    yield style("section note", muted, Alignment(vertical="bottom", horizontal="left", indent=1), border=section)
    yield style("section number", coloured, Alignment(vertical="bottom", horizontal="right", indent=1), border=section)
    yield style("label", muted, top, border=under)
    yield style("fact", ink, top, border=under, number_format="@")
    yield style("fact date", strong, top, border=under, number_format="yyyy-mm-dd")
    yield style("fact number", strong, top, border=under, number_format="#,##0")
    yield style("fact count", ink, right, border=under, number_format=whole)
    yield style("fact share", strong, top, border=under, number_format="0 %")
    yield style("link", Font(name="Calibri", size=11, color=f"FF{accent}", underline="single"), top, border=under)
