"""PDF files: data is data, a fault in a template is told, and an odd text costs no more than a standard."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import typst

from bra import pdf
from bra.models import STOCKHOLM

MADE = datetime(2017, 3, 15, 13, tzinfo=STOCKHOLM)
HEAD = '#set document(title: sys.inputs.title)\n#set text(lang: "sv")\n#let data = json(bytes(sys.inputs.data))\n'


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write a template where templates are read, and return its name."""
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)

    def write(text: str) -> str:
        (tmp_path / "page.typ").write_text(text, encoding="utf-8")
        return "page.typ"

    return write


def standards(content: bytes) -> tuple[bool, bool]:
    """Whether the file says that it follows PDF/UA, and PDF/A."""
    return b"pdfuaid:part" in content, b"pdfaid:part" in content


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ('Hej #panic("x") *å*', (True, True)),
        ("\ue000", (True, False)),  # PDF/A wants no letters that everybody may invent
        ("\uffff", (False, False)),  # no font has it
    ],
)
def test_an_odd_text_costs_a_standard_not_the_file(template: Any, text: str, follows: tuple[bool, bool]) -> None:
    content = pdf.render(template(HEAD + "= Rubrik\n#data.text"), {"text": text}, title="Titel", made=MADE)
    assert standards(content) == follows


@pytest.mark.parametrize("fault", ["#panic()", "#data.missing", '#image("/etc/passwd")', "== Level skipped", "#("])
def test_a_fault_in_a_template_is_told(template: Any, fault: str) -> None:
    with pytest.raises(typst.TypstError):
        pdf.render(template(HEAD + fault), {"text": "x"}, title="Titel", made=MADE)


def test_a_template_without_a_title_is_at_fault(template: Any) -> None:
    with pytest.raises(typst.TypstError, match="title"):
        pdf.render(template("= Rubrik"), {}, title="Titel", made=MADE)


def test_the_same_arguments_give_the_same_bytes(template: Any) -> None:
    name = template(HEAD + "= Rubrik\n#data.text")
    files = {pdf.render(name, {"text": "x"}, title="Titel", made=MADE) for _time in range(2)}
    assert len(files) == 1


def test_a_moment_within_a_second_is_that_second(template: Any) -> None:
    name = template(HEAD + "= Rubrik")
    made = MADE.replace(microsecond=123456)
    assert pdf.render(name, {}, title="Titel", made=made) == pdf.render(name, {}, title="Titel", made=MADE)
