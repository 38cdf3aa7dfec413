"""What people write in lists: headings in any order, days in many forms, states, names and roles."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.models import Status
from actions.quick import Person
from imports import reading
from imports.proposing import (
    Choices,
    Fate,
    Known,
    Lookups,
    Mend,
    People,
    Table,
    choices_of,
    days,
    plain,
    read,
    states,
    tables,
)
from imports.proposing.columns import heading_of, is_heading
from tests.imports import lists
from tests.make import TODAY

EVA, BO, SCHOOL, ANNA, PER = range(1, 6)
PEOPLE = [
    Person(EVA, "Eva Ek", "kommunpolis", "Polisen"),
    Person(BO, "Bo Ek", "Socialchef", "Socialförvaltningen"),
    Person(SCHOOL, "", "Skolchef", "Barn och utbildning"),
    Person(ANNA, "Anna-Lena Åberg", "Teknisk chef", "Tekniska kontoret"),
    Person(PER, "Per Plog", "områdespolis", "Polisen"),
]


def people() -> People:
    return People(PEOPLE)


def lookups(known: Known | None = None) -> Lookups:
    names = {one.pk: one.name or one.title for one in PEOPLE}
    return Lookups(TODAY, people(), known or Known(), lambda pk: names.get(pk, ""))


def proposed(cells: dict[int, list[Any]], **choices: Any) -> list[Any]:
    found = tables(cells, today=TODAY, is_owner=lambda text: bool(people().of(text)))
    return read(cells, Choices(tables=tuple(found), **choices), lookups())


def numbered(*rows: list[Any]) -> dict[int, list[Any]]:
    return dict(enumerate(rows, start=1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2017-05-15", date(2017, 5, 15)),
        ("2017-05-15 13:00", date(2017, 5, 15)),
        ("15/5 2017", date(2017, 5, 15)),
        ("15/5-17", date(2017, 5, 15)),
        ("15 maj 2017", date(2017, 5, 15)),
        ("den 15:e maj", date(2017, 5, 15)),
        ("15.5.2017", date(2017, 5, 15)),
        ("5/15/2017", date(2017, 5, 15)),
        ("May 15, 2017", date(2017, 5, 15)),
        ("mån 15 maj", date(2017, 5, 15)),
        ("klart senast den 15 maj", date(2017, 5, 15)),
        ("170515", date(2017, 5, 15)),
        (20170515, date(2017, 5, 15)),
        (42870, date(2017, 5, 15)),
        ("42870", date(2017, 5, 15)),
        ("maj 2017", date(2017, 5, 31)),
        ("maj -17", date(2017, 5, 31)),
        ("2017-05", date(2017, 5, 31)),
        ("15-20 maj 2017", date(2017, 5, 20)),
        ("v. 20 2017", date(2017, 5, 21)),
        ("v. 10", date(2017, 3, 12)),
        ("vecka 20-22", date(2017, 6, 4)),
        ("2017 v 20", date(2017, 5, 21)),
        ("kvartal 2 2017", date(2017, 6, 30)),
        ("2017-K2", date(2017, 6, 30)),
        ("2017", date(2017, 12, 31)),
        ("15/5", date(2017, 5, 15)),
        ("30/11", date(2016, 11, 30)),
        ("före jul", date(2017, 12, 15)),
        ("om två veckor", date(2017, 3, 29)),
        ("31/2 2017", None),
        ("hej", None),
        ("1900-01-01", None),
        (12, None),
        (float("nan"), None),
        (None, None),
    ],
)
def test_days(text: Any, day: date | None) -> None:
    found = days.read(text, TODAY)
    assert (found.day, found.ongoing) == (day, False)


@pytest.mark.parametrize("text", ["snarast", "Snarast möjligt", "löpande", "tills vidare", "ASAP", "–", "ongoing"])
def test_what_is_no_day(text: str) -> None:
    assert days.read(text, TODAY) == days.Day(ongoing=True)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Klar", (Status.DONE, False)),
        ("x", (Status.DONE, False)),
        ("ja", (Status.DONE, False)),
        (1, (Status.DONE, False)),
        ("100 %", (Status.DONE, False)),
        ("pågår", (Status.IN_PROGRESS, False)),
        ("Pågår, väntar på lokal", (Status.IN_PROGRESS, True)),
        ("50 %", (Status.IN_PROGRESS, False)),
        ("Försenad", (Status.IN_PROGRESS, True)),
        ("klar?", (Status.IN_PROGRESS, True)),
        ("Klar till sommaren", (Status.IN_PROGRESS, True)),
        ("Ej påbörjad", (Status.NOT_STARTED, False)),
        ("", (Status.NOT_STARTED, True)),
        ("6 st", (Status.NOT_STARTED, True)),
        (None, (Status.NOT_STARTED, False)),
        ("Uppskjuten", (Status.POSTPONED, False)),
        ("utgår", (Status.CANCELLED, False)),
    ],
)
def test_states(text: Any, state: tuple[str, bool]) -> None:
    found = states.read(text, TODAY)
    assert (found.status, found.unsure) == state


def test_a_state_with_its_day() -> None:
    assert states.read("Klar 2017-02-01", TODAY) == states.State(Status.DONE, closed_on=date(2017, 2, 1))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Eva Ek", (EVA,)),
        ("EVA EK, Kommunpolis", (EVA,)),
        ("Ek, Eva", (EVA,)),
        ("Eva Ek (polisen)", (EVA,)),
        ("E. Ek", (EVA,)),
        ("EE", (EVA,)),
        ("Åberg", (ANNA,)),
        ("anna lena", (ANNA,)),
        ("Skolchefen", (SCHOOL,)),
        ("tekniska kontoret", (ANNA,)),
        ("Ek", (EVA, BO)),
        ("Polisen", (EVA, PER)),
        ("Socialchef, skolchef", (BO, SCHOOL)),
        ("Bo Ek och Per", (BO, PER)),
        ("Kommunikatör", ()),
        ("", ()),
    ],
)
def test_owners(text: str, keys: tuple[int, ...]) -> None:
    assert people().of(text) == keys


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Vad ska göras", "title"),
        ("ÅTGÄRD", "title"),
        ("Uppdrag:", "title"),
        ("Vem?", "owner"),
        ("Ansvarig (roll)", "owner"),
        ("Klart\nsenast", "deadline"),
        ("Slut-datum", "deadline"),
        ("När", "deadline"),
        ("Läge", "status"),
        ("Klar", "status"),
        ("Beslutat", "agreed"),
        ("Anm.", "comment"),
        ("Resultat", "effect"),
        ("Dnr", "case"),
        ("Mål", "activity"),
        ("Nr", "ignore"),
        ("Deadline", "deadline"),
        ("Due date", "deadline"),
        ("Färg", None),
    ],
)
def test_headings(heading: str, meaning: str | None) -> None:
    assert heading_of(heading) == meaning


def test_a_row_of_content_is_no_row_of_headings() -> None:
    assert is_heading(["Nr", "Åtgärd", "Vem", None, "När"])
    assert not is_heading(["Sanera klotter", "Polisen", "Klar"])
    assert not is_heading(["Åtgärd", 3])


def test_the_legacy_list_row_by_row() -> None:
    rows = reading.read(lists.LEGACY.read_bytes()).sheets[0].rows
    found = proposed(rows)
    told = [(row.number, row.fate, row.owner, row.deadline, row.status, row.why) for row in found]
    assert told == [
        (4, Fate.NEW, ANNA, date(2016, 11, 30), Status.DONE, []),
        (5, Fate.REFUSED, None, date(2017, 2, 15), Status.IN_PROGRESS,
            ["No member is called “Kultur- och fritidschef”."]),
        (6, Fate.REFUSED, None, date(2017, 5, 15), Status.NOT_STARTED, ["“Polisen” fits 2 members: choose."]),
        (7, Fate.REFUSED, None, date(2017, 3, 12), Status.IN_PROGRESS,
            ["“Socialchef, skolchef” fits 2 members: choose."]),
        (8, Fate.REFUSED, None, None, Status.IN_PROGRESS,
            ["No member is called “Kommunikatör”.", "It has no deadline."]),
        (9, Fate.SAME, None, date(2017, 5, 15), Status.NOT_STARTED, ["The same as row 6."]),
        (10, Fate.REFUSED, None, None, Status.NOT_STARTED, ["It looks like a sum, not like an action."]),
    ]  # fmt: skip
    assert found[0].closed_on == date(2016, 11, 30)
    assert found[3].notes == ["“Försenad” is read as “In progress”.", "“v. 10” is read as 2017-03-12."]
    assert found[3].comment == "=summa saknas\nState in the list: Försenad"


def test_english_headings_in_another_order() -> None:
    rows = numbered(
        ["Action list of the council"],
        [],
        ["Due date", "Progress", "Owner", "Action item", "Notes", "Decided on"],
        ["May 15, 2017", "In progress", "Eva Ek", "Meet the parents", "room 3", "2017-01-19"],
    )
    (row,) = proposed(rows)
    assert (row.title, row.owner, row.deadline, row.status, row.comment, row.agreed_on, row.fate) == (
        "Meet the parents",
        EVA,
        date(2017, 5, 15),
        Status.IN_PROGRESS,
        "room 3",
        date(2017, 1, 19),
        Fate.NEW,
    )


def test_no_headings_at_all() -> None:
    rows = numbered(
        [
            1,
            date(2017, 1, 19).isoformat(),
            "Sanera klotter vid skolan",
            "Teknisk chef",
            "2017-04-01",
            "klar",
            "ok för alla",
        ],
        [2, "2017-01-19", "Ordna ett föräldramöte", "Eva Ek", "15/5", "pågår", "bara på kvällstid"],
        [3, "2017-02-16", "Skriva om trygghetsvandring", "Skolchef", "maj 2017", "", "kort"],
    )
    (table,) = tables(rows, today=TODAY, is_owner=lambda text: bool(people().of(text)))
    assert table == Table(
        0, {0: "ignore", 1: "agreed", 2: "title", 3: "owner", 4: "deadline", 5: "status", 6: "comment"}
    )
    assert [(row.title, row.owner, row.deadline) for row in proposed(rows)] == [
        ("Sanera klotter vid skolan", ANNA, date(2017, 4, 1)),
        ("Ordna ett föräldramöte", EVA, date(2017, 5, 15)),
        ("Skriva om trygghetsvandring", SCHOOL, date(2017, 5, 31)),
    ]


def test_two_tables_in_a_sheet() -> None:
    rows = numbered(
        ["Pågående"],
        ["Åtgärd", "Vem", "När"],
        ["Sanera klotter", "Eva Ek", "2017-04-01"],
        ["Avslutade"],
        ["Status", "Ansvarig", "Uppdrag", "Slutdatum"],
        ["klar", "Bo Ek", "Köpa lampor", "2016-12-01"],
    )
    told = [(row.number, row.title, row.owner, row.deadline, row.status, row.fate) for row in proposed(rows)]
    assert told == [
        (3, "Sanera klotter", EVA, date(2017, 4, 1), Status.NOT_STARTED, Fate.NEW),
        (4, "Avslutade", None, None, Status.NOT_STARTED, Fate.REFUSED),
        (6, "Köpa lampor", BO, date(2016, 12, 1), Status.DONE, Fate.NEW),
    ]


HEADS = ["Åtgärd", "Vem", "När", "Status", "Kommentar"]


def test_what_is_refused_and_why() -> None:
    rows = numbered(
        HEADS,
        ["a" * 301, "Eva Ek", "2017-04-01"],
        [f"Ring {reading.MASK}", "Eva Ek", "2017-04-01"],
        ["Trygghetsvandring"],
        [None, "Eva Ek", "2017-04-01"],
        ["Vandra", "Eva Ek", "snarast"],
        ["Vandra mera", "Eva Ek", "någon gång"],
    )
    assert [row.why for row in proposed(rows)] == [
        ["The text has 301 characters. At most 300 fit; write it shorter."],
        ["Something in the text is written like a personal identity number. Write it without that."],
        ["Nothing but the first words is filled in: it looks like a heading."],
        ["It doesn't say what is to be done."],
        ["“snarast” isn't a day. An action needs one."],
        ["“någon gång” can't be read as a day."],
    ]


def test_what_is_said_mends_rows() -> None:
    rows = numbered(HEADS, ["Vandra", "Polisen", "snarast"], ["a" * 301, "polisen", "2017-04-01"], ["Ut", "Eva", "1/4"])
    found = proposed(
        rows,
        owners={plain("Polisen"): PER},
        missing=date(2017, 6, 30),
        rows={3: Mend(title="Kort", owner=BO, deadline=date(2017, 5, 1)), 4: Mend(out=True)},
    )
    assert [(row.title, row.owner, row.deadline, row.fate) for row in found] == [
        ("Vandra", PER, date(2017, 6, 30), Fate.NEW),
        ("Kort", BO, date(2017, 5, 1), Fate.NEW),
        ("Ut", EVA, date(2017, 4, 1), Fate.OUT),
    ]
    assert found[0].comment == "Deadline in the list: snarast"


def test_an_action_has_one_owner_and_the_other_is_not_forgotten() -> None:
    rows = numbered(HEADS, ["Vandra", "Skolchef och rektor", "2017-05-01"])
    (row,) = proposed(rows)
    assert (row.owner, row.fate, row.comment) == (SCHOOL, Fate.NEW, "Owner in the list: Skolchef och rektor")


def test_a_new_deadline_for_what_is_overdue_keeps_the_old_one_in_words() -> None:
    rows = numbered(HEADS, ["A", "Eva Ek", "2016-11-30", "pågår"], ["B", "Eva Ek", "2016-11-30", "klar"])
    late, done = proposed(rows, overdue=date(2017, 4, 30))
    assert (late.deadline, late.agreed_on, late.comment) == (
        date(2017, 4, 30),
        TODAY,
        "Deadline in the list: 2016-11-30",
    )
    assert (done.deadline, done.agreed_on, done.closed_on) == (date(2016, 11, 30),) * 3


def test_what_the_council_has_already() -> None:
    rows = numbered(HEADS, ["Sanera  KLOTTER", "Eva Ek", "2017-04-01"], ["Nytt", "Eva Ek", "2017-04-01"])
    found = tables(rows, today=TODAY, is_owner=lambda text: True)
    known = Known(actions=frozenset({(plain("Sanera klotter"), EVA, date(2017, 4, 1))}))
    assert [row.fate for row in read(rows, Choices(tables=tuple(found)), lookups(known))] == [Fate.SAME, Fate.NEW]
    fingerprint = proposed(rows)[1].fingerprint
    known = Known(rows=frozenset({fingerprint}))
    assert [row.fate for row in read(rows, Choices(tables=tuple(found)), lookups(known))] == [Fate.NEW, Fate.SAME]


def test_choices_are_read_back() -> None:
    choices = Choices(
        1, (Table(3, {0: "title"}),), {"eva": 1}, {4: Mend("a", 1, TODAY), 5: Mend(out=True)}, "item:3", TODAY, TODAY
    )
    assert choices_of(choices.as_json()) == choices


CELLS = st.none() | st.text(max_size=30) | st.integers() | st.floats() | st.sampled_from(
    ["Åtgärd", "Vem", "När", "Klar", "15/5", "v. 53", "2017-02-30", "0/0-0", "Eva Ek", "99:e maj 0", "k4 0000"]
)  # fmt: skip


@given(CELLS)
def test_no_cell_is_too_strange(cell: Any) -> None:
    day = days.read(cell, TODAY).day
    assert day is None or days.EARLIEST <= day < days.LATEST
    assert states.read(cell, TODAY).status in Status.values


@given(st.dictionaries(st.integers(1, 50), st.lists(CELLS, min_size=1, max_size=8), max_size=12))
def test_no_list_is_too_strange(rows: dict[int, list[Any]]) -> None:
    found = proposed(rows)
    assert all(row.title and row.owner and row.deadline for row in found if row.fate == Fate.NEW)
    assert all(row.agreed_on <= row.deadline for row in found if row.deadline)
