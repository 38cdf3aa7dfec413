"""Forms of imports: the file, and what is said of the list. They clean what was typed; the verbs decide."""

import hashlib
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from actions.forms import DayField
from bra.forms import GuardedForm
from bra.models import Member
from bra.uploads import FileField
from imports.proposing import Choices, Mend, Row, Table, plain
from imports.selection import Groups, Preview

MOST_QUESTIONS = 25

MEANINGS = [
    ("ignore", gettext_lazy("Not taken along")),
    ("title", gettext_lazy("What is to be done")),
    ("owner", gettext_lazy("Owner")),
    ("deadline", gettext_lazy("Deadline")),
    ("status", gettext_lazy("State")),
    ("agreed", gettext_lazy("Day it was agreed")),
    ("effect", gettext_lazy("What it led to")),
    ("activity", gettext_lazy("Activity of the plan")),
    ("case", gettext_lazy("Case (kept as a comment)")),
    ("comment", gettext_lazy("Comment")),
]


class UploadForm(GuardedForm):
    """A list to bring in."""

    guarded = ("file",)

    file = FileField(
        label=pgettext_lazy("import", "The list"),
        help_text=gettext_lazy("An Excel file (.xlsx), an OpenDocument spreadsheet (.ods) or a text file (.csv)."),
        accept=".xlsx,.xlsm,.ods,.csv",
    )


class ChoicesForm(GuardedForm):
    """What is said of a list: its columns, its owners, where it goes, and what is mended in the `shown` rows."""

    place = forms.ChoiceField(
        label=gettext_lazy("Where the actions hang"),
        required=False,
        help_text=gettext_lazy("The agenda item at which the council follows them up."),
        error_messages={"invalid_choice": gettext_lazy("Choose a meeting that is still to be held.")},
    )
    sheet = forms.TypedChoiceField(label=gettext_lazy("Sheet of the file"), coerce=int)
    heading = forms.IntegerField(
        label=gettext_lazy("Row with the headings"),
        min_value=0,
        max_value=2_000_000,
        help_text=gettext_lazy("0 when the list has no headings."),
    )
    missing = DayField(
        label=gettext_lazy("Deadline of all rows that have none"),
        required=False,
        help_text=gettext_lazy("Also of those that say “as soon as possible” or something that isn't a day."),
    )
    overdue = DayField(label=gettext_lazy("New deadline of all overdue actions"), required=False)

    def __init__(self, data: Any = None, *, found: Preview, shown: list[Row], places: Groups) -> None:
        choices = found.choices
        super().__init__(data, auto_id="list-%s")
        self.found, self.shown = found, shown
        self.fields["place"].choices = places or [("", _("No meeting is planned"))]  # type: ignore[attr-defined]
        self._offer_sheets(found)
        self.initial = {
            "place": choices.place,
            "sheet": choices.sheet,
            "heading": choices.tables[0].heading,
            "missing": choices.missing,
            "overdue": choices.overdue,
        }
        for place, table in enumerate(choices.tables):
            self._ask_columns(place, table)
        self._members = _grouped(list(found.members.values()))
        self.questions = [text for text, _fits, _number in found.questions[:MOST_QUESTIONS]]
        for text, fits, number in found.questions[:MOST_QUESTIONS]:
            self._ask_owner(text, fits, number)
        for row in shown:
            self._ask_row(row)
        self.guarded = tuple(f"row-{row.number}-title" for row in shown if "title" in row.lacks or row.mend.title)

    def _offer_sheets(self, found: Preview) -> None:
        sheets = [(place, sheet.name or _("The file")) for place, sheet in enumerate(found.book.sheets)]
        self.fields["sheet"].choices = sheets  # type: ignore[attr-defined]
        if len(sheets) == 1:
            self.fields["sheet"].widget = forms.HiddenInput()

    def _ask_columns(self, place: int, table: Table) -> None:
        heading = self.found.sheet.rows.get(table.heading, [])
        for column, role in table.columns.items():
            name = heading[column] if column < len(heading) else None
            words = _("“%(name)s”") % {"name": name} if name else _("Column %(letter)s") % {"letter": _letter(column)}
            field = forms.ChoiceField(label=words, choices=MEANINGS, help_text=self._example(table, column))
            self.fields[f"c{place}-{column}"] = field
            self.initial[f"c{place}-{column}"] = role

    def _example(self, table: Table, column: int) -> str:
        """The first thing that stands in a column, so that its meaning can be seen."""
        for number, cells in self.found.sheet.rows.items():
            if number > table.heading and column < len(cells) and cells[column] is not None:
                text = str(cells[column])
                return escape(Truncator(text).chars(40))
        return ""

    def _ask_owner(self, text: str, fits: tuple[int, ...], number: int) -> None:
        name = _owner_name(text)
        chosen = [(str(pk), self.found.members[pk].label) for pk in fits]
        groups = [(_("Fits “%(text)s”") % {"text": text}, chosen), *self._members] if chosen else self._members
        self.fields[name] = forms.ChoiceField(
            label=_("Who is “%(text)s”?") % {"text": text}, choices=[("", _("Not said")), *groups], required=False
        )
        self.initial[name] = str(self.found.choices.owners.get(plain(text), ""))

    def _ask_row(self, row: Row) -> None:
        first = f"row-{row.number}-"
        mend = row.mend
        if "title" in row.lacks or mend.title:
            self.fields[f"{first}title"] = forms.CharField(
                label=_("What is to be done"), max_length=300, required=False
            )
            self.initial[f"{first}title"] = mend.title
        if "owner" in row.lacks or mend.owner:
            self.fields[f"{first}owner"] = forms.ChoiceField(
                label=_("Owner"), choices=[("", _("Choose")), *self._members], required=False
            )
            self.initial[f"{first}owner"] = str(mend.owner or "")
        if "deadline" in row.lacks or mend.deadline:
            self.fields[f"{first}deadline"] = DayField(label=_("Deadline"), required=False)
            self.initial[f"{first}deadline"] = mend.deadline
        self.fields[f"{first}out"] = forms.BooleanField(label=_("Leave the row out"), required=False)
        self.initial[f"{first}out"] = mend.out

    def choices(self) -> Choices:
        """What was said, with what was said before of rows that aren't shown now."""
        said, before = self.cleaned_data, self.found.choices
        tables = tuple(
            Table(table.heading, {column: said[f"c{place}-{column}"] for column in table.columns})
            for place, table in enumerate(before.tables)
        )
        owners = dict(before.owners)
        for text in self.questions:
            owners.pop(plain(text), None)
            if chosen := said.get(_owner_name(text)):
                owners[plain(text)] = int(chosen)
        rows = dict(before.rows)
        for row in self.shown:
            rows[row.number] = self._mend(row.number)
        return Choices(said["sheet"], tables, owners, rows, said["place"], said["missing"], said["overdue"])

    def _mend(self, number: int) -> Mend:
        def said(name: str) -> Any:
            return self.cleaned_data.get(f"row-{number}-{name}")

        owner = said("owner")
        title = " ".join((said("title") or "").split())
        return Mend(title, int(owner) if owner else None, said("deadline"), bool(said("out")))

    # What the template shows where

    @property
    def columns(self) -> list[tuple[int, list[Any]]]:
        """The fields of the columns, for each table: (its heading's row, fields)."""
        tables = self.found.choices.tables
        return [
            (table.heading, [self[f"c{place}-{column}"] for column in table.columns])
            for place, table in enumerate(tables)
        ]

    @property
    def owners(self) -> list[Any]:
        """The fields of the owners that are asked for."""
        return [self[_owner_name(text)] for text in self.questions]

    def of_row(self, number: int) -> list[Any]:
        """The fields that mend a row, those with a mistake among them."""
        names = (f"row-{number}-{name}" for name in ("title", "owner", "deadline", "out"))
        return [self[name] for name in names if name in self.fields]


def _owner_name(text: str) -> str:
    return f"owner-{hashlib.sha256(plain(text).encode()).hexdigest()[:12]}"


def _letter(column: int) -> str:
    """The column's letter in a spreadsheet; there are 60 at most."""
    first, second = divmod(column, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _grouped(members: list[Member]) -> Groups:
    groups: dict[str, list[tuple[str, str]]] = {}
    for member in members:
        groups.setdefault(member.organisation.name, []).append((str(member.pk), member.label))
    return list(groups.items())
