"""What the demonstration's council has decided to keep and to purge, and what lies in its recycle bin."""

from collections.abc import Callable, Iterator
from datetime import date

from bra.models import Council, Member
from meetings import lifecycle
from records.lifecycle import rules

DECISION, DECIDED_ON = "KS 2017/21", date(2017, 2, 7)
ENTERED_ON = date(2017, 2, 9)
REMOVED_ON = date(2017, 3, 6)


def events(council: Council, coordinator: Member) -> Iterator[tuple[date, Callable[[], None]]]:
    """Each day with what happens on it."""

    def decide() -> None:
        rules.decide_as_suggested(
            council=council, decision=DECISION, decided_on=DECIDED_ON, by=coordinator, on=ENTERED_ON
        )

    def remove() -> None:
        item = lifecycle.add_standing(
            council=council,
            title="Rapport från föräldravandringen",
            minutes_planned=5,
            by=coordinator,
            on=REMOVED_ON,
        )
        lifecycle.remove_standing(item=item, by=coordinator, on=REMOVED_ON)

    yield ENTERED_ON, decide
    yield REMOVED_ON, remove
