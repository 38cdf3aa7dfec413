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
from records.models.retention import (
    MOST_YEARS,
    OrderState,
    Purge,
    PurgeOrder,
    RetentionRule,
    local_day,
    years_after,
    years_before,
)

__all__ = [
    "KEPT_BACK",
    "MOST_YEARS",
    "OrderState",
    "Purge",
    "PurgeOrder",
    "Refusal",
    "Release",
    "ReleaseQuerySet",
    "ReleaseRules",
    "ReleaseState",
    "ReleasedCopy",
    "ReleasedCopyQuerySet",
    "RetentionRule",
    "SourceKind",
    "Way",
    "local_day",
    "years_after",
    "years_before",
]
