"""The mails of waiting reminders, written a batch at a time."""

from collections import defaultdict
from collections.abc import Sequence

from django.urls import reverse

from actions.models import ReminderLine
from actions.owner_links import OWNER
from actions.reminders.steps import Line
from bra import links
from bra.models import Letter, Member
from bra.post import Desk, Written


def write_reminders(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the mails of a batch; the number of queries is the same however many they are."""
    lines: dict[int, list[ReminderLine]] = defaultdict(list)
    related = ReminderLine.objects.select_related("action__agenda_item__meeting").order_by("deadline", "action_id")
    owner_of = {letter.pk: letter.recipient for letter in letters}
    for line in related.filter(reminder__in=list(owner_of)):
        if _still_due(line, owner_of[line.reminder_id]):
            lines[line.reminder_id].append(line)
    secrets = links.make_links(((letter.recipient, None) for letter in letters if lines[letter.pk]), OWNER)
    return [
        _written(desk, letter, lines[letter.pk], secrets[letter.recipient_id, None])
        if lines[letter.pk]
        else Written(letter, None, "closed")
        for letter in letters
    ]


def _still_due(line: ReminderLine, owner: Member) -> bool:
    """Whether the line still holds: the action is live, the same owner's, with the same deadline."""
    action = line.action
    same = action.owner_id == owner.pk and action.deadline == line.deadline
    return action.is_live and same and (owner.cleared or not action.agenda_item.restricted)


def _written(desk: Desk, letter: Letter, lines: Sequence[ReminderLine], secret: str) -> Written:
    said = [line.pk for line in lines]
    context = {
        "owner": letter.recipient,
        "lines": [Line(line.action, line.step, desk.today) for line in lines],
        "path": reverse("owner:enter", args=[secret]),
    }
    return desk.write(letter, "reminder", context, claimed=lambda: _keep_only(letter, said))


def _keep_only(letter: Letter, said: Sequence[int]) -> None:
    """Take away the lines that the mail doesn't say, so that the rows always tell what the mail told.

    Closed actions, and those added since it was written, which fall due again the next day.
    """
    ReminderLine.objects.filter(reminder=letter.pk).exclude(pk__in=said).delete()
