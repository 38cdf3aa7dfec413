"""The verbs of the recycle bin: bring something back, and empty it of what has lain there for its days."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_noop

from actions import indicator_lifecycle, plan_lifecycle
from actions import lifecycle as actions
from bra import chain
from bra.models import Council, Member
from bra.rows import locked
from meetings import lifecycle as meetings
from records.bin import DAYS, Removed, Sort, contents
from records.fates import entries_of, grown, take_away
from records.lifecycle.purging import count, tell
from records.models import Purge
from records.record_kinds import BIN

logger = logging.getLogger(__name__)

# Kept in English and translated where it is shown.
DECISION = gettext_noop("The recycle bin's rule: 30 days")

_BACK: dict[str, Callable[..., Any]] = {
    "action": lambda row, **who: actions.remove(action=row, removed=False, **who),
    "item": lambda row, **who: meetings.restore_item(item=row, **who),
    "decision": lambda row, **who: meetings.remove_decision(decision=row, removed=False, **who),
    "guest": lambda row, **who: meetings.remove_guest(guest=row, removed=False, **who),
    "comment": lambda row, **who: meetings.remove_comment(comment=row, removed=False, **who),
    "standing": lambda row, **who: meetings.remove_standing(item=row, removed=False, **who),
    "goal": lambda row, **who: plan_lifecycle.remove_goal(goal=row, removed=False, **who),
    "activity": lambda row, **who: plan_lifecycle.remove_activity(activity=row, removed=False, **who),
    "indicator": lambda row, **who: indicator_lifecycle.remove_indicator(indicator=row, removed=False, **who),
    "outcome": lambda row, **who: indicator_lifecycle.remove_outcome(outcome=row, removed=False, **who),
}


def bring_back(*, removed: Removed, by: Member, on: date) -> None:
    """Bring something back, by the verb of its own floor; that one refuses with a sentence when it can't be."""
    _BACK[removed.sort.name](removed.row, by=by, on=on)


def empty(*, council: Council, at: datetime) -> int:
    """Throw away what was removed DAYS days ago or earlier at the instant `at`, texts in history too; return how many.

    Each sort in one transaction. What something kept still refers to stays until that is gone.
    """
    on = council.today(at)
    last = on - timedelta(days=DAYS)
    old: dict[str, list[Removed]] = {}
    for one in contents(council, None):
        if one.on is not None and one.on <= last:
            old.setdefault(one.sort.name, []).append(one)
    if not old:
        return 0
    with transaction.atomic():
        entry = Purge.objects.create(council=council, kind=BIN, on=on, by=None, decision=DECISION)
    for things in old.values():
        try:
            _throw(entry, things)
        except DatabaseError:
            logger.exception("recycle bin: council=%s %s stays", council.pk, things[0].sort.name)
            entry.refresh_from_db()
    with transaction.atomic():
        if entry.number:
            tell(entry, on)
        else:
            Purge.objects.filter(pk=entry.pk).delete()  # nothing was purged, so there is nothing to tell
    return entry.number


@transaction.atomic
def _throw(entry: Purge, things: list[Removed]) -> None:
    sort: Sort = things[0].sort
    council = locked(entry.council)
    keys = {one.row.pk: one.on for one in things}
    # Somebody may have brought one back meanwhile.
    still = set(sort.rows(council).filter(pk__in=list(keys)).values_list("pk", flat=True))
    kept = grown(sort.model, still).kept
    trees = grown(sort.model, still - set(kept))
    going = sorted(trees.rows[sort.model])
    if not going:
        return
    told = entries_of(trees, council)
    take_away(trees, council)
    chain.blank(told, council=council, by=None, on=entry.on, decision=DECISION)
    for key in going:
        if key in keys:
            count(entry, key, keys[key])
