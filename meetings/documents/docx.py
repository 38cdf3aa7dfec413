"""The paper as DOCX, with real headings, header rows and language, so that it can be read aloud and worked on."""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from meetings.documents.content import Paper, Point, Table

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Cambria"
_GREY = RGBColor(0x5A, 0x5A, 0x5A)
_REGIONS = {"sv": "sv-SE", "en": "en-GB"}
# The oldest day that a zip file knows: the same paper gives the same bytes whenever it is made.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_SIZES = {"Normal": 11, "Title": 22, "Heading 1": 22, "Heading 2": 14, "Heading 3": 12, "Heading 4": 11}
_WIDTH = 160  # mm between the margins


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
    for remark in paper.remarks:
        document.add_paragraph().add_run(remark).bold = True
    for name, value in paper.facts:
        _fact(document, name, value)
    if paper.attendance is not None:
        document.add_heading(paper.words.attendance, 2)
        _table(document, paper.attendance, (40, 45, 45, 30) if len(paper.attendance.columns) == 4 else (60, 65, 35))
    if paper.points:
        document.add_heading(paper.words.items, 2)
    for point in paper.points:
        _point(document, point)
    if paper.signatures:
        _signatures(document, paper)
    return _bytes(document)


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
        if name != "Normal":
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(size), Pt(size / 3)
            style.font.italic = False
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    normal.paragraph_format.space_after = Pt(6)
    language = _REGIONS.get(paper.language, paper.language)
    for found in document.styles.element.iter(qn("w:lang")):
        found.set(qn("w:val"), language)
    _language(normal.element.get_or_add_rPr(), language)


def _language(properties: object, language: str) -> None:
    tag = OxmlElement("w:lang")
    tag.set(qn("w:val"), language)
    properties.append(tag)  # type: ignore[attr-defined]  # an lxml element, which python-docx doesn't type


def _properties(document: DocxDocument, paper: Paper) -> None:
    core = document.core_properties
    core.title, core.author, core.language = (
        f"{paper.title}, {paper.council}"[:255],
        paper.council,
        _REGIONS.get(paper.language, paper.language),
    )
    core.created = core.modified = paper.made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    core.last_modified_by, core.comments, core.keywords, core.subject, core.category, core.revision = (
        paper.council,
        "",
        "",
        "",
        "",
        1,
    )
    # The library's own template brings a picture of an empty page.
    package = document.part.package
    assert package is not None
    for key in [key for key, rel in package.rels.items() if rel.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del package.rels[key]


def _running(document: DocxDocument, paper: Paper) -> None:
    """Council, document and page on top of each page, the footer at its foot."""
    section = document.sections[0]
    top = section.header.paragraphs[0]
    draft = f" · {paper.draft.upper()}" if paper.draft else ""
    _small(top, f"{paper.council}{draft}")
    _small(top, f"\n{paper.running} · ")
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
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
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


def _point(document: DocxDocument, point: Point) -> None:
    heading = document.add_heading("", 3)
    heading.paragraph_format.tab_stops.add_tab_stop(Mm(14))
    heading.paragraph_format.left_indent, heading.paragraph_format.first_line_indent = Mm(14), Mm(-14)
    heading.add_run(f"{point.number}\t")
    heading.add_run(point.title).italic = point.masked
    if point.facts:
        _small(_indented(document.add_paragraph()), " · ".join(point.facts))
    _paragraphs(document, point.notes)
    for ruling in point.rulings:
        _indented(document.add_heading(f"{ruling.number}  {ruling.kind}", 4))
        _paragraphs(document, ruling.text)
    if point.agreed is not None:
        _table(document, point.agreed, (70, 48, 28), indent=14)


def _paragraphs(document: DocxDocument, texts: Iterable[str]) -> None:
    for text in texts:
        _indented(document.add_paragraph()).add_run(text)


def _indented(paragraph: Paragraph) -> Paragraph:
    paragraph.paragraph_format.left_indent = Mm(14)
    return paragraph


def _table(document: DocxDocument, data: Table, widths: tuple[int, ...], indent: int = 0) -> None:
    """A table whose first row is repeated on each page and told as its headings; `widths` and `indent` in mm."""
    table = document.add_table(rows=0, cols=len(data.columns), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.LEFT
    if indent:
        place = OxmlElement("w:tblInd")
        place.set(qn("w:w"), str(round(indent * 56.7)))
        place.set(qn("w:type"), "dxa")
        table._tbl.tblPr.append(place)
    for index, row in enumerate((data.columns, *data.rows)):
        properties = (made := table.add_row())._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if index == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, words, width in zip(made.cells, row, widths, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            run = paragraph.add_run(words)
            run.font.size, run.bold = Pt(10), index == 0
    document.add_paragraph(style="No Spacing")


def _signatures(document: DocxDocument, paper: Paper) -> None:
    document.add_heading(paper.words.signatures, 2)
    for words in paper.signatures:
        space = document.add_paragraph()
        space.paragraph_format.space_before, space.paragraph_format.keep_with_next = Pt(26), True
        space.add_run("_" * 36)
        document.add_paragraph(style="No Spacing").add_run(words)


def _bytes(document: DocxDocument) -> bytes:
    """The file, packed anew with one day for all its parts."""
    made, packed = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
