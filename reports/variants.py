"""How a report shows its rows to those it is for. Every format gets its rows through here.

For publication owners are roles, numbers that look like personal identity numbers are masked, and what is related to
violent extremism has a neutral title and no text. The report of the work against extremism has neutral titles always.
"""

from copy import copy
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from actions.indicators import Measured
from bra import personnummer
from reports.decision_rows import DecisionRow
from reports.models import ReportKind, Variant
from reports.rows import ActionRow, ActivityRow, CaseRow, GoalRow, ItemRow, MeetingRow


@dataclass(slots=True)
class Shown:
    """What a report of a kind shows in a variant, and how often it had to keep something back.

    `numbers` counts the masked numbers, `neutral` the rows under a neutral title. The words are in the language that
    is active.
    """

    kind: str
    variant: str
    numbers: int = 0
    neutral: int = 0

    @property
    def masks(self) -> bool:
        """Whether it is for outside."""
        return self.variant == Variant.PUBLISH

    @property
    def is_neutral(self) -> bool:
        """Whether what is related to extremism stands under a neutral title."""
        return self.masks or self.kind == ReportKind.EXTREMISM

    def text(self, text: str) -> str:
        """What somebody wrote, numbers masked in what is for outside."""
        if not self.masks:
            return text
        shown, number = personnummer.masked(text, _("[number masked]"))
        self.numbers += number
        return shown

    def action(self, row: ActionRow, *, related: bool) -> ActionRow:
        """One action; `related`: whether it is related to extremism, by itself or by its case."""
        if related and self.is_neutral:
            self.neutral += 1
            name = _("Action %(number)d") % {"number": row.pk}
            row = row._replace(title=name, item_title="", effect="")
        if not self.masks:
            return row
        return row._replace(
            title=self.text(row.title),
            item_title=self.text(row.item_title),
            effect=self.text(row.effect),
            owner_role=self.text(row.owner_role),
            organisation=self.text(row.organisation),
            owner_name="",
        )

    def item(self, row: ItemRow) -> ItemRow:
        """One agenda item that is related to extremism, as all are that a report lists."""
        if not self.is_neutral:
            return row
        self.neutral += 1
        return replace(row, title=item_name(row.position, row.meeting_number))

    def case(self, row: CaseRow) -> CaseRow:
        """One case."""
        if row.extremism and self.is_neutral:
            self.neutral += 1
            row = replace(row, title=_("Case %(number)s") % {"number": row.registry_number})
        if not self.masks:
            return row
        return replace(
            row,
            title=self.text(row.title),
            registry_number=self.text(row.registry_number),
            organisation=self.text(row.organisation),
        )

    def decision(self, row: DecisionRow, *, related: bool) -> DecisionRow:
        """One decision; `related` as with actions."""
        if related and self.is_neutral:
            self.neutral += 1
            name = _("Decision § %(number)d") % {"number": row.number} if row.number else _("Decision")
            row = replace(row, text=name, item_title=item_name(row.position, row.meeting_number))
        return replace(row, text=self.text(row.text), item_title=self.text(row.item_title)) if self.masks else row

    def meeting(self, row: MeetingRow) -> MeetingRow:
        """One meeting."""
        return replace(row, title=self.text(row.title), place=self.text(row.place)) if self.masks else row

    def goal(self, row: GoalRow) -> GoalRow:
        """One goal of the plan."""
        return replace(row, title=self.text(row.title)) if self.masks else row

    def activity(self, row: ActivityRow) -> ActivityRow:
        """One activity of the plan, with its indicators."""
        if not self.masks:
            return row
        return replace(
            row,
            indicators=tuple(self._measured(one) for one in row.indicators),
            title=self.text(row.title),
            responsible_role=self.text(row.responsible_role),
            indicator=self.text(row.indicator),
        )

    def _measured(self, one: Measured) -> Measured:
        indicator = copy(one.indicator)
        indicator.name, indicator.unit = self.text(indicator.name), self.text(indicator.unit)
        return replace(one, indicator=indicator)


def item_name(position: int, meeting: str) -> str:
    """The neutral title of an agenda item."""
    return _("Item %(position)d of meeting %(meeting)s") % {"position": position, "meeting": meeting}
