"""Claiming what waits and handing it to the mail server: one at a time, just before the server gets it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from actions.models import Reminder, ReminderLine, ReminderState
from actions.reminders.letters import Letter, write_letters
from bra import mail
from bra.models import Council, Member, Role

log = logging.getLogger(__name__)

# How long a claim holds; far longer than one mail takes (settings.EMAIL_TIMEOUT bounds each answer of the server).
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 5
# Mails rendered at a time, with the same number of queries however many they are.
BATCH = 100


@dataclass
class Delivered:
    """What became of the waiting reminders. `away`: the mail server couldn't be reached, the rest waits."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    unknown: int = 0
    dropped: int = 0
    away: bool = False


def deliver(
    council: Council,
    *,
    today: date,
    clock: Callable[[], datetime],
    connect: Callable[[], BaseEmailBackend] = get_connection,
) -> Delivered:
    """Send the council's waiting reminders, over one connection. `today` is its day, `clock` tells the instant.

    Never inside a transaction. A reminder that can't be sent stops no other; one whose sender died becomes unknown.
    """
    done = Delivered(unknown=flag_lapsed(council, now=clock()))
    waiting = Reminder.objects.waiting().filter(council=council).select_related("owner__user").order_by("pk")
    reply_to = _coordinators_address(council, today)
    last = 0
    with mail.Outbox(connect) as box:
        while not done.away and (batch := list(waiting.filter(pk__gt=last)[:BATCH])):
            at, last = batch[0].pk, batch[-1].pk
            try:
                # Asked before the mails are written: each makes a link that nobody would get.
                box.ready()
                for letter in write_letters(council, batch, today, reply_to):
                    at = letter.reminder.pk
                    _deliver_one(council, letter, box, clock, done)
            except mail.ServerAway as error:
                log.error("mail server away council=%s error=%s", council.pk, error)
                waiting.filter(pk__gte=at).order_by().update(failure="away")
                done.away = True
    if done != Delivered():
        log.info("reminders delivered council=%s %s", council.pk, done)
    return done


def flag_lapsed(council: Council, *, now: datetime) -> int:
    """Flag the council's claims that ran out as unknown; return how many. They are never sent again by themselves."""
    lapsed = Reminder.objects.filter(council=council, state=ReminderState.CLAIMED, claimed_until__lt=now)
    return lapsed.update(state=ReminderState.UNKNOWN, claimed_until=None, failure="lease")


@transaction.atomic
def claim(reminder_pk: int, *, now: datetime, says: Iterable[int]) -> bool:
    """Claim a waiting reminder whose mail says the lines `says` (pks); False when somebody else was first.

    Lines that the mail doesn't say are taken away: closed actions, and those added since it was written, which fall
    due again the next day. So the rows always tell what the mail told.
    """
    mine = Reminder.objects.waiting().filter(pk=reminder_pk)
    if not mine.update(state=ReminderState.CLAIMED, claimed_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    ReminderLine.objects.filter(reminder=reminder_pk).exclude(pk__in=says).delete()
    return True


def _deliver_one(
    council: Council, letter: Letter, box: mail.Outbox, clock: Callable[[], datetime], done: Delivered
) -> None:
    """Send one mail and write what became of it. Raises ServerAway, with nothing claimed."""
    reminder = letter.reminder
    if letter.mail is None:
        state = ReminderState.FAILED if letter.failure == "unsendable" else ReminderState.DROPPED
        if Reminder.objects.waiting().filter(pk=reminder.pk).update(state=state, failure=letter.failure):
            done.failed += state == ReminderState.FAILED
            done.dropped += state == ReminderState.DROPPED
        return
    box.ready()
    if not claim(reminder.pk, now=clock(), says=[line.pk for line in letter.lines]):
        return
    try:
        box.send(letter.mail)
    except mail.Refused as error:
        again = not error.final and reminder.attempts + 1 < MOST_ATTEMPTS
        _settle(reminder, ReminderState.PENDING if again else ReminderState.FAILED, f"refused {error.code}")
        done.later += again
        done.failed += not again
    except Exception as error:
        log.warning("reminder uncertain reminder=%s error=%s", reminder.pk, type(error).__name__)
        _settle(reminder, ReminderState.UNKNOWN, "broken")
        done.unknown += 1
    else:
        # As the council tells the time, on its pinned day if it has one; leases run by the real clock.
        _settle(reminder, ReminderState.SENT, sent_at=council.now(clock()))
        done.sent += 1


def _settle(reminder: Reminder, state: ReminderState, failure: str = "", sent_at: datetime | None = None) -> None:
    # Who knows for certain may correct a claim that has run out meanwhile, but not what a person made of it.
    claimed = Reminder.objects.filter(pk=reminder.pk, state__in=[ReminderState.CLAIMED, ReminderState.UNKNOWN])
    claimed.update(state=state, claimed_until=None, failure=failure, sent_at=sent_at)


def _coordinators_address(council: Council, today: date) -> str:
    """Where an owner's answer to a mail goes: to the first coordinator with an address; empty without one."""
    coordinators = Member.objects.active(today).filter(council=council, role=Role.COORDINATOR).exclude(email="")
    return coordinators.order_by("pk").values_list("email", flat=True).first() or ""
