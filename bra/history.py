"""The only writer of history: a change and the record of it are one step.

An entry gets a salted digest of what it says was changed; right after the transaction it is sealed (bra.sealing).
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, NamedTuple

from django.db import models

from bra.fields import DERIVED
from bra.models import Council, EntryKind, HistoryEntry, Member, User
from bra.sealing import digest, seal_soon

# Longer texts are recorded as changed, not copied: history must not become a second archive of notes.
LONGEST_COPY = 300
NOT_COPIED = "…"


# What the changes of now come through, {name: key}; see `through`.
_SOURCE: ContextVar[dict[str, int]] = ContextVar("source", default={})  # noqa: B039 - replaced as a whole, never changed


class Target(NamedTuple):
    """A row that is told of without being read: its model's name, and its key."""

    name: str
    pk: int


def _target(target: "models.Model | Target | None") -> Target:
    """What an entry is about; without one it is the installation."""
    if target is None:
        return Target("installation", 0)
    return target if isinstance(target, Target) else Target(target._meta.model_name or "", target.pk)


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
    target: models.Model | Target | None,
    changes: dict[str, Any],
    kind: EntryKind = EntryKind.CHANGE,
    user: User | None = None,
) -> HistoryEntry:
    """Write one entry. `changes` maps a field to [old, new]; `by` is None when the system acted.

    Without a council it belongs to the installation, and without a target it is about that. `user` says who was
    logged in, where that isn't told by `by`.
    """
    entry = _entry(council, by, on, verb, target, changes, kind, user)
    entry.save(force_insert=True)
    seal_soon(entry.council_id)
    return entry


def record_all(
    *,
    council: Council,
    by: Member | None,
    on: date,
    verb: str,
    rows: Sequence[tuple[models.Model | Target, dict[str, Any]]],
    kind: EntryKind = EntryKind.CHANGE,
) -> list[HistoryEntry]:
    """Write one entry for each of (target, changes as in `record`), in one statement however many they are."""
    entries = [_entry(council, by, on, verb, target, fields, kind, None) for target, fields in rows]
    made = HistoryEntry.objects.bulk_create(entries, batch_size=500)
    if made:
        seal_soon(council.pk)
    return made


def _entry(
    council: Council | None,
    by: Member | None,
    on: date,
    verb: str,
    target: models.Model | Target | None,
    changes: dict[str, Any],
    kind: EntryKind,
    user: User | None,
) -> HistoryEntry:
    kept, salt, about = _changes(changes), secrets.token_hex(16), _target(target)
    return HistoryEntry(
        council=council,
        actor=by,
        user=user,
        on=on,
        kind=kind,
        verb=verb,
        target_type=about.name,
        target_id=about.pk,
        changes=kept,
        salt=salt,
        content=digest(kept, salt),
    )


def change(
    target: models.Model, *, council: Council, by: Member | None, on: date, verb: str, **new: Any
) -> dict[str, tuple[Any, Any]]:
    """Set the fields in `new` that differ, save only those, and write the entry. Nothing differs: nothing is written.

    Call it inside the verb's transaction. Returns {field: (old, new)}.
    """
    changes = _set(target, new)
    if changes:
        record(council=council, by=by, on=on, verb=verb, target=target, changes=changes)
    return changes


def change_access(
    target: models.Model, *, council: Council, by: Member | None, on: date, verb: str, **new: Any
) -> dict[str, tuple[Any, Any]]:
    """Do the same, where it decides who may what."""
    changes = _set(target, new)
    if changes:
        record(council=council, by=by, on=on, verb=verb, target=target, changes=changes, kind=EntryKind.ACCESS)
    return changes


def _set(target: models.Model, new: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set the fields that differ and save those; return {field: (old, new)}."""
    changes = {}
    for field, value in new.items():
        old = getattr(target, field)
        if old != value:
            setattr(target, field, value)
            changes[field] = (old, value)
    if changes:
        derived = [field.name for field in target._meta.local_fields if isinstance(field, DERIVED)]
        target.save(update_fields=[*changes, *derived])
    return changes


def created(
    target: models.Model,
    *,
    council: Council,
    by: Member | None,
    on: date,
    verb: str,
    fields: Sequence[str],
    kind: EntryKind = EntryKind.CHANGE,
) -> None:
    """Write the entry of a new row with its first values of `fields`."""
    record(
        council=council,
        by=by,
        on=on,
        verb=verb,
        target=target,
        changes={field: (None, getattr(target, field)) for field in fields},
        kind=kind,
    )


def entries_of(target: models.Model, *, fetched: Sequence[str] = ()) -> models.QuerySet[HistoryEntry]:
    """The entries of one row, oldest first, with their actors. Reach the row through its own door first.

    Who read it isn't told: that is for the audit log; but for the verbs of `fetched`.
    """
    own = HistoryEntry.objects.filter(target_type=target._meta.model_name, target_id=target.pk)
    return own.filter(~models.Q(kind=EntryKind.READING) | models.Q(verb__in=fetched)).select_related("actor")
