"""What the table of a working copy is called when it comes back, in whatever language it was written. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache

from django.utils import translation
from django.utils.translation import gettext as _

from actions.models import Status
from reports.models import Language

# In the order in which a row's cells are kept.
NAMES = ("id", "version", "status", "closed", "effect", "comment")
KEY = ("id", "version")
FILLED_IN = NAMES[2:]
# Rows of a file; a council has some hundred actions.
MOST_ROWS = 20_000

_ESCAPED = re.compile(r"_x005[Ff]_")
# What Excel writes for a return, which a text pasted from elsewhere has before each line feed.
_RETURN = re.compile(r"(?<!_x005[Ff])_x000[Dd]_")


@lru_cache(maxsize=1)
def heads() -> dict[str, list[str]]:
    """What each column may be called."""
    found: dict[str, list[str]] = {name: [] for name in NAMES}
    for _language in _each_language():
        for name, word in column_words().items():
            if word not in found[name]:
                found[name].append(word)
    return found


def column_words() -> dict[str, str]:
    """What the columns are called in the language of now, as the sheet of actions has them."""
    words = (_("ID"), _("Version"), _("Status"), _("Closed"), _("What it led to"), _("Comment"))
    return dict(zip(NAMES, words, strict=True))


@lru_cache(maxsize=1)
def _states() -> dict[str, str]:
    return {str(state.label).casefold(): str(state.value) for _language in _each_language() for state in Status}


def state_of(text: str) -> str | None:
    """The status that a word of the list means; None for any other word."""
    return _states().get(" ".join(text.split()).casefold())


def _each_language() -> Iterator[str]:
    for language in Language.values:
        with translation.override(language):
            yield language


def plain(text: str) -> str:
    """A text as two programs agree on it: whatever they did to its line breaks, outer spaces and escaped signs."""
    text = _RETURN.sub("\r", text).replace("\r\n", "\n").replace("\r", "\n")
    return _ESCAPED.sub("_", text).strip()
