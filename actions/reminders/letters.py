"""The mails of waiting reminders, written a batch at a time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache

from django.urls import reverse

from actions.models import Action, ReminderLine
from actions.owner_links import OWNER
from actions.reminders.steps import Line
from bra import links
from bra.models import Letter, Member
from bra.moulds import Words, fill
from bra.post import Desk, Written, deputies

_MARK = "-here-"


def write_reminders(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the mails of a batch; the number of queries is the same however many they are."""
    lines: dict[int, list[ReminderLine]] = defaultdict(list)
    away = standing_in(desk, letters)
    related = ReminderLine.objects.select_related("action__agenda_item__meeting", "action__owner").order_by(
        "deadline", "action_id"
    )
    owner_of = {letter.pk: letter.recipient for letter in letters}
    for line in related.filter(reminder__in=list(owner_of)):
        if _still_due(line, owner_of[line.reminder_id], away):
            lines[line.reminder_id].append(line)
    secrets = links.make_links(((letter.recipient, None) for letter in letters if lines[letter.pk]), OWNER)
    return [
        written(desk, letter, lines[letter.pk], secrets[letter.recipient_id, None])
        if lines[letter.pk]
        else Written(letter, None, "closed")
        for letter in letters
    ]


def standing_in(desk: Desk, letters: Sequence[Letter]) -> set[tuple[int, int]]:
    """Who stands in for whom today, as (owner's key, key of the one who stands in)."""
    rows = deputies(desk.today).filter(deputy__in=[letter.recipient_id for letter in letters])
    return set(rows.values_list("member", "deputy"))


def _still_due(line: ReminderLine, told: Member, away: set[tuple[int, int]]) -> bool:
    """Whether the line still holds: the action is live, with the same deadline, the same owner's or in their stead."""
    action = line.action
    theirs = action.owner_id == told.pk or (action.owner_id, told.pk) in away
    return action.is_live and theirs and action.deadline == line.deadline and may_know(told, action)


def may_know(told: Member, action: Action) -> bool:
    """Whether the mail to `told` may name the action."""
    return told.cleared or not action.agenda_item.restricted


def line_of(action: Action, step: int, on: date, told: Member) -> Line:
    """The line as `told` reads it: it names the owner where that is somebody else."""
    return Line(action, step, on, absent="" if action.owner_id == told.pk else action.owner.label)


def written(desk: Desk, letter: Letter, lines: Sequence[ReminderLine], secret: str) -> Written:
    """Write one reminder: the lines it says, and the secret of its link."""
    said = [line.pk for line in lines]
    shown = [line_of(line.action, line.step, desk.today, letter.recipient) for line in lines]
    slots = {
        "name": Words(letter.recipient.display_name),
        "path": Words(_page().replace(_MARK, secret)),
        "told": told_lines(shown),
    }
    return desk.write(
        letter,
        "reminder",
        {"lines": shown},
        slots=slots,
        key=len(shown),
        claimed=lambda: _keep_only(letter, said),
    )


@cache
def _page() -> str:
    """The address of the owner's page, with _MARK where the secret belongs; found once."""
    return reverse("owner:enter", args=[_MARK])


def told_lines(lines: Sequence[Line]) -> Words:
    """The lines as they stand in a mail."""
    filled = [
        fill(
            "_action",
            {"line": line},
            {"title": Words(line.title), "absent": Words(line.absent)},
            key=(line.action.deadline.toordinal(), line.on.toordinal(), not line.absent),
            parts=("txt", "html"),
        )
        for line in lines
    ]
    return Words("\n\n".join(one["txt"] for one in filled), "\n    ".join(one["html"] for one in filled))


def untell(letter: Letter) -> None:
    """Take away all lines of a reminder that nobody gets: what is still to be done falls due again the next day."""
    _keep_only(letter, [])


def _keep_only(letter: Letter, said: Sequence[int]) -> None:
    """Take away the lines that the mail doesn't say, so that the rows always tell what the mail told.

    Closed actions, and those added since it was written, which fall due again the next day.
    """
    ReminderLine.objects.filter(reminder=letter.pk).exclude(pk__in=said).delete()
