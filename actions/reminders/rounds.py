"""Rounds of updates: before a report's day each owner is asked once how the own actions stand."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from actions.models import Action, UpdateRound
from actions.reminders.digests import owners_asked
from actions.reminders.rules import rules_of
from bra import history, post
from bra.errors import RuleBroken
from bra.models import Council, Deputy, HistoryEntry, Letter, Member
from bra.rows import locked

UPDATE = "update"
LONGEST_GRACE = 30


@transaction.atomic
def start_update_round(*, council: Council, as_of: date, grace_days: int, by: Member, on: date) -> UpdateRound:
    """Ask each owner of open actions, once, how they stand before the day `as_of`; they have `grace_days` to answer."""
    council = locked(council)
    if as_of < on:
        raise RuleBroken(_("Choose a day that is still to come."), field="as_of")
    if not 1 <= grace_days <= LONGEST_GRACE:
        raise RuleBroken(_("Give between 1 and %(most)d days to answer.") % {"most": LONGEST_GRACE}, field="grace_days")
    if UpdateRound.objects.filter(council=council, as_of=as_of).exists():
        raise RuleBroken(_("The owners have been asked about that day already."), field="as_of")
    owners = list(owners_asked(council, on).select_related("user"))
    if not owners:
        raise RuleBroken(_("There is nobody to ask: no owner of an open action can be reached by mail."))
    until = rules_of(council).next_working_day(on + timedelta(days=grace_days))
    made = UpdateRound.objects.create(council=council, as_of=as_of, asked_on=on, until=until)
    history.created(made, council=council, by=by, on=on, verb="round.started", fields=("as_of", "until"))
    post.post(council=council, kind=UPDATE, recipients=owners, cause=f"as-of {as_of}", on=on, about=made.pk)
    return made


def to_be_asked(member: Member, on: date) -> int:
    """How many owners a round started on the day would ask, as far as the member may know of their actions."""
    return owners_asked(member.council, on, among=Action.objects.visible_to(member)).count()


@dataclass(frozen=True)
class Asked:
    """One owner of a round: how many actions are open now, and the day of the last answer; None without one."""

    owner: Member
    open_actions: int
    answered_on: date | None


def asked_in(round_: UpdateRound, member: Member) -> list[Asked]:
    """Whose actions the round asked about, those without an answer first, as far as the member may know. Two queries.

    Whatever an owner has recorded of an own action since counts as an answer, and what somebody has recorded of it who
    stood in for the owner that day.
    """
    seen = Action.objects.visible_to(member).agreed()
    asked = Letter.objects.filter(kind=UPDATE, about=round_.pk, council_id=round_.council_id).values("recipient")
    through_others = post.deputies(round_.asked_on).filter(deputy__in=asked).values("member")
    owners = (
        Member.objects.filter(
            Q(pk__in=asked) | Q(pk__in=through_others), council_id=member.council_id, actions__in=seen
        )
        .select_related("organisation")
        .annotate(open_actions=Count("actions", filter=Q(actions__in=seen.live()), distinct=True))
    )
    said = HistoryEntry.objects.filter(
        council_id=round_.council_id, target_type="action", on__gte=round_.asked_on
    ).annotate(owner=Subquery(seen.filter(pk=OuterRef("target_id")).values("owner")))
    standing_in = Deputy.objects.filter(
        member=OuterRef("owner"), deputy=OuterRef("actor"), starts__lte=OuterRef("on"), ends__gte=OuterRef("on")
    )
    answers = said.filter(Q(actor=F("owner")) | Exists(standing_in))
    last = dict(answers.order_by().values_list("owner").annotate(last=Max("on")))
    rows = [Asked(owner, owner.open_actions, last.get(owner.pk)) for owner in owners]
    return sorted(rows, key=lambda row: (row.answered_on is not None, row.owner.sort_key, row.owner.pk))
