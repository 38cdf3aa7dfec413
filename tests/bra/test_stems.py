"""Swedish stems: words are found in all their forms, in whatever case, and inside compounds."""

import pytest

from bra.text import answers, asked_stems, folded, stems


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Skola och skolorna", ["skol", "och"]),
        ("ÅTGÄRDER åtgärden a\u030atga\u0308rd", ["åtgärd"]),
        ("idé, IDE\u0301", ["idé"[:2] + "e"]),
        ("BRÅ 2017/3", ["brå", "2017", "3"]),
        ("… § – !", []),
        ("", []),
    ],
)
def test_each_stem_once_in_order(text: str, found: list[str]) -> None:
    assert stems(text) == found


def test_å_ä_ö_are_letters_of_their_own() -> None:
    assert [folded("ÅÄÖ"), folded("éÜ")] == ["åäö", "eu"]
    assert stems("får") != stems("far")


@pytest.mark.parametrize(
    ("word", "asked", "hit"),
    [
        ("klottersanering", "sanering", True),
        ("Förskolan", "skol", True),
        ("brådska", "brå", True),
        ("umbrå", "brå", False),
        ("far", "får", False),
    ],
)
def test_long_stems_are_found_inside_words_and_short_ones_as_their_beginning(word: str, asked: str, hit: bool) -> None:
    assert answers(word, asked) is hit


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("skolan", "skolor"),
        ("skolor", "skolan"),
        ("klottret", "klotter"),
        ("handlingsplan", "handlingsplanerna"),
        ("planen", "handlingsplan"),
        ("åtgärd", "A\u030atga\u0308rderna"),
    ],
)
def test_any_form_finds_any_other(asked: str, written: str) -> None:
    (word,) = stems(written)
    (stem,) = asked_stems(asked)
    assert stem in word
