"""What the guard finds: the forms of the tax agency, by its own test numbers and by property."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bra.personnummer import Finding, find, masked, numbers
from tests.bra import guard_corpus


def check_digit(nine: str) -> int:
    """The check digit by the book, reckoned another way than the code does."""
    total = 0
    for place, digit in enumerate(map(int, nine)):
        doubled = digit * 2 if place in {0, 2, 4, 6, 8} else digit
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


SEPARATORS = ["-", "+", "", " ", "\u00a0", "\u2010", "\u2011", "–", "—", "\u2212", " - ", " – "]
days = st.dates(min_value=date(1800, 1, 1), max_value=date(2099, 12, 31))
serials = st.integers(1, 999).map(lambda serial: f"{serial:03}")


@pytest.mark.parametrize("number", ["701063-2391", "19821105-9954", "090527+1474", "570574-9959"])
def test_valid_test_numbers_of_the_tax_agency_are_certain(number: str) -> None:
    assert find(f"Ring {number} i dag") == [Finding(5, 5 + len(number), certain=True)]


@pytest.mark.parametrize("number", ["870704-9996", "121120-9941"])
def test_a_wrong_check_digit_is_found_but_not_certain(number: str) -> None:
    assert find(number) == [Finding(0, len(number), certain=False)]


@pytest.mark.parametrize(
    "text",
    [
        "150916-0006",  # serial 000
        "151316-1232",  # no thirteenth month
        "150230-1232",  # no 30 February
        "150260-1232",  # 60 is day 0 of a coordination number
        "150292-1232",  # 92 is day 32
        "20150229-1232",  # not a leap year
        "17821105-9954",  # nobody of the 18th century
        "3701063-2391",  # inside a longer run of digits
        "701063-23910",
        "1198211059954",
        "701063/2391",
        "§ 77-86, BRÅ 2017/3, 2017-03-15 kl. 13.00",
        "",
    ],
)
def test_what_is_no_personnummer_is_left_alone(text: str) -> None:
    assert find(text) == []


def test_a_checksum_holds_no_personnummer() -> None:
    checksum = "226eb1403029087ab47256414c44dbd6a2451d13adbbfde596e90a2837bb6e06"
    assert find(f"SHA-256 {checksum}, hela filen") == []
    assert len(find(f"{checksum}0")) == len(find(checksum[:-1])) == 1
    assert len(find(f"{checksum} 701063-2391")) == 1


def test_29_february_without_century_is_a_day_of_some_century() -> None:
    assert [found.certain for found in find("000229-1263")] == [check_digit("000229126") == 3]


def test_several_in_a_text_are_found_in_order() -> None:
    text = "701063-2391, 870704-9996 och 198211059954."
    assert [(text[found.start : found.end], found.certain) for found in find(text)] == [
        ("701063-2391", True),
        ("870704-9996", False),
        ("198211059954", True),
    ]


def test_zero_width_characters_and_other_scripts_hide_nothing() -> None:
    assert [found.certain for found in find("701063\u200b-\u200b2391")] == [True]
    assert [found.certain for found in find("７０１０６３－２３９１")] == [True]


def test_the_same_number_in_two_forms_is_the_same() -> None:
    assert numbers("19821105-9954") == numbers("821105 9954") == {"8211059954": True}


@given(day=days, serial=serials, separator=st.sampled_from(SEPARATORS), long=st.booleans(), coordination=st.booleans())
def test_every_number_in_every_form_is_found_and_certain(
    day: date, serial: str, separator: str, long: bool, coordination: bool
) -> None:
    short = f"{day:%y%m}{day.day + 60 * coordination:02}"
    number = f"{f'{day.year // 100}' if long else ''}{short}{separator}{serial}{check_digit(short + serial)}"
    assert find(f"Anna {number}, se ovan") == [Finding(5, 5 + len(number), certain=True)]


@given(
    day=st.dates(min_value=date(1800, 1, 1), max_value=date(1999, 12, 31)),
    serial=serials,
    wrong=st.integers(1, 9),
    separator=st.sampled_from(SEPARATORS),
)
def test_a_number_with_any_other_check_digit_is_found_and_not_certain(
    day: date, serial: str, wrong: int, separator: str
) -> None:
    number = f"{day:%Y%m%d}{separator}{serial}{(check_digit(f'{day:%y%m%d}{serial}') + wrong) % 10}"
    assert find(number) == [Finding(0, len(number), certain=False)]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        # With a wrong check digit a day with an hour is a clock stamp, with a later day a range; a word says otherwise.
        ("20170315-1302", []),
        ("170315 1302", []),
        ("201703151302", []),
        ("20170315-0401", []),
        ("20170315-1360", [False]),
        ("pnr 20170315-1302", [False]),
        ("Personnummer: 170315-1302", [False]),
        ("född 20170315-1302", [False]),
        ("19170315-1302", [False]),
        ("20170315-1306", [True]),
        ("161231 2017-01-01", []),
        # Telephones, registry numbers, decimals.
        ("0701234567", []),
        ("pnr 0701234567", [False]),
        ("070123-4567", [False]),
        ("0706144920", [True]),
        ("Tel. 0706144920", []),
        ("mobil: 0706144920", []),
        ("0370-110212 0370-110213", []),
        ("0370-110212 1370", [False]),
        ("+4611123456", []),
        ("2011059543", []),
        ("201105-9543", [False]),
        ("57.8206713029", [True]),
        ("57.8206713028", []),
    ],
)
def test_what_is_told_apart_from_a_mistyped_number(text: str, asked: list[bool]) -> None:
    assert [found.certain for found in find(text)] == asked


@pytest.mark.parametrize(
    "text", ["701063  2391", "701063\t2391", "701063 -  2391", "701063-\n2391", "701063-\r\n2391", "701063〜2391"]
)
def test_wide_and_broken_separators_hide_nothing(text: str) -> None:
    assert [found.certain for found in find(text)] == [True]


def test_no_number_is_looked_for_across_lines_without_a_hyphen() -> None:
    assert find("701063\n2391") == []


def test_of_two_thousand_generated_forms_all_but_one_in_a_hundred_are_caught() -> None:
    assert len(guard_corpus.asked("personnummer")) >= 0.99 * guard_corpus.FORMS


@pytest.mark.parametrize("kind", ["dates", "registry numbers", "telephone numbers", "mobile numbers without a space"])
def test_fewer_than_one_in_a_hundred_of_what_is_something_else_is_asked_about(kind: str) -> None:
    assert len(guard_corpus.asked(kind)) < 0.01 * guard_corpus.OTHERS


def test_nine_clock_stamps_of_ten_are_told_apart() -> None:
    assert len(guard_corpus.asked("clock stamps")) < 0.11 * guard_corpus.OTHERS


@given(st.text(alphabet="0123456789-+ –åA.\u200b"))
def test_findings_lie_in_the_text_apart_from_each_other(text: str) -> None:
    end = 0
    for found in find(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ring 701063-2391 och 19821105-9954 i dag", ("Ring [x] och [x] i dag", 2)),
        ("090527+1474", ("[x]", 1)),
        ("701063 2391-1234", ("[x]-1234", 1)),
        ("KS 2016/168, 2017-03-15", ("KS 2016/168, 2017-03-15", 0)),
    ],
)
def test_masking_leaves_the_words_around_a_number(text: str, expected: tuple[str, int]) -> None:
    assert masked(text, "[x]") == expected


@pytest.mark.parametrize("sign", ["1", "\uff11", "\u0661", "1 ", "\u200b", "a", "12-", "850709-"])
def test_a_text_made_to_take_long_takes_no_longer_than_another(sign: str) -> None:
    text = sign * (200_000 // len(sign))
    began = time.perf_counter()
    find(text)
    assert time.perf_counter() - began < 2  # seconds; minutes, where each sign looks ahead to the end
