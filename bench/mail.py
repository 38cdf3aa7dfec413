"""The way of a mail: rendering text and HTML, building it, sending it over one connection, beside prebuilt bytes."""

import argparse
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench import data
from bench.result import Result, Times, forget_peak, peak_rss_mb

if TYPE_CHECKING:
    from actions.models import ReminderLine
    from bra.mail import Mail
    from bra.models import Council, Letter
    from bra.post import Desk

SENDER = "no-reply@example.org"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--mails", type=int, default=2000, help="mails of three actions each (default 2000)")
    parser.add_argument("--rounds", type=int, default=5, help="times they are sent (default 5, median)")


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield "mail": our way of a reminder without its rows, beside sending the same bytes, built before the clock ran.

    "mail-ledger" is the whole way, with rows read, links made, claims and results written; "share" is how the rate of
    ours stands to the reference's. The sink is a process of its own. "cpu" and "reference_cpu" are the seconds of
    computing here and in the database, which a busy machine disturbs less.
    """
    council, letters = _letters(options.mails)
    with _sink() as port:
        prepared = _prepared(council, letters)
        ours, bare, whole = Times(), Times(), Times()
        built = [(mail.to, mail.built.raw) for mail in _mails(prepared)]
        forget_peak()
        for _round in range(options.rounds):
            ours.measure(lambda: _ours(prepared, port))
            bare.measure(lambda: _bare(built, port))
            whole.measure(lambda: _ledger(council, port))
            _again()
        peak = peak_rss_mb()
    for name, times in (("mail", ours), ("mail-ledger", whole)):
        extra = {
            "share": round(bare.median / times.median, 3),
            "best_share": round(min(bare.seconds) / min(times.seconds), 3),
            "mails_per_second": round(options.mails / times.median),
            "reference_mails_per_second": round(options.mails / bare.median),
            "cpu": round(times.cpu, 3),
            "reference_cpu": round(bare.cpu, 3),
            "bytes": sum(len(raw) for _to, raw in built) // len(built),
            "load": round(os.getloadavg()[0], 1),
        }
        yield Result(name, options.mails, times.median, peak, bare.median, extra)


@contextmanager
def _sink() -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        try:
            yield int(running.stdout.readline())
        finally:
            running.terminate()


def _letters(number: int) -> "tuple[Council, list[Letter]]":
    """Make owners with three due actions each, and the reminders that wait for them."""
    from actions import reminders
    from actions.models import reminder_letters

    [council] = data.build_many(max(200, number * 15), 1, number)
    reminders.plan_day(council=council, on=data.TODAY)
    return council, list(reminder_letters().select_related("recipient__user").order_by("pk"))


def _prepared(council: "Council", letters: "list[Letter]") -> "tuple[Desk, list[tuple[Letter, list[ReminderLine]]]]":
    """What the writer of reminders gives to the template, for each letter."""
    from django.utils import timezone

    from actions.models import ReminderLine
    from bra.post import Desk

    lines: dict[int, list[ReminderLine]] = {}
    related = ReminderLine.objects.select_related("action__agenda_item__meeting", "action__owner")
    for row in related.order_by("deadline", "action_id"):
        lines.setdefault(row.reminder_id, []).append(row)
    return Desk(council, data.TODAY, "samordnare@example.org", timezone.now()), [
        (letter, lines[letter.pk]) for letter in letters
    ]


def _mails(prepared: "tuple[Desk, list[tuple[Letter, list[ReminderLine]]]]") -> "Iterator[Mail]":
    from actions.reminders import letters
    from bra import mail as mails

    desk, contexts = prepared
    for start in range(0, len(contexts), 100):
        with mails.own_language():
            batch = [
                letters.written(desk, letter, lines, "x" * 43).mail for letter, lines in contexts[start : start + 100]
            ]
        for mail in batch:
            assert mail is not None
            yield mail


def _connect(port: int) -> object:
    from django.core.mail import get_connection

    return get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port, timeout=15)


def _ours(prepared: "tuple[Desk, list[tuple[Letter, list[ReminderLine]]]]", port: int) -> None:
    from bra.mail import Outbox

    with Outbox(lambda: _connect(port)) as box:  # type: ignore[return-value]  # a backend
        for mail in _mails(prepared):
            box.ready()
            box.send(mail)


def _bare(built: list[tuple[str, bytes]], port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=15) as server:
        for to, raw in built:
            server.sendmail(SENDER, [to], raw)


def _ledger(council: "Council", port: int) -> None:
    from django.utils import timezone

    from bra import post

    done = post.deliver(council, today=data.TODAY, clock=timezone.now, connect=lambda: _connect(port))  # type: ignore[return-value]  # a backend
    assert done.failed + done.unknown + done.later == 0 < done.sent


def _again() -> None:
    from actions.models import reminder_letters

    reminder_letters().update(state="pending", sent_at=None, attempts=0)
