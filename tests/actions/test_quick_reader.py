"""Quick entry as it is read: what is understood, and that nothing typed is ever lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.quick import ActionLine, DecisionLine, Person, StateLine, day, matching, paragraphs, read, unmarked

TODAY = date(2017, 3, 15)
PEOPLE = [
    Person(1, "Eva Ek", "kommunpolis", "Polisen"),
    Person(2, "Stig Berg", "lokalpolisområdeschef", "Polisen"),
    Person(3, "", "rektor", "Barn- och utbildningsförvaltningen"),
    Person(4, "Åsa Öberg", "fältsekreterare", "Socialförvaltningen"),
]


def said(line: str) -> object:
    return read(line, today=TODAY, people=PEOPLE)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (
            "! Polisen: föräldramöte om klotter senast 2017-05-15",
            ActionLine("föräldramöte om klotter", "Polisen", (1, 2), "senast 2017-05-15", date(2017, 5, 15)),
        ),
        (
            "!rektor: sanera väggen om två veckor.",
            ActionLine("sanera väggen", "rektor", (3,), "om två veckor.", date(2017, 3, 29)),
        ),
        ("! åsa: ring skolan", ActionLine("ring skolan", "åsa", (4,))),
        ("! Beställ: klotterskydd", ActionLine("Beställ: klotterskydd")),
        ("! Träff kl 13:00", ActionLine("Träff kl 13:00")),
        ("! läsa sidan 3/4", ActionLine("läsa sidan 3/4")),
        ("! ring senast 31/2", ActionLine("ring senast 31/2")),
        ("! ring senast 2017-02-30", ActionLine("ring senast 2017-02-30")),
        ("! ring senast i går", ActionLine("ring senast i går")),
        ("! Polisen:", ActionLine("", "Polisen", (1, 2))),
        ("Ett löst papper", ActionLine("Ett löst papper")),
        ("", ActionLine("")),
        ("§ Planen sänds till kommunstyrelsen.", DecisionLine("Planen sänds till kommunstyrelsen.")),
        ("§ bordlägg: Frågan tas i maj", DecisionLine("Frågan tas i maj", "tabled", "bordlägg")),
        ("§ Återremittera: mer underlag", DecisionLine("mer underlag", "referred_back", "Återremittera")),
        ("§ till handlingarna: rapporten", DecisionLine("rapporten", "filed", "till handlingarna")),
        ("§ bordlägg", DecisionLine("", "tabled", "bordlägg")),
        ("§ Notera: bordlägg", DecisionLine("Notera: bordlägg")),
        (": bordlägg", StateLine("tabled")),
        (": Behandlad.", StateLine("treated")),
        (": något annat", ActionLine(": något annat")),
    ],
)
def test_a_line_is_read(line: str, meant: object) -> None:
    assert said(line) == meant


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("2017-05-15", date(2017, 5, 15)),
        ("2016-05-15", date(2016, 5, 15)),  # with its year it is what it says
        ("15/5", date(2017, 5, 15)),
        ("15/3", date(2017, 3, 15)),
        ("14/3", date(2018, 3, 14)),  # passed this year, so next year's
        ("15/5 2019", date(2019, 5, 15)),
        ("29/2", date(2020, 2, 29)),
        ("15 maj", date(2017, 5, 15)),
        ("den 15:e maj 2018", date(2018, 5, 15)),
        ("1 jan.", date(2018, 1, 1)),
        ("om 10 dagar", date(2017, 3, 25)),
        ("om en månad", date(2017, 4, 15)),
        ("in two weeks", date(2017, 3, 29)),
        ("i morgon", date(2017, 3, 16)),
        ("före sommaren", date(2017, 6, 15)),
        ("innan årsskiftet", date(2017, 12, 31)),
        ("32/1", None),
        ("om några veckor", None),
        ("0000-01-01", None),
        ("15 möten", None),
    ],
)
def test_a_day_is_read(words: str, meant: date | None) -> None:
    assert day(words, TODAY) == meant


def test_a_month_is_as_long_as_it_is() -> None:
    assert day("om en månad", date(2017, 1, 31)) == date(2017, 2, 28)


def test_owners_are_found_by_name_role_or_organisation() -> None:
    found = {text: matching(text, PEOPLE) for text in ("polisen", "Eva", "eva ek", "EK", "barn", "ö", "  ", "okänd")}
    assert found == {
        "polisen": (1, 2),
        "Eva": (1,),
        "eva ek": (1,),
        "EK": (1,),
        "barn": (3,),
        "ö": (),
        "  ": (),
        "okänd": (),
    }


PIECES = st.sampled_from(
    [
        *(
            "!",
            "§",
            ":",
            "Polisen",
            "Polisen:",
            "rektor:",
            "senast",
            "om",
            "två",
            "veckor",
            "2017-05-15",
            "31/2",
            "15/5",
        ),
        *("15", "maj", "före", "sommaren", "bordlägg", "bordlägg:", "9999-12-31", "om 999 månader", "\n", "²", "١٥/٥"),
    ]
)
LINES = st.one_of(st.text(max_size=120), st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=9).map(" ".join))


def bare(text: str) -> str:
    return "".join(text.split())


@given(LINES, st.dates())
def test_whatever_is_typed_nothing_is_lost(line: str, today: date) -> None:
    read_line = read(line, today=today, people=PEOPLE)
    typed = bare(line)
    if isinstance(read_line, ActionLine):
        owner = f"{read_line.owner_text}:" if read_line.owner_text else ""
        kept = bare(owner + read_line.title + read_line.deadline_text)
        assert kept == typed or f"!{kept}" == typed
        assert (read_line.deadline is None) == (read_line.deadline_text == "")
    elif isinstance(read_line, DecisionLine):
        head = bare(read_line.kind_text)
        assert typed in {f"§{head}{colon}{bare(read_line.text)}" for colon in (":", "")}
    else:
        assert typed.startswith(":")


@given(st.text(max_size=200))
def test_notes_are_cut_into_paragraphs_without_loss(notes: str) -> None:
    assert bare("".join(paragraphs(notes))) == bare(notes)


def test_points_of_a_list_are_paragraphs_of_their_own() -> None:
    assert paragraphs("Skolan berättar.\nMer.\n\n- ring\n- skriv\n  brev") == [
        "Skolan berättar.\nMer.",
        "- ring",
        "- skriv\nbrev",
    ]
    assert unmarked("- ring 2. gången") == "ring 2. gången"
