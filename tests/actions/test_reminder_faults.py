"""What happens to a morning's mail when things break: workers, the broker, a second scheduler, the mail server.

Asserted each time: nothing twice, nothing lost in silence, and every mail of which nobody knows flagged.
"""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.mail import get_connection
from django.utils import timezone

from actions import reminders, tasks
from actions.models import reminder_letters
from bench import data, faults
from bench.sink import Sink, sink
from bra import post
from bra.models import Council, Letter, LetterState, Member, StoppedAddress
from celery_app import app
from tests import make

pytestmark = [pytest.mark.service, pytest.mark.fault]

DAY = make.TODAY
CLEAN = {"lost": 0, "doubled": 0, "unflagged": 0, "invented": 0}


def connect_to(server: Sink, timeout: float = 0.5) -> Any:
    backend = "django.core.mail.backends.smtp.EmailBackend"
    return partial(get_connection, backend, host="127.0.0.1", port=server.port, timeout=timeout)


def deliver(council: Council, server: Sink, later: timedelta = timedelta(), **how: Any) -> post.Delivered:
    return post.deliver(council, today=DAY, clock=lambda: timezone.now() + later, connect=connect_to(server, **how))


def planned(number: int) -> tuple[Council, list[str]]:
    """A council with a waiting reminder for each of so many owners, and their addresses in order."""
    council = make.make_council()
    owners = [make.make_action(council, deadline=DAY).owner for _number in range(number)]
    reminders.plan_day(council=council, on=DAY)
    return council, [owner.email for owner in owners]


def states() -> list[str]:
    return list(reminder_letters().order_by("pk").values_list("state", flat=True))


def clean(outcome: faults.Outcome) -> bool:
    return {name: getattr(outcome, name) for name in CLEAN} == CLEAN


@pytest.mark.django_db(transaction=True)
def test_workers_killed_at_random_points_lose_nothing_and_send_nothing_twice() -> None:
    data.build_many(500 * 15, 10, 500)
    with sink() as server:
        outcome = faults.kill_over_and_over(server, DAY, kills=8)
    assert clean(outcome), outcome
    assert outcome.sent + outcome.flagged == reminder_letters().count() == 500
    assert outcome.flagged <= outcome.kills


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_send_each_mail_once() -> None:
    data.build_many(60 * 15, 3, 60)
    with sink() as server:
        with faults.workers(server, DAY) as workers:
            for _number in range(2):
                workers.start(0)
            assert workers.wait() == 2
        outcome = faults.outcome_of(server)
    assert clean(outcome), outcome
    assert (outcome.sent, outcome.flagged) == (60, 0)


@pytest.mark.django_db
def test_a_broker_that_forgets_loses_nothing(valkey_url: str, mailoutbox: list[Any]) -> None:
    _council, addresses = planned(3)
    kept, app.conf.broker_write_url = app.conf.broker_write_url, valkey_url
    try:
        from bra.tasks import wake_sender

        assert wake_sender()
        with app.connection_for_write() as broker:
            channel: Any = broker.default_channel
            assert channel.client.flushall()
    finally:
        app.conf.broker_write_url = kept
    # Nobody was woken; beat comes by within ten minutes.
    tasks.send_letters()
    tasks.send_letters()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(addresses)


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["connect", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("how", ["cut_at", "hang_at"])
def test_a_server_that_breaks_before_it_has_the_mail_leaves_it_waiting(step: str, how: str) -> None:
    council, addresses = planned(3)
    with sink(**{how: step, "times": 2}) as server:
        # The connection is made anew once, then the server counts as away.
        assert deliver(council, server).away or server.times == 0
        server.times = 0
        deliver(council, server)
        outcome = faults.outcome_of(server)
    assert clean(outcome), outcome
    assert states() == ["sent"] * 3
    assert [address for address, _id in server.taken] == addresses
    assert list(Letter.objects.values_list("attempts", flat=True)) == [1, 1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize(("step", "taken"), [("body", False), ("after", True)])
@pytest.mark.parametrize("how", ["cut_at", "hang_at"])
def test_a_server_that_breaks_while_it_has_the_mail_leaves_one_flagged(step: str, taken: bool, how: str) -> None:
    council, addresses = planned(3)
    with sink(**{how: step, "times": 1}) as server:
        assert deliver(council, server) == post.Delivered(sent=2, unknown=1)
        assert deliver(council, server, later=timedelta(days=1)) == post.Delivered()
        outcome = faults.outcome_of(server)
    assert clean(outcome), outcome
    assert states() == ["unknown", "sent", "sent"]
    assert [address for address, _id in server.taken] == (addresses if taken else addresses[1:])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state", "stopped"),
    [
        ("550 5.1.1 no such user", LetterState.FAILED, [550]),
        ("550 no such user", LetterState.FAILED, [550]),
        ("554 5.7.1 relay access denied", LetterState.FAILED, []),
        ("452 4.2.2 mailbox full", LetterState.PENDING, []),
    ],
)
def test_one_recipient_of_many_is_refused(answer: str, state: LetterState, stopped: list[int]) -> None:
    council, addresses = planned(20)
    with sink(refused={addresses[7]: answer}) as server:
        deliver(council, server)
        expected = ["sent"] * 20
        expected[7] = state
        assert states() == expected
        assert list(StoppedAddress.objects.values_list("code", flat=True)) == stopped
        assert len(server.taken) == 19


@pytest.mark.django_db
def test_a_server_that_hangs_up_after_refusing_one_stops_no_other() -> None:
    council, addresses = planned(3)
    with sink(refused={addresses[1]: "550 5.1.1 no such user"}, rude=True) as server:
        assert deliver(council, server) == post.Delivered(sent=2, failed=1)
    assert states() == ["sent", "failed", "sent"]


@pytest.mark.django_db
def test_an_address_of_a_swedish_domain_gets_its_mail_and_stops_no_other() -> None:
    council, addresses = planned(3)
    Member.objects.filter(email=addresses[1]).update(email="anna@växjö.se")
    with sink() as server:
        assert deliver(council, server) == post.Delivered(sent=3)
    assert [address for address, _id in server.taken] == [addresses[0], "anna@xn--vxj-qla6g.se", addresses[2]]


@pytest.mark.django_db
def test_what_waits_for_a_stopped_address_fails_with_the_reason_and_the_others_go() -> None:
    council, addresses = planned(3)
    post.stop_address(council=council, address=addresses[1].upper(), by=None, on=DAY, code=550)
    with sink() as server:
        assert deliver(council, server) == post.Delivered(sent=2, failed=1)
    assert list(reminder_letters().order_by("pk").values_list("state", "failure")) == [
        ("sent", ""), ("failed", "stopped"), ("sent", "")
    ]  # fmt: skip


@pytest.mark.django_db
def test_bad_input_stops_nobody() -> None:
    council = make.make_council()
    good, twin = make.make_member(council, email="en@example.org"), make.make_member(council, email="en@example.org")
    bad = make.make_member(council, email="tva@example.org\nBcc: alla@example.org")
    nobody = make.make_member(council, email="")
    for owner in (good, twin, bad, nobody):
        make.make_action(council, owner=owner, deadline=DAY, title="x" * 300)
    assert reminders.plan_day(council=council, on=DAY) == reminders.Planned(3, 3, 1)
    with sink() as server:
        assert deliver(council, server) == post.Delivered(sent=2, failed=1)
    assert [address for address, _id in server.taken] == ["en@example.org"] * 2
    assert len({found for _address, found in server.taken}) == 2
