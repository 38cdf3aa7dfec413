"""The verbs of cases."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, LegalGround, Member, Organisation
from bra.rows import locked
from meetings.lifecycle.agenda import restrict
from meetings.lifecycle.common import locked_unmerged, only, set_topics
from meetings.lifecycle.locks import OPEN, Lock, decided
from meetings.models import AgendaItem, Case, CaseState, Topic

_FIELDS = ("registry_number", "title", "organisation", "situation", "ground")


def next_registry_number(council: Council, on: date) -> str:
    """Propose the next registry number of the year: "BRÅ 2017/3"."""
    prefix = f"BRÅ {on.year}/"
    taken = Case.objects.filter(council=council, registry_number__startswith=prefix)
    serials = [
        int(tail)
        for number in taken.values_list("registry_number", flat=True)
        # Those who write their own numbers may write anything; beyond six digits it is no serial.
        if (tail := number[len(prefix) :]).isdecimal() and len(tail) <= 6
    ]
    return f"{prefix}{max(serials, default=0) + 1}"


@transaction.atomic
def open_case(
    *,
    council: Council,
    by: Member | None,
    on: date,
    title: str,
    organisation: Organisation,
    registry_number: str = "",
    topics: Iterable[Topic] = (),
    situation: str = "",
    ground: LegalGround | None = None,
    lock: Lock | None = None,
    state: CaseState = CaseState.NEW,
) -> Case:
    """Open a case; without a registry number it gets the next of the year.

    A `ground` restricts it; `lock` is that of the case it comes from, which goes along as it was decided.
    """
    locked(council)
    number = registry_number.strip() or next_registry_number(council, on)
    _refuse_taken_registry_number(council, number, but=None)
    case = Case.objects.create(
        council=council,
        registry_number=number,
        title=title,
        organisation=organisation,
        situation=situation,
        state=state,
        opened_on=on,
        **(lock or decided(ground, row=None, council_id=council.pk, by=by, on=on)),
    )
    case.topics.set(topics)
    fields = ("registry_number", "title", "state", "restricted", "legal_ground")
    history.created(case, council=council, by=by, on=on, verb="case.opened", fields=fields)
    return case


@transaction.atomic
def edit_case(
    *,
    case: Case,
    by: Member,
    on: date,
    topics: Iterable[Topic],
    state: CaseState,
    situation_mark: str | None = None,
    **fields: object,
) -> Case:
    """Change a case: `fields` may hold registry_number, title, organisation, situation and ground (None: no lock).

    A case that becomes restricted takes its agenda items, and the cases merged into it, with it; those that have its
    lock follow when its ground is changed. Closing and reopening are verbs of their own, since they want words. With a
    `situation_mark`, that of the text which the new situation was written on, a text that somebody else saved meanwhile
    isn't overwritten: history keeps no copy.
    """
    only(fields, _FIELDS)
    council = locked(case.council)
    case = locked_unmerged(case)
    if state != case.state and CaseState.CLOSED in (state, case.state):
        raise RuleBroken(_("A case is closed with its outcome, and reopened with a reason."), field="state")
    number = str(fields.get("registry_number", "")).strip() or case.registry_number
    _refuse_taken_registry_number(council, number, but=case)
    fields["registry_number"] = number
    if situation_mark not in (None, case.situation_mark) and fields["situation"] != case.situation:
        raise RuleBroken(
            _("Somebody else rewrote this meanwhile. Put the two together and save again. Now it says: “%(text)s”")
            % {"text": case.situation},
            field="situation",
        )
    before = case.lock
    lock = decided(fields.pop("ground", case.legal_ground), row=case, council_id=council.pk, by=by, on=on)
    changes = history.change(case, council=council, by=by, on=on, verb="case.edited", state=state, **lock, **fields)
    set_topics(case, topics, council=council, by=by, on=on, verb="case.edited")
    if "legal_ground" in changes and case.restricted:
        restrict_items(case, instead_of=before, by=by, on=on)
        _restrict_merged(case, by=by, on=on)
    return case


def restrict_items(case: Case, *, by: Member, on: date, instead_of: Lock | None = None) -> None:
    """Put the lock of a case on all its agenda items, those taken off an agenda too, unless a floor above says no.

    An item that has a lock keeps it, unless it is the one of `instead_of`.
    """
    for item in AgendaItem.with_removed.filter(Q(restricted=False) | Q(**(instead_of or OPEN)), case=case):
        restrict(locked(item), case.lock, by=by, on=on)


def _restrict_merged(case: Case, *, by: Member, on: date) -> None:
    """Restrict what was merged into the case, and into that: it leads here, so it may be no more open than this."""
    for merged in case.merged.all():
        history.change(merged, council=case.council, by=by, on=on, verb="case.edited", **case.lock)
        _restrict_merged(merged, by=by, on=on)


def _refuse_taken_registry_number(council: Council, number: str, but: Case | None) -> None:
    taken = Case.objects.filter(council=council, registry_number=number)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    if taken.exists():
        raise RuleBroken(
            _("The registry number %(number)s is taken by another case. Choose another.") % {"number": number},
            field="registry_number",
        )
