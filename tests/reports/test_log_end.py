"""Each report says where the audit log ended when it was asked for, the same in every file made of it."""

import io
import json
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from bra import history
from bra.sealing import head_of, seal
from reports import formats, lifecycle, selection
from reports.models import Format, Variant
from reports.questions import Question
from tests.make import TODAY
from tests.reports.story import DAY, Story
from tests.reports.test_workbook import told_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db: None) -> Story:
    """A council with something of everything."""
    return told_story()


END = (123, "0123456789abcdef" * 4)
SHOWN = "123 · 0123456789abcdef0123456789abcdef"


def made(question: Question, file_format: str) -> bytes:
    """The file's bytes."""
    target = io.BytesIO()
    formats.write(file_format, selection.load(question), target)
    return target.getvalue()


def words(content: bytes, file_format: str) -> str:
    """All text of a workbook's cover, or of a PDF."""
    if file_format == Format.PDF:
        return " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    cover = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return " ".join(str(cell) for row in cover.iter_rows(values_only=True) for cell in row if cell is not None)


@pytest.mark.parametrize("variant", Variant.values)
@pytest.mark.parametrize("file_format", [Format.XLSX, Format.PDF])
def test_the_end_stands_in_the_report(story: Story, file_format: str, variant: str) -> None:
    question = replace(story.ask(), variant=variant, log_end=END)
    content = made(question, file_format)
    assert SHOWN in words(content, file_format)
    assert made(question, file_format) == content
    assert SHOWN not in words(made(replace(question, log_end=(0, "")), file_format), file_format)


def test_json_has_the_whole_seal(story: Story) -> None:
    question = json.loads(made(replace(story.ask(), log_end=END), Format.JSON))["question"]
    assert question["log_end"] == {"sequence": END[0], "seal": END[1]}
    assert json.loads(made(story.ask(), Format.JSON))["question"]["log_end"] is None


def test_a_report_keeps_the_end_of_the_moment_it_was_asked_for(story: Story) -> None:
    def log(verb: str) -> None:
        about: dict[str, Any] = {"council": story.council, "target": story.council, "by": None, "on": TODAY}
        history.record(verb=verb, changes={}, **about)
        seal(story.council.pk)

    log("council.quorum")
    head = head_of(story.council.pk)
    report = lifecycle.request_report(council=story.council, question=story.ask(), by=None, on=DAY)
    log("council.quorum")
    report.refresh_from_db()
    assert lifecycle.question_of(report).log_end == (head.sequence, head.seal)
