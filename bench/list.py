"""The page with the list of actions: ours beside the list as one would first write it."""

import argparse
import io
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench import data
from bench.result import Result, forget_peak, median, peak_rss_mb, seconds_of

if TYPE_CHECKING:
    from bra.models import Member

# How many pages on "deep" is. By keys each page costs the same; by numbers each costs all before it.
DEEP = 40


@dataclass(frozen=True)
class Case:
    """One way to use the list: our address and the reference's."""

    name: str
    ours: str
    reference: str


class Browser:
    """Somebody logged in, fetching pages through the product's WSGI application as a server does, without network."""

    def __init__(self, member: "Member") -> None:
        from django.core.wsgi import get_wsgi_application
        from django.test import Client

        client = Client()
        assert member.user is not None
        client.force_login(member.user)
        self._application = get_wsgi_application()
        self._cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    def fetch(self, address: str) -> bytes:
        """Return the body of the page at the address."""
        path, _mark, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": self._cookies,
            "REMOTE_ADDR": "127.0.0.1",
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
        }
        states: list[str] = []
        answer = self._application(environ, lambda state, _headers: states.append(state))
        body = b"".join(answer)
        answer.close()
        if states != ["200 OK"]:
            raise SystemExit(f"bench: {address} answers {states[0]}")
        return body


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""
    parser.add_argument("--rounds", type=int, default=25, help="times each page is fetched (default 25)")
    parser.add_argument(
        "--reference-rounds", type=int, default=3, help="times each page of the reference is fetched (default 3)"
    )


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield a line for each way to use the list, then one for all of them ("list"), medians both.

    A page is whole: menus, filters, table; logged in, through the product's WSGI application, without network.
    """
    world = data.build(options.actions)
    browser = Browser(world.coordinator)
    cases = list(_cases(world, browser))
    for case in cases:  # compiled templates, prepared connections, warm tables: as a server has them after a minute
        browser.fetch(case.ours)
        browser.fetch(case.reference)
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


def _times(browser: Browser, pages: list[tuple[str, str]], rounds: int) -> dict[str, Times]:
    """Fetch the pages in rotation, so that a slow moment of the machine doesn't hit one of them alone."""
    times: dict[str, Times] = {name: [] for name, _address in pages}
    for _round in range(rounds):
        for name, address in pages:
            computed = time.process_time()
            seconds = seconds_of(lambda address=address: browser.fetch(address))
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


def _cases(world: data.World, browser: Browser) -> Iterator[Case]:
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


def _deep(browser: Browser, address: str) -> str:
    """Follow "Next" DEEP times, or to the end."""
    for _step in range(DEEP):
        _before, mark, tail = browser.fetch(address).decode().partition('rel="next" href="')
        if not mark:
            break
        address = address.partition("?")[0] + tail.partition('"')[0].replace("&amp;", "&")
    return address


def _queries(browser: Browser, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        browser.fetch(address)
    return len(caught)
