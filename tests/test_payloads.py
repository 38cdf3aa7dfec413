"""Three hundred payloads in every text of every row: in what pages and files are made of them they stay text."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from tests.filling import Filled
from tests.payloads import LONGEST, PAYLOADS
from tests.test_doors import cast, report_file

pytestmark = [pytest.mark.django_db]
__all__ = ["cast", "report_file"]  # the fixtures of the doors

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def filled(cast: Cast, report_file: Callable[[str], Any]) -> Filled:
    """The council with payloads in every text."""
    return Filled(cast, report_file)


def test_there_are_three_hundred_of_them() -> None:
    assert len(set(PAYLOADS)) >= 300
    assert [one for one in PAYLOADS if len(one) > LONGEST] == []


def test_every_script_of_a_template_has_a_nonce() -> None:
    """Without one the browser doesn't run it, and what the page promises isn't there."""
    scripts = [
        (path.name, tag)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for tag in re.findall(r"<script\b[^>]*>", path.read_text(encoding="utf-8"))
    ]
    assert [(name, tag) for name, tag in scripts if 'nonce="{{ csp_nonce }}"' not in tag] == []


def test_fill(filled: Filled) -> None:
    assert filled.filler.given >= set(PAYLOADS)
