"""The search of a produced file finds what leaks into it, wherever it hides, and lets what is no secret pass."""

import io
import zipfile

import docx
import pypdf
import pytest
from openpyxl import Workbook
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

from bra import pdf
from records import verifying
from records.verifying import leaks

pytestmark = [pytest.mark.wide, pytest.mark.sqlite]

SECRET = "Gruppen träffas i källaren på Storgatan varje torsdag"


def a_pdf(text: str, title: str = "Kopia") -> bytes:
    data = {"lang": "sv", "council": "BRÅ", "title": "Kopia", "facts": [], "parts": [("Text", [text])], "page": "Sida"}
    return pdf.render("refusal.typ", data, title=title)


def changed_pdf(change: str) -> bytes:
    """A PDF without a word on its page, but with the secret in what stands around it."""
    writer = pypdf.PdfWriter(io.BytesIO(a_pdf("Inget")))
    if change == "info":
        writer.add_metadata({"/Subject": SECRET})
    elif change == "attachment":
        writer.add_attachment("bilaga.txt", SECRET.encode())
    elif change == "attachment's name":
        writer.add_attachment(f"{SECRET}.txt", b"x")
    elif change == "outline":
        writer.add_outline_item(title=SECRET, page_number=0)
    elif change == "xmp":
        stream = StreamObject()
        stream.set_data(f"<x><dc:title>{SECRET}</dc:title></x>".encode())
        stream[NameObject("/Type")] = NameObject("/Metadata")
        writer._root_object[NameObject("/Metadata")] = writer._add_object(stream)
    elif change == "hidden object":
        writer._add_object(DictionaryObject({NameObject("/Alt"): TextStringObject(SECRET)}))
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def changed_docx(change: str) -> bytes:
    document = docx.Document()
    if change == "split runs":
        paragraph = document.add_paragraph()
        for place, letter in enumerate(SECRET):
            paragraph.add_run(letter).bold = bool(place % 2)
    elif change == "comment":
        document.core_properties.comments = SECRET
    elif change == "header":
        document.sections[0].header.paragraphs[0].text = SECRET
    target = io.BytesIO()
    document.save(target)
    if change == "part":
        with zipfile.ZipFile(target, "a") as file:
            file.writestr("customXml/item9.xml", f'<a b="{SECRET}"/>')
    return target.getvalue()


def changed_xlsx(change: str) -> bytes:
    book = Workbook()
    if change == "hidden sheet":
        hidden = book.create_sheet("Dold")
        hidden["Z99"] = SECRET
        hidden.sheet_state = "veryHidden"
    elif change == "property":
        book.properties.keywords = SECRET
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


LEAKING = {
    **{
        f"pdf {change}": changed_pdf(change) for change in ("info", "attachment", "attachment's name", "outline", "xmp")
    },
    "pdf hidden object": changed_pdf("hidden object"),
    "pdf page": a_pdf(f"Först detta. {SECRET}. Sist detta."),
    "pdf broken lines": a_pdf("Ord som fyller raden. " * 7 + SECRET),
    "pdf title": a_pdf("Inget", title=SECRET),
    "pdf upper case": a_pdf(SECRET.upper()),
    "pdf hyphens": a_pdf("Gruppen träffas i käl\u00adlaren på Stor-\ngatan  varje tors\u200bdag"),
    **{f"docx {change}": changed_docx(change) for change in ("split runs", "comment", "header", "part")},
    **{f"xlsx {change}": changed_xlsx(change) for change in ("hidden sheet", "property")},
    "csv": f"a;b\r\n1;{SECRET}\r\n".encode(),
    "json": b'{"a": "Gruppen tr\\u00e4ffas i k\\u00e4llaren p\\u00e5 Storgatan varje torsdag"}',
    "utf-16": SECRET.encode("utf-16"),
}


@pytest.mark.parametrize("where", sorted(LEAKING))
def test_a_leak_is_found_wherever_it_hides(where: str) -> None:
    assert leaks(LEAKING[where], passages=[SECRET])
    assert leaks(LEAKING[where], passages=[], secrets=[f"Ingressen. {SECRET}. Mera."])


@pytest.mark.parametrize("clean", [a_pdf("Inget"), changed_docx(""), changed_xlsx(""), b"a;b\r\n"])
def test_a_clean_file_passes(clean: bytes) -> None:
    assert not leaks(clean, passages=[SECRET, "Bo"], secrets=[SECRET, "Hemlig grupp"])


def test_a_part_of_a_secret_is_found() -> None:
    leaking = a_pdf("Mötet gäller att gruppen träffas i källaren.")
    assert leaks(leaking, passages=[], secrets=[SECRET])
    assert not leaks(leaking, passages=[SECRET])


def test_ligatures_are_letters() -> None:
    assert leaks("En \ufb01nsk af\ufb01sch på väggen".encode(), passages=["finsk affisch"])


def test_a_short_passage_is_looked_for_as_a_word() -> None:
    assert not leaks(a_pdf("Boende i kommunen"), passages=["Bo"])
    assert leaks(a_pdf("Enligt Bo är det så"), passages=["Bo"])


def test_set_phrases_are_nobodys_secret() -> None:
    phrase = "Rådet beslutar att lägga informationen till handlingarna"
    paper = a_pdf(f"{phrase}.")
    assert leaks(paper, passages=[], secrets=[phrase])
    assert not leaks(paper, passages=[], secrets=[phrase], allowed=[f"{phrase}."])
    # What the handler masked is another matter: the same words elsewhere give it away.
    assert leaks(paper, passages=[phrase], allowed=[phrase])


def test_a_title_of_one_word_is_found_as_a_word() -> None:
    assert leaks(a_pdf("Om Flygbladet och mer"), passages=[], secrets=["Flygbladet"])
    assert not leaks(a_pdf("Om flygbladets text"), passages=[], secrets=["Flygbladet"])
    assert not leaks(a_pdf("Om Flygbladet"), passages=[], secrets=["Flygbladet"], allowed=["Ett flygbladet här"])


def test_files_in_files_are_opened() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("inre.docx", changed_docx("split runs"))
        file.writestr("inre.pdf", changed_pdf("info"))
    assert leaks(target.getvalue(), passages=[SECRET])
    assert verifying.squash("Käl-\nlaren!") == "källaren"
