"""The verbs of a case's life: merged, split, closed, reopened, linked, watched, and proposed for an agenda."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member, Organisation
from bra.rows import locked
from meetings.lifecycle.agenda import add_item
from meetings.lifecycle.cases import open_case, restrict_items
from meetings.lifecycle.common import locked_live_case, locked_unmerged
from meetings.models import (
    AgendaItem,
    Case,
    CaseLink,
    CaseRules,
    CaseState,
    CaseWatch,
    Meeting,
    MeetingState,
    Topic,
)

# Merging and its undoing


@transaction.atomic
def merge_cases(*, case: Case, into: Case, by: Member, on: date) -> Case:
    """Merge `case` into another: its items, topics, links and watchers go over, and it points there from then on.

    History keeps what went over, so that `unmerge_case` can take exactly that back.
    """
    if case.council_id != into.council_id:
        raise TypeError("cases of two councils")
    if case.pk == into.pk:
        raise RuleBroken(_("A case can't be merged into itself."), field="into")
    council = locked(case.council)
    case, into = locked_unmerged(case), _target(into)
    if case.restricted != into.restricted:
        raise RuleBroken(
            _("One of the cases is restricted and the other isn't. Put the same lock on both first."), field="into"
        )
    items = [item.pk for item in _moved(AgendaItem.with_removed.filter(case=case), into, by=by, on=on)]
    topics = list(case.topics.exclude(pk__in=into.topics.all()))
    into.topics.add(*topics)
    history.change(
        case,
        council=council,
        by=by,
        on=on,
        verb="case.merged",
        state=CaseState.CLOSED,
        merged_into=into,
        merged_on=on,
    )
    history.record(
        council=council,
        by=by,
        on=on,
        verb="case.took_in",
        target=into,
        changes={
            "merged": (None, case.pk),
            "items": (None, items),
            "topics_added": (None, [topic.pk for topic in topics]),
            "links_added": (None, _links_copied(case, into)),
            "watches_added": (None, _watches_copied(case, into)),
        },
    )
    return into


def _target(into: Case) -> Case:
    try:
        return locked_live_case(into)
    except RuleBroken as error:
        raise RuleBroken(error.sentence, field="into") from error


def _moved(items: Any, to: Case, *, by: Member, on: date) -> list[AgendaItem]:
    moved = list(items.select_related("meeting__council").select_for_update(of=("self",)))
    for item in moved:
        history.change(item, council=to.council, by=by, on=on, verb="item.edited", case=to)
    return moved


def _links_copied(case: Case, into: Case) -> list[int]:
    """Link `into` with what `case` is linked with; return the keys of the new rows."""
    made = []
    for row in CaseLink.objects.filter(Q(one=case) | Q(other=case)):
        far = row.other_id if row.one_id == case.pk else row.one_id
        if far != into.pk:
            link, new = CaseLink.objects.get_or_create(one_id=min(far, into.pk), other_id=max(far, into.pk))
            made += [link.pk] if new else []
    return made


def _watches_copied(case: Case, into: Case) -> list[int]:
    """Let those who watch `case` watch `into`; return the keys of the new rows."""
    watchers = Member.objects.filter(watches__case=case).exclude(watches__case=into)
    return [
        CaseWatch.objects.create(case=into, member=member, seen=latest_treatment(into, member)).pk
        for member in watchers
    ]


@transaction.atomic
def unmerge_case(*, case: Case, by: Member, on: date) -> Case:
    """Take a merge back: what went over comes home, and the case stands as it stood before.

    Refused when the other case was closed or merged on since, or when something that went over has moved on.
    """
    council = locked(case.council)
    case = locked(case)
    if case.merged_into is None:
        raise RuleBroken(_("The case isn't merged into another one."))
    into = locked(case.merged_into)
    number = {"number": into.registry_number}
    if into.is_merged:
        raise RuleBroken(_("The case %(number)s was itself merged since. Undo that first.") % number)
    if not into.is_live:
        raise RuleBroken(
            _("The case %(number)s was closed since, so the merge can't be undone. Reopen it first.") % number
        )
    took = _last(into, "case.took_in", "merged", case.pk)
    items = AgendaItem.with_removed.filter(pk__in=took["items"][1])
    if items.exclude(case=into).exists():
        raise RuleBroken(
            _(
                "An item that was merged has since been tied to another case, so the merge can't be undone. "
                "Split %(number)s instead."
            )
            % number
        )
    _moved(items, case, by=by, on=on)
    into.topics.remove(*took["topics_added"][1])
    CaseLink.objects.filter(pk__in=took["links_added"][1]).delete()
    CaseWatch.objects.filter(pk__in=took["watches_added"][1]).delete()
    # A case that was closed before it was merged has no change of state in that entry.
    before = _last(case, "case.merged", "merged_into", into.pk).get("state", [case.state])[0]
    history.change(
        case,
        council=council,
        by=by,
        on=on,
        verb="case.unmerged",
        state=CaseState(before),
        merged_into=None,
        merged_on=None,
    )
    history.record(
        council=council, by=by, on=on, verb="case.gave_back", target=into, changes={"merged": (case.pk, None)}
    )
    if case.restricted:
        # A lock that was taken off an item while it stood in the other case doesn't fit this one.
        restrict_items(case, by=by, on=on)
    return case


def _last(case: Case, verb: str, field: str, key: int) -> dict[str, Any]:
    """The changes of the latest entry of the verb whose field became `key`."""
    entries = history.entries_of(case).filter(verb=verb).order_by("-pk")
    return next(entry.changes for entry in entries if entry.changes[field][1] == key)


# Splitting


@transaction.atomic
def split_case(
    *,
    case: Case,
    items: Collection[AgendaItem],
    title: str,
    organisation: Organisation,
    by: Member,
    on: date,
    registry_number: str = "",
    situation: str = "",
) -> Case:
    """Open a new case with some of a case's items. It gets the topics, the lock and the watchers of the old one."""
    if not items:
        raise RuleBroken(_("Choose at least one item."), field="items")
    council = locked(case.council)
    case = locked_live_case(case)
    chosen = case.items.filter(pk__in=[item.pk for item in items])
    if chosen.count() != len({item.pk for item in items}):
        raise RuleBroken(_("Somebody has moved one of the items meanwhile. Choose again."), field="items")
    treated = chosen.treated().exists()
    new = open_case(
        council=council,
        by=by,
        on=on,
        title=title,
        organisation=organisation,
        registry_number=registry_number,
        topics=case.topics.all(),
        situation=situation,
        lock=case.lock,
        state=CaseState.OPEN if treated else CaseState.NEW,
    )
    history.change(new, council=council, by=by, on=on, verb="case.split_off", split_from=case)
    moved = [item.pk for item in _moved(chosen, new, by=by, on=on)]
    _watches_copied(case, new)
    history.record(
        council=council,
        by=by,
        on=on,
        verb="case.split",
        target=case,
        changes={"split_off": (None, new.pk), "items": (None, moved)},
    )
    return new


# Closing and reopening


@transaction.atomic
def close_case(*, case: Case, outcome: str, by: Member, on: date) -> Case:
    """Close a case and say what it came to."""
    council = locked(case.council)
    case = locked_unmerged(case)
    outcome = outcome.replace("\r\n", "\n").strip()
    if not case.is_live:
        raise RuleBroken(_("The case is already closed."))
    if not outcome:
        raise RuleBroken(_("Say what the case came to."), field="outcome")
    history.change(
        case,
        council=council,
        by=by,
        on=on,
        verb="case.closed",
        state=CaseState.CLOSED,
        outcome=outcome,
        closed_on=on,
    )
    return case


@transaction.atomic
def reopen_case(*, case: Case, reason: str, by: Member, on: date) -> Case:
    """Open a closed case again and say why. Its outcome stays to be read as the earlier one."""
    council = locked(case.council)
    case = locked_unmerged(case)
    reason = reason.strip()
    if case.is_live:
        raise RuleBroken(_("The case isn't closed."))
    if not reason:
        raise RuleBroken(_("Say why the case is opened again."), field="reason")
    old = case.state
    case.state = CaseState.OPEN
    case.save(update_fields=["state"])
    history.record(
        council=council,
        by=by,
        on=on,
        verb="case.reopened",
        target=case,
        changes={"state": (old, CaseState.OPEN), "reason": (None, reason)},
    )
    return case


# Links


@transaction.atomic
def link_cases(*, case: Case, other: Case, by: Member, on: date) -> None:
    """Link two cases that belong together; both show it."""
    if case.council_id != other.council_id:
        raise TypeError("cases of two councils")
    if case.pk == other.pk:
        raise RuleBroken(_("A case can't be linked with itself."), field="other")
    locked(case.council)
    case, other = locked_unmerged(case), locked_unmerged(other)
    _link, new = CaseLink.objects.get_or_create(one_id=min(case.pk, other.pk), other_id=max(case.pk, other.pk))
    if new:
        _note_link(case, other, "case.linked", by=by, on=on)


@transaction.atomic
def unlink_cases(*, case: Case, other: Case, by: Member, on: date) -> None:
    """Take the link between two cases away; nothing happens when there is none."""
    locked(case.council)
    gone, _rows = CaseLink.objects.filter(one_id=min(case.pk, other.pk), other_id=max(case.pk, other.pk)).delete()
    if gone:
        _note_link(case, other, "case.unlinked", by=by, on=on)


def _note_link(case: Case, other: Case, verb: str, *, by: Member, on: date) -> None:
    for target, far in ((case, other), (other, case)):
        change = (None, far.pk) if verb == "case.linked" else (far.pk, None)
        history.record(council=case.council, by=by, on=on, verb=verb, target=target, changes={"linked": change})


# Watching


def latest_treatment(case: Case, member: Member) -> AgendaItem | None:
    """The latest item that treated the case, as far as the member may see."""
    treated = AgendaItem.objects.visible_to(member).treated().filter(case=case)
    return treated.order_by("-meeting__date", "-meeting__starts_at", "-pk").first()


@transaction.atomic
def watch_case(*, case: Case, by: Member, on: date, watched: bool = True) -> None:
    """Let the member be told from now on when the case is treated; `watched=False` ends it."""
    case = locked_unmerged(case)
    row = CaseWatch.objects.filter(case=case, member=by).first()
    if (row is not None) == watched:
        return
    if row is None:
        CaseWatch.objects.create(case=case, member=by, seen=latest_treatment(case, by))
    else:
        row.delete()
    history.record(
        council=case.council,
        by=by,
        on=on,
        verb="case.watched" if watched else "case.unwatched",
        target=case,
        changes={"watched": (not watched, watched)},
    )


@transaction.atomic
def see_watched(*, by: Member) -> None:
    """Note that the member has seen the latest treatment of each watched case. It changes nothing of the council's."""
    for row in CaseWatch.objects.filter(member=by).select_for_update(of=("self",)).select_related("case"):
        row.seen = latest_treatment(row.case, by)
        row.save(update_fields=["seen"])


# The agenda


@transaction.atomic
def put_on_agenda(*, meeting: Meeting, case: Case, by: Member, on: date) -> AgendaItem:
    """Put a case last on the agenda of a planned meeting, unless it stands there."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(_("The meeting is cancelled."))
    if not meeting.is_planned:
        raise RuleBroken(_("The meeting has begun. Add the item on its page."))
    if AgendaItem.objects.visible_to(by).filter(meeting=meeting, case=case).exists():
        raise RuleBroken(_("The case stands on the agenda already."))
    return add_item(meeting=meeting, by=by, on=on, title=case.title, case=case, topics=_topics(case))


def _topics(case: Case) -> Collection[Topic]:
    return list(case.topics.all())


@transaction.atomic
def choose_case_rules(*, council: Council, quiet_weeks: int, by: Member, on: date) -> CaseRules:
    """Choose after how many weeks a case that isn't treated is proposed for the agenda."""
    council = locked(council)
    if not 1 <= quiet_weeks <= CaseRules.MOST_WEEKS:
        raise RuleBroken(
            _("Choose between 1 and %(most)s weeks.") % {"most": CaseRules.MOST_WEEKS}, field="quiet_weeks"
        )
    rules, _new = CaseRules.objects.get_or_create(council=council)
    history.change(rules, council=council, by=by, on=on, verb="case_rules.chosen", quiet_weeks=quiet_weeks)
    return rules
