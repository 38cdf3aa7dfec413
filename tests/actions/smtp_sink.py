"""A mail server of the tests' own, on the loopback: it keeps what it takes and refuses whom it is told to."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as POLICY
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP
from django.core.mail import get_connection


@dataclass
class Sink:
    """What arrived. `answers` maps an address to what RCPT gets; `hang_up_on` breaks off after the mail was taken."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    hang_up_on: set[str] = field(default_factory=set)
    taken: list[EmailMessage] = field(default_factory=list)
    connections: int = 0

    def connect(self) -> Any:
        """What gives Django a connection to this server."""
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return get_connection(backend, host="127.0.0.1", port=self.port, timeout=5)

    @property
    def recipients(self) -> list[str]:
        """To whom the mails went, in order."""
        return [str(mail["To"]) for mail in self.taken]

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> Any:  # noqa: N802 - aiosmtpd's name
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = BytesParser(policy=POLICY).parsebytes(envelope.content)
        assert isinstance(mail, EmailMessage)
        self.taken.append(mail)
        if self.hang_up_on & set(envelope.rcpt_tos):
            server.transport.abort()
        return "250 OK"


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """Run the server in a thread of its own while the block runs."""
    sink, loop = Sink(), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(partial(SMTP, sink), "127.0.0.1", 0))
    sink.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
