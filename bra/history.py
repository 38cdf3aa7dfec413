"""The only writer of history: a change and the record of it are one step.

An entry gets a salted digest of what it says was changed; right after the transaction it is sealed (bra.sealing).
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.db import models

from bra.fields import DERIVED
from bra.models import Council, EntryKind, HistoryEntry, Member, User
from bra.sealing import digest, seal_soon

# Longer texts are recorded as changed, not copied: history must not become a second archive of notes.
LONGEST_COPY = 300
NOT_COPIED = "…"


# What the changes of now come through, {name: key}; see `through`.
_SOURCE: ContextVar[dict[str, int]] = ContextVar("source", default={})  # noqa: B039 - replaced as a whole, never changed


@contextmanager
def through(**source: int) -> Iterator[None]:
    """Let each entry that is written inside say what the change came through, as "report": [None, its key].

    Verbs of every floor can so be used on behalf of a file without knowing of files.
    """
    token = _SOURCE.set(source)
    try:
        yield
    finally:
        _SOURCE.reset(token)


def _changes(changes: dict[str, Any]) -> dict[str, Any]:
    sources = {name: [None, key] for name, key in _SOURCE.get().items()}
    return {field: [_kept(old), _kept(new)] for field, (old, new) in changes.items()} | sources


def _kept(value: Any) -> Any:
    """Return what history keeps of a value: a row's key, a short text, NOT_COPIED for a long text."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, str) and len(value) > LONGEST_COPY:
        return NOT_COPIED
    return value


def record(
    *,
    council: Council | None,
    by: Member | None,
    on: date,
    verb: str,
    target: models.Model | None,
    changes: dict[str, Any],
    entry_kind: EntryKind = EntryKind.CHANGE,
    user: User | None = None,
) -> HistoryEntry:
    """Write one entry. `changes` maps a field to [old, new]; `by` is None when the system acted.

    Without a council it belongs to the installation, and without a target it is about that. `user` says who was
    logged in, where that isn't told by `by`.
    """
    entry = _entry(council, by, on, verb, target, changes, entry_kind, user)
    entry.save(force_insert=True)
    seal_soon(entry.council_id)
    return entry


def record_all(
    *,
    council: Council,
    by: Member | None,
    on: date,
    verb: str,
    rows: Sequence[tuple[models.Model, dict[str, Any]]],
    entry_kind: EntryKind = EntryKind.CHANGE,
) -> list[HistoryEntry]:
    """Write one entry for each of (target, changes as in `record`), in one statement however many they are."""
    entries = [_entry(council, by, on, verb, target, fields, entry_kind, None) for target, fields in rows]
    made = HistoryEntry.objects.bulk_create(entries, batch_size=500)
    if made:
        seal_soon(council.pk)
    return made


def _entry(
    council: Council | None,
    by: Member | None,
    on: date,
    verb: str,
    target: models.Model | None,
    changes: dict[str, Any],
    kind: EntryKind,
    user: User | None,
) -> HistoryEntry:
    kept, salt = _changes(changes), secrets.token_hex(16)
    return HistoryEntry(
        council=council,
        actor=by,
        user=user,
        on=on,
        kind=kind,
        verb=verb,
        target_type="installation" if target is None else target._meta.model_name or "",
        target_id=0 if target is None else target.pk,
        changes=kept,
        salt=salt,
        content=digest(kept, salt),
    )


def change(
    target: models.Model,
    *,
    council: Council,
    by: Member | None,
    on: date,
    verb: str,
    entry_kind: EntryKind = EntryKind.CHANGE,
    **new: Any,
) -> dict[str, tuple[Any, Any]]:
    """Set the fields in `new` that differ, save only those, and write the entry. Nothing differs: nothing is written.

    Call it inside the verb's transaction. Returns {field: (old, new)}.
    """
    changes = {}
    for field, value in new.items():
        old = getattr(target, field)
        if old != value:
            setattr(target, field, value)
            changes[field] = (old, value)
    if changes:
        derived = [field.name for field in target._meta.local_fields if isinstance(field, DERIVED)]
        target.save(update_fields=[*changes, *derived])
        record(council=council, by=by, on=on, verb=verb, target=target, changes=changes, entry_kind=entry_kind)
    return changes


def created(
    target: models.Model,
    *,
    council: Council,
    by: Member | None,
    on: date,
    verb: str,
    fields: Sequence[str],
    entry_kind: EntryKind = EntryKind.CHANGE,
) -> None:
    """Write the entry of a new row with its first values of `fields`."""
    record(
        council=council,
        by=by,
        on=on,
        verb=verb,
        target=target,
        changes={field: (None, getattr(target, field)) for field in fields},
        entry_kind=entry_kind,
    )


def entries_of(target: models.Model) -> models.QuerySet[HistoryEntry]:
    """The entries of one row, oldest first, with their actors. Reach the row through its own door first.

    Who read it isn't told: that is for the audit log.
    """
    own = HistoryEntry.objects.filter(target_type=target._meta.model_name, target_id=target.pk)
    return own.exclude(kind=EntryKind.READING).select_related("actor")
