"""The verbs that purge: shown first, then done row by row, each with all that belongs to it or not at all.

The order is the queue: it says what was shown, and how far the work has come. Whoever works at it holds a lease, and
each row's transaction notes that it has been dealt with; so a worker that dies leaves no record half purged, and none
is counted twice.
"""

import logging
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from bra import chain, history
from bra.errors import RuleBroken
from bra.models import Council, HistoryEntry, Member
from bra.rows import locked
from records.fates import entries_of, grown, take_away
from records.lifecycle.producing import forget_copies
from records.models import OrderState, Purge, PurgeOrder, Release, RetentionRule, local_day
from records.record_kinds import KINDS, Kind, marks, rules_of
from reports import purging as reports
from reports.models import Report

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

# What one order may hold: its page lists all of it.
MOST_AT_ONCE = 2000
# So few are purged while one waits.
AT_ONCE = 20
# Far longer than one row takes; each renews it.
LEASE = timedelta(minutes=5)
# What was shown is decided on the same day, and forgotten after that.
SHOWN_KEPT = timedelta(days=1)
DONE_KEPT = timedelta(days=30)


class LeaseLost(Exception):
    """Somebody else has taken the order up meanwhile."""


@transaction.atomic
def show(*, council: Council, kinds: Collection[str], by: Member, at: datetime) -> PurgeOrder:
    """Write down what the council's rules would purge of these kinds today, as far as `by` may see; nothing goes yet.

    The oldest first, and no more than MOST_AT_ONCE.
    """
    on = council.today(at)
    rules = rules_of(council)
    rows: list[tuple[str, int, str]] = []
    kept: list[tuple[str, int, list[str]]] = []
    for kind in KINDS.values():
        last = rules[kind.name].last_due(on) if kind.name in rules else None
        if kind.name not in kinds or last is None:
            continue
        room = MOST_AT_ONCE - len(rows)
        found = list(marks(kind, kind.due(council, by, last)[:room], council))
        keepers = grown(kind.model, [key for key, _mark in found]).kept
        rows += [(kind.name, key, mark) for key, mark in found if key not in keepers]
        kept += [(kind.name, key, sorted(words)) for key, words in keepers.items()]
    if not rows and not kept:
        raise RuleBroken(_("Nothing is to be purged today."))
    return PurgeOrder.objects.create(
        council=council, by=by, on=on, made_at=at, cleared=by.cleared, rows=rows, kept=kept
    )


@transaction.atomic
def confirm(*, order: PurgeOrder, decision: str, by: Member, on: date) -> PurgeOrder:
    """Order what was shown to be purged, by a decision."""
    order = locked(order)
    decision = " ".join(decision.split())
    if order.state != OrderState.SHOWN:
        raise RuleBroken(_("It has been ordered already."))
    if order.on != on:
        raise RuleBroken(_("This was shown another day. Let it be shown anew."))
    if not decision:
        raise RuleBroken(
            _("Name the decision to purge by; without a decision nothing may be purged."), field="decision"
        )
    if not order.rows:
        raise RuleBroken(_("Nothing of this can be purged now."))
    order.by, order.decision, order.state = by, decision, OrderState.WAITING
    order.save(update_fields=["by", "decision", "state"])
    return order


def due(now: datetime) -> Q:
    """The condition for an order that a worker may take up: it waits, or the worker that had it is gone."""
    return Q(state=OrderState.WAITING) | Q(state=OrderState.RUNNING, claimed_until__lt=now)


def run(pk: int, clock: Clock) -> None:
    """Purge what an order says, unless somebody else does."""
    now = clock()
    if not PurgeOrder.objects.filter(due(now), pk=pk).update(state=OrderState.RUNNING, claimed_until=now + LEASE):
        return
    order = PurgeOrder.objects.select_related("council", "by").get(pk=pk)
    try:
        while order.done < len(order.rows):
            _next(order, clock)
        _finish(order, clock())
    except LeaseLost:
        logger.info("purge order %s: another worker has it", pk)


def _next(order: PurgeOrder, clock: Clock) -> None:
    """Deal with the next row of an order: gone with all that belongs to it, or left out."""
    name, key, mark = order.rows[order.done]
    try:
        with transaction.atomic():
            gone = _purge_shown(order, name, key, mark, clock())
            _step(order, clock(), left_out=not gone)
    except DatabaseError:
        # Something was written meanwhile that refers to it: the database refuses, and the record stays whole.
        logger.exception("purge order %s: %s %s stays", order.pk, name, key)
        with transaction.atomic():
            _step(order, clock(), left_out=True)
    order.done += 1


def _step(order: PurgeOrder, now: datetime, *, left_out: bool) -> None:
    until = now + LEASE
    mine = PurgeOrder.objects.filter(pk=order.pk, state=OrderState.RUNNING, claimed_until=order.claimed_until)
    if not mine.update(done=order.done + 1, left_out=F("left_out") + int(left_out), claimed_until=until):
        raise LeaseLost
    order.claimed_until = until


def _purge_shown(order: PurgeOrder, name: str, key: int, mark: str, now: datetime) -> bool:
    """Purge one row if it is still as it was shown, and still due by the rule that holds now."""
    council = locked(order.council)
    on, kind = council.today(now), KINDS.get(name)
    rule = RetentionRule.objects.filter(council=council, kind=name).first()
    last = rule.last_due(on) if rule else None
    if kind is None or last is None:
        return False
    rows = kind.due(council, order.by, last).filter(pk=key)
    if dict(marks(kind, rows, council)).get(key) != mark:
        return False
    entry, _new = Purge.objects.get_or_create(
        order=order,
        kind=name,
        defaults={"council": council, "on": on, "by": order.by, "decision": order.decision},
    )
    return _purge(kind, rows.get(), entry)


@transaction.atomic
def _finish(order: PurgeOrder, now: datetime) -> None:
    mine = PurgeOrder.objects.filter(pk=order.pk, state=OrderState.RUNNING, claimed_until=order.claimed_until)
    if not mine.update(state=OrderState.DONE, claimed_until=None):
        raise LeaseLost
    for entry in order.purges.all():
        tell(entry, order.council.today(now))


def tell(entry: Purge, on: date) -> None:
    """Say in history how many of a kind were purged."""
    history.record(
        council=entry.council,
        by=entry.by,
        on=on,
        verb="retention.purged",
        target=entry,
        changes={"kind": (None, entry.kind), "number": (None, entry.number), "decision": (None, entry.decision)},
    )


def _purge(kind: Kind, row: object, entry: Purge) -> bool:
    """Purge one row with all that belongs to it, in the caller's transaction, and count it in the log.

    False, and nothing is done, when something keeps it.
    """
    key: int = row.pk  # type: ignore[attr-defined]  # a row of the kind's model, whichever that is
    told: QuerySet[HistoryEntry] = HistoryEntry.objects.filter(pk=key)
    if not kind.only_texts:
        trees = grown(kind.model, [key])
        if trees.kept:
            return False
        told = entries_of(trees, entry.council)
        if isinstance(row, Report):
            reports.forget(row, decision=entry.decision, by=entry.by, on=entry.on)
        elif isinstance(row, Release):
            forget_copies(row)
        take_away(trees, entry.council)
    if not kind.keeps_history:
        chain.blank(told, council=entry.council, by=entry.by, on=entry.on, decision=entry.decision)
    count(entry, key, local_day(row.closes))  # type: ignore[attr-defined]  # annotated by Kind.closed
    return True


def count(entry: Purge, key: int, closed: date | None) -> None:
    """Count one more row in the log. The council is locked, so nobody else counts."""
    entry.number += 1
    days = [day for day in (entry.oldest, entry.newest, closed) if day]
    keys = [one for one in (entry.first_key, entry.last_key, key) if one is not None]
    entry.oldest, entry.newest = min(days, default=None), max(days, default=None)
    entry.first_key, entry.last_key = min(keys), max(keys)
    entry.save(update_fields=["number", "oldest", "newest", "first_key", "last_key"])


def purge_by_rule(*, council: Council, at: datetime) -> int:
    """Purge what the rules that work by themselves no longer keep at the instant `at`; return how many."""
    on, purged = council.today(at), 0
    for name, rule in rules_of(council).items():
        last = rule.last_due(on)
        if rule.automatic and last is not None:
            purged += _purge_all(KINDS[name], rule, last, on)
    return purged


def _purge_all(kind: Kind, rule: RetentionRule, last: date, on: date) -> int:
    entry: Purge | None = None
    for key in list(kind.due(rule.council, None, last).values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                council = locked(rule.council)
                row = kind.due(council, None, last).filter(pk=key).first()
                entry_now = entry or Purge(council=council, kind=kind.name, on=on, by=None, decision=rule.decision)
                if row is None or grown(kind.model, [key]).kept:
                    continue
                entry_now.save()
                _purge(kind, row, entry_now)
        except DatabaseError:
            logger.exception("purging by rule: %s %s stays", kind.name, key)
            if entry is not None:
                entry.refresh_from_db()
        else:
            entry = entry_now
    if entry is None:
        return 0
    with transaction.atomic():
        tell(entry, on)
    return entry.number


def forget_orders(now: datetime) -> None:
    """Forget what was shown and never ordered, and what was done long ago; the log stays."""
    PurgeOrder.objects.filter(state=OrderState.SHOWN, made_at__lt=now - SHOWN_KEPT).delete()
    PurgeOrder.objects.filter(state=OrderState.DONE, made_at__lt=now - DONE_KEPT).delete()
