"""The database refuses to change what has been logged: sealing, and throwing a text away, is all it lets happen."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from bra import history
from bra.chain import blank
from bra.models import HistoryEntry
from bra.sealing import seal
from tests import make
from tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db


def sealed() -> HistoryEntry:
    """An entry that has its seal."""
    council = make.make_council()
    entry = history.record(
        council=council, by=None, on=TODAY, verb="council.quorum", target=council, changes={"quorum": (None, 4)}
    )
    seal(council.pk)
    return HistoryEntry.objects.get(pk=entry.pk)


CHANGES: dict[str, Any] = {
    "at": NOW,
    "on": TODAY.replace(day=1),
    "kind": "access",
    "verb": "council.renamed",
    "target_type": "member",
    "target_id": 4711,
    "changes": {"quorum": [None, 5]},
    "salt": "0" * 32,
    "content": "0" * 64,
    "sequence": 4711,
    "seal": "0" * 64,
}


@given(names=st.sets(st.sampled_from(sorted(CHANGES)), min_size=1))
def test_no_set_of_columns_is_changed(names: set[str]) -> None:
    with transaction.atomic():
        entry = sealed()
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            HistoryEntry.objects.filter(pk=entry.pk).update(**{name: CHANGES[name] for name in names})
        transaction.set_rollback(True)


def test_whose_it_is_is_not_changed() -> None:
    entry = sealed()
    other = make.make_council()
    member, user = make.make_member(other), make.make_user()
    for fields in ({"council": other}, {"actor": member}, {"user": user}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            HistoryEntry.objects.filter(pk=entry.pk).update(**fields)


def test_a_seal_is_not_taken_away() -> None:
    entry = sealed()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        HistoryEntry.objects.filter(pk=entry.pk).update(sequence=None, seal="")


def test_a_text_is_thrown_away_whole_or_not_at_all() -> None:
    entry = sealed()
    halves: tuple[dict[str, Any], ...] = ({"changes": {}}, {"salt": ""})
    for fields in halves:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            HistoryEntry.objects.filter(pk=entry.pk).update(**fields)
    assert entry.council is not None
    entries = HistoryEntry.objects.filter(pk=entry.pk)
    assert blank(entries, council=entry.council, by=None, on=TODAY, decision="§ 4") == 1
    entry.refresh_from_db()
    assert (entry.changes, entry.salt, entry.is_blanked) == ({}, "", True)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        HistoryEntry.objects.filter(pk=entry.pk).update(changes={"quorum": [None, 4]})


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite leaves deleted entries to verify_audit")
def test_no_entry_is_deleted() -> None:
    entry = sealed()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        HistoryEntry.objects.filter(pk=entry.pk).delete()
