"""What the web server itself refuses, before anything of ours sees it; and what it passes on over a real socket."""

import socket
from collections.abc import Iterator

import pytest

from ops.run import HEADER_BYTES, HEADER_MILLISECONDS
from tests.stack import Stack

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("web_server")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product without its demo, as `make run` starts it."""
    with Stack(tmp_path_factory.mktemp("web") / "data", demo=False) as stack:
        yield stack


def said(stack: Stack, head: str, body: bytes = b"", *, end: str = "\r\n", wait: float = 20) -> bytes:
    """The answer to a request as it is written; empty when the server hung up without one."""
    with socket.create_connection(("127.0.0.1", stack.port), timeout=wait) as line:
        line.sendall(head.replace("HOST", f"Host: 127.0.0.1:{stack.port}").encode() + end.encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := line.recv(65536)):
            answer += part
        return answer


def status(answer: bytes) -> int:
    """The number in the first line of an answer; 0 where there is none."""
    return int(answer.split()[1]) if answer else 0


@pytest.mark.parametrize(
    ("head", "number"),
    [
        ("GET /healthz HTTP/1.1\r\nHOST\r\n", 200),
        (f"GET /healthz HTTP/1.1\r\nHOST\r\nX-A: {'a' * (HEADER_BYTES + 5000)}\r\n", 431),
        ("GET /healthz HTTP/1.1\r\nHOST\r\n" + "".join(f"X-{n}: a\r\n" for n in range(200)), 431),
        (f"GET /{'a' * 70_000} HTTP/1.1\r\nHOST\r\n", 431),
        (f"GET /{'a' * 9_000} HTTP/1.1\r\nHOST\r\n", 414),
        ("GET /healthz HTTP/1.1\r\n", 400),
        ("GET /konto/logga-in/ HTTP/1.1\r\nHost: evil.example\r\n", 400),
        ("POST /konto/logga-in/ HTTP/1.1\r\nHOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400),
        ("POST /konto/logga-in/ HTTP/1.1\r\nHOST\r\nContent-Length: -1\r\n", 400),
        ("POST /konto/logga-in/ HTTP/1.1\r\nHOST\r\nContent-Length: 20000000\r\n", 413),
        ("POST /konto/logga-in/ HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n", 411),
        ("POST /konto/logga-in/ HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", 411),
    ],
)
def test_headers_that_no_browser_sends_are_refused(server: Stack, head: str, number: int) -> None:
    body = b"5\r\nabcde\r\n0\r\n\r\n" if "chunked" in head else b""
    assert status(said(server, head, body)) == number


def test_who_never_ends_the_headers_is_hung_up_on(server: Stack) -> None:
    seconds = HEADER_MILLISECONDS / 1000
    assert said(server, "GET /healthz HTTP/1.1\r\nHOST\r\nX-A: ", end="", wait=seconds + 10) == b""


def test_static_files_have_the_headers_too_and_no_answer_names_its_server(server: Stack) -> None:
    page = said(server, "GET /konto/logga-in/ HTTP/1.1\r\nHOST\r\n").decode(errors="replace")
    name = page.partition("/static/bra/mark")[2].partition('"')[0] or ".svg"
    for path in (f"/static/bra/mark{name}", "/healthz", "/static/finns-inte.js"):
        head = said(server, f"GET {path} HTTP/1.1\r\nHOST\r\n").decode(errors="replace").lower()
        lines = dict(line.split(": ", 1) for line in head.partition("\r\n\r\n")[0].split("\r\n")[1:])
        assert (lines["server"], lines["x-content-type-options"], lines["cross-origin-resource-policy"]) == (
            "web",
            "nosniff",
            "same-origin",
        )
        assert "script-src" in lines["content-security-policy"]
        assert "access-control-allow-origin" not in lines
