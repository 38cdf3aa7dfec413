"""The audit log: sealing entries and verifying a chain, beside a plain loop over the same rows."""

import argparse
import secrets
from collections.abc import Iterator
from functools import partial

from bench.result import Result, forget_peak, median, peak_rss_mb, seconds_of

SEALED_AT_ONCE = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--rounds", type=int, default=3, help="times each is measured (default 3)")


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield a line for sealing 1,000 entries (beside one bare UPDATE of as many) and one for verifying --actions."""
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
    verifying = [seconds_of(lambda: verify(council.pk, now=timezone.now())) for _round in range(options.rounds)]
    peak = peak_rss_mb()

    def read() -> None:
        entries = HistoryEntry.objects.filter(council=council).order_by("sequence")
        for _entry in entries.iterator(chunk_size=2000):
            pass

    reading = [seconds_of(read) for _round in range(options.rounds)]
    yield Result("audit: verify", options.actions, median(verifying), peak, median(reading))
