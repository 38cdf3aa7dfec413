"""What the mails of a day would be, if nothing changed until then."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import Action
from actions.reminders.digests import DIGEST, digest_cause, meetings_near, owners_asked
from actions.reminders.due import due, held_back_words, with_recipient
from actions.reminders.escalating import overdue_too_long, told_of
from actions.reminders.rules import Rules, rules_of
from actions.reminders.steps import Line
from bra import post
from bra.models import Council, Deputy, Letter, Member, Unsubscription


@dataclass(frozen=True)
class Group:
    """One recipient's reminder, as it would be: the owner's own actions, and those of owners who are away."""

    owner: Member
    lines: list[Line]


@dataclass(frozen=True)
class Held:
    """An action whose owner isn't reminded of it, and why, in words."""

    line: Line
    owner: Member
    reason: str


@dataclass(frozen=True)
class Other:
    """A mail of another kind: to whom, why, and why it is held back, in words; empty when it isn't."""

    recipient: Member
    why: str
    held: str = ""


@dataclass(frozen=True)
class Preview:
    """What the mails of a day would be. `instead`: on a day off, the next day on which mail goes out."""

    on: date
    groups: list[Group] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    instead: date | None = None

    @property
    def actions(self) -> int:
        """How many actions are reminded of."""
        return sum(len(group.lines) for group in self.groups)


def preview(council: Council, on: date, *, today: date | None = None, member: Member | None = None) -> Preview:
    """Say who would get what on the day `on`, and why, and who wouldn't; writes nothing.

    With `today`, what goes out on the working days before `on` is taken as sent then. With `member`, only the actions
    which that member may see; without, all of them (for the operator's command). The number of queries is the same
    however many are due.
    """
    rules = rules_of(council)
    if not rules.is_working_day(on):
        return Preview(on, instead=rules.next_working_day(on))
    coming = due([council], on, rules, foreseen=True)
    seen: QuerySet[Any] = coming if member is None else coming.visible_to(member)
    for day in _earlier_days(on, today, rules):
        before: QuerySet[Any, Any] = due([council], day, rules, foreseen=True)
        # Reminded of then, of the same step: nothing is left for this day.
        told = dict(before.filter(reason="").values_list("pk", "step"))
        same: dict[int, list[int]] = defaultdict(list)
        for pk, step in told.items():
            same[step].append(pk)
        for step, pks in same.items():
            seen = seen.exclude(step=step, pk__in=pks)
    groups, held = _reminders(council, seen, on)
    others = [*_digests(council, on, today, rules, member), *_escalated(council, on, today, rules, member)]
    return Preview(on, groups, held, others)


def _earlier_days(on: date, today: date | None, rules: Rules) -> set[date]:
    """The last days from today on on which an action of `on` would have been reminded of already."""
    if today is None:
        return set()
    before = rules.previous_working_day(on)
    return {day for day in (before, rules.gathering_day(before)) if day >= today}


def _reminders(council: Council, seen: QuerySet[Any], on: date) -> tuple[list[Group], list[Held]]:
    rows = list(
        seen.select_related("owner__user", "owner__organisation", "agenda_item__meeting").order_by(
            "owner__sort_key", "owner_id", "deadline", "pk"
        )
    )
    standing_in = {row.member_id: row for row in _standing_in(council, on)}
    groups: dict[Member, list[Line]] = defaultdict(list)
    held = []
    for action in rows:
        row = standing_in.get(action.owner_id)
        if action.reason:
            held.append(Held(Line(action, action.step, on), action.owner, held_back_words(action.reason)))
        elif row is not None and action.recipient == row.deputy_id:
            groups[row.deputy].append(Line(action, action.step, on, absent=action.owner.label))
        else:
            cant = _("%(deputy)s, who stands in, can't get it") % {"deputy": row.deputy.label} if row else ""
            groups[action.owner].append(Line(action, action.step, on, cant=cant))
    return [Group(owner, lines) for owner, lines in groups.items()], held


def _standing_in(council: Council, on: date) -> QuerySet[Deputy]:
    # The latest first, so that the earliest stays in a dictionary.
    rows = post.deputies(on).filter(member__council=council)
    return rows.select_related("deputy__organisation", "deputy__user").order_by("-pk")


def _digests(council: Council, on: date, today: date | None, rules: Rules, member: Member | None) -> list[Other]:
    """The digests that the day would bring, and those held back."""
    found = []
    for meeting in meetings_near([council], on, rules):
        first = rules.previous_working_day(on)
        if today is not None and first >= today and (meeting.date - first).days <= rules.digest_days:
            continue  # they go out before that day
        told = _told_of_open_actions(council, on, member)
        owners = owners_asked(council, on).filter(pk__in=told).select_related("organisation")
        owners = owners.exclude(
            pk__in=Letter.objects.filter(kind=DIGEST, cause=digest_cause(meeting)).values("recipient")
        )
        paused = set(post.paused(on))
        declined = set(Unsubscription.objects.filter(kind=DIGEST).values_list("member", flat=True))
        why = _("what will be asked at meeting %(meeting)s on %(day)s") % {
            "meeting": meeting.number,
            "day": meeting.date,
        }
        for owner in owners.order_by("sort_key", "pk"):
            held = _("has paused mail; this follows after the pause") if owner.pk in paused else ""
            held = _("doesn't want mail of this kind") if owner.pk in declined else held
            found.append(Other(owner, _for_whom(why, told[owner.pk]), held))
    return found


def _told_of_open_actions(council: Council, on: date, member: Member | None) -> dict[int, list[str]]:
    """Who is told of an open action that the member may see: for each, the absent whom they stand in for."""
    seen = Action.objects.live().filter(council=council)
    if member is not None:
        seen = seen.visible_to(member)
    rows: QuerySet[Any, Any] = with_recipient(seen, [council], on)
    pairs = list(rows.order_by("owner__sort_key", "owner").values_list("recipient", "owner").distinct())
    absent = Member.objects.in_bulk([owner for recipient, owner in pairs if recipient != owner])
    told: dict[int, list[str]] = defaultdict(list)
    for recipient, owner in pairs:
        told[recipient] += [absent[owner].label] if recipient != owner else []
    return told


def _for_whom(why: str, absent: list[str]) -> str:
    """The reason, and for whom else it is."""
    if not absent:
        return why
    return _("%(step)s; for %(owner)s, who is away") % {"step": why, "owner": "; ".join(absent)}


def _escalated(council: Council, on: date, today: date | None, rules: Rules, member: Member | None) -> list[Other]:
    """Who would be told that the council takes up what is overdue too long."""
    actions = overdue_too_long([council], on, rules).get(council.pk, [])
    before = rules.previous_working_day(on)
    if today is not None and before >= today:
        gone = {action.pk for action in overdue_too_long([council], before, rules).get(council.pk, [])}
        actions = [action for action in actions if action.pk not in gone]
    if member is not None and not member.cleared:
        actions = [action for action in actions if not action.agenda_item.restricted]
    if not actions:
        return []
    words = ngettext(
        "%(n)d action is so long overdue that the council takes it up",
        "%(n)d actions are so long overdue that the council takes them up",
        len(actions),
    )
    return [Other(told, words % {"n": len(actions)}) for told in told_of(council, actions, on)]
