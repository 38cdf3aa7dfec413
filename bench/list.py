"""The page with the list of actions: ours beside the list as one would first write it."""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench import data
from bench.result import Result, forget_peak, median, peak_rss_mb, seconds_of

if TYPE_CHECKING:
    from django.test import Client

# How many pages on "deep" is. By keys each page costs the same; by numbers each costs all before it.
DEEP = 40


@dataclass(frozen=True)
class Case:
    """One way to use the list: our address and the reference's."""

    name: str
    ours: str
    reference: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--rounds", type=int, default=25, help="times each page is fetched (default 25)")
    parser.add_argument(
        "--reference-rounds", type=int, default=3, help="times each page of the reference is fetched (default 3)"
    )


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield a line for each way to use the list, then one for all of them ("list"), medians both.

    A page is whole: menus, filters, table; logged in, in this process, through Django's own handler, without network.
    """
    from django.test import Client

    world = data.build(options.actions)
    browser = Client(HTTP_HOST="127.0.0.1")
    assert world.coordinator.user is not None
    browser.force_login(world.coordinator.user)
    cases = list(_cases(world, browser))
    for case in cases:  # compiled templates, prepared connections, warm tables: as a server has them after a minute
        _fetch(browser, case.ours)
        _fetch(browser, case.reference)
    forget_peak()
    ours = _times(browser, [(case.name, case.ours) for case in cases], options.rounds)
    peak = peak_rss_mb()
    reference = _times(browser, [(case.name, case.reference) for case in cases], options.reference_rounds)
    for case in cases:
        queries = {"queries": _queries(browser, case.ours), "reference_queries": _queries(browser, case.reference)}
        yield _result(options.actions, f"list: {case.name}", ours[case.name], reference[case.name], peak, queries)
    yield _result(options.actions, "list", list(chain(*ours.values())), list(chain(*reference.values())), peak, {})


# Wall-clock seconds, and the seconds that this process itself was computing (the database computes in another one).
Times = list[tuple[float, float]]


def _times(browser: "Client", pages: list[tuple[str, str]], rounds: int) -> dict[str, Times]:
    """Fetch the pages in rotation, so that a slow moment of the machine doesn't hit one of them alone."""
    times: dict[str, Times] = {name: [] for name, _address in pages}
    for _round in range(rounds):
        for name, address in pages:
            computed = time.process_time()
            seconds = seconds_of(lambda address=address: _fetch(browser, address))
            times[name].append((seconds, time.process_time() - computed))
    return times


def _result(n: int, name: str, ours: Times, plain: Times, peak: float, extra: dict[str, object]) -> Result:
    """Medians; beside them our fastest and our computing time, which a busy machine disturbs less."""
    seconds = [wall for wall, _cpu in ours]
    return Result(
        name,
        n,
        median(seconds),
        peak,
        median([wall for wall, _cpu in plain]),
        {"fastest": round(min(seconds), 6), "cpu": round(median([cpu for _wall, cpu in ours]), 6)} | extra,
    )


def _cases(world: data.World, browser: "Client") -> Iterator[Case]:
    """The ways to use the list that are measured, in rotation."""
    organisation, owner = world.organisations[7].pk, world.owners[3].pk
    goal = world.activities[0].goal_id
    late = {"overdue": data.TODAY.isoformat()}
    for name, query, other in (
        ("first page", {}, {}),
        ("by deadline, falling", {"sort": "-deadline"}, {"sort": "-deadline"}),
        ("by title", {"sort": "title"}, {"sort": "title"}),
        ("by owner", {"sort": "owner"}, {"sort": "owner"}),
        ("by day agreed", {"sort": "-agreed"}, {"sort": "-agreed_on"}),
        ("all states", {"status": "all"}, {"status": "all"}),
        ("done", {"status": "done", "sort": "-deadline"}, {"status": "done", "sort": "-deadline"}),
        ("overdue", {"overdue": "on"}, late),
        ("of an organisation", {"organisation": organisation}, {"organisation": organisation}),
        ("of a goal", {"goal": goal}, {"goal": goal}),
        ("of an owner", {"owner": owner}, {"owner": owner}),
        ("related to extremism", {"extremism": "on"}, {"extremism": "true"}),
        (
            "overdue of a goal, by title",
            {"overdue": "on", "goal": goal, "sort": "title"},
            late | {"goal": goal, "sort": "title"},
        ),
        ("with a word", {"q": "klotter"}, {"q": "klotter"}),
        ("with a rare word", {"q": "4711"}, {"q": "4711"}),
    ):
        yield Case(name, _address("atgarder", query), _address("reference", other))
    deep = _deep(browser, _address("atgarder", {"status": "all"}))
    yield Case("40 pages on", deep, _address("reference", {"status": "all", "page": DEEP + 1}))


def _address(page: str, query: dict[str, object]) -> str:
    return f"/bench/{page}/?{urlencode(query)}"


def _fetch(browser: "Client", address: str) -> bytes:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"bench: {address} answers {answer.status_code}")
    return answer.content


def _deep(browser: "Client", address: str) -> str:
    """Follow "Next" DEEP times, or to the end."""
    for _step in range(DEEP):
        _before, mark, tail = _fetch(browser, address).decode().partition('rel="next" href="')
        if not mark:
            break
        address = address.partition("?")[0] + tail.partition('"')[0].replace("&amp;", "&")
    return address


def _queries(browser: "Client", address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        _fetch(browser, address)
    return len(caught)
