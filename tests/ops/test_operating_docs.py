"""What docs/operating.md lets an operator copy: it starts what we start, and no log of the proxy's holds a secret."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from bra import production
from ops.environment import PYTHON, ROOT
from ops.run import beat, web_server, worker

pytestmark = pytest.mark.sqlite
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
STARTED = [line.split()[1:] for line in re.findall(r"^ExecStart=(.+)$", PAGE, flags=re.M)]


def test_the_processes_are_started_as_make_run_starts_them() -> None:
    ours = [web_server(8000), worker(), beat(ROOT)]
    assert [command[0] for command in ours] == [str(PYTHON)] * 3
    assert STARTED[:2] == [command[1:] for command in ours[:2]]
    assert STARTED[2][:-1] == ours[2][1:-1]


def test_the_variables_are_all_that_a_start_asks_for() -> None:
    block = next(text for text in re.findall(r"```sh\n(.*?)```", PAGE, flags=re.S) if "SECRET_KEY=" in text)
    said = dict(word.split("=", 1) for word in shlex.split(block))
    base = urlsplit(said["BRA_BASE_URL"])
    assert production.is_production(base)
    # A key that stands in a document is refused, should somebody copy it.
    found = production.faults(said, base=base, debug=False, hosts=[base.netloc])
    assert [sentence.split()[0] for sentence in found] == ["SECRET_KEY"]
    table = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    assert [name for name in said if f"| `{name}` |" not in table] == []


def test_each_command_that_it_names_exists() -> None:
    named = {after for before, after in pairwise(re.findall(r"[\w.]+", PAGE)) if before == "manage.py"}
    assert named >= {"migrate", "encrypt_anew", "verify_audit"}
    assert named - get_commands().keys() == set()


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address as it is written in the code."""
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLResolver):
            yield from routes(entry, here)
        elif isinstance(entry, URLPattern):
            yield here


def test_the_proxys_log_holds_no_secret_address() -> None:
    masked = re.search(r'"~(\^/\(\?<bra_door>\S+)"', PAGE)
    assert masked is not None
    hides = re.compile(masked[1].replace("?<", "?P<"))
    secret = [f"/{route}" for route in routes(get_resolver()) if "<str:secret>" in route or "<key>" in route]
    assert len(secret) >= 7
    assert [route for route in secret if hides.match(route) is None] == []
    # Nor does the format of its lines: neither the query nor the page before.
    line = re.search(r"^log_format bra (.+)$", PAGE, flags=re.M)
    assert line is not None
    told = set(re.findall(r"\$\w+", line[1]))
    assert told == {
        *("$remote_addr", "$time_local", "$request_method", "$bra_path"),
        *("$status", "$body_bytes_sent", "$request_time"),
    }


@pytest.mark.parametrize("header", ["Host $host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"])
def test_the_proxy_says_who_asks_and_how(header: str) -> None:
    assert PAGE.count(f"proxy_set_header {header};") == 1
