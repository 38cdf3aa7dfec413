"""The lines of a history that all floors share."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from bra import history
from bra.models import HistoryEntry
from bra.sentences import lines
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def say(entry: HistoryEntry) -> Iterator[str]:
    yield from entry.changes["words"][1]


def test_lines_tell_who_what_how_often_and_when(cast: Cast) -> None:
    today = timezone.localdate()

    def add(verb: str, by: object, **changes: object) -> None:
        fields = {name: (None, value) for name, value in changes.items()}
        history.record(council=cast.council, by=by, on=today, verb=verb, target=cast.council, changes=fields)

    add("wrote", cast.chair, words=["wrote"])
    add("wrote", cast.chair, words=["wrote", "and signed"])
    add("guard.overridden", cast.chair, reason="A time stamp.", fields=["title"])
    add("swept", None, words=["swept"])
    told = lines(history.entries_of(cast.council), say)
    assert [(line.who, line.what, line.times) for line in told] == [
        (cast.chair.label, "wrote", 2),
        (cast.chair.label, "and signed", 1),
        (cast.chair.label, "What looked like a personal identity number was let through: A time stamp.", 1),
        ("", "swept", 1),
    ]
    assert [line.at.date() if line.at else None for line in told] == [today] * 4
