"""A paper as JSON and back, so that what was signed can be kept, and the checksum that shows that it is unchanged."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from meetings.documents.content import Paper


def frozen(paper: Paper) -> dict[str, Any]:
    """Return the paper as what JSON holds: dataclasses as objects, tuples as lists, instants in ISO form."""
    made: dict[str, Any] = _frozen(paper)
    return made


def thawed(kept: Mapping[str, Any]) -> Paper:
    """Return the paper that `frozen` gave. Fields that it didn't have yet get their defaults, unknown ones are left."""
    paper: Paper = _thawed(Paper, kept)
    return paper


def canonical(kept: Mapping[str, Any]) -> bytes:
    """Return the one way in which the JSON is written for its checksum: keys in order, no spaces, UTF-8."""
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def checksum(kept: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON, in 64 hexadecimal digits."""
    return hashlib.sha256(canonical(kept)).hexdigest()


def _frozen(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _frozen(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_frozen(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _thawed(kind: Any, value: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not NoneType)
        return None if value is None else _thawed(kind, value)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        kinds = [inner[0]] * len(value) if inner[1:] == (...,) else inner
        return tuple(_thawed(one, part) for one, part in zip(kinds, value, strict=True))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _thawed(hints[name], part) for name, part in value.items() if name in hints})  # type: ignore[operator]  # is_dataclass() lets instances through
    return datetime.fromisoformat(value) if kind is datetime else value
