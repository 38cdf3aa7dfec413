"""The verbs of imports: taking a list in, saying what it means, bringing its actions in, and taking them back."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import Action, Comment
from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from imports import reading
from imports.models import ImportBatch, ImportedAction, ImportState
from imports.permissions import may_import
from imports.proposing import Choices, Fate, People, Row, tables
from imports.selection import Preview, first_place, item_title, members_of, people_of, places, preview
from meetings import lifecycle as meetings
from meetings.lifecycle.common import renumber
from meetings.lifecycle.presence import refuse_item_of_a_stay
from meetings.models import AgendaItem, ItemKind, ItemState, Meeting

# A list that nobody has brought in is forgotten after so many days: its cells may hold anything.
DAYS_KEPT = 30


@transaction.atomic
def take_in(
    *, council: Council, file_name: str, content: bytes, book: reading.Book, by: Member, on: date
) -> ImportBatch:
    """Keep a list that was read, with a proposal of what it means. Nothing of it is an action yet."""
    _refuse_who(by, council.pk)
    forget_old(council=council, on=on)
    batch = ImportBatch.objects.create(
        council=council,
        by=by,
        on=on,
        file_name=reading.masked(file_name)[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        rows=book.as_json(),
    )
    # The sheet with the most rows of the meaning that matters is most likely the list.
    people = people_of(members_of(batch, place="", on=on))
    proposals = [_proposed(people, book, place, on) for place in range(len(book.sheets))]
    best = max(proposals, key=lambda one: (_known_columns(one), len(book.sheets[one.sheet].rows)))
    batch.mapping = replace(best, place=first_place(places(by, on))).as_json()
    batch.save(update_fields=["mapping"])
    return batch


def forget_old(*, council: Council, on: date) -> None:
    """Forget the lists that nobody has brought in by then. Nothing came of them, so nothing is told of them."""
    last = on - timedelta(days=DAYS_KEPT)
    ImportBatch.objects.filter(council=council, state=ImportState.READ, on__lt=last).delete()


def _known_columns(choices: Choices) -> int:
    return max((len({role for role in one.columns.values() if role != "ignore"}) for one in choices.tables), default=0)


def _proposed(people: People, book: reading.Book, sheet: int, on: date, heading: int | None = None) -> Choices:
    found = tables(book.sheets[sheet].rows, today=on, is_owner=lambda text: bool(people.of(text)), heading=heading)
    return Choices(sheet=sheet, tables=tuple(found))


@transaction.atomic
def choose(*, batch: ImportBatch, choices: Choices, heading: int | None, by: Member, on: date) -> ImportBatch:
    """Keep what was said of the list; another sheet, or another row of headings, gets a new proposal."""
    batch = _locked(batch, by, ImportState.READ)
    book = reading.book_of(batch.rows)
    if not 0 <= choices.sheet < len(book.sheets):
        raise RuleBroken(_("Choose a sheet of the file."), field="sheet")
    people = people_of(members_of(batch, place=choices.place, on=on))
    if choices.sheet != batch.mapping.get("sheet"):
        choices = replace(choices, tables=_proposed(people, book, choices.sheet, on).tables, owners={}, rows={})
    elif heading is not None and heading != choices.tables[0].heading:
        choices = replace(choices, tables=_proposed(people, book, choices.sheet, on, heading).tables)
    if choices.overdue and choices.overdue < on:
        raise RuleBroken(_("Choose a day that hasn't passed."), field="overdue")
    batch.mapping = choices.as_json()
    batch.save(update_fields=["mapping"])
    return batch


@transaction.atomic
def import_actions(*, batch: ImportBatch, by: Member, on: date, leave_out: bool = False) -> ImportBatch:
    """Make actions of all new rows, or of none. Rows that are refused stop it, unless they are to be left out."""
    # Two who bring in the same list at once: the second finds the actions of the first.
    locked(batch.council)
    batch = _locked(batch, by, ImportState.READ)
    found = preview(batch, member=by, on=on)
    _refuse_rows(found, leave_out=leave_out)
    item, made = _item_at(found.choices.place, by=by, on=on)
    if item.restricted and any(not found.members[row.owner].cleared for row in found.of(Fate.NEW) if row.owner):
        raise RuleBroken(_("The item is restricted, and some owners may not see it. Choose another item."))
    rows = found.of(Fate.NEW)
    actions = Action.objects.bulk_create([_action(row, item) for row in rows])
    said = {
        row.number: Comment(action=action, author=by, on=on, text=row.comment)
        for row, action in zip(rows, actions, strict=True)
        if row.comment
    }
    Comment.objects.bulk_create(said.values())
    ImportedAction.objects.bulk_create(
        ImportedAction(
            batch=batch,
            action=action,
            row=row.number,
            fingerprint=row.fingerprint,
            comment=said.get(row.number),
        )
        for row, action in zip(rows, actions, strict=True)
    )
    history.record_all(
        council=batch.council,
        by=by,
        on=on,
        verb="action.imported",
        rows=[(action, _first(action, batch)) for action in actions],
    )
    counts = found.counts
    _end(batch, state=ImportState.APPLIED, applied_on=on, item=item, made_item=made)
    history.record(
        council=batch.council,
        by=by,
        on=on,
        verb="import.applied",
        target=batch,
        changes={
            "actions": (None, counts[Fate.NEW]),
            "same": (None, counts[Fate.SAME]),
            "left_out": (None, counts[Fate.REFUSED] + counts[Fate.OUT]),
            "item": (None, item.pk),
        },
    )
    return batch


def _refuse_rows(found: Preview, *, leave_out: bool) -> None:
    refused = len(found.of(Fate.REFUSED))
    if refused and not leave_out:
        words = ngettext(
            "%(n)d row is refused. Mend it, or say that it is to be left out.",
            "%(n)d rows are refused. Mend them, or say that they are to be left out.",
            refused,
        )
        raise RuleBroken(words % {"n": refused}, field="leave_out")
    if not found.of(Fate.NEW):
        raise RuleBroken(_("No row of the list is a new action."))


def _item_at(place: str, *, by: Member, on: date) -> tuple[AgendaItem, bool]:
    """The item where the actions hang, under a lock, and whether it was made now. Its meeting isn't over."""
    kind, _colon, pk = place.partition(":")
    key = int(pk) if pk.isdecimal() else 0
    if kind == "meeting":
        meeting = Meeting.objects.visible_to(by).filter(pk=key).first()
        if meeting is not None:
            meeting = locked(meeting)
            ready = meeting.items.filter(title=item_title(), restricted=False).order_by("position").first()
            if ready is None:
                made = meetings.add_item(meeting=meeting, by=by, on=on, title=item_title(), kind=ItemKind.FOLLOW_UP)
                return made, True
            kind, key = "item", ready.pk
    item = AgendaItem.objects.visible_to(by).filter(pk=key).first() if kind == "item" else None
    if item is None:
        raise RuleBroken(_("Choose a meeting for the actions. Plan one if there is none."), field="place")
    meeting = locked(item.meeting)
    if not (meeting.is_planned or meeting.is_open_for_logging):
        raise RuleBroken(_("That meeting is over. Choose one that is still to be held."), field="place")
    return locked(item), False


def _action(row: Row, item: AgendaItem) -> Action:
    # A row that isn't refused has them all.
    assert row.owner is not None
    assert row.agreed_on is not None
    assert row.deadline is not None
    return Action(
        council_id=item.meeting.council_id,
        agenda_item=item,
        activity_id=row.activity,
        title=row.title,
        owner_id=row.owner,
        agreed_on=row.agreed_on,
        deadline=row.deadline,
        status=row.status,
        closed_on=row.closed_on,
        effect=row.effect,
    )


def _first(action: Action, batch: ImportBatch) -> dict[str, tuple[object, object]]:
    """What history keeps of a new action, as actions.lifecycle.agree does, and where it came from."""
    first: dict[str, object] = {
        "title": action.title,
        "owner": action.owner_id,
        "deadline": action.deadline,
        "status": action.status,
        "activity": action.activity_id,
        "import": batch.pk,
    }
    return {field: (None, value) for field, value in first.items()}


@transaction.atomic
def undo(*, batch: ImportBatch, by: Member, on: date) -> list[Action]:
    """Remove the actions that nobody has touched since they were brought in; return those that are kept."""
    batch = _locked(batch, by, ImportState.APPLIED)
    meeting = locked(batch.item.meeting) if batch.item else None
    imported = ImportedAction.objects.filter(batch=batch, action__removed=False)
    brought = Action.objects.filter(imported__in=imported).order_by("pk")
    # Locked before one asks who has touched them.
    actions = list(brought.select_for_update(no_key=True, of=("self",)))
    others = Comment.objects.filter(action=OuterRef("action")).exclude(pk=Coalesce(OuterRef("comment"), 0))
    touched = set(
        imported.filter(
            Q(action__version__gt=0)
            | Q(action__deadline_requests__isnull=False)
            | Q(action__awaited_by__isnull=False)
            | Exists(others)
        ).values_list("action_id", flat=True)
    )
    kept = [action for action in actions if action.pk in touched]
    gone = [action for action in actions if action.pk not in touched]
    Action.objects.filter(pk__in=[action.pk for action in gone]).update(removed=True, version=1)
    changes = {"removed": (False, True), "version": (0, 1)}
    history.record_all(
        council=batch.council, by=by, on=on, verb="action.removed", rows=[(action, changes) for action in gone]
    )
    _end(batch, state=ImportState.UNDONE, undone_on=on)
    history.record(
        council=batch.council,
        by=by,
        on=on,
        verb="import.undone",
        target=batch,
        changes={"actions": (len(gone) + len(kept), len(kept))},
    )
    if meeting is not None and batch.item is not None and batch.made_item:
        _take_off(batch.item, meeting, by=by, on=on)
    return kept


def _take_off(item: AgendaItem, meeting: Meeting, *, by: Member, on: date) -> None:
    """Take the item that was made for the list off the agenda again, if nothing else stands there."""
    item = locked(item)
    used = item.actions.filter(removed=False).exists() or item.notes.strip() or item.decisions.exists()
    if used or item.removed or item.state != ItemState.PENDING or meeting.current_item_id == item.pk:
        return
    if not (meeting.is_planned or meeting.is_open_for_logging):
        return
    try:
        refuse_item_of_a_stay(item)
    except RuleBroken:
        return
    history.change(item, council=meeting.council, by=by, on=on, verb="item.removed", removed=True)
    renumber(list(meeting.items.order_by("position", "pk")))


@transaction.atomic
def discard(*, batch: ImportBatch, by: Member) -> None:
    """Forget a list that is being prepared. Nothing came of it, so nothing is told of it."""
    _locked(batch, by, ImportState.READ).delete()


def _locked(batch: ImportBatch, by: Member, state: ImportState) -> ImportBatch:
    _refuse_who(by, batch.council_id)
    batch = locked(batch)
    if batch.state != state:
        raise RuleBroken(
            _("The list has been brought in already.")
            if state == ImportState.READ
            else _("There is nothing to undo: the list isn't brought in.")
        )
    return batch


def _refuse_who(by: Member, council_pk: int) -> None:
    if by.council_id != council_pk or not may_import(by):
        raise RuleBroken(_("Only the coordinator and the secretary bring in lists."))


def _end(batch: ImportBatch, **fields: object) -> None:
    """Go on to another state. What stood in the cells isn't kept any longer."""
    for name, value in (fields | {"rows": {}, "mapping": {}}).items():
        setattr(batch, name, value)
    batch.save(update_fields=[*fields, "rows", "mapping"])
