"""The blocks of notes in a Word file: real lists, quotations and tables."""

from typing import Any

from docx.document import Document as DocxDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from meetings.documents.content import Block, Run

_STEP = 6  # mm that each list or quotation stands further in
_LEVELS = 9  # as many as a list of the file form has
_SIGNS = "•–"
_WIDTH = 160  # mm between the margins


def element(name: str, **attributes: str) -> Any:
    """An element of the file's own XML, where the library has no word for it."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


class Prose:
    """Writes blocks into a document, one after the other."""

    def __init__(self, document: DocxDocument) -> None:
        self.document = document
        self._numbering: Any = None
        self._abstract: dict[str, int] = {}

    def write(self, blocks: tuple[Block, ...], *, indent: int, depth: int = 0) -> None:
        """Add the blocks, `indent` mm from the margin; `depth` lists are around them."""
        for block in blocks:
            if block.kind == "paragraph":
                self._words(block.runs, indent)
            elif block.kind in ("bullets", "numbers"):
                self._list(block, indent, depth)
            elif block.kind == "quote":
                first = len(self.document.element.body)
                self.write(block.parts, indent=indent + _STEP, depth=depth)
                for paragraph in self.document.element.body[first - 1 : -1]:
                    _rule_beside(paragraph)
            elif block.kind == "table":
                self._table(block, indent)

    def _words(self, runs: tuple[Run, ...], indent: int) -> Paragraph:
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.left_indent = Mm(indent)
        _add(paragraph, runs)
        return paragraph

    def _list(self, block: Block, indent: int, depth: int) -> None:
        level = min(depth, _LEVELS - 1)
        number = self._numbered(block, level)
        for item in block.parts:
            first, *rest = item.parts or (Block("paragraph"),)
            has_words = first.kind == "paragraph"
            paragraph = self._words(first.runs if has_words else (), indent + _STEP)
            paragraph.paragraph_format.first_line_indent = Mm(-_STEP)
            paragraph.paragraph_format.space_after = Pt(3)
            properties: Any = paragraph._p.get_or_add_pPr()
            numbered = properties.get_or_add_numPr()
            numbered.get_or_add_ilvl().val, numbered.get_or_add_numId().val = level, number
            self.write(tuple(rest) if has_words else item.parts, indent=indent + _STEP, depth=depth + 1)

    def _numbered(self, block: Block, level: int) -> int:
        """The key of a list of the file: each numbered one is its own, so that it begins where it is to begin."""
        if self._numbering is None:
            self._numbering = self.document.part.numbering_part.element
            used = [int(found.get(qn("w:abstractNumId"))) for found in self._numbering.iter(qn("w:abstractNum"))]
            for key, kind in enumerate(("bullets", "numbers"), start=max(used, default=0) + 1):
                self._abstract[kind] = key
                self._numbering.find(qn("w:num")).addprevious(_abstract(key, kind))
        made = self._numbering.add_num(self._abstract[block.kind])
        if block.kind == "numbers":
            made.add_lvlOverride(ilvl=level).add_startOverride(block.start)
        return int(made.numId)

    def _table(self, block: Block, indent: int) -> None:
        rows = block.parts
        table = self.document.add_table(rows=0, cols=max(len(row.parts) for row in rows), style="Table Grid")
        table._tbl.tblPr.append(element("w:tblInd", w=str(round(indent * 56.7)), type="dxa"))
        table.autofit = False
        widths = _widths(block, _WIDTH - indent)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for place, row in enumerate(rows):
            made = table.add_row()
            if place == 0:
                made._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
            for cell, words, width in zip(made.cells, row.parts, widths, strict=False):
                cell.width = Mm(width)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(0)
                _add(paragraph, words.runs, bold=place == 0, size=10)
        self.document.add_paragraph(style="No Spacing")


def _widths(table: Block, whole: int) -> list[float]:
    """The widths of the columns in mm: more for those with more to say, within reason."""
    longest = [0] * max(len(row.parts) for row in table.parts)
    for row in table.parts:
        for place, cell in enumerate(row.parts):
            longest[place] = max(longest[place], sum(len(run.text) for run in cell.runs))
    shares = [min(max(length, 8), 40) for length in longest]
    return [whole * share / sum(shares) for share in shares]


def _add(paragraph: Paragraph, runs: tuple[Run, ...], *, bold: bool = False, size: int | None = None) -> None:
    for one in runs:
        run = paragraph.add_run(one.text)
        # Asked for only where it is needed: each costs as much as the words themselves.
        if bold or one.bold:
            run.bold = True
        if one.italic:
            run.italic = True
        if size is not None:
            run.font.size = Pt(size)


def _abstract(key: int, kind: str) -> Any:
    """How the lists of a kind look on each level."""
    made = element("w:abstractNum", abstractNumId=str(key))
    made.append(element("w:multiLevelType", val="multilevel"))
    for level in range(_LEVELS):
        shown = element("w:lvl", ilvl=str(level))
        shown.append(element("w:start", val="1"))
        shown.append(element("w:numFmt", val="decimal" if kind == "numbers" else "bullet"))
        shown.append(element("w:lvlText", val=f"%{level + 1}." if kind == "numbers" else _SIGNS[level % 2]))
        shown.append(element("w:lvlJc", val="left"))
        made.append(shown)
    return made


def _rule_beside(paragraph: Any) -> None:
    """Draw a line beside a paragraph of a quotation."""
    if paragraph.tag != qn("w:p") or paragraph.find(f"{qn('w:pPr')}/{qn('w:pBdr')}") is not None:
        return
    borders = OxmlElement("w:pBdr")
    borders.append(element("w:left", val="single", sz="8", space="6", color="969696"))
    paragraph.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
