"""The paper as DOCX, with real headings, header rows and language, so that it can be read aloud and worked on."""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from meetings.documents.content import Addition, Paper, Point, Table
from meetings.documents.docx_prose import Prose, element

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"  # every word processor has it, or one of the same widths
_GREY = RGBColor(0x5A, 0x5A, 0x5A)
_REGIONS = {"sv": "sv-SE", "en": "en-GB"}
_LEFT_OUT = ("/thumbnail", "/customXml", "/stylesWithEffects")
# The oldest day that a zip file knows: the same paper gives the same bytes whenever it is made.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_SIZES = {"Normal": 11, "No Spacing": 11, "Heading 1": 22, "Heading 2": 14, "Heading 3": 12, "Heading 4": 11}
_WIDTH = 160  # mm between the margins
_INSET = 14  # mm that the text of an item stands in


def as_docx(paper: Paper) -> bytes:
    """Return the file. The same paper gives the same bytes."""
    document = Document()
    _style(document, paper)
    _properties(document, paper)
    _running(document, paper)
    for place, words in enumerate(paper.letterhead):
        run = document.add_paragraph(style="No Spacing").add_run(words)
        run.bold, run.font.color.rgb = place == 0, None if place == 0 else _GREY
    document.add_heading(paper.title, 1)
    for remark in filter(None, (paper.caution, *paper.remarks)):
        document.add_paragraph().add_run(remark).bold = True
    for name, value in paper.facts:
        _fact(document, name, value)
    if paper.attendance is not None:
        document.add_heading(paper.words.attendance, 2)
        _table(document, paper.attendance, (36, 45, 51, 28) if len(paper.attendance.columns) == 4 else (60, 65, 35))
    if paper.points:
        document.add_heading(paper.words.items, 2)
    prose = Prose(document)
    for point in paper.points:
        _point(document, point, prose)
    _ending(document, paper)
    return _bytes(document)


def _ending(document: DocxDocument, paper: Paper) -> None:
    """Where to sign, or who has signed, and what was corrected since."""
    if paper.signatures:
        _signatures(document, paper)
    if paper.addenda:
        document.add_heading(paper.words.addenda, 2)
    for addition in paper.addenda:
        _addition(document, addition)
    if paper.signed or paper.seal:
        _signed(document, paper)


def _style(document: DocxDocument, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(25)
    for name, size in _SIZES.items():
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:cs"), FONT)
        if name.startswith("Heading"):
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(size), Pt(size / 3)
            style.font.italic = False
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    normal.paragraph_format.space_after = Pt(6)
    language = _REGIONS.get(paper.language, paper.language)
    for found in document.styles.element.iter(qn("w:lang")):
        found.set(qn("w:val"), language)
    normal.element.get_or_add_rPr().append(element("w:lang", val=language))


def _properties(document: DocxDocument, paper: Paper) -> None:
    core = document.core_properties
    core.title, core.author = f"{paper.title}, {paper.council}"[:255], paper.council
    core.language = _REGIONS.get(paper.language, paper.language)
    core.created = core.modified = paper.made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    core.last_modified_by, core.comments, core.revision = paper.council, "", 1
    for found in document.settings.element.iter(qn("w:themeFontLang")):
        found.set(qn("w:val"), core.language)
    # The library's own template brings a picture of an empty page, a bibliography and styles of Word 2010.
    package = document.part.package
    assert package is not None
    for rels in (package.rels, document.part.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.endswith(_LEFT_OUT)]:
            del rels[key]


def _running(document: DocxDocument, paper: Paper) -> None:
    """Council, document and page on top of each page, the footer at its foot."""
    section = document.sections[0]
    top = section.header.paragraphs[0]
    draft = f" · {paper.draft.upper()}" if paper.draft else ""
    top.style = document.styles["Normal"]
    top.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    _small(top, f"{paper.council}{draft}\t{paper.running} · ")
    before, _, rest = paper.words.page.partition("{page}")
    between, _, after = rest.partition("{pages}")
    _small(top, before)
    _field(top, "PAGE")
    _small(top, between)
    _field(top, "NUMPAGES")
    _small(top, after)
    if paper.footer:
        _small(section.footer.paragraphs[0], paper.footer)


def _small(paragraph: Paragraph, words: str) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.color.rgb = Pt(9), _GREY


def _field(paragraph: Paragraph, code: str) -> None:
    field = element("w:fldSimple", instr=code)
    run = paragraph.add_run("1")
    run.font.size, run.font.color.rgb = Pt(9), _GREY
    field.append(run._r)
    paragraph._p.append(field)


def _fact(document: DocxDocument, name: str, value: str) -> None:
    paragraph = document.add_paragraph(style="No Spacing")
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(35))
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Mm(35), Mm(-35)
    paragraph.add_run(f"{name}\t").font.color.rgb = _GREY
    paragraph.add_run(value)


def _point(document: DocxDocument, point: Point, prose: Prose) -> None:
    heading = document.add_heading("", 3)
    heading.paragraph_format.tab_stops.add_tab_stop(Mm(_INSET))
    heading.paragraph_format.left_indent, heading.paragraph_format.first_line_indent = Mm(_INSET), Mm(-_INSET)
    heading.add_run(f"{point.number}\t")
    heading.add_run(point.title).italic = point.masked
    if point.facts:
        _small(_indented(document.add_paragraph()), " · ".join(point.facts))
    prose.write(point.notes, indent=_INSET)
    for ruling in point.rulings:
        _indented(document.add_heading(f"{ruling.number}  {ruling.kind}", 4))
        _paragraphs(document, ruling.text)
    if point.agreed is not None:
        _table(document, point.agreed, (68, 54, 24), indent=_INSET)


def _paragraphs(document: DocxDocument, texts: Iterable[str]) -> None:
    for text in texts:
        _indented(document.add_paragraph()).add_run(text)


def _indented(paragraph: Paragraph) -> Paragraph:
    paragraph.paragraph_format.left_indent = Mm(_INSET)
    return paragraph


def _table(document: DocxDocument, data: Table, widths: tuple[int, ...], indent: int = 0) -> None:
    """A table whose first row is repeated on each page and told as its headings; `widths` and `indent` in mm."""
    table = document.add_table(rows=0, cols=len(data.columns))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    table._tbl.tblPr.append(element("w:tblInd", w=str(round(indent * 56.7)), type="dxa"))
    borders = OxmlElement("w:tblBorders")
    for edge in ("w:bottom", "w:insideH"):
        borders.append(element(edge, val="single", sz="4", space="0", color="969696"))
    table._tbl.tblPr.append(borders)
    margins = OxmlElement("w:tblCellMar")
    margins.append(element("w:left", w="0", type="dxa"))
    table._tbl.tblPr.append(margins)
    for index, row in enumerate((data.columns, *data.rows)):
        made = table.add_row()
        properties = made._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if index == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, words, width in zip(made.cells, row, widths, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            run = paragraph.add_run(words)
            run.font.size, run.bold = Pt(10), index == 0
    document.add_paragraph(style="No Spacing")


def _signatures(document: DocxDocument, paper: Paper) -> None:
    document.add_heading(paper.words.signatures, 2)
    for left, words in enumerate(paper.signatures, start=1 - len(paper.signatures)):
        space = document.add_paragraph()
        space.paragraph_format.space_before, space.paragraph_format.keep_with_next = Pt(26), True
        space.add_run("_" * 36)
        label = document.add_paragraph(words, style="No Spacing")
        label.paragraph_format.keep_with_next = left < 0  # all signatures on one page


def _addition(document: DocxDocument, addition: Addition) -> None:
    document.add_heading("", 3).add_run(addition.heading).italic = addition.masked
    for text in addition.text:
        document.add_paragraph().add_run(text).italic = addition.masked


def _signed(document: DocxDocument, paper: Paper) -> None:
    """Who signed, and what: on one page."""
    document.add_heading(paper.words.signed, 2)
    rows = [*((words, False) for words in paper.signed), *((words, True) for words in paper.seal)]
    for left, (words, small) in enumerate(rows, start=1 - len(rows)):
        paragraph = document.add_paragraph(style="No Spacing")
        paragraph.paragraph_format.keep_with_next = left < 0
        if small:
            _small(paragraph, words)
        else:
            paragraph.add_run(words)


def _bytes(document: DocxDocument) -> bytes:
    """The file, packed anew with one day for all its parts."""
    made, packed = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
