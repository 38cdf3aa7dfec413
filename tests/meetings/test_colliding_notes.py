"""Hundreds of edits that collide: no text that was saved is overwritten by somebody who hadn't seen it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, Lock
from typing import Any

import pytest
from django.db import connection, connections
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from bra.models import Member
from meetings import lifecycle
from meetings.models import AgendaItem
from tests import make
from tests.cast import Cast
from tests.make import TODAY

WRITERS, EDITS = 8, 25


@dataclass
class Writer:
    """Somebody at the page of an item: what stands in the field, and the version it was written on."""

    item: AgendaItem
    member: Member
    text: str = ""
    version: int = 0
    # {version: text} as acknowledged; what was shown back in a conflict and not saved.
    saved: dict[int, str] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    # The text of the version that each own text was written on, as the writer had it before them.
    base: dict[int, str] = field(default_factory=dict)

    def write(self, words: str) -> None:
        """Add a line to what stands in the field, and save it; on a conflict the newer text is shown."""
        before, typed = self.text, f"{self.text}\n{words}".strip()
        try:
            item = lifecycle.save_notes(item=self.item, text=typed, version=self.version, by=self.member, on=TODAY)
        except lifecycle.NotesConflict as conflict:
            self.shown += [words] if conflict.text == typed else []
            self.text, self.version = conflict.item.notes, conflict.item.version
        else:
            self.text, self.version = typed, item.version
            self.saved[item.version], self.base[item.version] = typed, before


def assert_nothing_is_lost(writers: list[Writer], lines: list[str]) -> None:
    """Every version was saved on the text of the one before; every line is in the notes or was shown back."""
    item = AgendaItem.objects.get()
    saved = {version: text for writer in writers for version, text in writer.saved.items()}
    base = {version: text for writer in writers for version, text in writer.base.items()}
    assert sorted(saved) == list(range(1, item.version + 1))
    assert sum(len(writer.saved) for writer in writers) == item.version
    assert [base[version] for version in sorted(base)] == ["", *(saved[version] for version in sorted(saved)[:-1])]
    assert item.notes == saved[item.version]
    back = [line for writer in writers for line in writer.shown]
    assert sorted([*item.notes.split("\n"), *back]) == sorted(lines)


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: see the test below")
def test_two_hundred_edits_at_once(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    writers = [Writer(item, cast.secretary) for _n in range(WRITERS)]
    start, faults, guard = Barrier(WRITERS), list[Exception](), Lock()

    def work(number: int) -> None:
        try:
            start.wait(timeout=10)
            for edit in range(EDITS):
                writers[number].write(f"Rad {number}.{edit}")
        except Exception as fault:  # told by the thread that waits for all
            with guard:
                faults.append(fault)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    assert faults == []
    assert_nothing_is_lost(writers, [f"Rad {n}.{edit}" for n in range(WRITERS) for edit in range(EDITS)])


@pytest.mark.django_db
def test_two_hundred_edits_by_turns(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    writers = [Writer(item, cast.secretary) for _n in range(WRITERS)]
    for edit in range(EDITS):
        # Each round another begins, so that each is now first and now too late.
        for turn in range(WRITERS):
            writers[(edit + turn * 3) % WRITERS].write(f"Rad {turn}.{edit}")
    assert_nothing_is_lost(writers, [f"Rad {n}.{edit}" for n in range(WRITERS) for edit in range(EDITS)])
    assert sum(len(writer.shown) for writer in writers) > 0


class AnyOrder(TestCase):
    """Whoever writes when: the same holds."""

    @settings(max_examples=25)
    @given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
    def test_edits_in_any_order(self, turns: list[int]) -> None:
        council = make.make_council()
        secretary: Any = make.make_member(council)
        item = make.make_item(make.make_meeting(council))
        writers = [Writer(item, secretary) for _n in range(4)]
        for number, turn in enumerate(turns):
            writers[turn].write(f"Rad {number}")
        assert_nothing_is_lost(writers, [f"Rad {number}" for number in range(len(turns))])
