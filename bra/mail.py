"""Render one mail and hand it to a mail server, or to the log; knows no domain.

What went wrong is told in the only three ways that matter to whoever keeps the books: the server couldn't be reached
(nothing was sent), it refused (for good or for now), or nobody knows whether it took the mail.
"""

import smtplib
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from email.utils import formataddr
from functools import cached_property, lru_cache
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.encoding import punycode
from django.utils.translation import get_language

from bra import mime, wire
from bra.models import LoggedMail
from bra.moulds import Words, fill
from bra.text import one_line

CALENDAR_METHODS = ("REQUEST", "CANCEL")


class ServerAway(Exception):
    """The mail server can't be reached or doesn't let us in: nothing was sent."""


class Refused(Exception):
    """The mail server said no to this mail: `code` is its answer, `final` whether asking again is pointless.

    `address_is_dead`: it said for good that the recipient can't be reached. A refusal by policy (RFC 3463: 5.7.x) says
    something of the sender instead, and would stop every address at once.
    """

    def __init__(self, code: int, recipient_said: bytes | None = None) -> None:
        super().__init__(f"refused with {code}")
        self.code = code
        self.final = not 400 <= code < 500
        self.address_is_dead = self.final and recipient_said is not None and not recipient_said.startswith(b"5.7.")


class Uncertain(Exception):
    """The connection broke while the server had the mail: it may or may not have been taken."""


class Message(EmailMultiAlternatives):
    """What Django's mail backends send; the log also wants to know whose it is."""

    council_pk: int | None = None
    # What goes over the wire, made once.
    raw: bytes = b""


@dataclass(frozen=True)
class Mail:
    """One mail to one recipient, in text and HTML. `message_id` has no angle brackets; `council_pk` is for the log.

    `calendar` is iCalendar text for the recipient's calendar, which does what `calendar_method` says (REQUEST, CANCEL).

    Raises ValueError (Django's ValidationError for an address) when something in a header could become another header.
    """

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    sender_name: str = ""
    reply_to: str = ""
    council_pk: int | None = None
    calendar: str = ""
    calendar_method: str = ""
    # The address that takes a POST without a cookie (RFC 8058); empty for mail that can't be unsubscribed.
    unsubscribe: str = ""

    def __post_init__(self) -> None:
        if bool(self.calendar) != (self.calendar_method in CALENDAR_METHODS):
            raise ValueError("a calendar goes with its method")
        for value in (self.to, self.subject, self.message_id, self.sender_name, self.reply_to, self.unsubscribe):
            # splitlines knows every character that some reader of mail takes for the end of a line.
            if len(value.splitlines()) > 1 or value.strip() != value:
                raise ValueError("a line break or a space at the end of a mail header")
        validate_email(self.to)
        if self.reply_to:
            _checked(self.reply_to)

    def message(self) -> Message:
        """Return it as Django's backends want it."""
        headers = {
            "Message-ID": f"<{self.message_id}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday answers, please
            "X-Auto-Response-Suppress": "All",
        }
        if self.unsubscribe:
            headers["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message = Message(
            subject=self.subject,
            body=self.text,
            from_email=_from(self.sender_name, settings.DEFAULT_FROM_EMAIL),
            to=[self.to],
            reply_to=[self.reply_to] if self.reply_to else None,
            headers=headers,
        )
        message.attach_alternative(self.html, "text/html")
        if self.calendar:
            # Mail programs show the alternative as an invitation; those that don't know it offer the file.
            message.attach_alternative(self.calendar, f"text/calendar; method={self.calendar_method}")
            message.attach("invite.ics", self.calendar.encode(), "application/ics")
        message.council_pk = self.council_pk
        return message

    @cached_property
    def envelope(self) -> str:
        """The address as mail servers are told it: ASCII. Raises ValueError when it can't be written so."""
        local, _at, domain = self.to.rpartition("@")
        return f"{local}@{punycode(domain)}"

    @cached_property
    def built(self) -> Message:
        """The message with its bytes; made once. Raises ValueError when it can't be written as a mail."""
        message = self.message()
        message.raw = mime.plain_bytes(message) or message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own
        return message


@lru_cache(maxsize=500)
def _from(name: str, address: str) -> str:
    return formataddr((name, address))


@lru_cache(maxsize=500)
def _checked(address: str) -> None:
    validate_email(address)


def domain() -> str:
    """Return the domain of the installation's own mail address, for Message-IDs."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ")


def absolute(path: str) -> str:
    """Return the path as an address that works from a mail."""
    return f"{settings.BASE_URL}{path}"


def own_language() -> AbstractContextManager[None]:
    """Speak the installation's language inside: mail is written in it, whoever caused it."""
    return translation.override(settings.LANGUAGE_CODE)


def build(
    name: str,
    context: dict[str, Any],
    *,
    to: str,
    message_id: str,
    slots: Mapping[str, Words] | None = None,
    key: Hashable = None,
    **rest: Any,
) -> Mail:
    """Render templates/emails/<name>.subject, .txt and .html in the installation's language into a mail.

    With a `key` the template is rendered once for all mails of that key, which differ in their `slots` alone.

    `rest` goes to Mail as it is. The context gets `base_url`, where the installation is reached.
    Raises ValueError or ValidationError as Mail does.
    """
    context = {"base_url": settings.BASE_URL} | context
    with nullcontext() if get_language() == settings.LANGUAGE_CODE else own_language():
        if key is None:
            subject, text, html = (
                render_to_string(f"emails/{name}.{part}", context).strip() for part in ("subject", "txt", "html")
            )
        else:
            subject, text, html = fill(name, context, slots or {}, key=key).values()
    # A council whose name came with a line break, by hand or from a list, still gets its mail.
    subject, rest["sender_name"] = one_line(subject), one_line(rest.get("sender_name", "")).strip()
    mail = Mail(to=to, subject=subject, text=text + "\n", html=html + "\n", message_id=message_id, **rest)
    # What can't be written as a mail is found here, not when the server is already listening.
    mail.built, mail.envelope  # noqa: B018 - made here
    return mail


class Outbox:
    """One connection for many mails: within `with Outbox() as box`, call box.ready() and box.send(mail) for each."""

    def __init__(self, connect: Callable[[], BaseEmailBackend] = get_connection) -> None:
        self._connect = connect
        self._backend: BaseEmailBackend | None = None
        # Whether the last mail was answered with the server's leave.
        self._left = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def ready(self) -> None:
        """See to it that there is a connection. Raises ServerAway."""
        if self._backend is None:
            backend = self._connect()
            try:
                backend.open()
            except (smtplib.SMTPException, OSError) as error:
                raise ServerAway(type(error).__name__) from error
            self._backend = backend

    def send(self, mail: Mail) -> None:
        """Hand the mail over; it returns when the server has taken it. Raises Refused, Uncertain or ServerAway.

        A connection that ends before the server was given the mail is replaced by a new one, once. A server that takes
        its leave at one recipient refuses that mail for now; at two in a row it is away.
        """
        before, self._left = self._left, False
        try:
            self._send_over_two(mail)
        except wire.Leaving as error:
            self._close()
            if before:
                raise ServerAway("421") from error
            self._left = True
            raise Refused(421) from error

    def _send_over_two(self, mail: Mail) -> None:
        try:
            self._send(mail)
        except wire.BrokeBefore:
            self._close()
            self.ready()
            try:
                self._send(mail)
            except wire.BrokeBefore as error:
                self._close()
                raise ServerAway(str(error)) from error

    def _send(self, mail: Mail) -> None:
        backend = self._backend
        assert backend is not None, "ready() comes first"
        smtp = getattr(backend, "connection", None)
        try:
            if isinstance(smtp, smtplib.SMTP):
                wire.transmit(smtp, settings.DEFAULT_FROM_EMAIL, mail.envelope, mail.built.raw)
            else:
                backend.send_messages([mail.built])
        except wire.Answered as error:
            raise Refused(error.code, error.words) from error
        except wire.BrokeAfter as error:
            self._close()
            raise Uncertain(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Uncertain(type(error).__name__) from error

    def _close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is None:
            return
        try:
            backend.close()
        except (smtplib.SMTPException, OSError):
            # It was going away anyway; what had been sent has been answered.
            return


class LogBackend(BaseEmailBackend):
    """Django's mail backend for an installation without a mail server: mails become rows of LoggedMail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one row per recipient; return the number of mails."""
        for message in email_messages:
            alternatives = getattr(message, "alternatives", [])
            html = next((str(part.content) for part in alternatives if part.mimetype == "text/html"), "")
            for recipient in message.recipients():
                LoggedMail.objects.create(
                    council_id=getattr(message, "council_pk", None),
                    recipient=recipient,
                    subject=str(message.subject)[:200],
                    message_id=message.extra_headers.get("Message-ID", "").strip("<>")[:200],
                    text=str(message.body),
                    html=html,
                )
        return len(email_messages)
