"""Claiming what waits and handing it to the mail server: one at a time, just before the server gets it."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from bra import links, mail
from bra.models import Council, Letter, LetterState, Member, Role, Unsubscription
from bra.post.addresses import stop_address
from bra.post.dropping import give_up
from bra.post.kinds import KINDS, Desk, Written, optional_kinds
from bra.post.reach import paused, stopped_addresses

log = logging.getLogger(__name__)

# How long a claim holds; far longer than one mail takes (settings.EMAIL_TIMEOUT bounds each answer of the server).
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 5
# Why a mail that was never tried has failed, and isn't just left out: somebody must see to it.
_FAILING = ("unsendable", "stopped")
# What the link in a List-Unsubscribe header is for; it is about the letter, which tells the kind.
UNSUBSCRIBE = "unsubscribe"
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
    # A kind that isn't known here yet waits for whoever knows it.
    waiting = Letter.objects.waiting().filter(council=council, kind__in=list(KINDS))
    waiting = waiting.select_related("recipient__user").order_by("pk")
    # What can wait does so while its recipient has paused mail.
    waiting = waiting.exclude(kind__in=optional_kinds(), recipient__in=paused(today))
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
    """Claim the waiting letter of a written mail; False when somebody else was first, or its recipient unsubscribed."""
    mine = Letter.objects.waiting().filter(pk=written.letter.pk)
    # Nobody can unsubscribe the others, and asking takes longer than claiming.
    if KINDS[written.letter.kind].optional:
        declined = Unsubscription.objects.filter(member=OuterRef("recipient"), kind=OuterRef("kind"))
        mine = mine.filter(~Exists(declined))
    if not mine.update(state=LetterState.CLAIMED, claimed_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    if written.claimed is not None:
        written.claimed()
    return True


def _write(desk: Desk, batch: Sequence[Letter]) -> Iterator[Written]:
    """Write the mails of a batch, kind by kind as they lie."""
    why = _unwanted(desk, batch)
    for kind, run in groupby(batch, key=lambda letter: letter.kind):
        letters = list(run)
        wanted = [letter for letter in letters if letter.pk not in why]
        with mail.own_language():
            written = _written(_with_links(desk, kind, wanted), kind, wanted)
        told = {one.letter.pk: one for one in written}
        for letter in letters:
            yield told.get(letter.pk) or Written(letter, None, why[letter.pk])


def _written(desk: Desk, kind: str, letters: Sequence[Letter]) -> Sequence[Written]:
    """Write letters of a kind. One that can't be written fails alone."""
    try:
        return KINDS[kind].write(desk, letters)
    except DatabaseError:
        # Not the letters' fault: they wait.
        raise
    except Exception as error:
        if len(letters) > 1:
            return [written for letter in letters for written in _written(desk, kind, [letter])]
        log.warning("mail unsendable letter=%s error=%s", letters[0].pk, type(error).__name__)
        return [Written(letters[0], None, "unsendable")]


def _unwanted(desk: Desk, batch: Sequence[Letter]) -> dict[int, str]:
    """Why letters of the batch aren't even written, as {pk: code}."""
    stopped = stopped_addresses(desk.council)
    optional = set(optional_kinds())
    asked = {letter.recipient_id for letter in batch if letter.kind in optional}
    declined: set[tuple[int, str]] = set()
    if asked:
        declined = set(Unsubscription.objects.filter(member__in=asked).values_list("member", "kind"))
    why = {}
    for letter in batch:
        address = letter.recipient.address
        if not address or not letter.recipient.is_active(desk.today):
            why[letter.pk] = "no_recipient"
        elif address.lower() in stopped:
            why[letter.pk] = "stopped"
        elif letter.kind in optional and (letter.recipient_id, letter.kind) in declined:
            why[letter.pk] = "unsubscribed"
    return why


def _with_links(desk: Desk, kind: str, letters: Sequence[Letter]) -> Desk:
    """The desk, with the links by which these letters' kind is unsubscribed where it may be."""
    if not KINDS[kind].optional or not letters:
        return desk
    made = links.make_links(((letter.recipient, letter.pk) for letter in letters), UNSUBSCRIBE)
    addresses = {
        letter: mail.absolute(reverse("unsubscribe", args=[secret])) for (_member, letter), secret in made.items()
    }
    return replace(desk, unsubscribe={pk: address for pk, address in addresses.items() if pk is not None})


def _deliver_one(
    council: Council, written: Written, box: mail.Outbox, clock: Callable[[], datetime], done: Delivered
) -> None:
    """Send one mail and write what became of it. Raises ServerAway, with the claim given back."""
    letter = written.letter
    if written.mail is None:
        state = LetterState.FAILED if written.failure in _FAILING else LetterState.DROPPED
        if give_up(letter, state, written.failure):
            done.failed += state == LetterState.FAILED
            done.dropped += state == LetterState.DROPPED
        return
    box.ready()
    if not claim(written, now=clock()):
        return
    try:
        box.send(written.mail)
    except mail.ServerAway:
        # It was claimed, but the server doesn't have it.
        _settle(letter, LetterState.PENDING, "away")
        Letter.objects.filter(pk=letter.pk).update(attempts=letter.attempts)
        raise
    except mail.Refused as error:
        again = not error.final and letter.attempts + 1 < MOST_ATTEMPTS
        _settle(letter, LetterState.PENDING if again else LetterState.FAILED, f"refused {error.code}")
        done.later += again
        done.failed += not again
        if error.address_is_dead:
            on = council.today(clock())
            stop_address(council=council, address=written.mail.to, by=None, on=on, code=error.code)
    except Exception as error:
        log.warning("mail uncertain letter=%s error=%s", letter.pk, type(error).__name__)
        _settle(letter, LetterState.UNKNOWN, "broken")
        done.unknown += 1
    else:
        # As the council tells the time, on its pinned day if it has one; leases run by the real clock.
        _settle(letter, LetterState.SENT, sent_at=council.now(clock()), address=written.mail.to)
        done.sent += 1


def _settle(letter: Letter, state: LetterState, failure: str = "", **sent: datetime | str) -> None:
    # Who knows for certain may correct a claim that has run out meanwhile, but not what a person made of it.
    claimed = Letter.objects.filter(pk=letter.pk, state__in=[LetterState.CLAIMED, LetterState.UNKNOWN])
    claimed.update(state=state, claimed_until=None, failure=failure, **sent)


def _coordinators_address(council: Council, today: date) -> str:
    """Where an answer to a mail goes: to the first coordinator with an address; empty without one."""
    coordinators = Member.objects.active(today).filter(council=council, role=Role.COORDINATOR).exclude(email="")
    return coordinators.order_by("pk").values_list("email", flat=True).first() or ""
