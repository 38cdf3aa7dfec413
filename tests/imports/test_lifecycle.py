"""Bringing a list in: all or nothing, nothing twice, and back again."""

import contextlib
from datetime import date, timedelta
from typing import Any

import pytest

from actions import lifecycle as actions
from actions.models import Action, Comment, Status, WorkPlan
from actions.reminders import preview as reminders
from actions.sentences import sentences_of
from bra import history
from bra.errors import RuleBroken
from bra.models import HistoryEntry, Member
from imports import lifecycle, reading
from imports.models import ImportBatch, ImportedAction, ImportState
from imports.proposing import Choices, Fate, Mend, choices_of
from imports.selection import places, preview
from meetings.models import AgendaItem, ItemKind, Meeting, MeetingState
from reports.questions import Question
from reports.selection import load
from tests import make
from tests.cast import Cast
from tests.imports import lists
from tests.make import TODAY
from tests.meetings.test_two_at_once import ROUNDS, at_once

pytestmark = [pytest.mark.django_db, pytest.mark.wide]

HEADS = ["Åtgärd", "Vem", "När", "Status", "Kommentar"]
LIST = [
    HEADS,
    ["Sanera klotter", "Eva Ek", "2017-05-15", "pågår", "hos fritids"],
    ["Köpa lampor", "Eva Ek", "2016-12-01", "klar", None],
    ["Vandra", "Eva Ek", "2017-02-01", None, None],
]


@pytest.fixture
def eva(cast: Cast) -> Member:
    return make.make_member(cast.council, name="Eva Ek", title="kommunpolis")


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 4, 6))


def taken_in(by: Member, rows: Any = LIST, name: str = "lista.xlsx") -> ImportBatch:
    content = rows if isinstance(rows, bytes) else lists.workbook(rows)
    return lifecycle.take_in(
        council=by.council, file_name=name, content=content, book=reading.read(content), by=by, on=TODAY
    )


def choose(batch: ImportBatch, **changes: Any) -> ImportBatch:
    said = choices_of(batch.mapping)
    return lifecycle.choose(
        batch=batch, choices=Choices(**(said.__dict__ | changes)), heading=None, by=batch.by, on=TODAY
    )


def brought_in(by: Member, rows: Any = LIST, **how: Any) -> ImportBatch:
    return lifecycle.import_actions(batch=taken_in(by, rows), by=by, on=TODAY, **how)


def test_every_row_becomes_an_action(cast: Cast, eva: Member, meeting: Meeting) -> None:
    batch = brought_in(cast.secretary)
    item = AgendaItem.objects.get(meeting=meeting)
    assert (item.title, item.kind) == ("Earlier action list", ItemKind.FOLLOW_UP)
    told = Action.objects.order_by("pk").values_list(
        "title", "owner", "agreed_on", "deadline", "status", "closed_on", "agenda_item", "version"
    )
    assert list(told) == [
        ("Sanera klotter", eva.pk, TODAY, date(2017, 5, 15), Status.IN_PROGRESS, None, item.pk, 0),
        ("Köpa lampor", eva.pk, date(2016, 12, 1), date(2016, 12, 1), Status.DONE, date(2016, 12, 1), item.pk, 0),
        ("Vandra", eva.pk, date(2017, 2, 1), date(2017, 2, 1), Status.NOT_STARTED, None, item.pk, 0),
    ]
    assert list(Comment.objects.values_list("action__title", "author", "text")) == [
        ("Sanera klotter", cast.secretary.pk, "hos fritids")
    ]
    assert (batch.state, batch.applied_on, batch.item, batch.made_item) == (ImportState.APPLIED, TODAY, item, True)
    assert (batch.rows, batch.mapping) == ({}, {})
    assert list(ImportedAction.objects.values_list("row", flat=True)) == [2, 3, 4]


def test_history_says_where_each_came_from(cast: Cast, eva: Member, meeting: Meeting) -> None:
    batch = brought_in(cast.secretary)
    action = Action.objects.get(title="Vandra")
    told = [(line.who, line.what) for line in sentences_of(action, cast.secretary)]
    assert told == [
        (
            cast.secretary.label,
            f"taken over from an earlier list (import {batch.pk}): Eva Ek, kommunpolis, by 2017-02-01",
        )
    ]
    (entry,) = history.entries_of(batch)
    assert (entry.verb, entry.actor, entry.changes) == (
        "import.applied",
        cast.secretary,
        {"actions": [None, 3], "same": [None, 0], "left_out": [None, 0], "item": [None, batch.item_id]},
    )


def test_the_same_list_twice_adds_nothing(cast: Cast, eva: Member, meeting: Meeting) -> None:
    first = taken_in(cast.secretary)
    choose(first, overdue=date(2017, 4, 30))
    lifecycle.import_actions(batch=first, by=cast.secretary, on=TODAY)
    actions.report_done(action=Action.objects.get(title="Vandra"), by=eva, on=TODAY)
    again = taken_in(cast.coordinator)
    assert preview(again, member=cast.coordinator, on=TODAY).counts == {"new": 0, "same": 3, "refused": 0, "out": 0}
    with pytest.raises(RuleBroken) as refused:
        lifecycle.import_actions(batch=again, by=cast.coordinator, on=TODAY)
    assert refused.value.sentence == "No row of the list is a new action."
    assert Action.objects.count() == 3


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_two_who_bring_in_the_same_list_at_once_add_its_actions_once(cast: Cast, eva: Member, meeting: Meeting) -> None:
    def bring_in(batch: ImportBatch, by: Member) -> None:
        with contextlib.suppress(RuleBroken):  # who comes second finds nothing new
            lifecycle.import_actions(batch=batch, by=by, on=TODAY)

    for n in range(1, ROUNDS + 1):
        rows = [HEADS, [f"Sanera klotter {n}", "Eva Ek", "2017-05-15", None, None]]
        batches = [(taken_in(by, rows), by) for by in (cast.secretary, cast.coordinator)]
        at_once(*(lambda batch=batch, by=by: bring_in(batch, by) for batch, by in batches))
        assert Action.objects.count() == n


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_what_is_begun_while_the_list_is_taken_back_is_kept_as_begun(cast: Cast, eva: Member, meeting: Meeting) -> None:
    def begin(action: Action) -> None:
        with contextlib.suppress(RuleBroken):  # when it was taken back first
            actions.start(action=action, by=cast.secretary, on=TODAY)

    for n in range(ROUNDS):
        rows = [HEADS, [f"Sanera klotter {n}", "Eva Ek", "2017-05-15", None, None]]
        batch = brought_in(cast.secretary, rows)
        action = Action.objects.get(imported__batch=batch)
        at_once(
            lambda action=action: begin(action),
            lambda batch=batch: lifecycle.undo(batch=batch, by=cast.secretary, on=TODAY),
        )
        action.refresh_from_db()
        begun = action.status == Status.IN_PROGRESS
        assert (action.removed, action.version) == (not begun, 1)


def test_a_refused_row_stops_all_unless_it_is_left_out(cast: Cast, eva: Member, meeting: Meeting) -> None:
    batch = taken_in(cast.secretary, [*LIST, ["Ingens", "Okänd", "2017-05-01"]])
    with pytest.raises(RuleBroken) as refused:
        lifecycle.import_actions(batch=batch, by=cast.secretary, on=TODAY)
    assert (refused.value.sentence, refused.value.field) == (
        "1 row is refused. Mend it, or say that it is to be left out.",
        "leave_out",
    )
    assert (Action.objects.count(), AgendaItem.objects.count()) == (0, 0)
    lifecycle.import_actions(batch=batch, by=cast.secretary, on=TODAY, leave_out=True)
    assert Action.objects.count() == 3


def test_dying_halfway_leaves_nothing(
    cast: Cast, eva: Member, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = taken_in(cast.secretary)

    def fails(**_what: Any) -> None:
        raise OSError

    monkeypatch.setattr(history, "record_all", fails)
    with pytest.raises(OSError):  # noqa: PT011  # our own, bare
        lifecycle.import_actions(batch=batch, by=cast.secretary, on=TODAY)
    batch.refresh_from_db()
    assert (batch.state, Action.objects.count(), AgendaItem.objects.count()) == (ImportState.READ, 0, 0)


def test_the_legacy_list_is_mended_and_brought_in(cast: Cast, meeting: Meeting) -> None:
    police, technician, social = (
        make.make_member(cast.council, name="", title=title) for title in ("Polisen", "Teknisk chef", "Socialchef")
    )
    batch = taken_in(cast.secretary, lists.LEGACY.read_bytes())
    found = preview(batch, member=cast.secretary, on=TODAY)
    assert found.counts == {"new": 3, "same": 1, "refused": 3, "out": 0}
    choose(
        batch,
        owners={"kultur och fritidschef": social.pk},
        rows={8: Mend(owner=police.pk, deadline=date(2017, 6, 1)), 10: Mend(out=True)},
        overdue=date(2017, 4, 30),
    )
    lifecycle.import_actions(batch=batch, by=cast.secretary, on=TODAY)
    told = Action.objects.order_by("pk").values_list("title", "owner", "deadline", "status")
    assert list(told) == [
        ("Fotografera och sanera klotter vid skolan", technician.pk, date(2016, 11, 30), Status.DONE),
        ("Boka genomgång av Samtalskompassen för fritidsledare", social.pk, date(2017, 4, 30), Status.IN_PROGRESS),
        ("Föräldramöte om klistermärken", police.pk, date(2017, 5, 15), Status.NOT_STARTED),
        ("Underlag till lägesbilden", social.pk, date(2017, 4, 30), Status.IN_PROGRESS),
        ("Kontaktväg på webben, även kväll och helg", police.pk, date(2017, 6, 1), Status.IN_PROGRESS),
    ]


def test_an_item_is_used_again_or_chosen(cast: Cast, eva: Member, meeting: Meeting) -> None:
    own = make.make_item(meeting, title="Klotter")
    assert [value for _group, items in places(cast.secretary, TODAY) for value, _label in items] == [
        f"meeting:{meeting.pk}",
        f"item:{own.pk}",
    ]
    first = brought_in(cast.secretary, [HEADS, ["A", "Eva Ek", "2017-05-15"]])
    second = brought_in(cast.secretary, [HEADS, ["B", "Eva Ek", "2017-05-15"]])
    assert (second.item, second.made_item) == (first.item, False)
    third = taken_in(cast.secretary, [HEADS, ["C", "Eva Ek", "2017-05-15"]])
    choose(third, place=f"item:{own.pk}")
    assert lifecycle.import_actions(batch=third, by=cast.secretary, on=TODAY).item == own


def test_a_meeting_that_is_over_takes_nothing(cast: Cast, eva: Member, meeting: Meeting) -> None:
    batch = taken_in(cast.secretary)
    over = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED))
    choose(batch, place=f"item:{over.pk}")
    with pytest.raises(RuleBroken) as refused:
        lifecycle.import_actions(batch=batch, by=cast.secretary, on=TODAY)
    assert refused.value.sentence == "That meeting is over. Choose one that is still to be held."


def test_without_a_meeting_nothing_is_brought_in(cast: Cast, eva: Member) -> None:
    with pytest.raises(RuleBroken) as refused:
        brought_in(cast.secretary)
    assert refused.value.field == "place"


def test_at_a_restricted_item_only_the_cleared_own(cast: Cast, eva: Member, meeting: Meeting) -> None:
    secret = make.make_item(meeting, restricted=True)
    batch = taken_in(cast.secretary, [HEADS, ["A", "Eva Ek", "2017-05-15"], ["B", "Olle Ordförande", "2017-05-15"]])
    batch = choose(batch, place=f"item:{secret.pk}")
    found = preview(batch, member=cast.secretary, on=TODAY)
    assert [(row.title, row.fate) for row in found.rows] == [("A", Fate.REFUSED), ("B", Fate.NEW)]


def test_owners_are_never_those_of_another_council(cast: Cast, meeting: Meeting) -> None:
    make.make_member(cast.stranger.council, name="Eva Ek")
    make.make_member(cast.council, name="Eva Ek", mandate_to=TODAY - timedelta(days=1))
    rows = preview(taken_in(cast.secretary), member=cast.secretary, on=TODAY).rows
    assert [(row.owner, row.fate) for row in rows] == [(None, Fate.REFUSED)] * 3


def test_an_action_that_one_may_not_see_makes_no_row_the_same(cast: Cast, meeting: Meeting) -> None:
    item = make.make_item(make.make_meeting(cast.council), restricted=True)
    make.make_action(agenda_item=item, title="Hemligt", owner=cast.chair, deadline=date(2017, 5, 15))
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    cast.secretary.refresh_from_db()
    rows = [HEADS, ["Hemligt", "Olle Ordförande", "2017-05-15"]]
    fates = {
        member.name: preview(taken_in(member, rows), member=member, on=TODAY).rows[0].fate
        for member in (cast.coordinator, cast.secretary)
    }
    assert fates == {"Karin Koordinator": Fate.SAME, "Siv Sekreterare": Fate.NEW}


def test_how_many_are_reminded_of_what_is_overdue(cast: Cast, eva: Member, meeting: Meeting) -> None:
    silent = make.make_member(cast.council, name="Tyst Tora", email="")
    rows = [HEADS, *([f"Å{n}", who.name, "2017-02-01"] for n, who in enumerate([eva, eva, silent, cast.chair]))]
    batch = taken_in(cast.secretary, rows)
    found = preview(batch, member=cast.secretary, on=TODAY)
    assert (len(found.overdue), found.reminded) == (4, 2)
    lifecycle.import_actions(batch=batch, by=cast.secretary, on=TODAY)
    assert {group.owner for group in reminders(cast.council, TODAY + timedelta(days=1)).groups} == {eva, cast.chair}


def test_a_new_deadline_has_not_passed(cast: Cast, eva: Member, meeting: Meeting) -> None:
    with pytest.raises(RuleBroken) as refused:
        choose(taken_in(cast.secretary), overdue=TODAY - timedelta(days=1))
    assert refused.value.field == "overdue"


def test_undo_takes_back_what_nobody_touched(cast: Cast, eva: Member, meeting: Meeting) -> None:
    rows = [*LIST, ["Sagt om", "Eva Ek", "2017-05-01"], ["Sagt om två", "Eva Ek", "2017-05-02", None, "ur listan"]]
    batch = brought_in(cast.secretary, rows)
    started = actions.start(action=Action.objects.get(title="Vandra"), by=eva, on=TODAY)
    talked = [Action.objects.get(title=title) for title in ("Sagt om", "Sagt om två")]
    for action in talked:
        actions.comment(action=action, text="Ja", by=eva, on=TODAY)
    assert lifecycle.undo(batch=batch, by=cast.coordinator, on=TODAY) == [started, *talked]
    assert set(Action.objects.agreed()) == {started, *talked}
    batch.refresh_from_db()
    assert (batch.state, batch.undone_on) == (ImportState.UNDONE, TODAY)
    assert list(AgendaItem.objects.values_list("title", flat=True)) == ["Earlier action list"]
    gone = Action.objects.get(title="Sanera klotter")
    entry = history.entries_of(gone).last()
    assert entry is not None
    assert (entry.verb, entry.changes) == ("action.removed", {"removed": [False, True], "version": [0, 1]})


def test_undo_leaves_the_agenda_as_it_was(cast: Cast, eva: Member, meeting: Meeting) -> None:
    before = make.make_item(meeting, title="Öppnande")
    batch = brought_in(cast.secretary)
    assert lifecycle.undo(batch=batch, by=cast.secretary, on=TODAY) == []
    assert list(AgendaItem.objects.all()) == [before]
    with pytest.raises(RuleBroken) as refused:
        lifecycle.undo(batch=batch, by=cast.secretary, on=TODAY)
    assert refused.value.sentence == "There is nothing to undo: the list isn't brought in."
    again = preview(taken_in(cast.secretary), member=cast.secretary, on=TODAY)
    assert again.counts == {"new": 3, "same": 0, "refused": 0, "out": 0}


def test_an_undone_item_with_notes_stays(cast: Cast, eva: Member, meeting: Meeting) -> None:
    batch = brought_in(cast.secretary)
    AgendaItem.objects.filter(pk=batch.item_id).update(notes="Vi gick igenom listan.")
    lifecycle.undo(batch=batch, by=cast.secretary, on=TODAY)
    assert list(AgendaItem.objects.all()) == [batch.item]


@pytest.mark.parametrize("who", ["chair", "member", "owner", "stranger"])
def test_only_those_who_log(cast: Cast, eva: Member, meeting: Meeting, who: str) -> None:
    batch = taken_in(cast.secretary)
    with pytest.raises(RuleBroken):
        lifecycle.import_actions(batch=batch, by=getattr(cast, who), on=TODAY)
    assert ImportBatch.objects.visible_to(getattr(cast, who)).count() == 0


def test_what_is_being_prepared_is_for_who_took_it_in(cast: Cast, eva: Member, meeting: Meeting) -> None:
    taken_in(cast.secretary)
    seen = [ImportBatch.objects.visible_to(one).count() for one in (cast.secretary, cast.coordinator)]
    assert seen == [1, 0]


def test_a_forgotten_list_is_forgotten(cast: Cast, eva: Member, meeting: Meeting) -> None:
    old = taken_in(cast.secretary)
    ImportBatch.objects.filter(pk=old.pk).update(on=TODAY - timedelta(days=31))
    new = taken_in(cast.coordinator)
    assert list(ImportBatch.objects.all()) == [new]
    lifecycle.discard(batch=new, by=cast.coordinator)
    assert (ImportBatch.objects.count(), HistoryEntry.objects.count()) == (0, 0)


def test_the_files_name_holds_no_personnummer(cast: Cast, eva: Member, meeting: Meeting) -> None:
    batch = taken_in(cast.secretary, name="701063-2391.xlsx")
    assert batch.file_name == f"{reading.MASK}.xlsx"


def test_the_better_sheet_is_proposed(cast: Cast, eva: Member, meeting: Meeting) -> None:
    batch = taken_in(cast.secretary, lists.workbook([["Läs mig"], ["Så här gör du"]], LIST))
    assert batch.mapping["sheet"] == 1
    lifecycle.choose(
        batch=batch, choices=Choices(**(choices_of(batch.mapping).__dict__ | {"sheet": 0})), heading=0,
        by=cast.secretary, on=TODAY,
    )  # fmt: skip
    batch.refresh_from_db()
    assert [table["heading"] for table in batch.mapping["tables"]] == [0]


def test_a_report_of_an_earlier_day_reads_what_was_brought_in_since(cast: Cast, eva: Member, meeting: Meeting) -> None:
    make.make_plan(cast.council)
    brought_in(cast.secretary)
    question = Question(WorkPlan.objects.get(), date(2016, 1, 1), TODAY, date(2017, 2, 20))
    told = [(row.title, row.status, row.deadline) for row in load(question).actions]
    assert told == [
        ("Köpa lampor", Status.DONE, date(2016, 12, 1)),
        ("Vandra", Status.NOT_STARTED, date(2017, 2, 1)),
    ]
