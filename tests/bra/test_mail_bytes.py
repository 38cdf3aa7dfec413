"""A mail as it goes over the wire, beside what the library makes of the same one; and templates that are filled."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bra import mime
from bra.mail import Mail
from bra.moulds import Words, fill

BASE = {
    "to": "eva@example.org",
    "subject": "Påminnelse",
    "text": "Hej Åsa,\n\n.punkt först\nFrom början\n" + "lång rad " * 40 + "\n",
    "html": "<p>Hej Åsa &amp; Örjan</p>\n",
    "message_id": "reminder-1-20170315@example.org",
    "sender_name": "BRÅ Granby",
    "reply_to": "samordnare@example.org",
}


def read(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def told(message: EmailMessage) -> dict[str, Any]:
    """Headers and parts; the day it was written and the boundary left out."""
    # The library begins a long line on the next one, which leaves a space before it.
    headers = {name: str(message[name]).strip() for name in message if name not in ("Date", "Content-Type")}
    texts = [part for part in message.walk() if not part.is_multipart()]
    parts = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in texts}
    return headers | parts


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"subject": "x" * 200, "reply_to": ""},
        {"subject": "Kallelse till möte med åtgärder och beslut " * 4 + "slut", "sender_name": ""},
        {"unsubscribe": "https://bra.example.org/avanmal/" + "x" * 43 + "/"},
        {"sender_name": 'BRÅ "Åsbo", norra'},
    ],
)
def test_our_bytes_say_what_the_librarys_say(changes: dict[str, str]) -> None:
    mail = Mail(**BASE | changes)
    ours = mime.plain_bytes(mail.message())
    assert ours is not None
    assert told(read(ours)) == told(read(Mail(**BASE | changes).message().message().as_bytes()))
    assert max(len(line) for line in ours.split(b"\r\n")) <= 900
    assert b"\n" not in ours.replace(b"\r\n", b"")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")))
def test_any_text_comes_through(text: str) -> None:
    raw = mime.plain_bytes(Mail(**BASE | {"text": text + "\n"}).message())
    assert raw is not None
    part = next(part for part in read(raw).walk() if part.get_content_type() == "text/plain")
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().replace("\r\n", "\n") == text + "\n"


def test_what_has_more_in_it_is_left_to_the_library() -> None:
    message = Mail(**BASE).message()
    message.attach("kallelse.ics", "BEGIN:VCALENDAR", "text/calendar")
    assert mime.plain_bytes(message) is None


def test_a_name_is_escaped_in_html_and_nothing_sticks_to_the_mould() -> None:
    def filled(title: str) -> dict[str, str]:
        line = {"absent": "", "days_left": 0, "days_late": 0, "action": {"deadline": None}}
        slots = {"title": Words(title), "absent": Words("")}
        return fill("_action", {"line": line}, slots, key="test", parts=("txt", "html"))

    for title in ("<b>Åsa</b> & co", "Eva"):
        words = filled(title)
        assert words["txt"].startswith(f"* {title}")
        assert f"<b>{Words(title).in_part('html')}</b>" in words["html"]
    assert "Åsa" not in filled("Eva")["html"]
