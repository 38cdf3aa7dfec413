"""`verify_audit`: each way to tamper with the log is found, and a log that holds is said to."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bra import history
from bra.chain import blank
from bra.models import ChainHead, Council, HistoryEntry
from bra.sealing import head_of, link, seal
from bra.verifying import MOST_FINDINGS, SHORT, verify
from reports.models import Report
from tests import make
from tests.make import NOW, TODAY
from tests.tampering import unguard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unguarded(db: None) -> None:
    """Who tampers with a row gets rid of the triggers before."""
    unguard()


LENGTH = 8


def logged(council: Council | None = None, number: int = LENGTH) -> Council:
    """A council whose log has that many sealed entries."""
    council = council or make.make_council(slug="granby")
    rows = [(council, {"name": (None, f"Namn {n}")}) for n in range(number)]
    history.record_all(council=council, by=None, on=TODAY, verb="council.told", rows=rows)
    seal(council.pk)
    return council


def entry(number: int) -> HistoryEntry:
    """The entry of that number."""
    return HistoryEntry.objects.get(sequence=number)


def alter(number: int, **fields: object) -> None:
    """Change a row behind the product's back."""
    HistoryEntry.objects.filter(sequence=number).update(**fields)


def findings(council: Council) -> list[str]:
    """What verifying says."""
    return verify(council.pk, now=timezone.now()).findings


def rewrite(council: Council, first: int) -> None:
    """Seal everything from an entry on anew, and the end with it, as somebody would who knows how."""
    previous = entry(first - 1).seal if first > 1 else ""
    for row in HistoryEntry.objects.filter(council=council, sequence__gte=first).order_by("sequence"):
        assert row.sequence is not None
        row.seal = previous = link(row, row.sequence, previous)
        row.save()
    ChainHead.objects.filter(council=council).update(seal=previous)


def swapped() -> None:
    """Two entries change places."""
    third, fifth = entry(3), entry(5)
    alter(3, sequence=1000, seal="x")
    alter(5, sequence=3, seal=third.seal)
    alter(1000, sequence=5, seal=fifth.seal)


EDITED = "Entry {n} isn't what was sealed: it was edited, or another one was put in its place."
TAMPERING: list[tuple[Callable[[], object], list[str]]] = [
    (lambda: alter(3, changes={"name": [None, "Annat"]}), ["The text of entry 3 was edited."]),
    (lambda: alter(3, salt="0" * 32), ["The text of entry 3 was edited."]),
    (lambda: alter(3, verb="council.renamed"), [EDITED.format(n=3)]),
    (lambda: alter(3, at=NOW), [EDITED.format(n=3)]),
    (lambda: alter(3, target_id=99), [EDITED.format(n=3)]),
    (lambda: alter(3, content="0" * 64), [EDITED.format(n=3), "The text of entry 3 was edited."]),
    (lambda: alter(3, seal="0" * 64), [EDITED.format(n=3), EDITED.format(n=4)]),
    (swapped, [EDITED.format(n=3), EDITED.format(n=5)]),
    (
        lambda: alter(3, changes={}, salt=""),
        ["The text of entry 3 was thrown away, and no decision to do so is in the log."],
    ),
    (lambda: HistoryEntry.objects.filter(sequence=3).delete(), ["Entry 3 is gone."]),
    (
        lambda: HistoryEntry.objects.filter(sequence__in=[1, 4, 5]).delete(),
        ["Entry 1 is gone.", "Entries 4 to 5 are gone."],
    ),
    (lambda: HistoryEntry.objects.filter(sequence__gte=7).delete(), ["Entries 7 to 8 are gone."]),
    (lambda: HistoryEntry.objects.all().delete(), ["Entries 1 to 8 are gone."]),
    (
        lambda: ChainHead.objects.update(sequence=6),
        [
            "The seal of entry 6 isn't the one that was kept: the log was written anew up to there.",
            "The log's own end is entry 6, but its entries go on to 8: the end was set back.",
        ],
    ),
    (
        lambda: ChainHead.objects.all().delete(),
        ["The log's own end is entry 0, but its entries go on to 8: the end was set back."],
    ),
]


@pytest.mark.parametrize(("tamper", "found"), TAMPERING)
def test_tampering_is_found(tamper: Callable[[], object], found: list[str]) -> None:
    council = logged()
    assert findings(council) == []
    tamper()
    assert findings(council) == found


@given(number=st.integers(1, LENGTH), field=st.sampled_from(["on", "kind", "actor", "user", "verb", "target_type"]))
def test_every_field_of_every_entry_is_covered(number: int, field: str) -> None:
    with transaction.atomic():
        council = logged(make.make_council())
        other: dict[str, object] = {
            "on": TODAY + timedelta(days=1),
            "kind": "access",
            "actor": make.make_member(council),
            "user": make.make_user(),
            "verb": "council.renamed",
            "target_type": "member",
        }
        alter(number, **{field: other[field]})
        assert findings(council) == [EDITED.format(n=number)]
        transaction.set_rollback(True)


def test_a_text_that_cannot_be_read_was_edited() -> None:
    """A number of more digits than Python reads."""
    council = logged()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bra_historyentry SET changes = %s WHERE sequence = 3", ['{"name": [null, 1e5000]}'])
    assert findings(council) == ["The text of entry 3 was edited."]


def test_an_entry_put_in_between_is_found() -> None:
    council = logged()
    HistoryEntry.objects.filter(sequence=LENGTH).update(sequence=LENGTH + 1)
    forged = entry(3)
    forged.pk, forged.sequence = None, LENGTH
    forged.save(force_insert=True)
    assert findings(council)[0] == EDITED.format(n=LENGTH)


def test_a_log_sealed_anew_is_found_by_an_end_that_was_kept() -> None:
    council = logged()
    kept = entry(6).seal
    alter(3, verb="council.renamed")
    rewrite(council, 3)
    assert findings(council) == []
    anew = "The seal of entry 6 isn't the one that was kept: the log was written anew up to there."
    for seal_kept in (kept, kept[:SHORT]):
        assert verify(council.pk, heads=[(6, seal_kept)], now=timezone.now()).findings == [anew]


def test_a_log_cut_off_with_its_end_is_found_by_an_end_that_was_kept() -> None:
    council = logged()
    last = entry(LENGTH)
    HistoryEntry.objects.filter(sequence__gt=5).delete()
    ChainHead.objects.filter(council=council).update(sequence=5, seal=entry(5).seal)
    assert findings(council) == []
    kept = [(LENGTH, last.seal)]
    assert verify(council.pk, heads=kept, now=timezone.now()).findings == ["Entries 6 to 8 are gone."]


def test_what_was_thrown_away_by_a_decision_is_no_finding() -> None:
    council = logged()
    chosen = HistoryEntry.objects.filter(sequence__in=[2, 3, 6])
    blank(chosen, council=council, by=None, on=TODAY, decision="KS 2017/12 § 4")
    seal(council.pk)
    assert findings(council) == []
    alter(5, changes={}, salt="")
    assert findings(council) == ["The text of entry 5 was thrown away, and no decision to do so is in the log."]


def test_what_is_left_unsealed_is_found_after_an_hour() -> None:
    council = logged()
    history.record(council=council, by=None, on=TODAY, verb="council.told", target=council, changes={})
    late = timezone.now() + timedelta(hours=2)
    assert verify(council.pk, now=timezone.now()).findings == []
    assert verify(council.pk, now=late).findings == ["1 entry has been without a seal for more than an hour."]


def test_many_findings_are_counted() -> None:
    council = logged(number=MOST_FINDINGS + 5)
    HistoryEntry.objects.update(verb="council.renamed")
    verified = verify(council.pk, now=timezone.now())
    assert (len(verified.findings), verified.untold) == (MOST_FINDINGS, 5)


def told(*arguments: str, status: int = 0) -> list[str]:
    """The lines that the command writes, and its exit status."""
    out, err = StringIO(), StringIO()
    code: object = 0
    try:
        call_command("verify_audit", *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    assert code == status
    return (out.getvalue() + err.getvalue()).splitlines()


def test_a_sentence_says_that_all_is_well() -> None:
    council = logged()
    head = head_of(council.pk)
    assert told() == [
        f"granby: the log holds, 8 entries, the end is 8:{head.seal}",
        "the installation: the log holds, 0 entries, the end is 0:",
    ]
    assert told("--council", "granby") == told()[:1]


def test_findings_end_with_status_1() -> None:
    logged()
    alter(3, verb="council.renamed")
    assert told("--council", "granby", status=1) == ["granby: " + EDITED.format(n=3)]


def test_the_ends_on_reports_are_compared() -> None:
    council = logged()
    plan = make.make_plan(council)
    Report.objects.create(
        council=council,
        plan=plan,
        period_from=plan.starts,
        period_to=TODAY,
        as_of=TODAY,
        audit_sequence=6,
        audit_seal="0" * 64,
    )
    anew = "granby: The seal of entry 6 isn't the one that was kept: the log was written anew up to there."
    assert told("--council", "granby", status=1) == [anew]


def test_kept_ends_are_given_by_hand_or_in_a_file(tmp_path: Path) -> None:
    logged()
    right, wrong = entry(4).seal, "0" * 64
    anew = "granby: The seal of entry 4 isn't the one that was kept: the log was written anew up to there."
    assert len(told("--council", "granby", "--head", f"4:{right}")) == 1
    assert told("--council", "granby", "--head", f"4:{wrong}", status=1) == [anew]
    file = tmp_path / "heads"
    file.write_text(f"granby 4:{right}\n\ngranby 4:{wrong[:SHORT]}\n", encoding="utf-8")
    assert told("--council", "granby", "--head-file", str(file), status=1) == [anew]


def test_the_ends_are_printed_as_they_are_read_again(tmp_path: Path) -> None:
    """So that a nightly job can keep them on another machine, and hold the log against them."""
    logged()
    lines = told("--ends")
    assert lines == [f"granby {LENGTH}:{entry(LENGTH).seal}"]
    file = tmp_path / "heads"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert len(told("--council", "granby", "--head-file", str(file))) == 1


def test_wrong_use_is_said_with_status_2(tmp_path: Path) -> None:
    logged()
    assert told("--council", "nowhere", status=2) == ["There is no council with the address nowhere."]
    assert told("--head", "4:abc", status=2) == ["4:abc isn't the end of a log: write 123:SEAL."]
    head = f"4:{'0' * 64}"
    assert told("--head", head, status=2) == [f"Say with --council whose log {head} is the end of."]
    assert told("--head", f"nowhere {head}", status=2) == ["There is no council with the address nowhere."]
    missing = tmp_path / "missing"
    assert told("--head-file", str(missing), status=2) == [f"{missing} can't be read."]
