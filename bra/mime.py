"""The bytes of a plain mail: text and HTML, nothing attached. The library's own way takes ten times as long."""

import binascii
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache
from hashlib import sha256

from django.core.mail import EmailMultiAlternatives


def plain_bytes(message: EmailMultiAlternatives) -> bytes | None:
    """Return the message as it goes over the wire, with CRLF; None when there is more in it than text and HTML."""
    if message.attachments or len(message.alternatives) != 1:
        return None
    [(html, mimetype)] = message.alternatives
    if mimetype != "text/html":
        return None
    addresses = [*message.to, *message.reply_to]
    if message.cc or message.bcc or not all(address.isascii() for address in addresses):
        return None
    lines = [
        f"Subject: {_subject(str(message.subject))}",
        f"From: {_sender(message.from_email)}",
        f"To: {', '.join(message.to)}",
        *([f"Reply-To: {', '.join(message.reply_to)}"] if message.reply_to else []),
        f"Date: {formatdate()}",
        *[f"{name}: {value}" for name, value in message.extra_headers.items()],
    ]
    boundary = f"=_{sha256(str(message.extra_headers.get('Message-ID')).encode()).hexdigest()[:32]}"
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
    head = "\r\n".join(lines)
    if not head.isascii() or any(len(line) > 900 for line in lines):
        return None
    raw = [head.encode("ascii")]
    for kind, body in (("plain", str(message.body)), ("html", str(html))):
        raw.append(
            f'--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: quoted-printable\r\n".encode("ascii")
        )
        raw.append(binascii.b2a_qp(body.replace("\n", "\r\n").encode(), istext=True))
    raw.append(f"--{boundary}--\r\n".encode("ascii"))
    return b"\r\n".join(raw)


@lru_cache(maxsize=512)
def _subject(text: str) -> str:
    return text if text.isascii() and len(text) < 60 else Header(text, "utf-8").encode(linesep="\r\n")


@lru_cache(maxsize=512)
def _sender(text: str) -> str:
    name, address = parseaddr(text)
    return formataddr((name, address))
