"""Two who seal at once make one chain."""

import threading
from collections.abc import Callable

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from bra import history
from bra.chain import blank
from bra.models import ChainHead, Council, HistoryEntry
from bra.sealing import digest, seal
from bra.verifying import verify
from tests import make
from tests.make import TODAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]


def side_by_side(*works: Callable[[], object]) -> list[BaseException]:
    """Let each run in a thread of its own, all beginning together; return what went wrong."""
    gate, wrong = threading.Barrier(len(works)), list[BaseException]()

    def run(work: Callable[[], object]) -> None:
        try:
            gate.wait()
            work()
        except BaseException as error:  # the test tells
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    return wrong


def tell(council: Council, times: int) -> Callable[[], None]:
    """Write entries, one transaction each, as requests do."""

    def work() -> None:
        for _time in range(times):
            with transaction.atomic():
                history.record(
                    council=council,
                    by=None,
                    on=TODAY,
                    verb="council.quorum",
                    target=council,
                    changes={"quorum": (1, 2)},
                )

    return work


def whole(council: Council, number: int) -> None:
    """The chain has that many links and holds."""
    seal(council.pk)
    verified = verify(council.pk, now=timezone.now())
    assert (verified.findings, verified.entries) == ([], number)
    assert ChainHead.objects.filter(council=council).count() == 1


def test_many_who_write_at_once_make_one_chain() -> None:
    council = make.make_council()
    assert side_by_side(*[tell(council, 10) for _thread in range(4)]) == []
    whole(council, 40)


def test_sealing_the_first_entries_from_two_sides_makes_one_end() -> None:
    council = make.make_council()
    # Written past history, so that nobody seals them before.
    HistoryEntry.objects.bulk_create(
        HistoryEntry(
            council=council,
            on=TODAY,
            verb="council.quorum",
            target_type="council",
            target_id=council.pk,
            salt="s",
            content=digest({}, "s"),
        )
        for _row in range(50)
    )
    assert side_by_side(*[lambda: seal(council.pk)] * 4) == []
    whole(council, 50)


def test_blanking_while_others_write_makes_one_chain() -> None:
    council = make.make_council()
    tell(council, 5)()
    old = HistoryEntry.objects.filter(council=council)

    def purge() -> None:
        blank(old.filter(verb="council.quorum"), council=council, by=None, on=TODAY, decision="§ 4")

    assert side_by_side(tell(council, 10), purge, tell(council, 10)) == []
    whole(council, 26)
