"""Locks on items, cases and addenda: by which legal ground, since when, and who decided it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bra.errors import RuleBroken
from bra.models import LegalGround, Member, Restrictable
from meetings.models import Case
from meetings.permissions import may_restrict_any

# The fields of Restrictable.LOCK with their values.
Lock = dict[str, Any]
OPEN: Lock = {"restricted": False, "legal_ground": None, "restricted_on": None, "restricted_by": None}


def decided(ground: object, *, row: Restrictable | None, council_id: int, by: Member | None, on: date) -> Lock:
    """Return the lock that `by` decides on: by that ground, or none. The ground of `row` chosen again changes nothing.

    Refuses who isn't cleared, another council's ground and one that is no longer offered.
    """
    assert ground is None or isinstance(ground, LegalGround)
    if row is not None and row.legal_ground_id == (ground.pk if ground else None):
        return row.lock
    if ground is None and row is None:
        return OPEN
    if by is None or not may_restrict_any(by):
        raise RuleBroken(_("Only those who may see restricted items put a lock on or take it off."), field="ground")
    if ground is None:
        return OPEN
    if ground.council_id != council_id:
        raise RuleBroken(_("Choose one of the council's own legal grounds."), field="ground")
    if ground.removed:
        raise RuleBroken(_("That legal ground is no longer used. Choose another."), field="ground")
    return {"restricted": True, "legal_ground": ground, "restricted_on": on, "restricted_by": by}


def with_case(lock: Lock, case: Case | None, *, otherwise: Lock = OPEN) -> Lock:
    """Return the lock of an item of the case: its own; that of a restricted case where it would have none.

    `otherwise` is the lock that stays on in place of the case's, if it is one.
    """
    if lock["restricted"] or case is None or not case.restricted:
        return lock
    return otherwise if otherwise["restricted"] else case.lock
