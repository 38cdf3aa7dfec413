"""Swedish text: the order of the alphabet."""

import unicodedata

# å, ä and ö are letters of their own after z, in that order; { | } are the characters after z in ASCII.
_AFTER_Z = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


def sort_key(text: str) -> str:
    """Return a key that any database sorts byte by byte into Swedish alphabetical order.

    >>> sorted(["Ö", "Ä", "Å", "z", "Bo"], key=sort_key)
    ['Bo', 'z', 'Å', 'Ä', 'Ö']
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_AFTER_Z)
    return "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
