"""Sealing: entries of history become links of a chain, in which each seal holds the one before it.

Entries are written in the transaction of what they tell of, and sealed right after it, in a transaction of its own:
a verb that held the end of the chain while it waits for other rows, and another that did so in the other order, would
wait for each other for ever. docs/audit.md says what that means for who wants to tamper.
"""

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, IntegrityError, connection, transaction

from bra.models import ChainHead, HistoryEntry

log = logging.getLogger(__name__)

# Entries sealed in one transaction.
BATCH = 500
# How long a request waits for somebody else who seals, in milliseconds; what is left then is swept up later.
PATIENCE_MS = 2000


class Sealed(NamedTuple):
    """A sealed entry as it lies in the database. `text` is the JSON of its changes, not yet read."""

    council_id: int | None
    at: datetime
    on: date
    kind: str
    actor_id: int | None
    user_id: int | None
    verb: str
    target_type: str
    target_id: int
    content: str
    sequence: int
    seal: str
    salt: str
    text: str


def digest(changes: Any, salt: str) -> str:
    """Return the digest (SHA-256, hex) of what an entry says was changed; without the salt nobody can guess it back."""
    return digest_of_text(json.dumps(changes, cls=DjangoJSONEncoder), salt)


def digest_of_text(text: str, salt: str) -> str:
    """Return the digest of changes that are given as JSON, in whatever order and spacing.

    Raises ValueError or RecursionError when they can't be read.
    """
    return hashlib.sha256(f"{salt}{_written(_read(text))}".encode()).hexdigest()


def link(entry: HistoryEntry | Sealed, sequence: int, previous: str) -> str:
    """Return the seal (SHA-256, hex) of an entry as the link `sequence` after the seal `previous` ("" for the first).

    The text under it is the same on both databases: a JSON list, the instant in UTC with microseconds.
    """
    said = [
        previous,
        sequence,
        entry.council_id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.on.isoformat(),
        entry.kind,
        entry.actor_id,
        entry.user_id,
        entry.verb,
        entry.target_type,
        entry.target_id,
        entry.content,
    ]
    return hashlib.sha256(_written(said).encode()).hexdigest()


def seal_soon(council_pk: int | None) -> None:
    """Seal the council's entries right after the transaction (at once when there is none), and once only."""
    sealing = _Sealing(council_pk)
    if sealing not in [waiting[1] for waiting in connection.run_on_commit]:
        transaction.on_commit(sealing)


def seal(council_pk: int | None, *, patient: bool = True) -> int:
    """Seal what is written of a council (None: of the installation) and not yet sealed; return how many entries.

    Idempotent, and safe side by side: the chain's end is locked. Batch by batch, each in a transaction of its own
    unless there is one around it. Unless `patient`, an end that somebody else holds for long is an error.
    """
    sealed = 0
    while True:
        number = _seal_batch(council_pk, patient)
        sealed += number
        if number < BATCH:
            return sealed


def unsealed_councils() -> list[int | None]:
    """Return the keys of the councils that have unsealed entries; None among them is the installation."""
    return list(HistoryEntry.objects.unsealed().order_by().values_list("council_id", flat=True).distinct())


def head_of(council_pk: int | None) -> ChainHead:
    """Return the end of a chain as it is; one that was never begun is at 0."""
    head = ChainHead.objects.of_chain(council_pk).first()
    return head or ChainHead(council_id=council_pk)


@dataclass(frozen=True)
class _Sealing:
    """What is to be done after a commit. Equal ones are done once."""

    council_pk: int | None

    def __call__(self) -> None:
        """Seal; a failure is told to the operator and never to who asked: the sweep comes by."""
        try:
            seal(self.council_pk, patient=False)
        except Exception:
            log.exception("sealing failed council=%s", self.council_pk)


@transaction.atomic
def _seal_batch(council_pk: int | None, patient: bool) -> int:
    head = _locked_head(council_pk, patient)
    rows = list(HistoryEntry.objects.of_chain(council_pk).unsealed().defer("changes", "salt").order_by("pk")[:BATCH])
    if not rows:
        return 0
    for entry in rows:
        entry.seal = link(entry, head.sequence + 1, head.seal)
        entry.sequence = head.sequence + 1
        head.sequence, head.seal = entry.sequence, entry.seal
    _write_seals(rows)
    head.save(update_fields=["sequence", "seal"])
    return len(rows)


def _write_seals(rows: list[HistoryEntry]) -> None:
    """Write the rows' numbers and seals; bulk_update would take thirty times as long to put its statement together."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE bra_historyentry SET sequence = %s, seal = %s WHERE id = %s AND sequence IS NULL",
            [(entry.sequence, entry.seal, entry.pk) for entry in rows],
        )
        if cursor.rowcount != len(rows):
            raise DatabaseError("somebody else has sealed these entries")


def _locked_head(council_pk: int | None, patient: bool) -> ChainHead:
    """Return the end of the chain, locked until the transaction ends; made by the first who seals."""
    if not patient and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE_MS}ms"])
    heads = ChainHead.objects.of_chain(council_pk).select_for_update(no_key=True)
    head = heads.first()
    if head is None:
        try:
            with transaction.atomic():
                ChainHead.objects.create(council_id=council_pk)
        except IntegrityError:
            pass  # somebody else was first
        head = heads.get()
    return head


def _number(written: str) -> int | float:
    """A number as PostgreSQL gives it back: 1e3 is written, 1000 is read."""
    value = float(written)
    exact = Decimal(repr(value))
    return int(exact) if exact.is_finite() and exact == exact.to_integral_value() else value


# Made once: json.dumps and json.loads would make another for each entry. What was just read holds no circles.
_read = json.JSONDecoder(parse_float=_number).decode
_written = json.JSONEncoder(check_circular=False, sort_keys=True, separators=(",", ":")).encode
