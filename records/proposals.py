"""What the council's rules would purge today, as far as somebody may see it."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, Min

from bra.models import Council, Member
from records.models import PurgeOrder, RetentionRule, local_day
from records.record_kinds import KINDS, Kind, falls_due_next, names, rules_of

LISTED = 50


@dataclass(frozen=True)
class Proposal:
    """One kind: its rule (None: nothing is decided), and what is due today: how many, and from when to when."""

    kind: Kind
    rule: RetentionRule | None
    number: int = 0
    oldest: date | None = None
    newest: date | None = None
    rows: list[tuple[str, date]] = field(default_factory=list)
    # When something falls due next, if nothing changes.
    next_day: date | None = None

    @property
    def more(self) -> int:
        """How many aren't listed."""
        return self.number - len(self.rows)


def proposals(council: Council, member: Member, today: date) -> list[Proposal]:
    """Each kind with what is due of it; at most three queries for each kind, however much there is."""
    rules = rules_of(council)
    return [_proposal(kind, rules.get(kind.name), council, member, today) for kind in KINDS.values()]


def _proposal(kind: Kind, rule: RetentionRule | None, council: Council, member: Member, today: date) -> Proposal:
    last = rule.last_due(today) if rule else None
    if rule is None or last is None:
        return Proposal(kind, rule)
    rule.council = council
    due = kind.due(council, member, last)
    sums = due.order_by().aggregate(number=Count("pk"), oldest=Min("closes"), newest=Max("closes"))
    return Proposal(
        kind,
        rule,
        sums["number"],
        local_day(sums["oldest"]) if sums["number"] else None,
        local_day(sums["newest"]) if sums["number"] else None,
        names(due[:LISTED], kind) if sums["number"] else [],
        falls_due_next(kind, rule, member, today),
    )


@dataclass(frozen=True)
class Listed:
    """What an order holds of one kind: what each is called, since when it is closed; and what is kept, and why."""

    kind: Kind
    rows: list[tuple[str, date]]
    kept: list[tuple[str, str]]


def listed(order: PurgeOrder, council: Council) -> list[Listed]:
    """What an order holds, by kind, those that are still there. One query for each kind that it holds."""
    found = []
    for kind in KINDS.values():
        keys = {key for name, key, _mark in order.rows if name == kind.name}
        reasons = {key: ", ".join(words) for name, key, words in order.kept if name == kind.name}
        if not keys and not reasons:
            continue
        rows = list(kind.closed(council, None).filter(pk__in=[*keys, *reasons]))
        found.append(
            Listed(
                kind,
                names((row for row in rows if row.pk in keys), kind),
                [(str(kind.named(row)), reasons[row.pk]) for row in rows if row.pk in reasons],
            )
        )
    return found
