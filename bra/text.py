"""Swedish text: the order of the alphabet, and the stems by which words are found again."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

# å, ä and ö are letters of their own after z, in that order; { | } are the characters after z in ASCII.
_AFTER_Z = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


def sort_key(text: str) -> str:
    """Return a key that any database sorts byte by byte into Swedish alphabetical order.

    >>> sorted(["Ö", "Ä", "Å", "z", "Bo"], key=sort_key)
    ['Bo', 'z', 'Å', 'Ä', 'Ö']
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_AFTER_Z)
    return "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))


WORD = re.compile(r"\w+")
_DEFINITE = re.compile(r"(?<=\w{3})ans?$|(?<=\w{4})rets?$")
# A stem of this length or longer is also looked for inside words, because Swedish writes compounds in one word.
_INSIDE = 4


def folded(text: str) -> str:
    """Return the text in lower case and without accents; å, ä and ö are letters of their own and stay.

    >>> folded("ÅRÉN"), folded("A\u030atga\u0308rd")
    ('åren', 'åtgärd')
    """
    lower = unicodedata.normalize("NFC", text).casefold()
    return "".join(c if c in "åäö" else _bare(c) for c in lower)


def _bare(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the Swedish stem (Snowball) of one word: "Flyers" gives "flyer", "skolornas" gives "skol"."""
    # Not thread-safe: one object keeps the word it works on.
    return str(snowballstemmer.stemmer("swedish").stemWord(folded(word)))


def stems(text: str) -> list[str]:
    """Return the stems of the words of `text`, each once, in the order in which they come first.

    >>> stems("Skola och skolorna, ÅTGÄRDER")
    ['skol', 'och', 'åtgärd']
    """
    return list(dict.fromkeys(stem(word) for word in words(text)))


def words(text: str) -> list[str]:
    """Return the words of the text. A letter with its ring or dots written apart is one letter."""
    return WORD.findall(unicodedata.normalize("NFC", text))


def asked_stems(question: str) -> list[str]:
    """Return the stems to look for, a little shorter than `stems` where Snowball leaves a definite form as it is.

    "skolan" is to find "skolor", and "klottret" "klotter". What is looked for may be shorter than what stands in the
    column, never longer, so the columns needn't know.

    >>> asked_stems("Skolan, klottret och planen")
    ['skol', 'klott', 'och', 'plan']
    """
    return list(dict.fromkeys(_DEFINITE.sub("", stem(word)) for word in words(question)))


def looked_for(asked: str) -> str:
    """Return what a column of stems must contain for the stem `asked`: long ones anywhere, short ones as a beginning.

    The column is written by bra.fields.StemsField: " skol och åtgärd".
    """
    return asked if len(asked) >= _INSIDE else f" {asked}"


def answers(word: str, asked: str) -> bool:
    """Whether a word of a text is what the column of its stems was found by: `asked` as in `looked_for`."""
    own = stem(word)
    return asked in own if len(asked) >= _INSIDE else own.startswith(asked)


# What reorders or hides the text around it, and controls other than tab and line break. The joiners and the marks of
# direction that Arabic, Persian and Hebrew names need (U+200C to U+200F) do neither and stay.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def without_controls(text: str) -> str:
    r"""Return the text without signs that aren't seen but change how the rest of it is read.

    >>> without_controls("avtal\u202efdp.exe\x00 Åsa\u2066")
    'avtalfdp.exe Åsa'
    """
    return _UNSEEN.sub("", text)


def one_line(text: str) -> str:
    r"""Return the text as a field of one line holds it: a line break, of any kind that some reader knows, is a space.

    >>> one_line("BRÅ\r\nBcc: b@example.org"), one_line("två  ord ")
    ('BRÅ Bcc: b@example.org', 'två  ord ')
    """
    lines = text.splitlines()
    return " ".join(line.strip() for line in lines if line.strip()) if len(lines) > 1 else "".join(lines)


def key_of(text: str) -> int | None:
    """Return the primary key that an address or a hidden field holds; None for what no row's key can be.

    >>> key_of("17"), key_of("-1"), key_of("9" * 19)
    (17, None, None)
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
