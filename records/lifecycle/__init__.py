"""The verbs of records."""

from records.lifecycle.producing import (
    Masks,
    Produced,
    download_name,
    drop_copy,
    keep_copy,
    log_fetch,
    produce,
    stored_copy,
)
from records.lifecycle.releasing import (
    appeal_text,
    change_release,
    choose_release_rules,
    end_release,
    refuse_release,
    register_release,
    reopen_release,
)

__all__ = [
    "Masks",
    "Produced",
    "appeal_text",
    "change_release",
    "choose_release_rules",
    "download_name",
    "drop_copy",
    "end_release",
    "keep_copy",
    "log_fetch",
    "produce",
    "refuse_release",
    "register_release",
    "reopen_release",
    "stored_copy",
]
