"""What somebody has said of a list: what its columns mean, whom its words mean, what was mended. Kept as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from imports.proposing.columns import Table


@dataclass(frozen=True)
class Mend:
    """What was written by hand for one row; `out`: it is left out."""

    title: str = ""
    owner: int | None = None
    deadline: date | None = None
    out: bool = False

    def __bool__(self) -> bool:
        return bool(self.title or self.owner or self.deadline or self.out)


@dataclass(frozen=True)
class Choices:
    """Everything that was said.

    `owners`: {plain text: member's key}; `place`: "meeting:7" (a new item there) or "item:12"; `missing` is the
    deadline of rows without one, `overdue` the new deadline of those whose own has passed.
    """

    sheet: int = 0
    tables: tuple[Table, ...] = ()
    owners: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[int, Mend] = field(default_factory=dict)
    place: str = ""
    missing: date | None = None
    overdue: date | None = None

    def as_json(self) -> dict[str, Any]:
        """What is kept; `choices_of` makes choices of it again."""
        return {
            "sheet": self.sheet,
            "tables": [{"heading": one.heading, "columns": list(one.columns.items())} for one in self.tables],
            "owners": dict(self.owners),
            "rows": [
                [number, mend.title, mend.owner, _iso(mend.deadline), mend.out]
                for number, mend in self.rows.items()
                if mend
            ],
            "place": self.place,
            "missing": _iso(self.missing),
            "overdue": _iso(self.overdue),
        }


def choices_of(kept: dict[str, Any]) -> Choices:
    """Return the choices that `Choices.as_json` kept; the first ones where nothing was kept."""
    return Choices(
        sheet=kept.get("sheet", 0),
        tables=tuple(Table(one["heading"], dict(one["columns"])) for one in kept.get("tables", [])),
        owners=kept.get("owners", {}),
        rows={
            number: Mend(title, owner, _day(deadline), out)
            for number, title, owner, deadline, out in kept.get("rows", [])
        },
        place=kept.get("place", ""),
        missing=_day(kept.get("missing")),
        overdue=_day(kept.get("overdue")),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
