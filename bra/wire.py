"""Handing one mail to an SMTP server step by step, so that one knows what it has when the connection breaks."""

import contextlib
import re
import smtplib

_DOT = re.compile(rb"(?m)^\.")


class BrokeBefore(Exception):
    """The connection broke before the server was given the mail: it doesn't have it, for certain."""


class Leaving(Exception):
    """The server takes its leave (421) when told the recipient: for all mail, or for this recipient's alone."""


class BrokeAfter(Exception):
    """The connection broke while the server had the mail: it may or may not have taken it."""


class Answered(Exception):
    """The server said no. `words` are what it said of the recipient; None when it was about something else."""

    def __init__(self, code: int, words: bytes | None = None) -> None:
        super().__init__(f"answered {code}")
        self.code, self.words = code, words


def transmit(smtp: smtplib.SMTP, sender: str, to: str, raw: bytes) -> None:
    """Give the mail `raw`, with CRLF, to the server; return when it has taken it. Raises one of the above."""
    try:
        smtp.ehlo_or_helo_if_needed()
        _expect(smtp, smtp.mail(sender), 250)
        code, words = smtp.rcpt(to)
        if code == 421:
            raise Leaving
        if code not in (250, 251):
            _expect(smtp, (code, words), 250, of_recipient=True)
        _expect(smtp, smtp.docmd("DATA"), 354)
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPHeloError, OSError) as error:
        raise BrokeBefore(type(error).__name__) from error
    body = _DOT.sub(b"..", raw)
    try:
        smtp.send(body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"))
        answer = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise BrokeAfter(type(error).__name__) from error
    if answer[0] != 250:
        raise Answered(answer[0])


def _expect(smtp: smtplib.SMTP, answer: tuple[int, bytes], wanted: int, *, of_recipient: bool = False) -> None:
    code, words = answer
    if code == wanted:
        return
    if code == 421 or code < 0:
        # It takes its leave before it has the mail.
        raise smtplib.SMTPServerDisconnected("421")
    # A server that hangs up on a mail that it refuses has answered all the same.
    with contextlib.suppress(smtplib.SMTPException, OSError):
        smtp.rset()
    raise Answered(code, words if of_recipient else None)
