"""The chain of the audit log: what is sealed, in what order, and what stays when a text is thrown away."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from bra import history
from bra.chain import blank
from bra.models import ChainHead, Council, HistoryEntry
from bra.sealing import BATCH, digest, link, seal, unsealed_councils
from tests import make
from tests.make import TODAY

pytestmark = pytest.mark.django_db


def wrote(council: Council, number: int = 1, **changes: Any) -> list[HistoryEntry]:
    """Entries of the council, told of itself."""
    rows = [(council, changes or {"name": (None, f"Namn {n}")}) for n in range(number)]
    return history.record_all(council=council, by=None, on=TODAY, verb="council.told", rows=rows)


def chain_of(council: Council | None) -> list[tuple[int | None, str]]:
    """The numbers and seals as the database has them, in the order in which they were written."""
    return list(HistoryEntry.objects.filter(council=council).order_by("pk").values_list("sequence", "seal"))


def test_each_council_has_its_own_chain() -> None:
    one, other = make.make_council(), make.make_council()
    wrote(one, 3)
    wrote(other, 2)
    assert (seal(one.pk), seal(other.pk)) == (3, 2)
    assert [number for number, _seal in chain_of(one)] == [1, 2, 3]
    assert [number for number, _seal in chain_of(other)] == [1, 2]
    head = ChainHead.objects.get(council=one)
    assert (head.sequence, head.seal) == chain_of(one)[-1]


def test_the_installation_has_a_chain_and_only_one() -> None:
    history.record(council=None, by=None, on=TODAY, verb="council.made", target=None, changes={})
    assert unsealed_councils() == [None]
    assert seal(None) == 1
    assert [number for number, _seal in chain_of(None)] == [1]
    with pytest.raises(IntegrityError), transaction.atomic():
        ChainHead.objects.create(council=None)


def test_sealing_twice_changes_nothing() -> None:
    council = make.make_council()
    wrote(council, 2)
    seal(council.pk)
    before = chain_of(council)
    assert seal(council.pk) == 0
    assert chain_of(council) == before


def test_more_than_a_batch_is_one_chain() -> None:
    council = make.make_council()
    wrote(council, BATCH + 3)
    assert seal(council.pk) == BATCH + 3
    assert [number for number, _seal in chain_of(council)] == list(range(1, BATCH + 4))


def test_a_seal_holds_the_one_before_it_and_what_is_said() -> None:
    council = make.make_council()
    wrote(council, 2)
    seal(council.pk)
    first, second = HistoryEntry.objects.order_by("pk")
    assert first.seal == link(first, 1, "")
    assert second.seal == link(second, 2, first.seal)
    other = HistoryEntry.objects.get(pk=second.pk)
    other.verb = "council.renamed"
    assert link(other, 2, first.seal) != second.seal


def test_what_is_written_in_a_transaction_is_sealed_after_it(django_capture_on_commit_callbacks: Any) -> None:
    council, other = make.make_council(), make.make_council()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        wrote(council)
        wrote(council)
        wrote(other)
    assert len(callbacks) == 2
    assert [number for number, _seal in chain_of(council)] == [1, 2]


def test_what_a_savepoint_took_back_does_not_stop_the_sealing(django_capture_on_commit_callbacks: Any) -> None:
    council = make.make_council()
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            wrote(council)
            transaction.set_rollback(True)
        wrote(council)
    assert [number for number, _seal in chain_of(council)] == [1]


def test_a_failure_to_seal_is_not_the_request_s(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    council = make.make_council()
    monkeypatch.setattr("bra.sealing.BATCH", "nothing one can count to")
    with django_capture_on_commit_callbacks(execute=True):
        wrote(council)
    assert [record.getMessage() for record in caplog.records] == [f"sealing failed council={council.pk}"]
    assert chain_of(council) == [(None, "")]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text("abcåÅ", max_size=3), parts, max_size=3),
    max_leaves=8,
)


@given(old=JSON, new=JSON)
def test_the_database_gives_back_what_the_digest_was_made_of(old: Any, new: Any) -> None:
    with transaction.atomic():
        council = make.make_council()
        entry = history.record(
            council=council, by=None, on=TODAY, verb="council.told", target=council, changes={"name": (old, new)}
        )
        read = HistoryEntry.objects.get(pk=entry.pk)
        assert digest(read.changes, read.salt) == entry.content
        transaction.set_rollback(True)


def test_the_digest_knows_days_and_numbers() -> None:
    told = {"on": [None, TODAY], "at": [None, datetime(2017, 3, 15, tzinfo=UTC)], "share": [1.0, 1e20]}
    read = json.loads(
        '{"share": [1, 100000000000000000000], "on": [null, "2017-03-15"], "at": [null, "2017-03-15T00:00:00Z"]}'
    )
    assert digest(told, "s") == digest(read, "s")
    assert digest(told, "s") != digest(told, "t")


def test_a_digest_is_of_its_changes_in_one_way_of_writing() -> None:
    """Logs that were sealed before must verify for ever."""
    told = {"b": [1.0, 0.5, -0.0, 1e20, True], "a": [None, "Å\u2028"], "nested": [{"z": 1, "y": [2.50]}]}
    text = r'{"a":[null,"\u00c5\u2028"],"b":[1,0.5,0,100000000000000000000,true],"nested":[{"y":[2.5],"z":1}]}'
    assert digest(told, "salt") == sha256(f"salt{text}".encode()).hexdigest()


def test_blanking_throws_the_text_away_and_says_so() -> None:
    council = make.make_council()
    first, kept, third, fourth = wrote(council, 4, name=("Hemligt", "Namn"))
    chosen = HistoryEntry.objects.exclude(pk=kept.pk)
    assert blank(chosen, council=council, by=None, on=TODAY, decision="KS 2017/12 § 4") == 3
    told = {entry.pk: entry.changes for entry in HistoryEntry.objects.all()}
    assert [told[entry.pk] for entry in (first, kept, third, fourth)] == [{}, {"name": ["Hemligt", "Namn"]}, {}, {}]
    said = HistoryEntry.objects.get(verb="history.blanked")
    assert said.changes == {"sequences": [None, [[1, 1], [3, 4]]], "decision": [None, "KS 2017/12 § 4"]}
    assert blank(chosen, council=council, by=None, on=TODAY, decision="en gång till") == 0


def test_blanking_leaves_other_councils_alone() -> None:
    council, other = make.make_council(), make.make_council()
    (theirs,) = wrote(other)
    assert blank(HistoryEntry.objects.all(), council=council, by=None, on=TODAY, decision="§ 4") == 0
    theirs.refresh_from_db()
    assert theirs.changes == {"name": [None, "Namn 0"]}
    assert connection.in_atomic_block
