"""The measurements measure what they say: the same data every time, the same rows on both pages."""

import json
import re
from argparse import Namespace
from datetime import date
from typing import Any

import pytest
from django.db.models import Count

from actions.models import LIVE, Action, ReminderLine
from bench import audit, data, sweep, sweep_rows
from bench import list as bench_list
from bench.result import Result
from bra.models import HistoryEntry
from meetings.models import AgendaItem


@pytest.mark.django_db
def test_the_data_is_the_same_every_time() -> None:
    world = data.build(200)
    ours = Action.objects.filter(council=world.council)
    assert (ours.count(), Action.objects.filter(council=world.neighbour).count()) == (200, 20)
    counted = dict(ours.values_list("status").annotate(number=Count("pk")))
    assert counted == {"done": 135, "not_started": 24, "in_progress": 18, "cancelled": 13, "postponed": 10}
    first = ours.order_by("pk").values_list("title", "deadline")[0]
    assert first == ("Planera ett föräldramöte 0", date(2017, 4, 12))
    assert ours.live().count() == ours.agreed().filter(status__in=LIVE).count() > 40
    assert AgendaItem.objects.extremism_related().count() == 2 * 6 * 3


def test_a_line_holds_what_the_readers_of_it_expect() -> None:
    line = json.loads(Result("list", 1000, 0.01, 90.04, 0.5, {"queries": 7}).as_json())
    assert line == {
        "name": "list",
        "n": 1000,
        "seconds": 0.01,
        "peak_rss_mb": 90.0,
        "reference": 0.5,
        "ratio": 50.0,
        "queries": 7,
    }


@pytest.mark.service
@pytest.mark.django_db(transaction=True)  # a WSGI application opens and closes its own connections
@pytest.mark.urls("bench.urls")
def test_ours_and_the_reference_show_the_same_rows(settings: Any) -> None:
    """Otherwise one would be measured on less work. Where many rows are equal the two may order them differently."""
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [settings.BASE_DIR / "bench" / "templates", settings.BASE_DIR / "templates"]}
    ]
    world = data.build(120)
    browser = bench_list.Browser(world.coordinator)
    for case in bench_list._cases(world, browser):
        if case.name == "40 pages on":
            continue
        ours, reference = (
            re.findall(r'href="/bench/atgarder/(\d+)/"', browser.fetch(address).decode())
            for address in (case.ours, case.reference)
        )
        assert len(ours) == len(reference) > 0 or case.name in ("with a rare word", "of an owner"), case.name


@pytest.mark.django_db
def test_the_sweep_and_its_reference_remind_of_the_same() -> None:
    """`measure` compares them by itself; what it counts is held against the rows."""
    lines = list(sweep_rows.measure(Namespace(actions=400, rounds=1, reference_rows=20)))
    written = ReminderLine.objects.filter(reminder__council__slug="bench").count()
    assert [(line.name, line.n) for line in lines] == [("sweep-rows", 400), ("sweep-rows-again", 400)]
    # The reference took whole owners, so rather more than the rows asked for.
    assert [line.extra and line.extra["reference_rows"] for line in lines] == [written, written]
    assert written >= 20


@pytest.mark.django_db
def test_the_morning_of_many_councils_writes_what_the_bare_statement_writes() -> None:
    """`measure` compares them by itself."""
    first, again = sweep.measure(Namespace(actions=2000, councils=6, owners=20, rounds=1))
    assert (first.name, again.name, first.n) == ("sweep", "sweep-again", 2000)
    assert first.extra is not None
    assert (first.extra["due"], first.extra["reminders"], first.extra["councils"]) == (410, 20, 6)
    assert again.extra is not None
    assert again.extra["written"] == 0


@pytest.mark.service
@pytest.mark.django_db(transaction=True)  # the log's page is fetched through the WSGI application
def test_the_log_is_sealed_verified_and_read() -> None:
    """The page is one that opens: it names its next one, and answers."""
    lines = list(audit.measure(Namespace(actions=1200, rounds=1)))
    assert [(line.name, line.n) for line in lines] == [
        ("audit: seal", 1000),
        ("audit: verify", 1200),
        ("audit: page", 1200),
    ]
    assert set(lines[1].extra or {}) == {"cpu", "reference_cpu", "load"}
    assert HistoryEntry.objects.filter(council__slug="bank").unsealed().count() == 0


def test_the_command_line_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    from bench.__main__ import parser

    with pytest.raises(SystemExit) as stopped:
        parser().parse_args(["--help"])
    assert stopped.value.code == 0
    assert "throw-away PostgreSQL" in capsys.readouterr().out
    assert parser().parse_args(["list", "--actions", "5"]) == Namespace(
        command="list", actions=5, rounds=25, reference_rounds=3
    )
    with pytest.raises(SystemExit):
        parser().parse_args(["list", "--actions", "0"])
