"""A log tells when, where and what kind of fault; never what somebody wrote, nor a secret address."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from bra.logs import Formatter

SECRET = "Kalle Karlsson stal en cykel"  # what somebody wrote, no password
LINK = "0vYq2n-hemlig-lank-i-mejlet-8823"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the product would write, of every logger."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter(settings.LOGGING["formatters"]["plain"]["format"]))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.bra.broken_urls")
def test_a_fault_in_a_view_is_told_without_its_words(log: io.StringIO) -> None:
    client = Client(raise_request_exception=False)
    page = client.post(f"/brister/{LINK}/?q={SECRET}", {"text": SECRET})
    said = log.getvalue()
    assert page.status_code == 500
    assert [word for word in ("Kalle", "cykel", LINK, "text") if word in said or word in page.content.decode()] == []
    assert "Internal Server Error: /brister/<str:secret>/" in said
    assert [line for line in said.splitlines() if not line.startswith(("  File", "2"))] == [
        "builtins.KeyError",
        "builtins.ValueError",
    ]
    assert "broken_urls.py" in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"/ansvarig/{LINK}/", "Not Found: /ansvarig/<str:secret>/"),
        (f"/kalender/{LINK}.ics", "Not Found: /kalender/<str:secret>.ics"),
        (f"/avanmal/{LINK}/", "Not Found: /avanmal/<str:secret>/"),
        (f"/{LINK}/okand/adress/{LINK}", f"Not Found: /{LINK[:20]}/…"),
        (f"/granby%0A2017-01-01%20ERROR%20forged/{LINK}", "Not Found: /granby\\n2017-01-01 ER/…"),
    ],
)
def test_a_secret_address_is_told_by_its_pattern(log: io.StringIO, path: str, told: str) -> None:
    Client().get(path, {"q": SECRET})
    lines = log.getvalue().splitlines()
    assert [line.partition("django.request ")[2] for line in lines] == [told]


def said_of(**record: Any) -> str:
    """One record as the product writes it."""
    whole = {"name": "x", "level": logging.ERROR, "pathname": "", "lineno": 1, "args": (), "exc_info": None} | record
    return Formatter("%(message)s").format(logging.LogRecord(**whole))


def test_a_fault_of_a_task_is_told_without_its_words() -> None:
    context = {
        "name": "bra.send",
        "id": "1",
        "description": "raised",
        "exc": SECRET,
        "traceback": SECRET,
        "args": SECRET,
    }
    message = "Task %(name)s[%(id)s] %(description)s: %(exc)s\n%(traceback)s"
    assert said_of(msg=message, args=(context,)) == "Task bra.send[1] raised: …\\n…"


def test_a_fault_given_as_an_argument_is_told_by_its_kind() -> None:
    assert said_of(msg="mail failed: %s %s", args=(ValueError(SECRET), 7)) == "mail failed: ValueError 7"


def test_what_another_handler_has_written_of_a_fault_is_not_repeated() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "broken", (), (type(error), error, error.__traceback__))
    logging.Formatter().format(record)  # keeps what it wrote on the record
    assert SECRET in str(record.exc_text)
    assert SECRET not in Formatter("%(message)s").format(record)


def test_whose_passkey_it_was_is_not_told() -> None:
    said = settings.LOGGING["loggers"]["fido2"]["level"]
    assert logging.getLevelName(said) > logging.INFO == logging.getLevelName(settings.LOGGING["root"]["level"])


def test_nobody_gets_faults_by_mail() -> None:
    assert (settings.ADMINS, settings.MANAGERS) == ([], [])
    assert [type(handler).__name__ for handler in logging.getLogger("django").handlers] == []
