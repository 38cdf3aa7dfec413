"""Notes in simple Markdown: what is dressed, and that nothing in them is ever run or lost."""

import re
import time
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bra.markdown import pasted, render


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Två\nrader", "<p>Två<br>\nrader</p>\n"),
        ("**fet** och *kursiv*", "<p><strong>fet</strong> och <em>kursiv</em></p>\n"),
        ("- ett\n- två", "<ul>\n<li>ett</li>\n<li>två</li>\n</ul>\n"),
        ("2017. Året", '<ol start="2017">\n<li>Året</li>\n</ol>\n'),
        ("# 5 är sagt", "<p># 5 är sagt</p>\n"),
        ("Rubrik\n---", "<p>Rubrik<br>\n---</p>\n"),
        ("    indraget", "<p>indraget</p>\n"),
        ("&lt; och `x` & y", "<p>&amp;lt; och `x` &amp; y</p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("![bild](http://example.org/x.png)", "<p>![bild](http://example.org/x.png)</p>\n"),
        ("[klicka](javascript:alert(1))", "<p>[klicka](javascript:alert(1))</p>\n"),
        (
            "<https://example.org/>",
            '<p><a href="https://example.org/" rel="noopener noreferrer nofollow">https://example.org/</a></p>\n',
        ),
    ],
)
def test_what_is_shown_of_notes(typed: str, shown: str) -> None:
    assert render(typed) == shown


def test_a_table_pasted_from_a_word_processor_is_a_table() -> None:
    typed = "Före\nPlats\tAntal | fall\r\nSkolan\t3\r\nTorget\nEfter"
    assert re.findall(r"<(?:th|td)>(.*?)</", render(typed)) == ["Plats", "Antal | fall", "Skolan", "3"]
    assert pasted("Plats\x07Antal\r\x07Skolan\x073\r\x07") == "Plats\tAntal\nSkolan\t3\n"
    assert pasted("a\x0bb\xa0c\u200bd\x00\r\ne") == "a\nb cd\ne"
    assert render("En\tflik") == "<p>En flik</p>\n"


PLAIN = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "a"}
HOSTILE = st.text(st.sampled_from("<>&\"'`*_[]()!|\t\n\\#- aå:/x=;jscriptonerror"), max_size=80)


@given(HOSTILE)
def test_no_text_becomes_anything_but_plain_elements(typed: str) -> None:
    html = render(typed)
    for name, attributes in re.findall(r"<(/?\w+)([^<>]*)>", html):
        assert name.lstrip("/") in PLAIN
        names = set(re.findall(r"(?:^|\s)([a-z]+)=\"", attributes))
        assert names <= {"href", "rel", "start"}
    assert not re.search(r'href="(?!https?:|mailto:|[^":]*")', html)


@given(st.text(st.characters(whitelist_categories=["L", "N"], whitelist_characters=" \n.,"), max_size=80))
def test_every_word_is_still_there(typed: str) -> None:
    words = unescape(re.sub(r"<ol start=\"(\d+)\">", r"\1.", re.sub(r"<(?!ol start)[^>]*>", " ", render(typed))))
    letters = [sign for sign in typed if sign.isalpha()]
    assert [sign for sign in words if sign.isalpha()] == letters


@pytest.mark.parametrize("unit", ["> ", "- ", "[", "*a **b ", "|a|b|\n", "<", "a\t", "a\tb\n"])
def test_long_hostile_notes_are_shown_quickly(unit: str) -> None:
    begun = time.process_time()
    render((unit * 50_000)[:50_000])
    assert time.process_time() - begun < 5
