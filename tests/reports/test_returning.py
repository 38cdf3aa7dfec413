"""A working copy that comes back: what it changes, what it can't, and that it is all or nothing, and can be undone."""

import shutil
import subprocess
import zipfile
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from actions import lifecycle
from actions.models import Action, Comment, Status
from actions.sentences import sentences_of
from bra.errors import RuleBroken
from bra.models import HistoryEntry
from meetings.models import AgendaItem
from reports import marks, returning, selection
from reports.models import Language, Report, ReportKind, ReturnedAction, ReturnedFile, ReturnState, Variant
from reports.returning import Fate
from reports.sentences import lines_of
from tests import make
from tests.cast import Cast
from tests.imports import lists
from tests.make import TODAY
from tests.reports.filled import changed, content_of, filled_in, report_of, table_of, taken_in, taken_up
from tests.reports.story import Story, make_story

pytestmark = [pytest.mark.django_db, pytest.mark.wide]

AGREED = date(2017, 1, 16)


@pytest.fixture
def story(cast: Cast) -> Story:
    return make_story(cast.council)


@pytest.fixture
def action(story: Story) -> Action:
    return story.agree(AGREED, title="Sanera klottret")


@pytest.fixture
def report(cast: Cast, story: Story, action: Action) -> Report:
    return report_of(story, cast.coordinator)


def preview(returned: ReturnedFile) -> returning.Preview:
    return returning.preview(returned, member=returned.by, on=TODAY)


def told(row: returning.Row) -> list[tuple[str, str, str]]:
    return [(change.label, change.old, change.new) for change in row.changes]


def row_of(cast: Cast, report: Report, filled: dict[Action, dict[str, Any]]) -> returning.Row:
    """The one row of the preview that isn't unchanged."""
    returned = taken_up(report, filled_in(content_of(report), filled), cast.coordinator)
    (row,) = [row for row in preview(returned).rows if row.fate != Fate.SAME]
    return row


def test_what_is_filled_in_becomes_what_the_verbs_would_do(cast: Cast, story: Story, report: Report) -> None:
    done = Action.objects.get()
    begun = story.agree(AGREED, title="Byta lampor")
    ended = story.agree(AGREED, title="Grillkväll")
    untouched = story.agree(AGREED, title="Trygghetsvandring")
    content = filled_in(
        content_of(report),
        {
            done: {"Status": "Done", "Closed": date(2017, 3, 1), "What it led to": "Lugnare", "Comment": "Tack vare X"},
            begun: {"Status": "in progress"},
            ended: {"Status": "Cancelled", "Comment": "Ingen vill"},
        },
    )
    returned = taken_up(report, content, cast.coordinator)
    found = preview(returned)
    assert found.counts == {"changed": 3, "conflict": 0, "refused": 0, "same": 1}
    assert [told(row) for row in found.of(Fate.CHANGED)] == [
        [
            ("Status", "Not started", "Done"),
            ("Closed", "", "2017-03-01"),
            ("What it led to", "", "Lugnare"),
            ("Comment", "", "Tack vare X"),
        ],
        [("Status", "Not started", "In progress")],
        [("Status", "Not started", "Cancelled"), ("Closed", "", "2017-03-15"), ("Comment", "", "Ingen vill")],
    ]
    assert taken_in(returned, cast.coordinator) == 3
    fields = ("title", "status", "closed_on", "effect", "version")
    assert list(Action.objects.order_by("pk").values_list(*fields)) == [
        ("Sanera klottret", Status.DONE, date(2017, 3, 1), "Lugnare", 1),
        ("Byta lampor", Status.IN_PROGRESS, None, "", 1),
        ("Grillkväll", Status.CANCELLED, TODAY, "", 1),
        ("Trygghetsvandring", Status.NOT_STARTED, None, "", 0),
    ]
    assert list(Comment.objects.order_by("pk").values_list("action", "author", "text")) == [
        (done.pk, cast.coordinator.pk, "Tack vare X"),
        (ended.pk, cast.coordinator.pk, "Ingen vill"),
    ]
    returned.refresh_from_db()
    assert (returned.state, returned.rows, returned.unchanged, returned.left_out) == ("applied", {}, 1, 0)
    assert not ReturnedAction.objects.filter(action=untouched).exists()


def test_history_says_through_which_report(cast: Cast, report: Report, action: Action) -> None:
    filled = {action: {"Status": "Done", "Comment": "Bra"}}
    taken_in(taken_up(report, filled_in(content_of(report), filled), cast.coordinator), cast.coordinator)
    done, commented = HistoryEntry.objects.filter(target_type="action", changes__has_key="report").order_by("pk")
    assert (done.verb, done.changes["report"], done.actor) == ("action.done", [None, report.pk], cast.coordinator)
    assert (commented.verb, commented.changes["report"]) == ("action.commented", [None, report.pk])
    newest = sentences_of(action, cast.coordinator)[0]
    assert newest.what == f"reported as done (through report {report.pk})"
    # What is done afterwards comes through nothing.
    lifecycle.reopen(action=action, by=cast.coordinator, on=TODAY)
    assert sentences_of(action, cast.coordinator)[0].what == "reopened"


def test_the_history_of_reports_tells_it(cast: Cast, report: Report, action: Action) -> None:
    returned = taken_up(report, filled_in(content_of(report), {action: {"Status": "Done"}}), cast.coordinator)
    taken_in(returned, cast.coordinator)
    returning.undo(returned=returned, by=cast.coordinator, on=TODAY)
    told = [line.what for line in lines_of(HistoryEntry.objects.filter(target_type="report").order_by("pk"))]
    assert [words.partition(" (")[0] for words in told] == [
        "took the filled-in report as of – in: 1 action changed",
        "put back what the filled-in report as of – changed: 1 action",
    ]


def test_a_follow_up_comes_back_too(cast: Cast, report: Report, action: Action) -> None:
    report.kind = ReportKind.FOLLOW_UP
    filled = {action: {"Status": "Done", "Closed": date(2017, 3, 1), "Comment": "Bra"}}
    returned = taken_up(report, filled_in(content_of(report), filled), cast.coordinator)
    assert told(preview(returned).rows[0]) == [
        ("Status", "Not started", "Done"),
        ("Closed", "", "2017-03-01"),
        ("Comment", "", "Bra"),
    ]
    assert taken_in(returned, cast.coordinator) == 1


def test_an_effect_can_be_told_afterwards(cast: Cast, story: Story, report: Report, action: Action) -> None:
    lifecycle.report_done(action=action, by=cast.secretary, on=TODAY, effect="Lugnare")
    filled = {action: {"What it led to": "Lugnare kvällar"}}
    returned = taken_up(report, filled_in(content_of(report), filled), cast.coordinator)
    (row,) = preview(returned).rows
    assert told(row) == [("What it led to", "Lugnare", "Lugnare kvällar")]
    assert taken_in(returned, cast.coordinator) == 1
    action.refresh_from_db()
    assert (action.effect, action.status) == ("Lugnare kvällar", Status.DONE)
    assert sentences_of(action, cast.coordinator)[0].what == f"told what it led to (through report {report.pk})"


def test_a_line_break_that_excel_escapes_is_a_line_break(cast: Cast, report: Report, action: Action) -> None:
    """What is pasted from other programs of Windows has a return before each line feed."""
    returned = taken_up(
        report, filled_in(content_of(report), {action: {"Comment": "ett_x000D_\ntvå"}}), cast.coordinator
    )
    assert taken_in(returned, cast.coordinator) == 1
    assert Comment.objects.get().text == "ett\ntvå"


def test_a_swedish_file_is_filled_in_and_read_in_swedish(cast: Cast, story: Story, action: Action) -> None:
    report = report_of(story, cast.coordinator, language=Language.SWEDISH)
    with translation.override("sv"):
        filled: dict[Action, dict[str, Any]] = {action: {gettext("Status"): str(Status.DONE.label)}}
        filled[action][gettext("What it led to")] = "Lugnare"
    returned = taken_up(report, filled_in(content_of(report), filled), cast.coordinator)
    assert taken_in(returned, cast.coordinator) == 1
    action.refresh_from_db()
    assert (action.effect, action.status) == ("Lugnare", Status.DONE)


@pytest.mark.parametrize("effect", ["=SUMMA(A1)", "rad\nrad", "  yttre  ", "_x0041_", "820101-0015 är ett klockslag"])
def test_what_nobody_touched_is_no_change(cast: Cast, report: Report, action: Action, effect: str) -> None:
    lifecycle.report_done(action=action, by=cast.secretary, on=TODAY, effect=effect)
    returned = taken_up(report, content_of(report), cast.coordinator)
    assert preview(returned).counts == {"changed": 0, "conflict": 0, "refused": 0, "same": 1}


TOO_LONG = "“What it led to” is too long: at most 2000 characters can be taken in."
REFUSALS: list[tuple[dict[str, Any], list[str]]] = [
    ({"Status": "Kanske"}, ["“Kanske” isn't a status. Choose one of the words in the list."]),
    ({"Status": "Postponed"}, ["Postponing needs a new deadline. Do it on the action's page."]),
    ({"Status": "Cancelled"}, ["Say in the comment why it is cancelled."]),
    ({"Status": "Done", "Closed": "snarast"}, ["“snarast” isn't a day. Write it as 2017-05-15."]),
    (
        {"Status": "Done", "Closed": date(2017, 3, 16)},
        ["The action can't have been closed in the future: today is 2017-03-15."],
    ),
    (
        {"Status": "Done", "Closed": date(2017, 1, 15)},
        ["The action can't have been closed before it was agreed, 2017-01-16."],
    ),
    ({"Closed": date(2017, 3, 1)}, ["There is a new day of closing, but the status isn't “Done”."]),
    ({"What it led to": "Lugnare"}, ["What it led to is told when the action is done."]),
    ({"Status": "Done", "What it led to": "x" * 2001}, [TOO_LONG]),
    ({"Comment": "=1+1"}, ["A cell holds a formula. Write the value itself."]),
    (
        {"Comment": "Ring 19820101-0015"},
        ["“Comment” holds what looks like a personal identity number. Take it out."],
    ),
    (
        {"Version": "0-bbb"},
        ["The ID or the version isn't the one that was sent out, so it can't be told which action is meant."],
    ),
    (
        {"ID": 999_999},
        ["The ID or the version isn't the one that was sent out, so it can't be told which action is meant."],
    ),
]


@pytest.mark.parametrize(("cells", "why"), REFUSALS)
def test_what_cannot_be_taken_in_is_refused_with_its_reason(
    cast: Cast, report: Report, action: Action, cells: dict[str, Any], why: list[str]
) -> None:
    row = row_of(cast, report, {action: cells})
    assert (row.fate, row.why) == (Fate.REFUSED, why)
    stored = str(ReturnedFile.objects.get().rows)
    assert "0015" not in stored
    with pytest.raises(RuleBroken, match="1 row is refused"):
        taken_in(ReturnedFile.objects.get(), cast.coordinator)
    action.refresh_from_db()
    assert action.version == 0


def test_what_is_begun_cannot_become_not_started(cast: Cast, report: Report, action: Action) -> None:
    lifecycle.start(action=action, by=cast.secretary, on=TODAY)
    row = row_of(cast, report, {action: {"Status": "Not started"}})
    assert row.why == ["What has been begun can't become not started."]


def test_a_closed_action_can_be_taken_up_again_but_not_closed_anew(cast: Cast, report: Report, action: Action) -> None:
    lifecycle.report_done(action=action, by=cast.secretary, on=date(2017, 3, 1))
    row = row_of(cast, report, {action: {"Closed": date(2017, 3, 2)}})
    assert row.why == ["The action was closed on 2017-03-01 already."]
    returned = taken_up(report, filled_in(content_of(report), {action: {"Status": "In progress"}}), cast.coordinator)
    assert told(preview(returned).rows[0]) == [
        ("Status", "Done", "In progress"),
        ("Closed", "2017-03-01", ""),
    ]
    assert taken_in(returned, cast.coordinator) == 1
    action.refresh_from_db()
    assert (action.status, action.closed_on) == (Status.IN_PROGRESS, None)


# What has moved on


def test_an_action_that_moved_on_is_left_out_unless_it_is_chosen(cast: Cast, report: Report, action: Action) -> None:
    content = filled_in(content_of(report), {action: {"Status": "Done", "What it led to": "Lugnare"}})
    lifecycle.start(action=action, by=cast.secretary, on=TODAY)
    returned = taken_up(report, content, cast.coordinator)
    (row,) = preview(returned).rows
    assert row.fate == Fate.CONFLICT
    assert [(change.label, change.old, change.new) for change in row.moved] == [
        ("Status", "Not started", "In progress")
    ]
    assert told(row)[0] == ("Status", "In progress", "Done")
    with pytest.raises(RuleBroken, match="No row of the file changes anything"):
        taken_in(returned, cast.coordinator)
    returned = returning.choose(returned=returned, taken={row.number: True}, by=cast.coordinator)
    assert taken_in(returned, cast.coordinator) == 1
    action.refresh_from_db()
    assert (action.status, action.effect) == (Status.DONE, "Lugnare")


def test_an_untouched_row_of_an_action_that_moved_on_is_no_change(cast: Cast, report: Report, action: Action) -> None:
    content = content_of(report)
    lifecycle.report_done(action=action, by=cast.secretary, on=TODAY, effect="Lugnare")
    lifecycle.reopen(action=action, by=cast.secretary, on=TODAY)
    lifecycle.report_done(action=action, by=cast.secretary, on=TODAY)
    assert preview(taken_up(report, content, cast.coordinator)).counts["same"] == 1
    # Nor is one that says what somebody has said meanwhile.
    same = filled_in(content, {action: {"Status": "Done", "What it led to": "Lugnare"}})
    assert preview(taken_up(report, same, cast.coordinator)).counts["same"] == 1


def test_a_comment_meanwhile_is_no_conflict(cast: Cast, report: Report, action: Action) -> None:
    content = filled_in(content_of(report), {action: {"Status": "Done"}})
    lifecycle.comment(action=action, text="Hur går det?", by=cast.secretary, on=TODAY)
    assert preview(taken_up(report, content, cast.coordinator)).counts["changed"] == 1


def test_a_report_of_an_earlier_day_has_the_version_of_that_day(cast: Cast, story: Story, action: Action) -> None:
    lifecycle.start(action=action, by=cast.secretary, on=date(2017, 2, 1))
    lifecycle.report_done(action=action, by=cast.secretary, on=date(2017, 3, 1))
    (row,) = selection.load(story.ask(as_of=date(2017, 2, 10))).actions
    assert (row.status, row.version) == (Status.IN_PROGRESS, 1)
    (row,) = selection.load(story.ask()).actions
    assert row.version == 2


def test_nothing_is_done_when_an_action_moves_on_after_the_preview(cast: Cast, report: Report, action: Action) -> None:
    returned = taken_up(report, filled_in(content_of(report), {action: {"Status": "Done"}}), cast.coordinator)
    seen = preview(returned).seen
    lifecycle.start(action=action, by=cast.secretary, on=TODAY)
    with pytest.raises(RuleBroken, match="An action has changed since the rows were shown"):
        taken_in(returned, cast.coordinator, seen=seen)
    action.refresh_from_db()
    assert action.status == Status.IN_PROGRESS


def test_more_than_others_can_wait_for_is_not_taken_in(
    cast: Cast, story: Story, report: Report, action: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = {one: {"Status": "Done"} for one in (action, story.agree(AGREED))}
    returned = taken_up(report, filled_in(content_of(report), filled), cast.coordinator)
    monkeypatch.setattr("reports.returning.lifecycle.MOST_AT_ONCE", 1)
    with pytest.raises(RuleBroken) as refused:
        taken_in(returned, cast.coordinator)
    assert refused.value.sentence == (
        "The file changes 2 actions. At most 1 can be taken in at once, because everybody else waits meanwhile. "
        "Empty the light cells of some rows and choose the file anew."
    )
    assert set(Action.objects.values_list("version", flat=True)) == {0}


def test_all_or_nothing(cast: Cast, story: Story, report: Report, action: Action) -> None:
    other = story.agree(AGREED)
    filled = {action: {"Status": "Done"}, other: {"Status": "Kanske"}}
    returned = taken_up(report, filled_in(content_of(report), filled), cast.coordinator)
    with pytest.raises(RuleBroken, match="1 row is refused"):
        taken_in(returned, cast.coordinator)
    assert set(Action.objects.values_list("version", flat=True)) == {0}
    assert taken_in(returned, cast.coordinator, leave_out=True) == 1
    with pytest.raises(RuleBroken, match="has been taken in already"):
        returning.take_in(returned=returned, by=cast.coordinator, on=TODAY, seen="")


# Undoing


def test_everything_is_put_back_but_what_was_changed_since(cast: Cast, story: Story, report: Report) -> None:
    first = Action.objects.get()
    second = story.agree(AGREED)
    filled = {
        first: {"Status": "Done", "Closed": date(2017, 3, 1), "What it led to": "Lugnare", "Comment": "Bra"},
        second: {"Status": "In progress"},
    }
    returned = taken_up(report, filled_in(content_of(report), filled), cast.coordinator)
    taken_in(returned, cast.coordinator)
    lifecycle.report_done(action=second, by=cast.secretary, on=TODAY)
    assert returning.undo(returned=returned, by=cast.coordinator, on=TODAY) == [second]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.closed_on, first.approved_on, first.effect) == (Status.NOT_STARTED, None, None, "")
    assert second.status == Status.DONE
    assert not Comment.objects.exists()
    returned.refresh_from_db()
    assert (returned.state, returned.undone_on) == (ReturnState.UNDONE, TODAY)
    assert list(returned.returned.values_list("before", flat=True)) == [{}, {}]
    with pytest.raises(RuleBroken, match="There is nothing to undo"):
        returning.undo(returned=returned, by=cast.coordinator, on=TODAY)


def test_what_is_restricted_since_is_not_put_back(cast: Cast, report: Report, action: Action) -> None:
    returned = taken_up(report, filled_in(content_of(report), {action: {"Status": "Done"}}), cast.coordinator)
    taken_in(returned, cast.coordinator)
    AgendaItem.objects.filter(pk=action.agenda_item_id).update(**make.lock_of(action.council))
    assert returning.undo(returned=returned, by=cast.coordinator, on=TODAY) == [action]
    action.refresh_from_db()
    assert (action.status, action.version) == (Status.DONE, 1)


def test_only_who_took_it_in_undoes_it(cast: Cast, report: Report, action: Action) -> None:
    returned = taken_up(report, filled_in(content_of(report), {action: {"Status": "Done"}}), cast.coordinator)
    taken_in(returned, cast.coordinator)
    other = make.make_member(cast.council, "coordinator")
    with pytest.raises(RuleBroken, match="Only the one who took the file in"):
        returning.undo(returned=returned, by=other, on=TODAY)
    with pytest.raises(RuleBroken, match="Only the coordinator"):
        returning.undo(returned=returned, by=cast.secretary, on=TODAY)


# Who may know what


def test_what_is_restricted_now_or_gone_is_refused_in_the_same_words(
    cast: Cast, story: Story, report: Report, action: Action
) -> None:
    removed = story.agree(AGREED, title="Gemensam sak")
    filled = {action: {"Comment": "Hemlig sak"}, removed: {"Comment": "Annat"}}
    content = filled_in(content_of(report), filled)
    returned = taken_up(report, content, cast.coordinator)
    assert preview(returned).counts["changed"] == 2
    # The file lay there while this happened.
    AgendaItem.objects.filter(pk=action.agenda_item_id).update(**make.lock_of(action.council))
    lifecycle.remove(action=removed, by=cast.secretary, on=TODAY)
    for cleared in (False, True):
        type(cast.coordinator).objects.filter(pk=cast.coordinator.pk).update(cleared=cleared)
        cast.coordinator.refresh_from_db()
        found = returning.preview(returned, member=cast.coordinator, on=TODAY)
        assert [(row.fate, row.action, row.changes, row.why) for row in found.rows] == [
            (Fate.REFUSED, None, [], ["This action can't be changed through a file."])
        ] * 2


def test_a_row_of_another_council_is_refused(cast: Cast, report: Report) -> None:
    """Its ID may be one of ours; the letters after the version tell it."""
    action = Action.objects.get()
    theirs = marks.mark("annan", action.pk, 0)
    row = row_of(cast, report, {action: {"Version": theirs, "Status": "Done"}})
    assert row.fate == Fate.REFUSED
    assert row.action is None


# Files as they come


def test_columns_and_rows_may_stand_in_another_order(cast: Cast, story: Story, report: Report, action: Action) -> None:
    other = story.agree(AGREED)

    def turn(sheet: Any, heads: dict[str, int], rows: dict[int, int]) -> None:
        sheet.cell(rows[other.pk], heads["Status"]).value = "Done"
        values = [[cell.value for cell in row][::-1] for row in sheet.iter_rows(min_row=4)]
        for number, row in enumerate([values[0], *values[:0:-1]], start=4):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value

    returned = taken_up(report, changed(content_of(report), turn), cast.coordinator)
    found = preview(returned)
    assert (found.counts["changed"], found.counts["same"]) == (1, 1)
    assert [(row.pk, told(row)[0]) for row in found.of(Fate.CHANGED)] == [(other.pk, ("Status", "Not started", "Done"))]


def test_a_row_that_stands_twice_or_was_added_is_refused(cast: Cast, report: Report, action: Action) -> None:
    def double(sheet: Any, heads: dict[str, int], rows: dict[int, int]) -> None:
        row = rows[action.pk]
        for column in range(1, len(heads) + 1):
            sheet.cell(row + 1, column).value = sheet.cell(row, column).value
        sheet.cell(row + 2, heads["Comment"]).value = "En ny åtgärd"

    found = preview(taken_up(report, changed(content_of(report), double), cast.coordinator))
    twice = ["The same action stands on several rows: 5, 6."]
    added = ["The row was added to the file. New actions are agreed at a meeting, or brought in as a list."]
    assert [(row.fate, row.why) for row in found.rows] == [
        (Fate.REFUSED, twice),
        (Fate.REFUSED, twice),
        (Fate.REFUSED, added),
    ]


def test_a_column_that_was_taken_out_changes_nothing(cast: Cast, report: Report, action: Action) -> None:
    def cut(sheet: Any, heads: dict[str, int], rows: dict[int, int]) -> None:
        sheet.cell(rows[action.pk], heads["Status"]).value = "Done"
        sheet.cell(4, heads["Comment"]).value = None

    found = preview(taken_up(report, changed(content_of(report), cut), cast.coordinator))
    assert (found.absent, found.counts["changed"]) == (["Comment"], 1)


def without(*words: str) -> Any:
    def cut(sheet: Any, heads: dict[str, int], rows: dict[int, int]) -> None:
        for word in words:
            sheet.cell(4, heads[word]).value = "–"

    return cut


def publish(report: Report) -> bytes:
    report.variant = Variant.PUBLISH
    content = content_of(report)
    report.variant = Variant.WORKING
    return content


def other_day(report: Report) -> bytes:
    report.as_of -= timedelta(days=1)
    content = content_of(report)
    report.as_of += timedelta(days=1)
    return content


def other_plan(report: Report) -> bytes:
    """The file of a plan whose report has the same day."""
    kept, report.plan = report.plan, make.make_plan(report.council, name="2016-2018")
    content = content_of(report)
    report.plan = kept
    return content


def numbered(*numbers: int) -> bytes:
    """A workbook whose rows say that they have those numbers."""
    heads = ("ID", "Version", "Comment")
    cells = "".join(f'<c t="inlineStr"><is><t>{head}</t></is></c>' for head in heads)
    rows = "".join(f'<row r="{number}">{cells}</row>' for number in numbers)
    return lists.repacked(lists.workbook([["x"]]), xl__worksheets__sheet1_x=lists.sheet_xml(rows))


def declaring_elsewhere(report: Report) -> bytes:
    """A workbook whose sheet is in a part that isn't called .xml, and declares what it says."""
    book = lists.workbook([["x"]])
    cells = "".join(f'<c t="inlineStr"><is><t>{head}</t></is></c>' for head in ("ID", "Version", "&a;"))
    sheet = b'<!DOCTYPE worksheet [<!ENTITY a "Comment">]>' + lists.sheet_xml(f'<row r="1">{cells}</row>')
    with zipfile.ZipFile(BytesIO(book)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    rels = members["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet1.xml", b"worksheets/sheet1.dat")
    return lists.packed(members | {"xl/_rels/workbook.xml.rels": rels, "xl/worksheets/sheet1.dat": sheet})


def other_council(report: Report) -> bytes:
    return content_of(report_of(story := make_story(), story.secretary))


REFUSED_FILES: list[tuple[Any, str]] = [
    (lambda report: b"", "There is nothing in the file."),
    (lambda report: b"a;b\n1;2\n", "This isn't an Excel file (.xlsx). Choose the file that was filled in, saved as"),
    (lambda report: lists.packed({"x": b"y"}), "This isn't an Excel file (.xlsx)."),
    (lambda report: b"PK\x03\x04trasig", "The file is damaged or cut off."),
    (lambda report: lists.packed({"xl/workbook.xml": b"0" * 80_000_000}), "The file unpacks to much more than a list"),
    (lambda report: lists.workbook([["Åtgärd", "Vem"], ["x", "y"]]), "The file has no table with the columns ID and"),
    (
        lambda report: changed(content_of(report), without("ID")),
        "The file has no table with the columns ID and Version",
    ),
    (
        lambda report: changed(content_of(report), without("Status", "Closed", "What it led to", "Comment")),
        "The columns that are filled in have been taken out of the file.",
    ),
    (publish, "The file is the one for publication. Only the working copy can be filled in."),
    (other_day, "The file is another report's: plan 2016-2017 as of 2017-03-14. Take it in at that report."),
    (other_plan, "The file is another report's: plan 2016-2018 as of 2017-03-15. Take it in at that report."),
    (declaring_elsewhere, "The file is damaged or cut off."),
    # Numbers of rows that no spreadsheet writes: the second would hide the first, or no column could hold it.
    (lambda report: numbered(1, 5, 5), "The file is damaged or cut off."),
    (lambda report: numbered(1, 99_999_999_999), "The file is damaged or cut off."),
    (lambda report: numbered(-1, 5), "The file is damaged or cut off."),
    (other_council, "The file is another council's. Nothing of it can be taken in here."),
    (
        lambda report: lists.workbook([["ID", "Version", "Status"], *([n, "0-bbb", "Done"] for n in range(20_001))]),
        "The file has more than 20000 rows.",
    ),
]


@pytest.mark.parametrize(("make_file", "sentence"), REFUSED_FILES)
def test_a_file_that_is_another_one_is_refused_with_a_sentence(
    cast: Cast, report: Report, make_file: Any, sentence: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        taken_up(report, make_file(report), cast.coordinator)
    assert refused.value.sentence[: len(sentence)] == sentence
    assert not ReturnedFile.objects.exists()


def test_only_the_coordinator_takes_files_up_and_only_working_copies(cast: Cast, report: Report) -> None:
    content = content_of(report)
    for member in (cast.secretary, cast.chair):
        with pytest.raises(RuleBroken, match="Only the coordinator"):
            taken_up(report, content, member)
    report.variant = Variant.PUBLISH
    with pytest.raises(RuleBroken, match="Only a working copy"):
        taken_up(report, content, cast.coordinator)


def test_what_is_gone_meanwhile_is_said(cast: Cast, report: Report, action: Action) -> None:
    """Reading takes seconds, in which a report may be deleted; a file may be thrown away on another page."""
    content = filled_in(content_of(report), {action: {"Status": "Done"}})
    returned = taken_up(report, content, cast.coordinator)
    ReturnedFile.objects.get().delete()
    with pytest.raises(RuleBroken, match="The file is thrown away"):
        returning.choose(returned=returned, taken={}, by=cast.coordinator)
    Report.objects.get().delete()
    with pytest.raises(RuleBroken, match="The report has been deleted meanwhile"):
        taken_up(report, content, cast.coordinator)


def test_a_file_that_nobody_takes_in_is_forgotten(cast: Cast, report: Report) -> None:
    content = content_of(report)
    old = taken_up(report, content, cast.coordinator)
    ReturnedFile.objects.filter(pk=old.pk).update(on=TODAY - timedelta(days=31))
    kept = taken_up(report, content, cast.coordinator)
    assert list(ReturnedFile.objects.all()) == [kept]
    returning.discard(returned=kept, by=cast.coordinator)
    assert not ReturnedFile.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_rows(cast: Cast, story: Story, report: Report) -> None:
    def queries(number: int) -> int:
        while Action.objects.count() < number:
            story.agree(AGREED)
        actions = list(Action.objects.all())
        content = filled_in(content_of(report), {action: {"Status": "Done"} for action in actions})
        for action in actions:
            lifecycle.amend(
                action=action,
                title="Nytt",
                deadline=action.deadline,
                activity=None,
                version=action.version,
                by=cast.secretary,
                on=TODAY,
            )
        returned = ReturnedFile.objects.get(pk=taken_up(report, content, cast.coordinator).pk)
        with CaptureQueriesContext(
            connection,
        ) as counted:
            found = returning.preview(returned, member=cast.coordinator, on=TODAY)
        assert found.counts["conflict"] == number
        Action.objects.all().update(title="Gammalt")
        return len(counted)

    assert queries(1) == queries(3) == 3


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice isn't installed")
def test_it_comes_back_from_libreoffice(cast: Cast, story: Story, report: Report, tmp_path: Path) -> None:
    """Filled in, then opened and saved anew by another program than the one that wrote it."""
    done = Action.objects.get()
    untouched = story.agree(AGREED)
    lifecycle.report_done(action=untouched, by=cast.secretary, on=TODAY, effect="=Lugnt\n_x0041_ kvällar")
    content = filled_in(
        content_of(report), {done: {"Status": "Done", "Closed": date(2017, 3, 1), "What it led to": "Två\nrader"}}
    )
    source = tmp_path / "ifylld.xlsx"
    source.write_bytes(content)
    (tmp_path / "out").mkdir()
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx",
         "--outdir", str(tmp_path / "out"), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    saved = (tmp_path / "out" / "ifylld.xlsx").read_bytes()
    assert returning.read(saved).properties[marks.COUNCIL] == cast.council.slug
    found = preview(taken_up(report, saved, cast.coordinator))
    assert found.counts == {"changed": 1, "conflict": 0, "refused": 0, "same": 1}
    assert told(found.of(Fate.CHANGED)[0]) == [
        ("Status", "Not started", "Done"),
        ("Closed", "", "2017-03-01"),
        ("What it led to", "", "Två\nrader"),
    ]


# What the file looks like


def test_only_what_may_be_filled_in_is_unlocked(report: Report) -> None:
    sheet, heads, rows = table_of(openpyxl.load_workbook(BytesIO(content_of(report))))
    (row,) = rows.values()
    unlocked = {head for head, column in heads.items() if not sheet.cell(row, column).protection.locked}
    assert unlocked == {"Status", "Closed", "What it led to", "Comment"}
    protection = sheet.protection
    assert (protection.sheet, protection.password) == (True, None)
    assert (protection.autoFilter, protection.sort, protection.formatColumns) == (False, False, False)
    assert {
        str(one.sqref): (one.type, one.formula1, one.formula2) for one in sheet.data_validations.dataValidation
    } == {
        "C5": ("list", "'Lists'!$A$5:$A$9", None),
        "N5": ("date", "$M5", "TODAY()"),
        "O5:P5": ("textLength", "2000", None),
    }


def test_the_marks_tell_changes_and_other_councils() -> None:
    mark = marks.mark("granby", 705, 3)
    assert mark == marks.mark("granby", 705, 3)
    assert marks.version_of("granby", 705, mark) == 3
    assert [
        marks.version_of(*other)
        for other in [
            ("annan", 705, mark),
            ("granby", 706, mark),
            ("granby", 705, "4" + mark[1:]),
            ("granby", 705, "3"),
        ]
    ] == [None] * 4
