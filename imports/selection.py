"""What a list would become, against what the council has: for the preview, and again when it is applied."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions.models import Action, Activity, WorkPlan
from actions.quick import Person
from bra.models import Member
from imports import reading
from imports.models import ImportBatch, ImportedAction
from imports.proposing import Choices, Fate, Known, Lookups, People, Row, choices_of, plain, read
from meetings.models import AgendaItem, Meeting

Groups = list[tuple[str, list[tuple[str, str]]]]


def item_title() -> str:
    """The title of the agenda item that is made for a list."""
    return _("Earlier action list")


@dataclass(frozen=True)
class Preview:
    """A list as it would be brought in now."""

    book: reading.Book
    choices: Choices
    rows: list[Row]
    members: dict[int, Member]
    today: date

    @property
    def sheet(self) -> reading.Sheet:
        """The sheet that was chosen."""
        return self.book.sheets[self.choices.sheet]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows become what."""
        counted = Counter(row.fate for row in self.rows)
        return {fate.value: counted[fate] for fate in Fate}

    def of(self, fate: Fate) -> list[Row]:
        """The rows that become that."""
        return [row for row in self.rows if row.fate == fate]

    @property
    def masked(self) -> list[str]:
        """Where what looked like a personnummer was masked before anything was kept: the names of the cells."""
        return [
            f"{_letters(column)}{number}"
            for number, cells in self.sheet.rows.items()
            for column, cell in enumerate(cells)
            if isinstance(cell, str) and reading.MASK in cell
        ]

    @property
    def overdue(self) -> list[Row]:
        """The new ones whose deadline has passed while they are still to be done."""
        return [row for row in self.of(Fate.NEW) if row.is_live and row.deadline and row.deadline < self.today]

    @property
    def reminded(self) -> int:
        """How many owners get a reminder of what is overdue: one each, and none without an address."""
        owners = {row.owner for row in self.overdue if row.owner}
        return sum(bool(self.members[owner].address) for owner in owners)

    @property
    def questions(self) -> list[tuple[str, tuple[int, ...], int]]:
        """The owners of the list that aren't sure: (text, keys of those whom it fits, number of rows)."""
        counted: Counter[str] = Counter()
        first: dict[str, Row] = {}
        for row in self.rows:
            key = plain(row.owner_text)
            asked = row.fate == Fate.REFUSED and "owner" in row.lacks
            if key and (asked or key in self.choices.owners):
                counted[key] += 1
                first.setdefault(key, row)
        return [(first[key].owner_text, first[key].owners, number) for key, number in counted.most_common()]


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column: 0 is A, 26 is AA."""
    return (_letters(column // 26 - 1) if column > 25 else "") + chr(ord("A") + column % 26)


def members_of(batch: ImportBatch, *, place: str, on: date) -> list[Member]:
    """Those who may own an action at the place (one query, two at an item): active, cleared where it is restricted."""
    members = Member.objects.filter(council_id=batch.council_id).acting(on).select_related("organisation", "user")
    kind, _colon, pk = place.partition(":")
    if kind == "item" and AgendaItem.objects.filter(pk=int(pk), restricted=True).exists():
        members = members.filter(cleared=True)
    return list(members.order_by("organisation__sort_key", "organisation_id", "sort_key", "pk"))


def people_of(members: Sequence[Member]) -> People:
    """The members as those who read owners know them."""
    return People(Person(one.pk, one.name, one.title, one.organisation.name) for one in members)


def preview(batch: ImportBatch, *, member: Member, on: date) -> Preview:
    """Read the batch as it stands, for the member. A fixed number of queries, however long the list is."""
    book, choices = reading.book_of(batch.rows), choices_of(batch.mapping)
    members = members_of(batch, place=choices.place, on=on)
    labels = {one.pk: one.label for one in members}
    activities = _activities(batch, on)

    def rows(known: Known) -> list[Row]:
        lookups = Lookups(on, people_of(members), known, lambda pk: labels.get(pk, ""))
        return read(book.sheets[choices.sheet].rows, choices, lookups)

    first = rows(Known(activities=activities))
    known = _known(batch, member, first, activities)
    return Preview(book, choices, rows(known), {one.pk: one for one in members}, on)


def _activities(batch: ImportBatch, on: date) -> dict[str, int]:
    plan = WorkPlan.objects.filter(council_id=batch.council_id).current(on)
    if plan is None:
        return {}
    found: dict[str, int] = {}
    for activity in Activity.objects.filter(goal__plan=plan, removed=False, goal__removed=False).select_related("goal"):
        for name in (activity.title, activity.code, str(activity)):
            found.setdefault(plain(name), activity.pk)
        found.setdefault(activity.code, activity.pk)
    return found


def _known(batch: ImportBatch, member: Member, rows: list[Row], activities: dict[str, int]) -> Known:
    """What of the rows the council has already, as far as the member may see. Two queries."""
    visible = Action.objects.visible_to(member).agreed()
    before = ImportedAction.objects.filter(
        batch__council_id=batch.council_id, fingerprint__in={row.fingerprint for row in rows}, action__in=visible
    )
    wanted = {day for row in rows for day in (row.listed, row.deadline) if day}
    there = visible.filter(deadline__in=wanted).values_list("title", "owner", "deadline")
    return Known(
        rows=frozenset(before.values_list("fingerprint", flat=True)),
        actions=frozenset((plain(title), owner, deadline) for title, owner, deadline in there),
        activities=activities,
    )


def places(member: Member, today: date) -> Groups:
    """Where the actions may hang: at an item of a meeting to come or in session, or at a new one. Two queries."""
    meetings = list(Meeting.objects.visible_to(member).upcoming(today)[:12])
    items: dict[int, list[AgendaItem]] = {}
    for item in AgendaItem.objects.visible_to(member).filter(meeting__in=meetings).order_by("position", "pk"):
        items.setdefault(item.meeting_id, []).append(item)
    groups: Groups = []
    for meeting in meetings:
        own = items.get(meeting.pk, [])
        ready = [item for item in own if item.title == item_title() and not item.restricted][:1]
        words = item_title() if ready else _("A new item, “%(title)s”") % {"title": item_title()}
        # The same answer before and after somebody else made the item.
        offered = [(f"meeting:{meeting.pk}", words)]
        offered += [(f"item:{item.pk}", item.title) for item in own if item not in ready]
        day = date_format(meeting.date, "j F Y")
        groups.append((_("Meeting %(number)s, %(day)s") % {"number": meeting.number, "day": day}, offered))
    return groups


def first_place(groups: Groups) -> str:
    """The place that is proposed: at the nearest meeting; empty when no meeting is planned."""
    return groups[0][1][0][0] if groups else ""
