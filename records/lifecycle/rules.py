"""The verbs that decide how long a kind of record is kept."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from records.models import MOST_YEARS, RetentionRule
from records.record_kinds import KINDS, Kind, rules_of


@transaction.atomic
def decide(
    *,
    council: Council,
    kind: Kind,
    years: int | None,
    decision: str,
    decided_on: date | None,
    automatic: bool,
    by: Member,
    on: date,
) -> RetentionRule:
    """Say how many years a kind is kept after its closing day, and by which decision; `years` None keeps it for ever.

    What is to be purged needs a decision (arkivlagen), its number and its day; what is kept may have one.
    """
    decision = " ".join(decision.split())
    if years is not None and not 1 <= years <= MOST_YEARS:
        raise RuleBroken(_("Choose between 1 and %(most)s years.") % {"most": MOST_YEARS}, field="years")
    if years is not None and not decision:
        raise RuleBroken(
            _("Name the decision to purge by; without a decision nothing may be purged."), field="decision"
        )
    if years is not None and decided_on is None:
        raise RuleBroken(_("Write the day of the decision."), field="decided_on")
    if decided_on is not None and decided_on > on:
        raise RuleBroken(_("The day of the decision can't be in the future."), field="decided_on")
    if automatic and years is None:
        raise RuleBroken(_("What is kept for ever isn't purged by itself."), field="automatic")
    council = locked(council)
    rule, _new = RetentionRule.objects.get_or_create(council=council, kind=kind.name)
    history.change(
        rule,
        council=council,
        by=by,
        on=on,
        verb="retention.chosen",
        years=years,
        decision=decision,
        decided_on=decided_on,
        automatic=automatic,
    )
    return rule


@transaction.atomic
def decide_as_suggested(*, council: Council, decision: str, decided_on: date, by: Member, on: date) -> int:
    """Give each kind that the council hasn't decided about the rule that we suggest; return how many."""
    council = locked(council)
    known = rules_of(council)
    undecided = [kind for kind in KINDS.values() if kind.name not in known]
    for kind in undecided:
        decide(
            council=council,
            kind=kind,
            years=kind.suggested,
            decision=decision,
            decided_on=decided_on,
            automatic=False,
            by=by,
            on=on,
        )
    return len(undecided)
