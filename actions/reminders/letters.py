"""The mails of waiting reminders, written a batch at a time."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from actions import owner_links
from actions.models import Reminder, ReminderLine
from actions.owner_links import address_of
from actions.reminders.steps import Line
from bra import mail
from bra.models import Council, Member

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """A reminder ready to be sent; without a mail, `failure` says why it won't be."""

    reminder: Reminder
    lines: list[ReminderLine]
    mail: mail.Mail | None
    failure: str = ""


def write_letters(council: Council, batch: Sequence[Reminder], today: date, reply_to: str) -> list[Letter]:
    """Write the mails of a batch; the number of queries is the same however many they are."""
    lines: dict[int, list[ReminderLine]] = defaultdict(list)
    related = ReminderLine.objects.select_related("action__agenda_item__meeting").order_by("deadline", "action_id")
    owner_of = {reminder.pk: reminder.owner for reminder in batch}
    for line in related.filter(reminder__in=batch):
        if _still_due(line, owner_of[line.reminder_id]):
            lines[line.reminder_id].append(line)
    told = {reminder.pk: _silence(reminder, lines[reminder.pk], today) for reminder in batch}
    secrets = owner_links.make_links(reminder.owner for reminder in batch if not told[reminder.pk])
    return [
        Letter(reminder, [], None, told[reminder.pk])
        if told[reminder.pk]
        else _letter(council, reminder, lines[reminder.pk], today, secrets[reminder.owner_id], reply_to)
        for reminder in batch
    ]


def _still_due(line: ReminderLine, owner: Member) -> bool:
    """Whether the line still holds: the action is live, the same owner's, with the same deadline."""
    action = line.action
    same = action.owner_id == owner.pk and action.deadline == line.deadline
    return action.is_live and same and (owner.cleared or not action.agenda_item.restricted)


def _silence(reminder: Reminder, lines: list[ReminderLine], today: date) -> str:
    """Why the reminder isn't to be sent any more; empty when it is."""
    if not address_of(reminder.owner) or not reminder.owner.is_active(today):
        return "no_owner"
    return "" if lines else "closed"


def message_id(reminder: Reminder) -> str:
    """The Message-ID of the reminder's mail, the same at every attempt: a mailbox shows a mail that came twice once."""
    return f"reminder-{reminder.pk}-{reminder.on:%Y%m%d}@{mail.domain()}"


def _letter(
    council: Council, reminder: Reminder, lines: list[ReminderLine], today: date, secret: str, reply_to: str
) -> Letter:
    context = {
        "council": council,
        "owner": reminder.owner,
        "lines": [Line(line.action, line.step, today) for line in lines],
        "path": reverse("owner:enter", args=[secret]),
        "reply_to": reply_to,
    }
    try:
        written = mail.build(
            "reminder",
            context,
            to=address_of(reminder.owner),
            message_id=message_id(reminder),
            sender_name=council.name,
            reply_to=reply_to,
            council_pk=council.pk,
        )
    except Exception as error:
        log.warning("reminder unsendable reminder=%s error=%s", reminder.pk, type(error).__name__)
        return Letter(reminder, lines, None, "unsendable")
    return Letter(reminder, lines, written)
