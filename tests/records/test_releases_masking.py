"""What is ticked and typed is taken out of the document's data, and what stands around it stays."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import masking

GONE = "Masked: secrecy"


def sheet(**overrides: Any) -> masking.Tree:
    """A small document."""
    empty: masking.Tree = {"lang": "sv", "number": "BRÅ 2016/4", "title": "Klotter", "facts": [], "timeline": []}
    return empty | {"situation": "", "outcome": ""} | overrides


def sentences(text: str) -> list[str]:
    found = masking.parts(sheet(title="", situation=text))
    return [words for part in found for piece in part.pieces for words in piece.sentences]


def test_sentences_end_where_the_next_begins() -> None:
    assert sentences("Mötet öppnades kl. 13.03. Alla kom!  Varför?\nEn rad till: fler, t.ex. dessa.") == [
        "Mötet öppnades kl. 13.03.",
        "Alla kom!",
        "Varför?",
        "En rad till: fler, t.ex. dessa.",
    ]


def test_a_ticked_sentence_goes_and_the_rest_stays() -> None:
    tree = sheet(situation="Ett. Två. Tre. Fyra.")
    found = masking.masked(tree, {"situation": {1, 2}})
    assert (found.tree["situation"], found.masks, found.passages) == (f"Ett. [{GONE}] Fyra.", 1, ("Två.", "Tre."))
    assert masking.masked(tree, {"situation": {0, 1, 2, 3}}).tree["situation"] == GONE
    assert tree["situation"] == "Ett. Två. Tre. Fyra."


@pytest.mark.parametrize(
    ("word", "text", "left"),
    [
        ("anna berg", "Hos Anna \n Bergs bil", f"Hos [{GONE}] bil"),
        ("Bo", "Bo bor i Boden, Bos bil", f"[{GONE}] bor i Boden, [{GONE}] bil"),
        ("(a+)", "Svar (a+) här", f"Svar [{GONE}] här"),
    ],
)
def test_typed_words_go_in_any_case_and_spacing(word: str, text: str, left: str) -> None:
    assert masking.masked(sheet(situation=text), {}, [word]).tree["situation"] == left


def test_words_go_wherever_they_stand_but_what_steers_the_print_stays() -> None:
    tree = sheet(lang="sv", title="sv", timeline=[{"title": "sv", "number": "sv", "kind": "sv", "day": "sv"}])
    clear = masking.masked(tree, {}, ["sv"]).tree
    assert (clear["lang"], clear["title"], clear["timeline"][0]["title"], clear["timeline"][0]["kind"]) == (
        "sv",
        GONE,
        GONE,
        "sv",
    )


def test_words_in_two_dresses_are_one_text() -> None:
    runs = [{"text": "Hos An", "bold": False, "italic": False}, {"text": "na B", "bold": True, "italic": False}]
    tree = sheet(timeline=[{"notes": [{"kind": "paragraph", "runs": runs, "parts": [], "start": 1}]}])
    found = masking.masked(tree, {}, ["Anna B"])
    assert found.tree["timeline"][0]["notes"][0]["runs"] == [{"text": f"Hos [{GONE}]", "bold": False, "italic": False}]
    assert masking.stands_in(tree, "ann") is False
    assert masking.stands_in(tree, "anna b") is True
    assert masking.masked(tree, {}, ["x"]).tree == tree


def test_numbers_go_without_being_asked_for_and_are_not_shown() -> None:
    found = masking.masked(sheet(situation="Ring 701063-2391 nu."), {})
    assert (found.tree["situation"], found.masks, found.passages) == (f"Ring [{GONE}] nu.", 1, ("7010632391",))
    assert sentences("Ring 701063-2391 nu.") == ["Ring … nu."]


@given(st.text(max_size=200), st.sets(st.integers(0, 5)))
def test_what_is_not_chosen_is_kept_to_the_letter(text: str, places: set[int]) -> None:
    tree = sheet(title="", situation=text)
    assert masking.masked(tree, {}).masks or masking.masked(tree, {}).tree == tree
    clear = masking.masked(tree, {"situation": places})
    for passage in clear.passages:
        assert passage in text or passage.isdecimal()
