"""What marks a working copy, so that it can come back filled in: its version column, and what it says of itself.

The letters after a version aren't a secret. They let an ID or a version that somebody changed in the file be seen,
and a row that was copied from another council's file.
"""

import re
from zlib import crc32

# No vowels, so that they spell no word, nor a month, nor one of the letters that are taken for figures.
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
_LETTER_OF = bytes(ord(_LETTERS[byte % len(_LETTERS)]) for byte in range(256))
_NUMBER = 3
_MARK = re.compile(r"(\d{1,9})-(\w+)", re.ASCII)
# Characters that an effect or a comment in a file may have, as in the forms.
LONGEST = 2000
# Of what the file says of itself: {name of the document property: what it holds}.
COUNCIL, PLAN, KIND, AS_OF, VARIANT = "bra-council", "bra-plan", "bra-kind", "bra-as-of", "bra-variant"


def mark(council: str, pk: int, version: int) -> str:
    """What the version column says of an action of the council (its slug): "3-k7f"."""
    digest = crc32(f"{council}/{pk}/{version}".encode()).to_bytes(4)
    return f"{version}-{digest[:_NUMBER].translate(_LETTER_OF).decode()}"


def version_of(council: str, pk: int, text: str) -> int | None:
    """The version that a version column says; None when it isn't what the product wrote there for that action."""
    found = _MARK.fullmatch(text)
    if found is None:
        return None
    version = int(found[1])
    return version if mark(council, pk, version) == text else None
