"""The page with the list of actions: ours beside the list as one would first write it."""

import argparse
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
    ours: dict[str, list[float]] = {case.name: [] for case in cases}
    for _round in range(options.rounds):
        for case in cases:
            ours[case.name].append(seconds_of(lambda case=case: _fetch(browser, case.ours)))
    peak = peak_rss_mb()
    reference: dict[str, list[float]] = {case.name: [] for case in cases}
    for _round in range(options.reference_rounds):
        for case in cases:
            reference[case.name].append(seconds_of(lambda case=case: _fetch(browser, case.reference)))
    for case in cases:
        yield Result(
            f"list: {case.name}",
            options.actions,
            median(ours[case.name]),
            peak,
            median(reference[case.name]),
            {"queries": _queries(browser, case.ours), "reference_queries": _queries(browser, case.reference)},
        )
    everything, plain = list(chain(*ours.values())), list(chain(*reference.values()))
    yield Result("list", options.actions, median(everything), peak, median(plain))


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
