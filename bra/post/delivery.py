"""Claiming what waits and handing it to the mail server: one at a time, just before the server gets it."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from bra import mail
from bra.models import Council, Letter, LetterState, Member, Role
from bra.post.kinds import KINDS, Desk, Written

log = logging.getLogger(__name__)

# How long a claim holds; far longer than one mail takes (settings.EMAIL_TIMEOUT bounds each answer of the server).
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 5
# Mails rendered at a time, with the same number of queries however many they are.
BATCH = 100


@dataclass
class Delivered:
    """What became of the waiting mails. `away`: the mail server couldn't be reached, the rest waits."""

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
    """Send the council's waiting mails, over one connection. `today` is its day, `clock` tells the instant.

    Never inside a transaction. A mail that can't be sent stops no other; one whose sender died becomes unknown.
    """
    done = Delivered(unknown=flag_lapsed(council, now=clock()))
    waiting = Letter.objects.waiting().filter(council=council).select_related("recipient__user").order_by("pk")
    desk = Desk(council, today, _coordinators_address(council, today), clock())
    last = 0
    with mail.Outbox(connect) as box:
        while not done.away and (batch := list(waiting.filter(pk__gt=last)[:BATCH])):
            at, last = batch[0].pk, batch[-1].pk
            try:
                # Asked before the mails are written: each makes a link that nobody would get.
                box.ready()
                for written in _write(desk, batch):
                    at = written.letter.pk
                    _deliver_one(council, written, box, clock, done)
            except mail.ServerAway as error:
                log.error("mail server away council=%s error=%s", council.pk, error)
                waiting.filter(pk__gte=at).order_by().update(failure="away")
                done.away = True
    if done != Delivered():
        log.info("mails delivered council=%s %s", council.pk, done)
    return done


def flag_lapsed(council: Council, *, now: datetime) -> int:
    """Flag the council's claims that ran out as unknown; return how many. They are never sent again by themselves."""
    lapsed = Letter.objects.filter(council=council, state=LetterState.CLAIMED, claimed_until__lt=now)
    return lapsed.update(state=LetterState.UNKNOWN, claimed_until=None, failure="lease")


@transaction.atomic
def claim(written: Written, *, now: datetime) -> bool:
    """Claim the waiting letter of a written mail; False when somebody else was first."""
    mine = Letter.objects.waiting().filter(pk=written.letter.pk)
    if not mine.update(state=LetterState.CLAIMED, claimed_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    if written.claimed is not None:
        written.claimed()
    return True


def _write(desk: Desk, batch: Sequence[Letter]) -> Iterator[Written]:
    """Write the mails of a batch, kind by kind as they lie."""
    for kind, run in groupby(batch, key=lambda letter: letter.kind):
        letters = list(run)
        reached = [letter for letter in letters if letter.recipient.address and letter.recipient.is_active(desk.today)]
        told = {written.letter.pk: written for written in KINDS[kind].write(desk, reached)}
        for letter in letters:
            yield told.get(letter.pk) or Written(letter, None, "no_recipient")


def _deliver_one(
    council: Council, written: Written, box: mail.Outbox, clock: Callable[[], datetime], done: Delivered
) -> None:
    """Send one mail and write what became of it. Raises ServerAway, with nothing claimed."""
    letter = written.letter
    if written.mail is None:
        state = LetterState.FAILED if written.failure == "unsendable" else LetterState.DROPPED
        if Letter.objects.waiting().filter(pk=letter.pk).update(state=state, failure=written.failure):
            done.failed += state == LetterState.FAILED
            done.dropped += state == LetterState.DROPPED
        return
    box.ready()
    if not claim(written, now=clock()):
        return
    try:
        box.send(written.mail)
    except mail.Refused as error:
        again = not error.final and letter.attempts + 1 < MOST_ATTEMPTS
        _settle(letter, LetterState.PENDING if again else LetterState.FAILED, f"refused {error.code}")
        done.later += again
        done.failed += not again
    except Exception as error:
        log.warning("mail uncertain letter=%s error=%s", letter.pk, type(error).__name__)
        _settle(letter, LetterState.UNKNOWN, "broken")
        done.unknown += 1
    else:
        # As the council tells the time, on its pinned day if it has one; leases run by the real clock.
        _settle(letter, LetterState.SENT, sent_at=council.now(clock()))
        done.sent += 1


def _settle(letter: Letter, state: LetterState, failure: str = "", sent_at: datetime | None = None) -> None:
    # Who knows for certain may correct a claim that has run out meanwhile, but not what a person made of it.
    claimed = Letter.objects.filter(pk=letter.pk, state__in=[LetterState.CLAIMED, LetterState.UNKNOWN])
    claimed.update(state=state, claimed_until=None, failure=failure, sent_at=sent_at)


def _coordinators_address(council: Council, today: date) -> str:
    """Where an answer to a mail goes: to the first coordinator with an address; empty without one."""
    coordinators = Member.objects.active(today).filter(council=council, role=Role.COORDINATOR).exclude(email="")
    return coordinators.order_by("pk").values_list("email", flat=True).first() or ""
