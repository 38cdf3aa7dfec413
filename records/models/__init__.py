"""Records: what is kept, what is let out and what is thrown away."""

from records.models.release import (
    KEPT_BACK,
    Refusal,
    Release,
    ReleasedCopy,
    ReleasedCopyQuerySet,
    ReleaseQuerySet,
    ReleaseRules,
    ReleaseState,
    SourceKind,
    Way,
)

__all__ = [
    "KEPT_BACK",
    "Refusal",
    "Release",
    "ReleaseQuerySet",
    "ReleaseRules",
    "ReleaseState",
    "ReleasedCopy",
    "ReleasedCopyQuerySet",
    "SourceKind",
    "Way",
]
