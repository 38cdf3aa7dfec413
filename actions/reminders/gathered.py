"""The mails that gather an owner's actions: before a meeting, before a report, and what the council takes up."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from actions.models import Action, Escalation, UpdateRound
from actions.owner_links import OWNER
from actions.reminders.letters import line_of, may_know, standing_in, told_lines
from actions.reminders.steps import Line
from bra import links
from bra.models import Letter
from bra.moulds import Words
from bra.post import Desk, Written
from meetings.models import Meeting


def _open_actions(desk: Desk, letters: Sequence[Letter]) -> dict[int, list[Line]]:
    """Each recipient's open actions and those of whom they stand in for today, as far as they may see them.

    The nearest deadline first. Two queries.
    """
    told = {letter.recipient_id: letter.recipient for letter in letters}
    readers = {pk: [one] for pk, one in told.items()}
    for owner, deputy in sorted(standing_in(desk, letters)):
        readers.setdefault(owner, []).append(told[deputy])
    live = Action.objects.live().filter(owner__in=readers).select_related("agenda_item__meeting", "owner")
    lines: dict[int, list[Line]] = defaultdict(list)
    for action in live.order_by("deadline", "pk"):
        for one in readers[action.owner_id]:
            if may_know(one, action):
                lines[one.pk].append(line_of(action, 0, desk.today, one))
    return lines


@dataclass(frozen=True)
class Subject:
    """What letters are about: the context of their template, and all that it says of it, which may change in a day."""

    context: dict[str, object]
    says: Hashable


def write_digests(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write what will be asked at each letter's meeting; nothing once the meeting has begun or is cancelled."""
    meetings = Meeting.objects.in_bulk([letter.about for letter in letters if letter.about is not None])
    coming = {pk: row for pk, row in meetings.items() if row.is_planned and row.date >= desk.today}
    subjects = {pk: Subject({"meeting": row}, (row.number, row.date)) for pk, row in coming.items()}
    return _write(desk, letters, "digest", subjects)


def write_updates(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the question how the recipient's open actions stand."""
    rounds = UpdateRound.objects.in_bulk([letter.about for letter in letters if letter.about is not None])
    subjects = {pk: Subject({"round": row}, (row.as_of, row.until)) for pk, row in rounds.items()}
    return _write(desk, letters, "update", subjects)


def _write(desk: Desk, letters: Sequence[Letter], template: str, subjects: dict[int, Subject]) -> list[Written]:
    """Write the letters about the subjects that are still there, to those who still have open actions."""
    lines = _open_actions(desk, letters)
    told = [letter for letter in letters if letter.about in subjects and lines[letter.recipient_id]]
    secrets = links.make_links({letter.recipient_id: (letter.recipient, None) for letter in told}.values(), OWNER)
    keys = {letter.pk for letter in told}
    return [
        desk.write(
            letter,
            template,
            subjects[letter.about or 0].context | {"lines": lines[letter.recipient_id]},
            slots={
                "name": Words(letter.recipient.display_name),
                "path": Words(reverse("owner:enter", args=[secrets[letter.recipient_id, None]])),
                "told": told_lines(lines[letter.recipient_id]),
                # No slot where there is no link: even an empty one would count as one in the template.
                **({"unsubscribe": Words(desk.unsubscribe[letter.pk])} if letter.pk in desk.unsubscribe else {}),
            },
            key=(
                subjects[letter.about or 0].says,
                len(lines[letter.recipient_id]),
                letter.pk in desk.unsubscribe,
            ),
        )
        if letter.pk in keys
        else Written(letter, None, "closed")
        for letter in letters
    ]


def write_escalated(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Tell what was put before the council on the letter's day, as far as the recipient may see it."""
    days = {letter.on for letter in letters}
    rows = Escalation.objects.filter(action__council=desk.council, on__in=days)
    rows = rows.select_related("action__agenda_item__meeting", "proposal__meeting").order_by("deadline", "action_id")
    by_day: dict[object, list[Escalation]] = defaultdict(list)
    for row in rows:
        by_day[row.on].append(row)
    path = reverse("meetings:proposals", args=[desk.council.slug])
    written = []
    for letter in letters:
        seen = [row for row in by_day[letter.on] if letter.recipient.cleared or not row.action.agenda_item.restricted]
        meeting = next((row.proposal.meeting for row in seen if row.proposal), None)
        if not seen:
            written.append(Written(letter, None, "closed"))
            continue
        told = [Line(row.action, 0, desk.today) for row in seen]
        words = told_lines(told)
        context = {"name": letter.recipient.display_name, "lines": told, "meeting": meeting, "path": path}
        written.append(desk.write(letter, "escalated", context, slots={"told": words}, key=(letter.pk, words)))
    return written
