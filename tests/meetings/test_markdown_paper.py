"""Notes in Markdown on paper: lists, bold and tables are that in both files, as on the page, and all else is text."""

import io
import re
from typing import Any

import docx
import pypdf
import pytest

from bra import markdown
from meetings.documents.content import Block, Paper, Run
from meetings.documents.docx import as_docx
from meetings.documents.pdf import as_pdf
from meetings.documents.prose import blocks
from meetings.documents.selection import paper_of
from meetings.models import AgendaItem, MeetingState
from tests import make
from tests.cast import Cast

NOTES = """Läget är **lugnt** men *följs*.
Andra raden.

- Klotter
- Polisen:
  - januari
  - mars

> Sagt av *rektorn*

7. Sjunde
8. Åttonde

Organisation\tAntal
Polisen\t**3**

Läs <https://www.bra.se/rapporter>"""


def words(*runs: tuple[str, bool, bool] | str) -> Block:
    return Block("paragraph", tuple(Run(run) if isinstance(run, str) else Run(*run) for run in runs))


def test_notes_become_blocks() -> None:
    item = [Block("item", parts=(words(text),)) for text in ("Klotter", "januari", "mars", "Sjunde", "Åttonde")]
    inner = Block("bullets", parts=(item[1], item[2]))
    assert blocks(NOTES) == (
        words("Läget är ", ("lugnt", True, False), " men ", ("följs", False, True), ".\nAndra raden."),
        Block("bullets", parts=(item[0], Block("item", parts=(words("Polisen:"), inner)))),
        Block("quote", parts=(words("Sagt av ", ("rektorn", False, True)),)),
        Block("numbers", parts=(item[3], item[4]), start=7),
        Block(
            "table",
            parts=(
                Block("row", parts=(Block("cell", (Run("Organisation"),)), Block("cell", (Run("Antal"),)))),
                Block("row", parts=(Block("cell", (Run("Polisen"),)), Block("cell", (Run("3", True),)))),
            ),
        ),
        words("Läs https://www.bra.se/rapporter"),
    )


def minutes_with(cast: Cast, notes: str) -> Paper:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    item = make.make_item(meeting, title="Punkt")
    AgendaItem.objects.filter(pk=item.pk).update(notes=notes)
    return paper_of(meeting, cast.secretary)


def pdf_text(paper: Paper) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(as_pdf(paper))).pages)


def squeezed(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def tags_of(content: bytes) -> set[str]:
    """The kinds of structure that a tagged PDF names."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, dict):
            found.add(str(node.get("/S", "")))
            below = node.get("/K", [])
            for child in below if isinstance(below, list) else [below]:
                walk(child)

    root: Any = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]
    walk(root["/StructTreeRoot"])
    return found


@pytest.mark.django_db
def test_the_pdf_tags_lists_quotations_and_tables_and_stays_accessible(cast: Cast) -> None:
    content = as_pdf(minutes_with(cast, NOTES))
    assert {"/L", "/LI", "/BlockQuote", "/Table", "/TH", "/Strong", "/Em"} - tags_of(content) == set()
    assert (b"pdfuaid" in content, b"pdfaid" in content) == (True, True)
    assert "7. Sjunde" in " ".join(pdf_text(minutes_with(cast, NOTES)).split())


@pytest.mark.django_db
def test_the_word_file_has_real_lists_and_a_header_row(cast: Cast) -> None:
    document = docx.Document(io.BytesIO(as_docx(minutes_with(cast, NOTES))))
    properties: list[tuple[str, Any]] = [(paragraph.text, paragraph._p.pPr) for paragraph in document.paragraphs]
    listed = {text: int(own.numPr.ilvl.val) for text, own in properties if own is not None and own.numPr is not None}
    assert listed == {"Klotter": 0, "Polisen:": 0, "januari": 1, "mars": 1, "Sjunde": 0, "Åttonde": 0}
    dressed = {run.text: (run.bold, run.italic) for p in document.paragraphs for run in p.runs if run.text in NOTES}
    assert (dressed["lugnt"], dressed["följs"]) == ((True, None), (None, True))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["Organisation", "Antal"], ["Polisen", "3"]]
    assert "<w:tblHeader/>" in table._tbl.xml
    numbering = document.part.numbering_part.element.xml
    assert re.findall(r'<w:startOverride w:val="(\d+)"', numbering) == ["7"]


HOSTILE = [
    '#panic("x") #sys.inputs #let a = 1; *[fet]* $x^2$ = Rubrik @ref <etikett> // bort',
    '- ]#[ } { \\ " \' ` ~ /* */ <h>\n- #import "x"\n\n> = $ @a <b> #c',
    "</w:t></w:r><w:r><w:t>&amp; <![CDATA[ ]]> <!-- x -->",
    "{page} {pages} %(x)s %s {0} ${x}",
    "# Rubrik\n\n---\n\n```\nkod\n```\n\n![bild](http://x/y.png) [länk](javascript:alert(1)) <script>x</script>",
    "a|b\n|# $|<x>|\n~~struket~~ ==x== ^^ [^1] :-) \t slut",
    "> " * 40 + "längst in",
    "- " * 40 + "längst in",
    "1. " * 40 + "längst in",
]


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE)
def test_all_else_is_printed_as_it_was_typed(cast: Cast, text: str) -> None:
    paper = minutes_with(cast, text)
    shown = re.sub(r"<[^>]*>", "", markdown.render(text)).replace("&lt;", "<").replace("&gt;", ">")
    expected = squeezed(shown.replace("&quot;", '"').replace("&amp;", "&"))
    assert squeezed("".join(run.text for run in runs_of(paper.points[0].notes))) == expected
    letters = "".join(re.findall(r"\w", expected))
    assert letters in "".join(re.findall(r"\w", pdf_text(paper)))
    document = docx.Document(io.BytesIO(as_docx(paper)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert expected in squeezed("".join([*(p.text for p in document.paragraphs), *cells]))


def runs_of(found: tuple[Block, ...]) -> list[Run]:
    return [run for block in found for run in (*block.runs, *runs_of(block.parts))]


def test_what_lies_too_deep_is_text_and_not_lost() -> None:
    text = "> " * 40 + "längst in"
    assert blocks(text) == (words(text),)
    assert "längst in" in markdown.render(text)


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["- rad **x** med ord\n" * 10_000, "x" * 1_000_000, "ord och *ord* igen " * 55_000, "a\tb\n" * 2_000, "[" * 50_000],
    ids=["list", "one word", "emphasis", "table", "brackets"],
)
def test_a_note_of_a_megabyte_is_printed(cast: Cast, text: str) -> None:
    paper = minutes_with(cast, text)
    assert as_pdf(paper).startswith(b"%PDF")
    document = docx.Document(io.BytesIO(as_docx(paper)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert squeezed(text) in squeezed("".join([*(p.text for p in document.paragraphs), *cells]))
