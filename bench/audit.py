"""The audit log: sealing entries and verifying a chain, beside a plain loop over the same rows."""

import argparse
import os
import secrets
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from bench.result import Result, Times, forget_peak, median, peak_rss_mb, seconds_of

if TYPE_CHECKING:
    from bra.models import Council

SEALED_AT_ONCE = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--rounds", type=int, default=3, help="times each is measured (default 3)")


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield lines for sealing 1,000 entries, verifying --actions of them, and fetching a page of the log.

    "cpu" and "reference_cpu" are the seconds of computing, the database's among them.
    """
    from django.utils import timezone

    from bra.models import Council, HistoryEntry
    from bra.sealing import digest, seal
    from bra.verifying import verify

    day = timezone.localdate()

    def write(council: Council, number: int) -> None:
        """Write entries past history, which would seal them at once."""
        told = ((secrets.token_hex(16), {"quorum": [n, n + 1], "name": [None, f"Namn {n}"]}) for n in range(number))
        HistoryEntry.objects.bulk_create(
            (
                HistoryEntry(
                    council=council,
                    on=day,
                    verb="council.quorum",
                    target_type="council",
                    target_id=council.pk,
                    changes=changes,
                    salt=salt,
                    content=digest(changes, salt),
                )
                for salt, changes in told
            ),
            batch_size=2000,
        )

    council = Council.objects.create(name="BRÅ Bänk", slug="bank")
    sealing, plain = [], []
    for _round in range(options.rounds):
        write(council, SEALED_AT_ONCE)
        sealing.append(seconds_of(lambda: seal(council.pk)))
        other = Council.objects.create(name="BRÅ Bredvid", slug=f"bredvid-{_round}")
        write(other, SEALED_AT_ONCE)
        plain.append(seconds_of(partial(HistoryEntry.objects.filter(council=other).update, seal="")))
    yield Result("audit: seal", SEALED_AT_ONCE, median(sealing), peak_rss_mb(), median(plain))
    left = options.actions - HistoryEntry.objects.filter(council=council).count()
    for first in range(0, left, 10_000):
        write(council, min(10_000, left - first))
    seal(council.pk)
    forget_peak()
    verifying, reading = Times(), Times()
    for _round in range(options.rounds):
        verifying.measure(lambda: verify(council.pk, now=timezone.now()))
    peak = peak_rss_mb()

    def read() -> None:
        entries = HistoryEntry.objects.filter(council=council).order_by("sequence")
        for _entry in entries.iterator(chunk_size=2000):
            pass

    for _round in range(options.rounds):
        reading.measure(read)
    extra: dict[str, object] = {
        "cpu": round(verifying.cpu, 3),
        "reference_cpu": round(reading.cpu, 3),
        "load": round(os.getloadavg()[0], 1),
    }
    yield Result("audit: verify", options.actions, verifying.median, peak, reading.median, extra)
    yield _page(council, options.actions, options.rounds)


def _page(council: "Council", entries: int, rounds: int) -> Result:
    """A page of the log in its middle, filtered, beside the last page of the same by its number."""
    from allauth.mfa.models import Authenticator
    from django.utils import timezone

    from bench.list import Browser
    from bra.models import HistoryEntry, Member, Organisation, Role, User

    home = Organisation.objects.create(council=council, name="Kommunen")
    user = User.objects.create_user("bank@example.org")
    # A coordinator logs in with two steps; one is on file, so the page opens.
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={})
    member = Member.objects.create(
        council=council,
        user=user,
        organisation=home,
        name="Karin",
        title="samordnare",
        role=Role.COORDINATOR,
        cleared=True,
        mandate_from=council.today(timezone.now()),
    )
    browser, address = Browser(member), f"/{council.slug}/logg/?kind=change&group=members"
    for _page_on in range(3):
        _before, _mark, tail = browser.fetch(address).decode().partition('rel="next" href="')
        address = f"/{council.slug}/logg/" + tail.partition('"')[0].replace("&amp;", "&")
    forget_peak()
    ours = [seconds_of(lambda: browser.fetch(address)) for _round in range(rounds)]

    def numbered() -> None:
        found = HistoryEntry.objects.filter(council=council, kind="change", verb__startswith="council.")
        list(found.order_by("-on", "-pk")[found.count() - 50 :])

    return Result(
        "audit: page", entries, median(ours), peak_rss_mb(), median([seconds_of(numbered) for _r in range(rounds)])
    )
