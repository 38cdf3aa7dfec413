"""Records: what is kept, what is let out and what is thrown away."""

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
    "MOST_YEARS",
    "OrderState",
    "Purge",
    "PurgeOrder",
    "RetentionRule",
    "local_day",
    "years_after",
    "years_before",
]
