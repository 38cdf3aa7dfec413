"""The workbook: exactly the rows, texts that stay texts, the same bytes for the same question."""

import hashlib
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from actions import lifecycle, plan_lifecycle
from actions.models import Action, Status, WorkPlan
from bra.models import Council
from reports import marks, selection, status, workbook
from reports.questions import Question, plan_so_far
from reports.selection import LeftOut, StatusData
from reports.workbook.texts import LONGEST_TEXT, cell_text
from tests import make
from tests.reports.story import DAY, Story, make_story
from tests.reports.test_status import row

pytestmark = [pytest.mark.wide, pytest.mark.sqlite]

TABLES = [
    "Mal",
    "Fordelning",
    "Aktiviteter",
    "Atgarder",
    "Arenden",
    "Extremism",
    "Moten",
    "Manader",
    "Forandringar",
    "Statusord",
]
FIRST_ROW = 5


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def table_rows(content: bytes, name: str) -> list[tuple[Any, ...]]:
    """The values of a native table, its header left out."""
    for sheet in opened(content).worksheets:
        if name in sheet.tables:
            values = [tuple(cell.value for cell in cells) for cells in sheet[sheet.tables[name].ref]]
            return values[1:]
    return []


def swedish(*words: object) -> list[str]:
    with translation.override("sv"):
        return [str(word) for word in words]


def told_story() -> Story:
    """A story with something on every sheet."""
    story = make_story(make.make_council(name="BRÅ Granby & Berga"))
    topic = make.make_topic(story.council, name="Extremism", extremism=True)
    case = make.make_case(story.council, title="Flygblad", topics=[topic])
    item = story.meet(date(2017, 1, 16), topics=[topic], case=case)
    story.agree(date(2017, 1, 16), item=item, title="Sanera klottret")
    done = story.agree(date(2017, 1, 16), item=item, owner=story.owners[1], activity=None)
    lifecycle.report_done(action=done, by=story.secretary, on=date(2017, 2, 1), effect="Lugnare kvällar")
    story.agree(date(2017, 3, 2), owner=story.owners[2], activity=story.activities[2])
    return story


@pytest.fixture
def story(db: None) -> Story:
    return told_story()


@pytest.fixture
def content(story: Story) -> bytes:
    return workbook.build(selection.load(story.ask()))


def test_the_action_table_holds_exactly_the_rows(story: Story, content: bytes) -> None:
    data = selection.load(story.ask())
    done, todo = swedish(Status.DONE.label, Status.NOT_STARTED.label)
    with translation.override("sv"):
        yes, no, outside = _("Yes"), _("No"), _("Outside the plan")
    numbers = [action.meeting_number for action in data.actions]
    pks = [action.pk for action in data.actions]
    signs = [marks.mark(story.council.slug, pk, version) for pk, version in zip(pks, (0, 1, 0), strict=True)]
    first, third = story.activities[0], story.activities[2]
    jan, mar = datetime(2017, 1, 16), datetime(2017, 3, 2)  # noqa: DTZ001 - a cell's date has no zone
    text = "Prata med fastighetsägaren"
    owners = [owner.label for owner in story.owners]
    assert table_rows(content, "Atgarder") == [
        (pks[0], "Sanera klottret", todo, yes, 28, datetime(2017, 2, 15), owners[0], "Polisen", "1 Mål 1",  # noqa: DTZ001 - as above
         first.code, numbers[0], None, jan, None, None, None, signs[0]),
        (pks[1], text, done, no, None, datetime(2017, 2, 15), owners[1], "Åsens skola", outside,  # noqa: DTZ001 - as above
         None, numbers[1], None, jan, datetime(2017, 2, 1), "Lugnare kvällar", None, signs[1]),  # noqa: DTZ001 - as above
        (pks[2], text, todo, no, None, datetime(2017, 4, 1), owners[2], "Åsens skola", "2 Mål 2",  # noqa: DTZ001 - as above
         third.code, numbers[2], None, mar, None, None, None, signs[2]),
    ]  # fmt: skip


@pytest.mark.django_db
def test_outcomes_and_targets_are_those_of_the_day_and_removed_ones_are_gone() -> None:
    story = make_story()
    share = make.make_indicator(story.activities[0], name="Andel", target_by=date(2017, 6, 30))
    for day, number in ((DAY - timedelta(days=30), 20), (DAY, 60), (DAY + timedelta(days=1), 90)):
        make.make_outcome(share, on=day, number=number)
    count = make.make_indicator(story.activities[0], kind="count", name="Antal", unit="möten")
    make.make_outcome(count, removed=True, on=DAY)
    make.make_outcome(make.make_indicator(story.activities[1], removed=True))

    def cells(as_of: date) -> list[tuple[Any, ...]]:
        content = workbook.build(selection.load(story.ask(as_of=as_of)))
        return [cells[-2:] for cells in table_rows(content, "Aktiviteter")]

    with translation.override("sv"):
        none, by = _("nothing noted"), _("%(target)s by %(day)s") % {"target": "80 %", "day": "2017-06-30"}
    target = f"Andel: {by}"
    assert cells(DAY) == [(f"Andel: 60 % ({DAY}); Antal: {none}", target), (None, None), (None, None)]
    before = DAY - timedelta(days=1)
    assert cells(before)[0] == (f"Andel: 20 % ({DAY - timedelta(days=30)}); Antal: {none}", target)


@pytest.mark.django_db
def test_actions_of_an_activity_taken_out_of_the_plan_are_outside_it() -> None:
    story = make_story()
    action = story.agree(DAY - timedelta(days=20))
    lifecycle.report_done(action=action, by=story.secretary, on=DAY)
    kept = story.agree(DAY - timedelta(days=20), activity=story.activities[2])
    plan_lifecycle.remove_goal(goal=story.activities[0].goal, by=story.secretary, on=DAY)
    data = selection.load(story.ask())
    found = {row.pk: row.activity for row in data.actions}
    assert found == {action.pk: None, kept.pk: story.activities[2].pk}
    assert [(goal and goal.label, counts.total) for goal, counts in data.figures.goals] == [("1 Mål 2", 1), (None, 1)]


def test_the_summary_holds_the_figures_as_values(story: Story, content: bytes) -> None:
    with translation.override("sv"):
        outside, total = _("Outside the plan"), _("Total")
    assert table_rows(content, "Mal") == [
        # done, in progress, not started, postponed, cancelled, total, open, overdue, share
        ("1 Mål 1", 0, 0, 1, 0, 0, 1, 1, 1, 0),
        ("2 Mål 2", 0, 0, 1, 0, 0, 1, 1, 0, 0),
        (outside, 1, 0, 0, 0, 0, 1, 0, 0, 1),
    ]
    sheet = opened(content).worksheets[1]
    assert [cell.value for cell in sheet[8]] == [total, 1, 0, 2, 0, 0, 3, 2, 1, pytest.approx(1 / 3)]


def test_each_sheet_has_title_explanation_one_table_and_a_printed_page(content: bytes) -> None:
    book = opened(content)
    cover, *sheets = book.worksheets
    assert [list(sheet.tables) for sheet in sheets] == [[name] for name in TABLES]
    assert list(cover.tables) == []
    for sheet in book.worksheets:
        assert isinstance(sheet["A1"].value, str)
        assert isinstance(sheet["A2"].value, str)
        assert sheet.merged_cells.ranges == set()
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1 if sheet is cover else 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
        assert "&P" in sheet.oddFooter.right.text
    for sheet in sheets:
        assert sheet.print_title_rows == "$4:$4"
        assert sheet.freeze_panes in ("A5", "C5")
        headers = [cell.value for cell in sheet[4] if cell.value]
        (table,) = sheet.tables.values()
        assert [column.name for column in table.tableColumns] == headers
        assert len(set(headers)) == len(headers)
        assert table.autoFilter is None or table.autoFilter.ref == table.ref
        assert sheet.auto_filter.ref is None
    assert book.active is cover
    assert cover.sheet_view.selection[0].activeCell == "A1"


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_word_of_a_header_is_broken(story: Story, language: str) -> None:
    book = opened(workbook.build(selection.load(replace(story.ask(), language=language))))
    broken = [
        (sheet.title, cell.value)
        for sheet in book.worksheets[1:]
        for cell in sheet[4]
        # Bold letters and the indent take the place of some more.
        if max(map(len, cell.value.split())) * 1.1 + 2 > sheet.column_dimensions[cell.column_letter].width
    ]
    assert broken == []


def test_the_kind_of_a_change_is_not_broken(content: bytes) -> None:
    sheet = next(sheet for sheet in opened(content).worksheets if "Forandringar" in sheet.tables)
    with translation.override("sv"):
        longest = len(_("Taken up again"))
    assert longest * 1.1 + 2 < sheet.column_dimensions["A"].width


def test_two_charts_that_one_page_holds_are_not_printed_on_two(content: bytes) -> None:
    sheet = next(sheet for sheet in opened(content).worksheets if "Fordelning" in sheet.tables)
    assert [found.id for found in sheet.row_breaks.brk] == []


def test_both_readers_find_the_same_cells(content: bytes) -> None:
    def plain(value: Any) -> Any:
        """A cell's value as both readers can give it: a day without its midnight, nothing as an empty text."""
        if isinstance(value, datetime):
            return value.date()
        return "" if value is None else value

    theirs = CalamineWorkbook.from_filelike(BytesIO(content))
    for sheet in opened(content).worksheets:
        rows = theirs.get_sheet_by_name(sheet.title).to_python()
        width = len(rows[0])
        ours = [[plain(value) for value in values[:width]] for values in sheet.iter_rows(values_only=True)]
        assert [[plain(value) for value in values] for values in rows] == ours


HOSTILE = [
    '=HYPERLINK("http://example.org","klicka")',
    "+46 70 123 45 67",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "0705",
    "KS 2016/168",
    "#N/A",
    "1e5",
    "2017-03-15",
    "Klotter 🎨 på väggen 👩‍👩‍👧‍👦",
    "_x0041_ är ingen kod",
    "a\nb",
    "<b>&amp;</b>",
    "  blanka  ",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_a_text_whatever_it_looks_like(story: Story, text: str) -> None:
    data = with_title(story, text)
    cell = title_cell(workbook.build(data))
    assert (cell.data_type, cell.value.replace("_x005F_", "_")) == ("s", text)
    assert bool(cell.quotePrefix) is text.startswith(("=", "+", "-", "@", "\t"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x0bc\x1f", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}"),
        ("\ud800 halv", "\N{REPLACEMENT CHARACTER} halv"),
        ("rad 1\r\nrad 2\rrad 3", "rad 1\nrad 2\nrad 3"),
        ("\uffff", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_a_cell_cannot_hold_is_marked(story: Story, text: str, shown: str) -> None:
    assert title_cell(workbook.build(with_title(story, text))).value == shown


@pytest.mark.parametrize("text", ["å" * 40_000, "🎨" * 20_000])
def test_a_text_that_is_too_long_is_cut_where_one_sees_it(story: Story, text: str) -> None:
    value = title_cell(workbook.build(with_title(story, text))).value
    with translation.override("sv"):
        mark = " … [" + _("cut: the whole text is in the application") + "]"
    units = len(value.encode("utf-16-le")) // 2
    assert LONGEST_TEXT - 1 <= units <= LONGEST_TEXT
    assert value == text[: len(value) - len(mark)] + mark


def test_a_text_of_just_the_limit_is_kept_whole() -> None:
    assert cell_text("å" * LONGEST_TEXT) == "å" * LONGEST_TEXT


def with_title(story: Story, text: str) -> StatusData:
    """The data of the story with one action of that title."""
    data = selection.load(story.ask())
    fields = {name: getattr(data, name) for name in StatusData.__slots__}
    return StatusData(**fields | {"actions": (row(title=text),)})


def title_cell(content: bytes) -> Any:
    return opened(content).worksheets[4].cell(FIRST_ROW, 2)


def test_the_cover_says_what_is_shown_and_what_is_left_out(story: Story) -> None:
    story.agree(date(2017, 1, 20), item=story.meet(date(2017, 1, 20), restricted=True), title="Fjolårskvasten")
    counting = replace(story.ask(), counts_left_out=True)
    cover = opened(workbook.build(selection.load(counting))).worksheets[0]
    facts = {label.value: value.value for label, value in cover.iter_rows(min_row=4, max_col=2)}
    with translation.override("sv"):
        left_out = _("Restricted matter: %(what)s. It is not included in any figure.") % {
            "what": ngettext("%(n)d action", "%(n)d actions", 1) % {"n": 1}
        }
        assert facts[_("Left out")] == left_out
        assert facts[_("As of")] == datetime(2017, 3, 15)  # noqa: DTZ001 - a cell's date has no zone
        assert facts[_("Actions")] is not None


def test_the_cover_leads_to_every_sheet_and_says_how_many_rows_it_has(content: bytes) -> None:
    cover, *sheets = opened(content).worksheets
    links = {cells[0].value: (cells[0].hyperlink.location, cells[2].value) for cells in cover if cells[0].hyperlink}
    assert links == {
        sheet.title: (f"'{sheet.title}'!A1", sum(len(sheet[table.ref]) - 1 for table in sheet.tables.values()))
        for sheet in sheets
    }


def test_restricted_text_is_nowhere_in_the_file(story: Story) -> None:
    case = make.make_case(story.council, title="Fjolårskvasten", situation="Fjolårskvasten", restricted=True)
    topic = make.make_topic(story.council, extremism=True)
    item = story.meet(date(2017, 1, 20), restricted=True, title="Fjolårskvasten", case=case, topics=[topic])
    secret = story.agree(date(2017, 1, 20), item=item, title="Fjolårskvasten")
    lifecycle.report_done(action=secret, by=story.secretary, on=date(2017, 2, 1), effect="Fjolårskvasten")
    content = workbook.build(selection.load(story.ask()))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert [name for name in archive.namelist() if b"kvasten" in archive.read(name)] == []


def test_an_empty_plan_opens_with_words_instead_of_empty_tables(db: None) -> None:
    plan = make.make_plan(make.make_council())
    content = workbook.build(selection.load(plan_so_far(plan, DAY)))
    for sheet in opened(content).worksheets[1:-1]:
        assert list(sheet.tables) == []
        assert [cell.value is not None for cell in sheet["A"]] == [True, True, False, True]


def test_charts_have_titles_alternative_texts_and_their_figures(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        drawings = [etree.fromstring(archive.read(f"xl/drawings/drawing{n}.xml")) for n in (1, 2, 3)]
        chart = etree.fromstring(archive.read("xl/charts/chart1.xml"))
    named = [element.attrib for drawing in drawings for element in drawing.iter("{*}cNvPr")]
    with translation.override("sv"):
        titles = [
            _("Actions per goal, by status"),
            _("Open and overdue actions per organisation"),
            _("Overdue actions by age of delay"),
            _("Open and closed actions over time"),
        ]
        goal = _("%(goal)s: %(done)d of %(total)d done") % {"goal": "1 Mål 1", "done": 0, "total": 1}
    assert [found["name"] for found in named] == titles
    assert goal in named[0]["descr"]
    cached = [[v.text for v in cache.iter("{*}v")] for cache in chart.iter("{*}numCache")]
    assert cached == [["0", "0", "1"], ["0", "0", "0"], ["1", "1", "0"], ["0", "0", "0"], ["0", "0", "0"]]
    categories = next(chart.iter("{*}cat"))
    assert [v.text for v in categories.iter("{*}v")][:2] == ["1 Mål 1", "2 Mål 2"]
    assert len(list(chart.iter("{*}title"))) == 3  # the chart's own and both axes'
    assert [d.get("val") for d in chart.iter("{*}delete")] == ["0", "0"]


def test_the_lines_over_time_have_their_figures_beside_them(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        chart = etree.fromstring(archive.read("xl/charts/chart4.xml"))
    months = [row for row in table_rows(content, "Manader") if row[0] >= "2017-01"]
    assert [(row[0], row[1].date(), *row[2:]) for row in months] == [
        # counted to, agreed, closed, open, closed in all
        ("2017-01", date(2017, 1, 31), 2, 0, 2, 0),
        ("2017-02", date(2017, 2, 28), 0, 1, 1, 1),
        ("2017-03", DAY, 1, 0, 2, 1),
    ]
    cached = [[v.text for v in cache.iter("{*}v")] for cache in chart.iter("{*}numCache")]
    assert [values[-3:] for values in cached] == [["2", "1", "2"], ["0", "1", "1"]]


def test_the_changes_are_those_since_the_previous_report(story: Story) -> None:
    by = {"by": story.secretary, "on": date(2017, 2, 20)}
    todo, done, new = Action.objects.order_by("pk")
    lifecycle.postpone(action=todo, until=date(2017, 5, 1), **by)
    lifecycle.reopen(action=done, **by)
    data = selection.load(Question(story.plan, story.plan.starts, DAY, DAY, previous=date(2017, 2, 10)))
    told = [(change.kind.value, change.action.pk) for change in data.changes]
    assert told == [("slipped", todo.pk), ("reopened", done.pk), ("new", new.pk)]
    with translation.override("sv"):
        words = [_(word) for word in ("Put off", "Taken up again", "New")]
    rows = table_rows(workbook.build(data), "Forandringar")
    assert [(row[0], row[1], row[8]) for row in rows] == [
        (words[0], todo.pk, 75),
        (words[1], done.pk, None),
        (words[2], new.pk, None),
    ]


def test_the_status_column_takes_its_choices_from_a_range(content: bytes) -> None:
    book = opened(content)
    actions, lists = book.worksheets[4], book.worksheets[-1]
    validation = actions.data_validations.dataValidation[0]
    assert (validation.type, str(validation.sqref)) == ("list", "C5:C7")
    assert validation.formula1 == f"'{lists.title}'!$A$5:$A$9"
    assert [cell.value for (cell,) in lists["A5:A9"]] == swedish(*Status.labels)
    assert set(book.defined_names) == {"Rapportdag", "Statuslista"}
    assert named_cell(book, "Rapportdag").value == datetime(2017, 3, 15)  # noqa: DTZ001 - a cell's date has no zone


def named_cell(book: openpyxl.Workbook, name: str) -> Any:
    ((title, place),) = book.defined_names[name].destinations
    sheet = book[title]
    assert isinstance(sheet, Worksheet)
    return sheet[place]


def test_the_properties_name_the_council_and_the_language(content: bytes) -> None:
    found = opened(content).properties
    midnight = datetime(2017, 3, 15)  # noqa: DTZ001 - the format's times have no zone
    assert (found.creator, found.lastModifiedBy, found.language) == (
        "BRÅ Granby & Berga",
        "BRÅ Granby & Berga",
        "sv-SE",
    )
    assert (found.created, found.modified) == (midnight, midnight)


def test_the_same_question_gives_the_same_bytes(story: Story, content: bytes) -> None:
    assert workbook.build(selection.load(story.ask())) == content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2017, 3, 15, 0, 0, 0)}


def invented() -> StatusData:
    """Rows of a council that no database has."""
    plan = WorkPlan(name="2016-2017", starts=date(2016, 1, 1), ends=date(2017, 12, 31))
    plan.council = Council(name="BRÅ", slug="bra")
    rows = tuple(row(pk=n, title=f"Åtgärd {n}", organisation=f"Del {n % 3}") for n in range(20))
    tally = status.Tally(DAY)
    tally.add_all(rows)
    figures = tally.figures((), (), ["Del 0", "Del 1", "Del 2"])
    question = Question(plan, plan.starts, DAY, DAY)
    return StatusData(question, (), (), rows, (), (), (), figures, LeftOut(0, 0, 0), "")


ELSEWHERE = """
import hashlib, django
django.setup()
from reports import workbook
from tests.reports.test_workbook import invented
print(hashlib.sha256(workbook.build(invented())).hexdigest())
"""


@pytest.mark.service
@pytest.mark.parametrize(
    "place",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4711", "TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONOPTIMIZE": "1"},
    ],
)
def test_another_process_elsewhere_gives_the_same_bytes(place: dict[str, str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ | place | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == hashlib.sha256(workbook.build(invented())).hexdigest()


def test_a_thousand_actions_take_a_moment(story: Story) -> None:
    data = selection.load(story.ask())
    fields = {name: getattr(data, name) for name in StatusData.__slots__}
    many = tuple(row(pk=n, deadline=DAY - timedelta(days=n % 90)) for n in range(1000))
    told: list[int] = []
    begun = time.process_time()
    target = BytesIO()
    workbook.write(StatusData(**fields | {"actions": many}), target, progress=told.append)
    content = target.getvalue()
    took = time.process_time() - begun
    assert len(table_rows(content, "Atgarder")) == 1000
    assert told == [200, 400, 600, 800, 1000]
    # 0.3 s of processor time was measured; the bound only catches a mistake of another order.
    assert took < 3
