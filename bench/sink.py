"""A mail server on the loopback that does what it is told: take, refuse, break off or hang at a step.

It runs in a thread of the one who measures or tests; `python -m bench.sink` runs one by itself and prints its port.
"""

import contextlib
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

# Where a connection can break: before the answer to each step, and after the last answer.
STEPS = ("connect", "ehlo", "mail", "rcpt", "data", "body", "after")


@dataclass
class Sink:
    """What arrived, as (address, Message-ID). `cut_at` and `hang_at` name a step of STEPS, for `times` connections.

    `refused` maps an address to the answer that its RCPT gets; `rude`: and then it hangs up.
    """

    port: int = 0
    keep: bool = True
    cut_at: str = ""
    hang_at: str = ""
    times: int = 1_000_000
    refused: dict[str, str] = field(default_factory=dict)
    rude: bool = False
    taken: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    def disturbed(self, step: str) -> bool:
        """Whether the connection ends here. One that hangs does so until the sink is stopped, and then ends too."""
        if not step or step not in (self.cut_at, self.hang_at):
            return False
        with self.lock:
            if self.times <= 0:
                return False
            self.times -= 1
        if step == self.hang_at:
            self.stopped.wait(30)
        return True


@contextlib.contextmanager
def sink(**told: object) -> Iterator[Sink]:
    """Run one while the block runs."""
    server = Sink(**told)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        threading.Thread(target=_accept, args=(server, listening), daemon=True).start()
        try:
            yield server
        finally:
            server.stopped.set()
            # Wakes the one who accepts; closing alone doesn't.
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


def _accept(server: Sink, listening: socket.socket) -> None:
    while not server.stopped.is_set():
        try:
            connection, _address = listening.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(server, connection), daemon=True).start()


def _serve(server: Sink, connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, contextlib.suppress(OSError, ValueError), connection.makefile("rb") as lines:
        _talk(server, connection, lines)


_STEP_OF = {b"EHLO": "ehlo", b"HELO": "ehlo", b"MAIL": "mail", b"RCPT": "rcpt", b"DATA": "data"}


def _talk(server: Sink, connection: socket.socket, lines: IO[bytes]) -> None:
    address = ""

    def say(text: str) -> None:
        connection.sendall(text.encode() + b"\r\n")

    if server.disturbed("connect"):
        return
    say("220 sink")
    while line := lines.readline():
        verb = line[:4].upper()
        if server.disturbed(_STEP_OF.get(verb, "")):
            return
        if verb == b"RCPT":
            address = line.decode().partition("<")[2].partition(">")[0]
            say(server.refused.get(address, "250 2.1.5 OK"))
            if server.rude and address in server.refused:
                return
        elif verb == b"DATA":
            say("354 go on")
            if not _take(server, address, lines):
                return
            say("250 2.0.0 taken")
        else:
            say("221 bye" if verb == b"QUIT" else "250 OK")


def _take(server: Sink, address: str, lines: IO[bytes]) -> bool:
    """Read a mail and keep it; False when the connection ends before the answer."""
    message_id = _body(lines, keep=server.keep)
    if server.disturbed("body"):
        return False
    if server.keep:
        with server.lock:
            server.taken.append((address, message_id))
    return not server.disturbed("after")


def _body(lines: IO[bytes], *, keep: bool) -> str:
    """Read a mail to its end; return its Message-ID."""
    found = ""
    while line := lines.readline():
        if line == b".\r\n":
            return found
        if keep and not found and line[:11].lower() == b"message-id:":
            found = line[11:].strip().decode()
    raise ValueError("the connection ended in the middle of a mail")


def main() -> int:
    """Take everything until standard input ends."""
    with sink(keep=False) as server:
        print(server.port, flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
